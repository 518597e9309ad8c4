//! When the cluster was asked last to try a refused pod again. In memory only: after a restart it is asked once more.

use crate::domain::TenantId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long its controllers are given. Seen: they try within a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// Begin of each try that is under way.
#[derive(Default)]
pub(super) struct Tries(Mutex<HashMap<TenantId, Instant>>);

impl Tries {
    /// A try begins, unless one is under way.
    pub(super) fn begin(&self, tenant: TenantId) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = !all.contains_key(&tenant);
        all.entry(tenant).or_insert_with(Instant::now);
        new
    }

    /// The try has had its time, and is forgotten: the next time another one begins.
    pub(super) fn over(&self, tenant: TenantId) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = all.get(&tenant).is_some_and(|begun| begun.elapsed() >= PATIENCE);
        if over {
            all.remove(&tenant);
        }
        over
    }

    /// There is nothing to wait for.
    pub(super) fn forget(&self, tenant: TenantId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }
}
