//! A simulated IONOS with state: managed MariaDB by both versions of its API, and as much of the Cloud API as the drivers ask.
//!
//! The demo shows with it how a tenant waits for its cluster, in scaled time, and the tests hold the drivers against it; so it
//! lives here, and nothing in the house knows of it. It is written from `docs/outside/ionos.md`, that is from descriptions, not
//! from IONOS: what a real contract answers differently is not in it.

use crate::domain::{At, Clock};
use async_trait::async_trait;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub mod behind;
mod cloud;
mod rules;
mod wire;

/// The data center that is there.
pub const DATACENTER: &str = "11111111-1111-4111-8111-111111111111";
/// Its LANs: number and network.
pub const LANS: [(&str, &str); 2] = [("2", "10.7.222"), ("3", "10.7.223")];

/// Login of a cluster's first account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// User.
    pub user: String,
    /// Password.
    pub password: String,
    /// Database that comes with it (v2).
    pub database: Option<String>,
}

/// What stands behind the clusters.
#[async_trait]
pub trait Behind: Send + Sync {
    /// A cluster was ordered and stored.
    fn ordered(&self, _name: &str) {}
    /// A cluster becomes available; gives its host.
    ///
    /// # Errors
    /// In words; it stays in the making.
    async fn open(&self, name: &str, login: &Login) -> Result<String, String>;
    /// A cluster is gone.
    ///
    /// # Errors
    /// In words; it stays in destruction.
    async fn close(&self, name: &str, login: &Login) -> Result<(), String>;
}

/// A cluster as IONOS keeps it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// 1 or 2: the version of the API that made it, and that shows it.
    pub version: u8,
    /// UUID.
    pub id: String,
    /// `properties` of the answers, without the password.
    pub properties: Value,
    /// First account.
    pub login: Login,
    /// When it was stored.
    pub made_at: At,
    /// Its host, once it is open.
    pub host: Option<String>,
    /// A state that stays, whatever the time.
    pub fixed: Option<String>,
    /// Why it failed.
    pub message: Option<String>,
    /// When its removal was asked for.
    pub leaving_at: Option<At>,
}

impl Stored {
    /// Its name.
    pub fn name(&self) -> &str {
        let key = if self.version == 1 { "displayName" } else { "name" };
        self.properties[key].as_str().unwrap_or_default()
    }
}

/// What it remembers, and its habits.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Clusters, the oldest first.
    pub clusters: Vec<Stored>,
    /// The token that it takes.
    pub token: String,
    /// How long a cluster is in the making.
    pub build: Duration,
    /// How long it is in destruction.
    pub leave: Duration,
    /// How long a new cluster is missing in lists.
    pub lag: Duration,
    /// The next clusters fail, with these words.
    pub fail: Vec<String>,
    /// Nothing that is in destruction goes.
    pub stuck: bool,
    /// Most entries of one page of a list.
    pub page: usize,
    /// Cores that the contract allows.
    pub cores: u64,
}

/// The simulator. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Simulator {
    memory: Arc<Mutex<Memory>>,
    clock: Arc<dyn Clock>,
    behind: Arc<dyn Behind>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Simulator")
    }
}

impl Simulator {
    /// A contract without clusters. Making one takes `build`, removing it a tenth of that.
    pub fn new(token: &str, build: Duration, clock: Arc<dyn Clock>, behind: Arc<dyn Behind>) -> Self {
        let memory = Memory {
            clusters: Vec::new(),
            token: token.to_owned(),
            build,
            leave: build / 10,
            lag: Duration::ZERO,
            fail: Vec::new(),
            stuck: false,
            page: 1_000,
            cores: 100,
        };
        Self { memory: Arc::new(Mutex::new(memory)), clock, behind, turn: Arc::default() }
    }

    /// Its inside, to look at or to change.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The routes: MariaDB's API at the root, the Cloud API below `/cloudapi/v6`.
    pub fn router(&self) -> axum::Router {
        wire::router(self.clone())
    }

    /// The state of a cluster in its version's words, as it is now.
    fn state(&self, c: &Stored, memory: &Memory, now: At) -> String {
        let (making, gone) = if c.version == 1 { ("CREATING", "DESTROYING") } else { ("PROVISIONING", "DESTROYING") };
        match &c.fixed {
            _ if c.leaving_at.is_some() => gone.to_owned(),
            Some(word) => word.clone(),
            None if c.host.is_some() => "AVAILABLE".to_owned(),
            // IONOS's documentation shows BUSY right after an order.
            None if c.version == 1 && now.since(c.made_at) < memory.build / 4 => "BUSY".to_owned(),
            None => making.to_owned(),
        }
    }

    /// Lets time do its work: opens what is made, removes what has left.
    async fn pass_time(&self) {
        let _one_at_a_time = self.turn.lock().await;
        let now = self.clock.now();
        let due: Vec<Stored> = {
            let memory = self.memory();
            let made = |c: &Stored| c.host.is_none() && c.fixed.is_none() && now.since(c.made_at) >= memory.build;
            let left = |c: &Stored| c.leaving_at.is_some_and(|at| !memory.stuck && now.since(at) >= memory.leave);
            memory.clusters.iter().filter(|c| left(c) || c.leaving_at.is_none() && made(c)).cloned().collect()
        };
        for c in due {
            if c.leaving_at.is_some() {
                if self.behind.close(c.name(), &c.login).await.is_ok() {
                    self.memory().clusters.retain(|other| other.id != c.id);
                }
            } else if let Ok(host) = self.behind.open(c.name(), &c.login).await
                && let Some(found) = self.memory().clusters.iter_mut().find(|other| other.id == c.id)
            {
                found.host = Some(host);
            }
        }
    }
}
