# State in IONOS Object Storage. Bucket, region and address come from ../backend.hcl:
#   terraform init -backend-config=../backend.hcl
terraform {
  backend "s3" {
    key            = "platform/terraform.tfstate"
    use_path_style = true
    # Sent as If-None-Match: the second of two who want the lock is refused. ../check-lock asks a bucket whether it does that.
    use_lockfile = true
    # The object is encrypted at rest as well, whatever the bucket's default is.
    encrypt = true

    # It is not Amazon: there is no STS, no IAM, no metadata service, and the regions have other names.
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
    # The trailer with a checksum is newer than many stores.
    skip_s3_checksum = true
  }
}
