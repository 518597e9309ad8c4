//! Port: the place where a tenant's WordPress runs.

use super::{database, identity};
use crate::domain::{Email, Fault, Gone, Health, Plan, Seen, SiteLanguage, Slug, TenantId, TimeZone};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

mod contract;
pub mod kubernetes;
pub mod process;

/// The site that should run, with all it needs to know. Secrets reach it by its environment (a Secret on a cluster, a
/// file of mode 0600 on a host), never by arguments.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Mark.
    pub tenant: TenantId,
    /// Part of the outside names.
    pub slug: Slug,
    /// Display name, the title of a new site.
    pub name: String,
    /// Language of a new site.
    pub language: SiteLanguage,
    /// Time zone of a new site.
    pub time_zone: TimeZone,
    /// Registered public address, from [`Sites::address`] when the tenant was ordered.
    pub site_url: String,
    /// Size.
    pub plan: Plan,
    /// Its database.
    pub database: database::Details,
    /// Password of the database user.
    pub database_password: SecretString,
    /// Its sign-in client.
    pub client: identity::Client,
    /// Secret of the sign-in client.
    pub client_secret: SecretString,
    /// What the site presents to the portal, and the portal to the site.
    pub site_secret: SecretString,
    /// 256 bits from which WordPress's eight keys and salts are derived (SHA-256 of salt, ':' and the key's name).
    pub salt: SecretString,
    /// Address of the break-glass administrator.
    pub admin_email: Email,
    /// Password of the break-glass administrator.
    pub admin_password: SecretString,
}

/// The mail server that sites send their letters by.
#[derive(Debug, Clone, Default)]
pub struct SiteMail {
    /// Host.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `starttls`, `tls` or `none`.
    pub security: &'static str,
    /// Account; empty when nobody signs in.
    pub user: String,
    /// Its password.
    pub password: Option<SecretString>,
    /// Address of the sender; empty for the site's own.
    pub from: String,
}

/// Whom sites trust, and how they speak to their databases.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Certificates (PEM) of authorities besides the well-known ones.
    pub authorities: Option<String>,
    /// `on` or `verified`: TLS to the database. Without it none.
    pub database_tls: Option<&'static str>,
}

/// Where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Address under which the portal reaches it, without trailing slash.
    pub address: String,
    /// "process 4711" or "namespace wordpress-tenant-acme".
    pub outside_id: String,
}

/// Somewhere sites can run.
#[async_trait]
pub trait Sites: Send + Sync {
    /// Public address a new tenant would get: pure, from id and slug alone.
    fn address(&self, tenant: TenantId, slug: &Slug) -> String;
    /// Languages that a site can have here, as far as that is known: a driver that cannot look at the sites' files names
    /// all, and the installation refuses what is not there.
    async fn languages(&self) -> Vec<SiteLanguage> {
        SiteLanguage::ALL.to_vec()
    }
    /// Looks, changes nothing. `Ready` when the site answers and WordPress is installed.
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault>;
    /// Converges: files, installation, process. May be repeated at any time.
    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault>;
    /// May a later look put back what is missing and holds no data, by [`Sites::heal`]?
    fn heals(&self) -> bool {
        false
    }
    /// Puts back what is missing and holds no data, and changes nothing else; then as [`Sites::look`].
    async fn heal(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        self.look(wanted).await
    }
    /// Removes the site with all its files and sees that it is gone.
    async fn remove(&self, tenant: TenantId, slug: &Slug) -> Result<Gone, Fault>;
    /// What a person must do on their own machine before the address opens in a browser, as one line to copy.
    fn hint(&self, _slug: &Slug) -> Option<String> {
        None
    }
    /// For the plan preview: (name, place).
    fn preview(&self, slug: &Slug) -> (String, String);
    /// Is it there and may we work with it?
    async fn health(&self) -> Health;
}
