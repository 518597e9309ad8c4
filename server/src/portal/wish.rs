//! Holding a tenant for one change, and wishes: what a person asks of a flow, written together with the entry that tells of it.

use super::{Bound, authority, internal};
use crate::{
    domain::Tenant,
    saga::{journal::Entry, state::State},
    store::{AuditEntry, Held},
};
use app::portal::Answer;

impl Bound {
    /// Holds the tenant for one change. Until the answer is dropped, everything goes through it.
    pub(super) async fn hold(&self, tenant: &Tenant) -> Answer<Held> {
        self.house.store.hold(tenant.id).await.map_err(internal)?.ok_or_else(authority::gone)
    }

    /// Writes a person's wish about a flow together with the entry that tells of it, or neither: `told` makes the entry,
    /// and is told whether there was something to wish for.
    pub(super) async fn wish(
        &self,
        tenant: &Tenant,
        wish: impl Fn(&State) -> Option<Vec<Entry>> + Send,
        told: impl FnOnce(bool) -> Option<AuditEntry> + Send,
    ) -> Answer<bool> {
        let mut held = self.hold(tenant).await?;
        let wished = self.house.journal.add(&mut held, self.house.now(), wish).await.map_err(internal)?.is_some();
        if let Some(entry) = told(wished) {
            held.commit(Some(&entry)).await.map_err(internal)?;
        }
        Ok(wished)
    }
}
