variable "network" {
  description = "Output `network` of the folder `platform`."
  type = object({
    location      = string
    datacenter_id = string
    lans = list(object({
      id   = string
      cidr = string
    }))
  })

  validation {
    condition     = alltrue([for lan in var.network.lans : can(cidrhost(lan.cidr, 10)) && endswith(lan.cidr, "/24")])
    error_message = "Each LAN has a network with the mask /24, such as 10.7.222.0/24."
  }
}

variable "tenants" {
  description = "Tenants by their short name, the same as in the portal. `slot` is the place in the LANs, 1 to 8 in the first, 9 to 16 in the second; it is chosen once and never changed."
  type = map(object({
    slot                = number
    instances           = optional(number, 1)
    cores               = optional(number, 1)
    ram_gb              = optional(number, 4)
    storage_gb          = optional(number, 10)
    password_generation = optional(number, 1)
  }))

  validation {
    condition     = alltrue([for slug in keys(var.tenants) : can(regex("^[a-z][a-z0-9-]{1,28}[a-z0-9]$", slug))])
    error_message = "A tenant's name has 3 to 30 characters: lower-case letters, digits and hyphens. It begins with a letter and does not end with a hyphen."
  }
  validation {
    condition     = length(distinct([for tenant in values(var.tenants) : tenant.slot])) == length(var.tenants)
    error_message = "Two tenants have the same slot. Give each a number of its own."
  }
  validation {
    condition = alltrue([
      for tenant in values(var.tenants) :
      tenant.slot >= 1 && tenant.slot <= 8 * length(var.network.lans) && floor(tenant.slot) == tenant.slot
    ])
    error_message = "A slot is a whole number from 1 to 8 times the number of LANs. If all are taken, raise terraform_lans in the folder platform."
  }
  validation {
    condition     = alltrue([for tenant in values(var.tenants) : tenant.instances >= 1 && tenant.instances <= 5 && tenant.cores >= 1])
    error_message = "A MariaDB cluster has 1 to 5 instances with 1 core or more."
  }
  validation {
    condition     = alltrue([for tenant in values(var.tenants) : tenant.ram_gb >= 4])
    error_message = "An instance has 4 GB of memory or more. The unit is GB, not MB."
  }
  validation {
    condition     = alltrue([for tenant in values(var.tenants) : tenant.storage_gb >= 10 && tenant.storage_gb <= 2000])
    error_message = "An instance has 10 to 2000 GB of storage. The unit is GB, not MB."
  }
}

variable "mariadb_version" {
  description = "Version of MariaDB. It can go up and never down."
  type        = string
  default     = "10.11"

  validation {
    condition     = contains(["10.6", "10.11"], var.mariadb_version)
    error_message = "This API of IONOS offers MariaDB 10.6 and 10.11."
  }
}

variable "password_seed" {
  description = "Secret from which the passwords are made, the same as in the folder `platform`. Never change it: a single password is changed by its generation."
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.password_seed) >= 32
    error_message = "The seed has 32 characters or more. Make one by: openssl rand -hex 32"
  }
}

variable "maintenance" {
  description = "When IONOS may work on the databases: four hours from this time on, UTC."
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
