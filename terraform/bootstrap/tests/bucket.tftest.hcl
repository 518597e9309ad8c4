mock_provider "ionoscloud" {}

variables {
  bucket = "acme-slipway-state"
}

run "keeps_every_version_and_shows_nothing" {
  command = plan

  assert {
    condition     = module.state.name == "acme-slipway-state" && module.state.region == "eu-central-3"
    error_message = "the bucket must have the given name and be in Berlin by default"
  }
  assert {
    condition     = strcontains(output.backend, "https://s3.eu-central-3.ionoscloud.com")
    error_message = "the other folders must be told the bucket's address"
  }
}

run "refuses_a_name_that_no_bucket_can_have" {
  command = plan
  module {
    source = "./../modules/bucket"
  }
  variables {
    name              = "Acme_State"
    old_versions_days = 90
    region            = "eu-central-3"
  }
  expect_failures = [var.name]
}

run "refuses_a_region_of_another_vendor" {
  command = plan
  variables {
    region = "eu-west-1"
  }
  expect_failures = [var.region]
}

run "refuses_to_forget_old_states_at_once" {
  command = plan
  module {
    source = "./../modules/bucket"
  }
  variables {
    name              = "acme-slipway-state"
    old_versions_days = 1
    region            = "eu-central-3"
  }
  expect_failures = [var.old_versions_days]
}
