variable "bucket" {
  description = "Name of the bucket for the state, unique among all customers of IONOS: `acme-slipway-state`."
  type        = string
}

variable "region" {
  description = "Region of Object Storage: `eu-central-3` is Berlin, next to de/txl."
  type        = string
  default     = "eu-central-3"

  validation {
    condition     = contains(["eu-central-3", "eu-central-4", "us-central-1"], var.region)
    error_message = "Buckets of a contract live in eu-central-3, eu-central-4 or us-central-1."
  }
}

variable "old_versions_days" {
  description = "Days for which an older state can be brought back."
  type        = number
  default     = 90
}
