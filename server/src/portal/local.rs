//! Accounts that were made in a tenant's WordPress and that nobody here knows: what the last look at the site told of them,
//! and ending one.

use super::{Bound, internal};
use crate::{
    domain::{Fault, Tenant},
    saga::{Secrets as _, Step, state::State},
    steps::{purpose, site, wordpress},
    systems::wordpress::{About, LocalAccount, Locals, Site},
};
use app::{
    model::{oops::Oops, person::LocalAccount as View},
    portal::Answer,
};
use serde::de::DeserializeOwned;

/// What the log holds of them.
pub(super) fn of(state: &State) -> Locals {
    output::<About>(state, wordpress::WordPress::NAME).map(|about| about.locals).unwrap_or_default()
}

/// Output of a step of the tenant.
fn output<T: DeserializeOwned>(state: &State, step: &str) -> Option<T> {
    let output = state.tenant()?.track(step)?.output.clone()?;
    serde_json::from_value(output).ok()
}

/// As pages show it.
pub(super) fn view(account: LocalAccount) -> View {
    let LocalAccount { id, login, administrator, role, since, moved } = account;
    View { id, login, administrator, role, since: since.saturating_mul(1_000_000), moved }
}

impl Bound {
    /// Ends one of the accounts that the page lists. The site looks again whether it is the same and a local one.
    pub(super) async fn end_local(&self, tenant: &Tenant, account: &str) -> Answer<()> {
        let state = State::fold(&self.house.store.log(tenant.id).await.map_err(internal)?);
        let known = of(&state).accounts.into_iter().find(|known| known.id.to_string() == account);
        let (Some(account), Some(site)) = (known, self.site(tenant, &state).await?) else {
            return self.refused(tenant, "There is no such local account.", Oops::not_found()).await;
        };
        match self.house.systems.wordpress.end_account(&site, &account).await {
            Ok(()) => {
                let detail = format!("The local account {} of the site.", account.login);
                let entry = self.house.entry(&self.actor, "site.end_account", Some(tenant), true, detail);
                self.note(entry.changed(&account.role, "")).await?;
                self.house.store.wake(tenant.id, self.house.now()).await.map_err(internal)
            }
            Err(Fault::Fail { code, say, next }) => {
                self.refused(tenant, &say, Oops::new(409, code, say.clone(), next)).await
            }
            Err(Fault::Retry { why, .. }) => {
                let next = "Press End again in a minute. Nothing is lost if it was ended already.";
                self.refused(tenant, &why, Oops::new(503, "site_silent", why.clone(), next)).await
            }
        }
    }

    async fn refused(&self, tenant: &Tenant, why: &str, oops: Oops) -> Answer<()> {
        self.audit("site.end_account", Some(tenant), false, why.to_owned()).await?;
        Err(oops)
    }

    /// The tenant's site as the portal speaks to it; nothing before it is up.
    async fn site(&self, tenant: &Tenant, state: &State) -> Answer<Option<Site>> {
        let Some(place) = output::<<site::Site as Step>::Output>(state, site::Site::NAME) else { return Ok(None) };
        let secret = self.house.vault.of(tenant.id).get(purpose::SITE).await.map_err(|error| {
            tracing::error!(?error, "the site's secret cannot be read");
            Oops::internal()
        })?;
        Ok(secret.map(|secret| Site { address: place.address, site_url: tenant.site_url.clone(), secret }))
    }
}
