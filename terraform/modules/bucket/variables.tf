variable "name" {
  description = "Name of the bucket. It is unique among all customers of IONOS, so put the company's name into it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name has 3 to 63 characters: lower-case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "region" {
  description = "Region of Object Storage."
  type        = string
}

variable "old_versions_days" {
  description = "Days for which an overwritten or deleted object can be brought back."
  type        = number

  validation {
    condition     = var.old_versions_days >= 7 && floor(var.old_versions_days) == var.old_versions_days
    error_message = "Old versions must be kept for 7 days or more, in whole days."
  }
}
