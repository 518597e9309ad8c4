resource "ionoscloud_k8s_cluster" "this" {
  name                  = var.name
  k8s_version           = var.kubernetes_version
  api_subnet_allow_list = var.api_allowed_networks

  maintenance_window {
    day_of_the_week = var.maintenance.day
    time            = "${var.maintenance.time}Z"
  }

  lifecycle {
    # The volumes of all sites hang on it.
    prevent_destroy = true
    # IONOS moves a cluster on by itself when its version ends, and there is no way back.
    ignore_changes = [k8s_version]
  }
}

resource "ionoscloud_k8s_node_pool" "this" {
  name              = "${var.name}-nodes"
  k8s_cluster_id    = ionoscloud_k8s_cluster.this.id
  datacenter_id     = ionoscloud_datacenter.this.id
  k8s_version       = ionoscloud_k8s_cluster.this.k8s_version
  server_type       = "VCPU"
  availability_zone = "AUTO"
  node_count        = var.nodes.count
  cores_count       = var.nodes.cores
  ram_size          = var.nodes.ram_gb * 1024
  storage_type      = "SSD"
  storage_size      = var.nodes.storage_gb
  # `false` on purpose: most settings of a pool cannot change, and a replaced pool is destroyed before its successor exists.
  # Whoever needs other nodes adds a second pool and moves.
  allow_replace = false

  maintenance_window {
    day_of_the_week = var.maintenance.day
    time            = "${var.maintenance.time}Z"
  }

  # Pods reach a database because their node has a card in its LAN.
  dynamic "lans" {
    for_each = ionoscloud_lan.databases
    content {
      id   = lans.value.id
      dhcp = true
    }
  }

  lifecycle {
    ignore_changes = [k8s_version]
  }
}

data "ionoscloud_k8s_cluster" "this" {
  id = ionoscloud_k8s_cluster.this.id
  # The file can be had only when there is a cluster to enter.
  depends_on = [ionoscloud_k8s_node_pool.this]
}
