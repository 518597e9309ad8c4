terraform {
  # 1.11 is the least that knows write-only attributes and the lock file of the S3 backend without a warning.
  required_version = ">= 1.11.0, < 2.0.0"
  required_providers {
    # To the letter: docs/outside/ionos.md says what was tried with this version.
    ionoscloud = {
      source  = "ionos-cloud/ionoscloud"
      version = "6.7.34"
    }
  }
}
