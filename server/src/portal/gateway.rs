//! What the gateway needs of the house: whose key this is, whose credential to use, and the audit.

use super::House;
use crate::{
    domain::{Pairing, Slug, Tenant, pairing::PairingStatus},
    saga::{Secrets as _, Step as _, state::State},
    steps::{purpose, wordpress::WordPress},
    store::audit::AuditEntry,
    systems::wordpress::{About, Login},
};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

/// A person's way into their site.
#[derive(Debug, Clone)]
pub struct Door {
    /// The pairing it rests on.
    pub pairing: Pairing,
    /// The credential.
    pub login: Login,
}

impl House {
    /// The tenant of the slug, if the presented key is its gateway key. An unknown tenant and a wrong key look the same.
    ///
    /// # Errors
    /// Database or vault.
    pub async fn tenant_by_key(&self, slug: &str, presented: &str) -> anyhow::Result<Option<Tenant>> {
        let Ok(slug) = Slug::parse(slug) else { return Ok(None) };
        let Some(tenant) = self.store.tenant_by_slug(&slug).await?.filter(|t| t.gone_at.is_none()) else {
            return Ok(None);
        };
        let Some(key) = self.vault.of(tenant.id).get(purpose::GATEWAY).await? else { return Ok(None) };
        let same = bool::from(key.expose_secret().as_bytes().ct_eq(presented.as_bytes()));
        Ok(same.then_some(tenant))
    }

    /// The connected pairing of a chat user with its credential.
    ///
    /// # Errors
    /// Database or vault.
    pub async fn door(&self, tenant: &Tenant, chat_user: &str) -> anyhow::Result<Option<Door>> {
        let Some(pairing) = self.store.pairing_for_chat_user(tenant.id, chat_user).await? else { return Ok(None) };
        let Some(password) = self.vault.of(tenant.id).get(&Pairing::credential(pairing.id)).await? else {
            return Ok(None);
        };
        let state = State::fold(&self.store.log(tenant.id).await?);
        let about = state.tenant().and_then(|c| c.track(WordPress::NAME)).and_then(|t| t.output.clone());
        let Some(about) = about.map(serde_json::from_value::<About>).transpose()? else { return Ok(None) };
        let (site_url, user) = (tenant.site_url.clone(), pairing.wp_login.clone());
        let login = Login { site_url, rest_url: about.rest_url, user, password };
        Ok(Some(Door { pairing, login }))
    }

    /// Writes an entry; a failure to write is told to the log, since the call itself is over.
    pub async fn record(&self, entry: &AuditEntry) {
        if let Err(error) = self.store.audit(entry).await {
            tracing::error!(%error, what = entry.what, "an audit entry could not be written");
        }
    }

    /// The site refused a connected credential: look at the tenant soon, which writes down what is wrong.
    pub async fn suspect(&self, pairing: &Pairing) {
        if pairing.status == PairingStatus::Connected
            && let Err(error) = self.store.wake(pairing.tenant, self.clock.now()).await
        {
            tracing::warn!(%error, "could not ask for a look at a pairing");
        }
    }
}
