output "name" {
  description = "Name of the bucket."
  value       = ionoscloud_s3_bucket.this.name
}

output "region" {
  description = "Region of the bucket."
  value       = ionoscloud_s3_bucket.this.region
}

output "endpoint" {
  description = "Address of the S3 interface on which the bucket is reached."
  value       = "https://s3.${var.region}.ionoscloud.com"
}
