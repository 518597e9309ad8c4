# Everything is planned and nothing applied, for `prevent_destroy` would hold what a test made. So what IONOS would fill in is
# known beforehand.
mock_provider "ionoscloud" {
  override_during = plan

  mock_resource "ionoscloud_datacenter" {
    defaults = { id = "11111111-1111-4111-8111-111111111111" }
  }
  mock_resource "ionoscloud_k8s_cluster" {
    defaults = { id = "22222222-2222-4222-8222-222222222222", k8s_version = "1.34.2" }
  }
  mock_resource "ionoscloud_lan" {
    defaults = { id = "2", ipv4_cidr_block = "10.7.222.0/24" }
  }
  mock_resource "ionoscloud_ipblock" {
    defaults = { ips = ["203.0.113.10"] }
  }
}

variables {
  password_seed = "a-seed-for-tests-and-for-nothing-else"
}

run "is_small_and_in_berlin" {
  command = plan

  assert {
    condition     = ionoscloud_datacenter.this.location == "de/txl"
    error_message = "the default place is Berlin"
  }
  assert {
    condition     = ionoscloud_k8s_node_pool.this.node_count == 2 && ionoscloud_k8s_node_pool.this.ram_size == 4096
    error_message = "two nodes with 4 GB each, and the provider takes MB"
  }
  assert {
    condition = alltrue([for cluster in ionoscloud_pg_cluster_v2.this :
      cluster.instances.count == 1 && cluster.instances.cores == 1 && cluster.instances.ram == 4 && cluster.instances.storage_size == 10
    ])
    error_message = "each PostgreSQL is of the smallest size"
  }
}

run "gives_each_database_an_address_that_dhcp_leaves_alone" {
  command = plan

  assert {
    condition     = ionoscloud_pg_cluster_v2.this["authentik"].connections.primary_instance_address == "10.7.222.3/24"
    error_message = "Authentik's database is host 3"
  }
  assert {
    condition     = ionoscloud_pg_cluster_v2.this["portal"].connections.primary_instance_address == "10.7.222.4/24"
    error_message = "the portal's database is host 4"
  }
}

run "tells_all_that_a_login_needs" {
  command = plan

  assert {
    condition     = toset(keys(output.databases)) == toset(["authentik", "portal"])
    error_message = "both databases are among the outputs"
  }
  assert {
    condition = alltrue([for database in output.databases :
      toset(keys(database)) == toset(["host", "port", "user", "password", "database"]) && database.port == 5432
    ])
    error_message = "host, port, user, password and database"
  }
  assert {
    condition     = output.databases.authentik.password != output.databases.portal.password && length(output.databases.portal.password) == 40
    error_message = "each database has a password of its own"
  }
  assert {
    condition     = issensitive(output.databases) && issensitive(output.kubeconfig)
    error_message = "logins are never printed"
  }
  assert {
    condition     = output.ingress_ip == "203.0.113.10"
    error_message = "the ingress has the reserved address"
  }
}

run "changes_one_password_by_its_generation" {
  command = plan

  variables {
    password_generations = { portal = 2 }
  }
  assert {
    condition = (
      output.databases.portal.password != run.tells_all_that_a_login_needs.databases.portal.password &&
      output.databases.authentik.password == run.tells_all_that_a_login_needs.databases.authentik.password
    )
    error_message = "only the portal's password may change"
  }
  assert {
    condition     = ionoscloud_pg_cluster_v2.this["portal"].credentials.password_version == "2"
    error_message = "the provider sends a password only when its version changes"
  }
}

run "keeps_the_portals_lans_apart_from_terraforms" {
  command = plan

  variables {
    portal_lans    = 2
    terraform_lans = 3
  }
  assert {
    condition     = length(ionoscloud_lan.databases) == 6
    error_message = "one LAN for the platform, two for the portal, three for Terraform"
  }
  assert {
    condition     = length(output.network.lans) == 3 && length(output.portal_network.lans) == 2
    error_message = "each is told of its own LANs only"
  }
}

run "refuses_megabytes" {
  command = plan
  variables {
    postgresql = { version = "17", instances = 1, cores = 1, ram_gb = 4096, storage_gb = 10, backup_days = 7 }
  }
  expect_failures = [var.postgresql]
}

run "refuses_a_place_without_databases" {
  command = plan
  variables {
    location = "de/fkb"
  }
  expect_failures = [var.location]
}

run "refuses_a_short_seed" {
  command = plan
  variables {
    password_seed = "secret"
  }
  expect_failures = [var.password_seed]
}

run "refuses_a_network_without_mask" {
  command = plan
  variables {
    api_allowed_networks = ["203.0.113.7"]
  }
  expect_failures = [var.api_allowed_networks]
}
