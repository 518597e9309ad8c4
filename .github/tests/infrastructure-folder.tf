# A small stand-in for terraform/platform, by what Terraform itself brings: for .github/tests/infrastructure.
variable "password_seed" {
  type      = string
  sensitive = true
}

variable "removed" {
  type    = bool
  default = false
}

resource "terraform_data" "kept" {
  input = { password = var.password_seed, plain = "canary-of-a-plain-value" }
}

resource "terraform_data" "temporary" {
  count = var.removed ? 0 : 1
  input = "canary-of-a-plain-value"
}

output "network" {
  value = { location = "de/txl", datacenter_id = "11111111-1111-4111-8111-111111111111", lans = [] }
}
