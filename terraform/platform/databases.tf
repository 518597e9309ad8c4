# PostgreSQL for Authentik and for the portal's own log: a cluster each, because the second version of IONOS's API makes one user
# and one database per cluster and no more, and neither should be able to read the other's.

locals {
  # Name of user and database, and host in the LAN "platform".
  databases = {
    authentik = { name = "authentik", host = 3 }
    portal    = { name = "slipway", host = 4 }
  }
  # 40 hexadecimal digits are 160 bits of the seed. A new generation makes a new password of the same seed.
  database_passwords = {
    for key, database in local.databases :
    key => substr(sha256("postgresql/${var.name}/${key}/${var.password_generations[key]}/${var.password_seed}"), 0, 40)
  }
}

resource "ionoscloud_pg_cluster_v2" "this" {
  for_each = local.databases

  name             = "${var.name}-${each.key}"
  description      = "Slipway: ${each.key}"
  location         = ionoscloud_datacenter.this.location
  version          = var.postgresql.version
  replication_mode = "ASYNCHRONOUS"

  instances = {
    count        = var.postgresql.instances
    cores        = var.postgresql.cores
    ram          = var.postgresql.ram_gb
    storage_size = var.postgresql.storage_gb
  }
  connections = {
    datacenter_id            = ionoscloud_datacenter.this.id
    lan_id                   = ionoscloud_lan.databases["platform"].id
    primary_instance_address = format("%s/24", cidrhost(ionoscloud_lan.databases["platform"].ipv4_cidr_block, each.value.host))
  }
  backup = {
    location       = var.object_storage_region
    retention_days = var.postgresql.backup_days
  }
  maintenance_window = {
    day_of_the_week = var.maintenance.day
    time            = var.maintenance.time
  }
  credentials = {
    username         = each.value.name
    database         = each.value.name
    password         = local.database_passwords[each.key]
    password_version = tostring(var.password_generations[each.key])
  }

  lifecycle {
    prevent_destroy = true
  }
}
