//! Where the master key is.

use super::section::section;
use std::path::PathBuf;

section! {
    /// The vault, in which secrets are kept sealed.
    Vault at "vault";
    /// File of the master key, made (mode 0600) when it is missing and nothing was sealed yet. Keep a copy apart from the database's backups: without it no secret can be read again.
    master_key_file: PathBuf = "master.key";
}
