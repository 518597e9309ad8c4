//! Port: the tenant's own MariaDB database with its own user.

use crate::domain::{Fault, Gone, Health, Seen, Slug, TenantId};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

pub mod reach;
pub mod server;

/// The database that should exist. Its password was committed to the vault before this is first used.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Mark.
    pub tenant: TenantId,
    /// Part of the outside names.
    pub slug: Slug,
    /// Password of the database user.
    pub password: SecretString,
}

/// How to reach it; without the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Host as the site sees it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Name of the database.
    pub name: String,
    /// Name of the user, at most 16 characters where IONOS limits it.
    pub user: String,
}

/// A place where databases are made.
#[async_trait]
pub trait Databases: Send + Sync {
    /// Looks, changes nothing. `Ready` only when a login with the wanted password works.
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault>;
    /// Converges: makes what is missing, corrects what differs. May be repeated at any time.
    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault>;
    /// Removes database and user and sees that both are gone. Refuses a database that does not carry our mark.
    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault>;
    /// Names that [`Databases::ensure`] would use, for the plan preview: (database, place).
    fn preview(&self, slug: &Slug) -> (String, String);
    /// Is it there and may we work with it?
    async fn health(&self) -> Health;
}
