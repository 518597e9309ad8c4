output "kubeconfig" {
  description = "File with which kubectl and Helm enter the cluster as its administrator."
  value       = data.ionoscloud_k8s_cluster.this.kube_config
  sensitive   = true
}

output "databases" {
  description = "Host, port, user, password and database of each PostgreSQL, by its purpose: `authentik` and `portal`."
  value = {
    for key, cluster in ionoscloud_pg_cluster_v2.this : key => {
      host     = cluster.dns_name
      port     = 5432
      user     = local.databases[key].name
      password = local.database_passwords[key]
      database = local.databases[key].name
    }
  }
  sensitive = true
}

output "network" {
  description = "Where the folder `tenants` puts databases; goes into its variable `network`."
  value = {
    location      = ionoscloud_datacenter.this.location
    datacenter_id = ionoscloud_datacenter.this.id
    lans = [
      for number in range(1, var.terraform_lans + 1) : {
        id   = ionoscloud_lan.databases["terraform-${number}"].id
        cidr = ionoscloud_lan.databases["terraform-${number}"].ipv4_cidr_block
      }
    ]
  }
}

output "portal_network" {
  description = "Where the portal makes databases by itself; its settings name the same data center and LANs."
  value = {
    location      = ionoscloud_datacenter.this.location
    datacenter_id = ionoscloud_datacenter.this.id
    lans = [
      for number in range(1, var.portal_lans + 1) : {
        id   = ionoscloud_lan.databases["portal-${number}"].id
        cidr = ionoscloud_lan.databases["portal-${number}"].ipv4_cidr_block
      }
    ]
  }
}

output "ingress_ip" {
  description = "Reserved address at which the ingress controller is reached; DNS points here."
  value       = ionoscloud_ipblock.ingress.ips[0]
}

output "backups" {
  description = "Bucket for backups: name, region and address."
  value = {
    bucket   = module.backups.name
    region   = module.backups.region
    endpoint = module.backups.endpoint
  }
}
