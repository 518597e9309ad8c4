//! Port: the tenant's sign-in client at the OpenID provider.

use crate::domain::{Check, Fault, Gone, Health, Roster, Seen, Slug, TenantId, invitation::Newcomer};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub mod authentik;
pub mod rfc7591;

/// The client that should exist.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Mark.
    pub tenant: TenantId,
    /// Part of the outside names.
    pub slug: Slug,
    /// Name people see when they sign in.
    pub name: String,
    /// Address of the tenant's site, without trailing slash.
    pub site_url: String,
    /// Exact redirect addresses.
    pub redirect_uris: Vec<String>,
    /// Exact addresses to which the provider may lead after it signed somebody out, where it asks for them.
    pub logout_uris: Vec<String>,
    /// Who belongs to the tenant. A provider whose groups the portal may not write does nothing with them.
    pub people: Arc<dyn Roster>,
    /// Proposed secret, committed to the vault before the first call; a provider may choose another one.
    pub secret: SecretString,
    /// What [`Registration::handle`] said last time.
    pub handle: Option<SecretString>,
}

/// What the provider knows, for the log and for later steps; nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Client id.
    pub client_id: String,
    /// Issuer to trust.
    pub issuer: String,
}

/// A client together with what must go into the vault.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The public half.
    pub client: Client,
    /// The client secret that is valid now.
    pub secret: SecretString,
    /// What the driver needs to find, change and remove the client later (opaque).
    pub handle: Option<SecretString>,
}

/// An OpenID provider that takes clients.
#[async_trait]
pub trait Identity: Send + Sync {
    /// Looks, changes nothing.
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Client>, Fault>;
    /// Converges. May be repeated at any time.
    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Registration>, Fault>;
    /// Removes the client and sees that it is gone.
    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault>;
    /// Where somebody without an account makes one, when the provider can be asked for that. The address is a secret of
    /// theirs, and so it is given out at the moment they come and in no letter. Asking twice gives the same one, until they
    /// have an account.
    async fn way_in(&self, _who: &Newcomer<'_>) -> Result<Option<String>, Fault> {
        Ok(None)
    }
    /// Making a lost client anew gives the same id and secret, so the site need not be told and no person need agree.
    fn heals(&self) -> bool {
        false
    }
    /// For the plan preview: (name, place).
    fn preview(&self, slug: &Slug) -> (String, String);
    /// Is it there and may we work with it?
    async fn health(&self) -> Health;
    /// [`Identity::health`], question by question. Makes nothing.
    async fn examine(&self) -> Vec<Check> {
        vec![Check::new("Provider", self.health().await)]
    }
}
