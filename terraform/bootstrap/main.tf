# The bucket in which all other state lives. It cannot keep its own state before it exists, so this folder is applied once, by a
# person, and its state stays in a local file. That file holds no secret; if it is lost, README.md says how to import the bucket.

provider "ionoscloud" {
  # IONOS_TOKEN, IONOS_S3_ACCESS_KEY and IONOS_S3_SECRET_KEY come from the environment.
  s3_region = var.region
}

module "state" {
  source = "../modules/bucket"

  name              = var.bucket
  region            = var.region
  old_versions_days = var.old_versions_days
}
