//! The port for databases in memory, for proofs that set up hundreds of tenants.

use super::faults::{Effects, Faults, Moment, Trouble};
use async_trait::async_trait;
use secrecy::ExposeSecret;
use slipway::domain::{Fault, Gone, Health, Seen, Slug, TenantId};
use slipway::systems::database::{Databases, Details, Wanted};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// Databases that exist by name: mark and password.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryDatabases {
    pub(crate) faults: Faults,
    pub(crate) effects: Effects,
    there: Arc<Mutex<HashMap<String, (TenantId, String)>>>,
}

impl MemoryDatabases {
    /// Databases that fail by `faults` and are written into `effects`.
    pub(crate) fn new(faults: Faults, effects: Effects) -> Self {
        Self { faults, effects, there: Arc::default() }
    }

    fn there(&self) -> MutexGuard<'_, HashMap<String, (TenantId, String)>> {
        self.there.lock().expect("no test panics while it holds this")
    }

    /// Somebody changes the password of every database by hand.
    pub(crate) fn spoil(&self) {
        self.there().values_mut().for_each(|(_, password)| password.clear());
    }

    fn seen(&self, wanted: &Wanted) -> Seen<Details> {
        let name = name(wanted);
        match self.there().get(&name) {
            None => Seen::Absent,
            Some((_, password)) if password != wanted.password.expose_secret() => {
                Seen::Drifted { what: format!("The user of {name} cannot sign in.") }
            }
            Some(_) => Seen::Ready(Details { host: "memory".to_owned(), port: 3306, user: name.clone(), name }),
        }
    }
}

fn name(wanted: &Wanted) -> String {
    let id = wanted.tenant.0.simple().to_string();
    format!("slipway_{}_{}", wanted.slug, &id[26..])
}

/// The fault a stand-in gives in place of its answer.
pub(super) fn fault(what: &str, trouble: &Trouble) -> Fault {
    match trouble {
        Trouble::Denied => Fault::fail("credential_refused", format!("{what} refused the credential."), "Check it."),
        Trouble::TooMany(seconds) => Fault::Retry {
            why: format!("{what} asks to slow down (429)."),
            after: Some(std::time::Duration::from_secs(*seconds)),
        },
        _ => Fault::retry(format!("{what} broke off.")),
    }
}

/// Does `work` between the two moments at which a call can fail.
pub(super) async fn troubled<T>(
    faults: &Faults,
    (what, call): (&str, &str),
    work: impl FnOnce() -> T,
) -> Result<T, Fault> {
    match faults.meet(call).await {
        None => Ok(work()),
        Some(trouble) if trouble.moment() == Some(Moment::After) => {
            work();
            Err(fault(what, &trouble))
        }
        Some(trouble) => Err(fault(what, &trouble)),
    }
}

#[async_trait]
impl Databases for MemoryDatabases {
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        troubled(&self.faults, ("The database server", "database.look"), || self.seen(wanted)).await
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        troubled(&self.faults, ("The database server", "database.ensure"), || {
            let (name, password) = (name(wanted), wanted.password.expose_secret().to_owned());
            if self.there().insert(name.clone(), (wanted.tenant, password)).is_none() {
                self.effects.made("database", name);
            }
            self.seen(wanted)
        })
        .await
    }

    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        troubled(&self.faults, ("The database server", "database.remove"), || {
            let name = name(wanted);
            self.there().remove(&name);
            self.effects.gone("database", &name);
            Gone::Seen { what: format!("Database {name} is gone.") }
        })
        .await
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (format!("slipway_{slug}"), "memory".to_owned())
    }

    async fn health(&self) -> Health {
        Health::good("memory")
    }
}
