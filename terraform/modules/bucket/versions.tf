terraform {
  required_version = ">= 1.11.0, < 2.0.0"
  required_providers {
    # Who calls this module pins it to the letter.
    ionoscloud = {
      source  = "ionos-cloud/ionoscloud"
      version = ">= 6.7.34"
    }
  }
}
