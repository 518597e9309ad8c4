# What Slipway stands on, made once for all tenants: network.tf, kubernetes.tf, databases.tf, backups.tf.
# Order of removal, should it ever come to it: the tenants' databases, then what is here. A LAN with a database in it cannot go.

provider "ionoscloud" {
  # IONOS_TOKEN, IONOS_S3_ACCESS_KEY and IONOS_S3_SECRET_KEY come from the environment.
  s3_region = var.object_storage_region
}
