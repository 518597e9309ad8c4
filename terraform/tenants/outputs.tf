output "databases" {
  description = "Host, port, user, password and database of each tenant's MariaDB. The database itself is made by `.github/scripts/create-databases`, because this API of IONOS makes none."
  value = {
    for slug, cluster in ionoscloud_mariadb_cluster.tenant : slug => {
      host     = cluster.dns_name
      port     = 3306
      user     = local.databases[slug].user
      password = local.databases[slug].password
      database = local.databases[slug].database
    }
  }
  sensitive = true
}

output "addresses" {
  description = "Address of each tenant's MariaDB in its LAN, and the cluster's id: what a firewall rule or a search in the console needs."
  value = {
    for slug, cluster in ionoscloud_mariadb_cluster.tenant : slug => {
      id      = cluster.id
      address = cluster.connections[0].cidr
    }
  }
}
