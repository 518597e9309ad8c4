# Everything is planned and nothing applied, for `prevent_destroy` would hold what a test made. So what IONOS would fill in is
# known beforehand.
mock_provider "ionoscloud" {
  override_during = plan

  mock_resource "ionoscloud_mariadb_cluster" {
    defaults = { dns_name = "ma-0.mariadb.de-txl.ionos.com" }
  }
}

variables {
  password_seed = "a-seed-for-tests-and-for-nothing-else"
  network = {
    location      = "de/txl"
    datacenter_id = "11111111-1111-4111-8111-111111111111"
    lans          = [{ id = "3", cidr = "10.7.222.0/24" }, { id = "4", cidr = "10.7.223.0/24" }]
  }
  tenants = {
    acme    = { slot = 1 }
    ada-lab = { slot = 8 }
    olivia  = { slot = 9, ram_gb = 8 }
  }
}

run "puts_each_tenant_into_its_slot" {
  command = plan

  assert {
    condition     = ionoscloud_mariadb_cluster.tenant["acme"].connections[0].cidr == "10.7.222.3/24"
    error_message = "slot 1 is host 3 of the first LAN"
  }
  assert {
    condition     = ionoscloud_mariadb_cluster.tenant["ada-lab"].connections[0].cidr == "10.7.222.10/24"
    error_message = "slot 8 is host 10, the last that DHCP leaves alone"
  }
  assert {
    condition = (
      ionoscloud_mariadb_cluster.tenant["olivia"].connections[0].cidr == "10.7.223.3/24" &&
      ionoscloud_mariadb_cluster.tenant["olivia"].connections[0].lan_id == "4"
    )
    error_message = "slot 9 is host 3 of the second LAN"
  }
}

run "is_of_the_smallest_size_unless_told" {
  command = plan

  assert {
    condition = (
      ionoscloud_mariadb_cluster.tenant["acme"].instances == 1 && ionoscloud_mariadb_cluster.tenant["acme"].cores == 1 &&
      ionoscloud_mariadb_cluster.tenant["acme"].ram == 4 && ionoscloud_mariadb_cluster.tenant["acme"].storage_size == 10
    )
    error_message = "one instance, one core, 4 GB of memory, 10 GB of storage"
  }
  assert {
    condition     = ionoscloud_mariadb_cluster.tenant["olivia"].ram == 8
    error_message = "a tenant can have more"
  }
}

run "names_what_it_makes_as_the_portal_does" {
  command = plan

  assert {
    condition     = ionoscloud_mariadb_cluster.tenant["acme"].display_name == "wordpress-tenant-acme"
    error_message = "the cluster is called after the tenant"
  }
  assert {
    condition     = alltrue([for cluster in ionoscloud_mariadb_cluster.tenant : length(cluster.credentials[0].username) <= 16])
    error_message = "a user name has 16 characters at the most"
  }
}

run "tells_all_that_a_login_needs" {
  command = plan

  assert {
    condition = alltrue([for database in output.databases :
      toset(keys(database)) == toset(["host", "port", "user", "password", "database"]) && database.port == 3306
    ])
    error_message = "host, port, user, password and database"
  }
  assert {
    condition     = length(distinct([for database in output.databases : database.password])) == 3 && issensitive(output.databases)
    error_message = "each tenant has a password of its own, and it is never printed"
  }
}

run "leaves_the_others_alone_when_one_is_added" {
  command = plan

  variables {
    tenants = {
      aaron   = { slot = 2 }
      acme    = { slot = 1 }
      ada-lab = { slot = 8 }
      olivia  = { slot = 9, ram_gb = 8 }
    }
  }
  assert {
    condition = alltrue([for slug in ["acme", "ada-lab", "olivia"] :
      output.databases[slug].password == run.tells_all_that_a_login_needs.databases[slug].password &&
      output.addresses[slug].address == run.tells_all_that_a_login_needs.addresses[slug].address
    ])
    error_message = "a new tenant changes nobody else's address or password"
  }
}

run "refuses_a_slot_that_is_taken" {
  command = plan
  variables {
    tenants = { acme = { slot = 1 }, ben = { slot = 1 } }
  }
  expect_failures = [var.tenants]
}

run "refuses_a_slot_beyond_the_last_lan" {
  command = plan
  variables {
    tenants = { acme = { slot = 17 } }
  }
  expect_failures = [var.tenants]
}

run "refuses_a_name_that_the_portal_would_refuse" {
  command = plan
  variables {
    tenants = { "Acme Inc" = { slot = 1 } }
  }
  expect_failures = [var.tenants]
}

run "refuses_less_memory_than_the_smallest" {
  command = plan
  variables {
    tenants = { acme = { slot = 1, ram_gb = 2 } }
  }
  expect_failures = [var.tenants]
}

run "refuses_a_version_that_this_api_does_not_have" {
  command = plan
  variables {
    mariadb_version = "11.4"
  }
  expect_failures = [var.mariadb_version]
}
