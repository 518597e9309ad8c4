variable "name" {
  description = "Name of this installation. It is part of every name that is made, so two installations in one contract can be told apart."
  type        = string
  default     = "slipway"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 20 characters: lower-case letters, digits and hyphens. It begins with a letter and does not end with a hyphen."
  }
}

variable "location" {
  description = "Place of data center, cluster and databases. All of them are in the same one, for ever."
  type        = string
  default     = "de/txl"

  validation {
    condition     = contains(["de/txl", "de/fra", "es/vit", "fr/par", "gb/lhr", "us/ewr", "us/las", "us/mci"], var.location)
    error_message = "Managed MariaDB and PostgreSQL both exist in de/txl, de/fra, es/vit, fr/par, gb/lhr, us/ewr, us/las and us/mci."
  }
}

variable "object_storage_region" {
  description = "Region of Object Storage for backups: `eu-central-3` is Berlin, next to de/txl."
  type        = string
  default     = "eu-central-3"

  validation {
    condition     = contains(["eu-central-3", "eu-central-4", "us-central-1"], var.object_storage_region)
    error_message = "Buckets of a contract live in eu-central-3, eu-central-4 or us-central-1."
  }
}

variable "kubernetes_version" {
  description = "Version of Kubernetes at the start, such as `1.34.2`. Without one, IONOS's default of the day. Later changes are ignored here: upgrade in IONOS's console."
  type        = string
  default     = null

  validation {
    condition     = var.kubernetes_version == null ? true : can(regex("^1\\.[0-9]{2}\\.[0-9]{1,2}$", var.kubernetes_version))
    error_message = "A version of Kubernetes has three numbers, such as 1.34.2."
  }
}

variable "api_allowed_networks" {
  description = "Networks that may reach the cluster's API server. An empty list means everybody who has a kubeconfig, which GitHub's own runners need."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.api_allowed_networks : can(cidrhost(network, 0))])
    error_message = "Each network is written with its mask, such as 203.0.113.0/24."
  }
}

variable "nodes" {
  description = "Size of the node pool, of which nothing but the count can change later. The default is the smallest that holds sign-in, chat, portal and a handful of sites."
  type = object({
    count      = number
    cores      = number
    ram_gb     = number
    storage_gb = number
  })
  default = { count = 2, cores = 2, ram_gb = 4, storage_gb = 50 }

  validation {
    condition     = var.nodes.count >= 1 && var.nodes.count <= 100
    error_message = "A node pool has 1 to 100 nodes."
  }
  validation {
    condition     = var.nodes.cores >= 1 && var.nodes.ram_gb >= 2 && var.nodes.storage_gb >= 20
    error_message = "A node has 1 core, 2 GB of memory and 20 GB of storage at the least."
  }
}

variable "portal_lans" {
  description = "LANs in which the portal makes databases by itself. Each holds eight. Adding one later may rebuild the nodes."
  type        = number
  default     = 1

  validation {
    condition     = var.portal_lans >= 0 && var.portal_lans <= 20 && floor(var.portal_lans) == var.portal_lans
    error_message = "Choose 0 to 20 LANs for the portal."
  }
}

variable "terraform_lans" {
  description = "LANs in which the folder `tenants` makes databases. Each holds eight. Adding one later may rebuild the nodes."
  type        = number
  default     = 1

  validation {
    condition     = var.terraform_lans >= 0 && var.terraform_lans <= 20 && floor(var.terraform_lans) == var.terraform_lans
    error_message = "Choose 0 to 20 LANs for Terraform."
  }
}

variable "postgresql" {
  description = "Size of each of the two PostgreSQL clusters. The default is the smallest that IONOS offers."
  type = object({
    version     = string
    instances   = number
    cores       = number
    ram_gb      = number
    storage_gb  = number
    backup_days = number
  })
  default = { version = "17", instances = 1, cores = 1, ram_gb = 4, storage_gb = 10, backup_days = 7 }

  validation {
    condition     = var.postgresql.instances >= 1 && var.postgresql.instances <= 5
    error_message = "A PostgreSQL cluster has 1 to 5 instances."
  }
  validation {
    condition     = var.postgresql.cores >= 1 && var.postgresql.cores <= 62
    error_message = "An instance has 1 to 62 cores."
  }
  validation {
    condition     = var.postgresql.ram_gb >= 4 && var.postgresql.ram_gb <= 240
    error_message = "An instance has 4 to 240 GB of memory. The unit is GB, not MB."
  }
  validation {
    condition     = var.postgresql.storage_gb >= 10 && var.postgresql.storage_gb <= 4096
    error_message = "An instance has 10 to 4096 GB of storage. The unit is GB, not MB."
  }
  validation {
    condition     = var.postgresql.backup_days >= 1 && var.postgresql.backup_days <= 365
    error_message = "Backups are kept for 1 to 365 days."
  }
}

variable "password_seed" {
  description = "Secret from which the databases' passwords are made. Make it once by `openssl rand -hex 32`, keep it with the state's keys, and never change it: a single password is changed by its generation."
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.password_seed) >= 32
    error_message = "The seed has 32 characters or more. Make one by: openssl rand -hex 32"
  }
}

variable "password_generations" {
  description = "Counts up to change a password: PostgreSQL gets the new one at the next apply."
  type = object({
    authentik = optional(number, 1)
    portal    = optional(number, 1)
  })
  default = {}
}

variable "maintenance" {
  description = "When IONOS may work on cluster and databases: four hours from this time on, UTC."
  type = object({
    day  = string
    time = string
  })
  default = { day = "Sunday", time = "03:00:00" }

  validation {
    condition     = contains(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], var.maintenance.day)
    error_message = "The day is the English name of a day of the week, such as Sunday."
  }
  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$", var.maintenance.time))
    error_message = "The time is written as HH:MM:SS, such as 03:00:00."
  }
}

variable "backup_bucket" {
  description = "Name of the bucket for backups. Without one, a name of this installation and eight digits."
  type        = string
  default     = null
}

variable "backup_versions_days" {
  description = "Days for which an overwritten or deleted backup can be brought back."
  type        = number
  default     = 30
}
