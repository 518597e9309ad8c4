//! How statements get to a managed database. It has one private address in a network of the cluster's nodes and no
//! public one, so either the portal stands in that network itself, or a short Job in the cluster speaks for it.

use crate::domain::{Fault, Seen, TenantId};
use async_trait::async_trait;
use secrecy::SecretString;

pub mod direct;
pub mod job;

/// The account that came with the database server.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Host or address inside of the private network.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Its user.
    pub user: String,
    /// Its password.
    pub password: SecretString,
}

/// As whom a site signs in to a managed server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteUser {
    /// As a user of its own, who may do just what a site needs.
    Own,
    /// As the account that came with the server, where that account may make no users.
    Owner,
}

/// The database and the user that a site works with. When the user is the owner's own, its password and rights are left as
/// they are: some managed servers let nobody make further users.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose it is: the mark in the database's comment.
    pub tenant: TenantId,
    /// Name of the database.
    pub database: String,
    /// Name of the user.
    pub user: String,
    /// Password of the user.
    pub password: SecretString,
}

/// Speaks SQL to a server that only the cluster's network reaches.
#[async_trait]
pub trait Reach: Send + Sync {
    /// Looks, changes nothing: is the database there with our mark, and can its user sign in with just the rights a site
    /// needs?
    async fn look(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault>;
    /// Makes or corrects database (`utf8mb4`) and user. May be repeated at any time.
    async fn prepare(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault>;
    /// Writes a dump of the database to the bucket of backups under `name`, once. `Ready` when it is there.
    async fn dump(&self, owner: &Owner, account: &Account, name: &str) -> Result<Seen<()>, Fault>;
}
