//! Port: the tenant's own MariaDB database with its own user.

use crate::domain::{Check, DatabaseSize, Fault, Gone, Health, Plan, Seen, Slug, Survey, TenantId};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub mod existing;
pub mod ionos;
mod names;
pub mod reach;
pub mod rights;
pub mod server;
mod session;
mod tls;
mod trouble;

pub use tls::DatabaseTls;

/// The database that should exist. Its password was committed to the vault before this is first used.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Mark.
    pub tenant: TenantId,
    /// Part of the outside names.
    pub slug: Slug,
    /// Password of the database user.
    pub password: SecretString,
    /// Password of the account that comes with a server of the tenant's own; only where [`Databases::has_owner`].
    pub owner_password: Option<SecretString>,
    /// The plan it was ordered on; none when the configuration does not have it any more.
    pub plan: Option<Plan>,
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
    /// The password that the place itself gives to the site's user. Without one, which is the usual case, the vault's own is
    /// set there.
    async fn given_password(&self, _slug: &Slug) -> Result<Option<SecretString>, Fault> {
        Ok(None)
    }
    /// Does each tenant get a server of its own, whose account wants a password that is committed before the first call?
    fn has_owner(&self) -> bool {
        false
    }
    /// Looks, changes nothing. `Ready` only when a login with the wanted password works.
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault>;
    /// Converges: makes what is missing, corrects what differs. May be repeated at any time.
    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault>;
    /// Removes database and user and sees that both are gone. Refuses a database that does not carry our mark.
    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault>;
    /// Names that [`Databases::ensure`] would use, for the plan preview: (database, place).
    fn preview(&self, slug: &Slug) -> (String, String);
    /// How large a server a tenant on this plan gets for itself. None where it gets a place on one that is there anyway.
    fn size(&self, _plan: &Plan) -> Option<DatabaseSize> {
        None
    }
    /// Is there room for one more tenant? The reason, a sentence or two for people, when there is none.
    async fn room(&self) -> Result<(), String> {
        Ok(())
    }
    /// Is it there and may we work with it?
    async fn health(&self) -> Health;
    /// [`Databases::health`], and what that look found that fits no tenant.
    async fn survey(&self) -> Survey {
        self.health().await.into()
    }
    /// Takes a cluster that fits nobody into the books for the tenant whose marks it carries; gives in a sentence what it
    /// took. Changes nothing outside, and refuses what is not the tenant's in every respect.
    async fn adopt(&self, _cluster: Uuid, _tenant: TenantId, _slug: &Slug) -> Result<String, Fault> {
        Err(Fault::fail("adopt_nothing", "Databases here are not made one by one, so none can be adopted.", "Go back."))
    }
    /// [`Databases::health`], question by question. Makes, changes and orders nothing.
    async fn examine(&self) -> Vec<Check> {
        vec![Check::new("Databases", self.health().await)]
    }
}
