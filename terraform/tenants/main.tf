# One managed MariaDB for each tenant, for those who want Terraform to make it and not the portal. The portal takes such a
# database over by its address and login, and never touches a cluster that it did not make.
#
# It is the first version of IONOS's API; docs/decisions/terraform-and-mariadb-v1.md says why and when that changes.

provider "ionoscloud" {
  # IONOS_TOKEN comes from the environment. The database API takes no user name with a password.
}

locals {
  # A managed database may use host 3 to 10 of a LAN: eight slots each.
  slots_per_lan = 8
  first_host    = 3

  databases = {
    for slug, tenant in var.tenants : slug => merge(tenant, {
      lan     = var.network.lans[floor((tenant.slot - 1) / local.slots_per_lan)]
      host    = local.first_host + (tenant.slot - 1) % local.slots_per_lan
      cluster = "wordpress-tenant-${slug}"
      # User names have 16 characters at the most, fewer than a tenant's name may have. A digest never collides by being cut.
      user     = "wp_${substr(sha256(slug), 0, 12)}"
      database = "wordpress"
      password = substr(sha256("mariadb/${slug}/${tenant.password_generation}/${var.password_seed}"), 0, 40)
    })
  }
}

resource "ionoscloud_mariadb_cluster" "tenant" {
  for_each = local.databases

  display_name    = each.value.cluster
  location        = var.network.location
  mariadb_version = var.mariadb_version
  instances       = each.value.instances
  cores           = each.value.cores
  ram             = each.value.ram_gb
  storage_size    = each.value.storage_gb

  connections {
    datacenter_id = var.network.datacenter_id
    lan_id        = each.value.lan.id
    cidr          = format("%s/24", cidrhost(each.value.lan.cidr, each.value.host))
  }

  credentials {
    username = each.value.user
    password = each.value.password
  }

  maintenance_window {
    day_of_the_week = var.maintenance.day
    time            = var.maintenance.time
  }

  lifecycle {
    # README.md says how a tenant's database is let go of.
    prevent_destroy = true
    # IONOS takes a password only when it makes the cluster. Later ones are set by SQL; see docs/operations/secrets.md.
    ignore_changes = [credentials]
  }
}
