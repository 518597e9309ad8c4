# One data center with private LANs. A managed database has an address in exactly one LAN and none outside, and it may only use
# host 3 to 10 of the LAN's /24, the part that DHCP leaves alone. So there are LANs by purpose: eight databases fit into each, and
# nobody has to know what another one took.

resource "ionoscloud_datacenter" "this" {
  name        = var.name
  location    = var.location
  description = "Slipway: Kubernetes and the databases that belong to it"

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  # Their names are what `for_each` knows them by. Adding to the end changes no other.
  lans = concat(
    ["platform"],
    [for number in range(1, var.portal_lans + 1) : "portal-${number}"],
    [for number in range(1, var.terraform_lans + 1) : "terraform-${number}"],
  )
}

resource "ionoscloud_lan" "databases" {
  for_each = toset(local.lans)

  datacenter_id = ionoscloud_datacenter.this.id
  name          = "${var.name}-${each.key}"
  public        = false

  lifecycle {
    # The node pool lets go of a LAN before the LAN goes.
    create_before_destroy = true
  }
}

# The address that names in DNS point at. Without a block of our own it would go with the Service that asked for it.
resource "ionoscloud_ipblock" "ingress" {
  name     = "${var.name}-ingress"
  location = ionoscloud_datacenter.this.location
  size     = 1

  lifecycle {
    prevent_destroy = true
  }
}
