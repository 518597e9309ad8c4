//! The way into simulated clusters: only those that are usable answer, only to their own owner's login.

use super::{Inside, Within};
use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use slipway::{
    domain::{Fault, Seen},
    systems::database::reach::{Account, Owner, Reach},
};
use std::sync::{Arc, atomic::AtomicBool, atomic::Ordering};
use uuid::Uuid;

/// Speaks to the databases of one simulator.
#[derive(Clone)]
pub(crate) struct MemoryReach {
    pub(crate) inside: Inside,
    /// The network does not let it through.
    pub(crate) cut: Arc<AtomicBool>,
}

impl MemoryReach {
    pub(crate) fn into(inside: Inside) -> Self {
        Self { inside, cut: Arc::default() }
    }

    fn at<T>(&self, owner: &Owner, then: impl FnOnce(&mut Within, Uuid) -> T) -> Result<T, Fault> {
        let memory = self.inside.memory();
        let unreachable = || Fault::retry("The MariaDB server cannot be reached.");
        let usable = |state: &str| matches!(state, "AVAILABLE" | "DEGRADED");
        let found = memory.clusters.iter().find(|(_, c)| c.address() == owner.host && usable(&c.state));
        let (id, cluster) = found.filter(|_| !self.cut.load(Ordering::SeqCst)).ok_or_else(unreachable)?;
        assert_eq!(cluster.credential("username"), Some(owner.user.as_str()));
        assert_eq!(cluster.credential("password"), Some(owner.password.expose_secret()));
        assert_eq!(owner.port, 3306);
        Ok(then(&mut self.inside.within(), *id))
    }
}

fn login(account: &Account) -> (String, String) {
    (account.user.clone(), account.password.expose_secret().to_owned())
}

fn seen(within: &Within, id: Uuid, account: &Account) -> Seen<()> {
    match within.databases.get(&(id, account.database.clone())) {
        None => Seen::Absent,
        Some(found) if *found == login(account) => Seen::Ready(()),
        Some(_) => Seen::Drifted { what: format!("The user of {} cannot sign in.", account.database) },
    }
}

#[async_trait]
impl Reach for MemoryReach {
    async fn look(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        self.at(owner, |within, id| seen(within, id, account))
    }

    async fn prepare(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        let effects = self.inside.effects.clone();
        self.at(owner, |within, id| {
            if within.databases.insert((id, account.database.clone()), login(account)).is_none() {
                effects.made("database", &account.database);
            }
            seen(within, id, account)
        })
    }

    async fn dump(&self, owner: &Owner, account: &Account, name: &str) -> Result<Seen<()>, Fault> {
        self.at(owner, |within, id| {
            assert_eq!(seen(within, id, account), Seen::Ready(()), "a dump of what is there");
            if !within.dumps.iter().any(|n| n == name) {
                within.dumps.push(name.to_owned());
            }
            Seen::Ready(())
        })
    }
}
