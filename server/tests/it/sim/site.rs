//! The port for sites in memory, for proofs that set up hundreds of tenants. A site that runs here is also told to the
//! WordPress stand-in, so that the steps behind it find it.

use super::database::troubled;
use super::faults::{Effects, Faults};
use super::wordpress::Sites as WordPressSites;
use async_trait::async_trait;
use secrecy::ExposeSecret;
use slipway::domain::{Fault, Gone, Health, Seen, SiteLanguage, Slug, TenantId};
use slipway::systems::site::{Place, Sites, Wanted};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// Sites that run, by tenant: a summary of what each was started with.
#[derive(Debug, Clone)]
pub(crate) struct MemorySites {
    pub(crate) faults: Faults,
    pub(crate) effects: Effects,
    wordpress: WordPressSites,
    there: Arc<Mutex<HashMap<TenantId, String>>>,
    /// Languages without a pack.
    pub(crate) without: Arc<Mutex<Vec<SiteLanguage>>>,
}

impl MemorySites {
    /// Sites that answer at `wordpress`, fail by `faults` and are written into `effects`.
    pub(crate) fn new(wordpress: WordPressSites, faults: Faults, effects: Effects) -> Self {
        Self { faults, effects, wordpress, there: Arc::default(), without: Arc::default() }
    }

    fn there(&self) -> MutexGuard<'_, HashMap<TenantId, String>> {
        self.there.lock().expect("no test panics while it holds this")
    }

    /// All processes die; their files stay.
    pub(crate) fn fall(&self) {
        self.there().values_mut().for_each(String::clear);
    }

    fn seen(&self, wanted: &Wanted) -> Seen<Place> {
        match self.there().get(&wanted.tenant) {
            None => Seen::Absent,
            Some(with) if *with != summary(wanted) => {
                Seen::Drifted { what: "The site's process has ended.".to_owned() }
            }
            Some(_) => Seen::Ready(Place {
                address: self.address(wanted.tenant, &wanted.slug),
                outside_id: format!("memory {}", wanted.slug),
            }),
        }
    }
}

/// Everything whose change must reach the site.
fn summary(wanted: &Wanted) -> String {
    let secrets = [&wanted.database_password, &wanted.client_secret, &wanted.site_secret, &wanted.salt];
    let secrets: Vec<&str> = secrets.into_iter().map(|s| s.expose_secret()).collect();
    let place = (wanted.language, &wanted.time_zone);
    format!(
        "{} {place:?} {:?} {:?} {:?} {}",
        wanted.site_url,
        wanted.database,
        wanted.client,
        wanted.plan,
        secrets.join(" ")
    )
}

#[async_trait]
impl Sites for MemorySites {
    fn address(&self, tenant: TenantId, _slug: &Slug) -> String {
        self.wordpress.address(tenant)
    }

    async fn languages(&self) -> Vec<SiteLanguage> {
        let without = self.without.lock().expect("no test panics while it holds this");
        SiteLanguage::ALL.into_iter().filter(|language| !without.contains(language)).collect()
    }

    async fn look(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        troubled(&self.faults, ("The host", "site.look"), || self.seen(wanted)).await
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        troubled(&self.faults, ("The host", "site.ensure"), || {
            if self.there().insert(wanted.tenant, summary(wanted)).is_none() {
                self.effects.made("site", &wanted.slug);
            }
            self.wordpress.open(wanted.tenant, wanted.site_secret.expose_secret());
            self.seen(wanted)
        })
        .await
    }

    async fn remove(&self, tenant: TenantId, slug: &Slug) -> Result<Gone, Fault> {
        troubled(&self.faults, ("The host", "site.remove"), || {
            // As the real ones: of two tenants that have had the name each removes its own.
            let ours = self.there().remove(&tenant).is_some();
            self.wordpress.close(tenant);
            if ours {
                self.effects.gone("site", slug);
            }
            Gone::Seen { what: format!("Site {slug} is gone.") }
        })
        .await
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (slug.to_string(), "memory".to_owned())
    }

    async fn health(&self) -> Health {
        Health::good("memory")
    }
}
