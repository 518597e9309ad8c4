# A bucket for what must not get lost and is nobody else's to read: old versions are kept for a while, nothing is public, and it
# is encrypted where it lies. Both the state and the backups live in such a bucket, so the rules are written once.

resource "ionoscloud_s3_bucket" "this" {
  name   = var.name
  region = var.region
  # A bucket with something in it is never deleted along with what is in it.
  force_destroy = false

  lifecycle {
    prevent_destroy = true
  }
}

resource "ionoscloud_s3_bucket_versioning" "this" {
  bucket = ionoscloud_s3_bucket.this.name

  versioning_configuration {
    status = "Enabled"
  }
}

resource "ionoscloud_s3_bucket_public_access_block" "this" {
  bucket                  = ionoscloud_s3_bucket.this.name
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "ionoscloud_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = ionoscloud_s3_bucket.this.name

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "ionoscloud_s3_bucket_lifecycle_configuration" "this" {
  bucket = ionoscloud_s3_bucket.this.name

  rule {
    id     = "old-versions"
    status = "Enabled"
    # No filter: it holds for every object. The provider refuses an empty prefix.

    noncurrent_version_expiration {
      noncurrent_days = var.old_versions_days
    }
  }

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # The provider waits for versioning by itself only when it is told that one comes after the other.
  depends_on = [ionoscloud_s3_bucket_versioning.this]
}
