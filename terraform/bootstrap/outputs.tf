output "backend" {
  description = "Content of `backend.hcl`, which the other folders are initialised with."
  value       = <<-EOT
    bucket    = "${module.state.name}"
    region    = "${module.state.region}"
    endpoints = { s3 = "${module.state.endpoint}" }
  EOT
}
