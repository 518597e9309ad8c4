# For what is saved besides IONOS's own backups: dumps before a tenant is removed, and the sites' files.
module "backups" {
  source = "../modules/bucket"

  name              = coalesce(var.backup_bucket, "${var.name}-backups-${substr(sha256(ionoscloud_datacenter.this.id), 0, 8)}")
  region            = var.object_storage_region
  old_versions_days = var.backup_versions_days
}
