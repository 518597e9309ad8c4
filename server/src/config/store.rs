//! Where the house remembers.

use super::section::section;
use secrecy::SecretString;

section! {
    /// The portal's own database.
    Store at "store";
    /// `sqlite://<path>` for one process, `postgres://<user>:<password>@<host>/<database>` for several replicas.
    url: SecretString = "sqlite://slipway.db";
}
