//! A tenant held for one change: what is read, judged and written under it is one transaction, and nobody else changes
//! this tenant meanwhile. Every rule of the kind "at least one" or "at most ten" is judged here, and all that follows from
//! a change is written here, so that a process that dies leaves either all of it or nothing.
//!
//! On PostgreSQL it holds the tenant's row; on SQLite there is one writer anyway. While it is held, nothing else may be
//! asked of the store by the same task: on SQLite that would wait for itself.

use super::{
    Result, Store,
    audit::{self, AuditEntry},
    both::{Tx, one, run, statements},
    lease, log,
};
use crate::domain::{At, Event, TenantId};

statements! {
    HOLD = "SELECT id FROM tenant WHERE id = $1 AND gone_at IS NULL",
        "SELECT id FROM tenant WHERE id = $1 AND gone_at IS NULL FOR UPDATE";
}

/// A living tenant, held. Dropped without [`Held::commit`] nothing was changed.
pub struct Held {
    pub(super) tx: Tx,
    pub(super) tenant: TenantId,
    pub(super) store: Store,
    /// Number of the newest event that was written under it.
    seq: Option<i64>,
}

impl Store {
    /// Waits until nobody else holds the tenant, and holds it. `None`: it is gone, or there never was one.
    ///
    /// # Errors
    /// The database.
    pub async fn hold(&self, tenant: TenantId) -> Result<Option<Held>> {
        let mut tx = self.begin().await?;
        let found: Option<(String,)> = one!(&mut tx, HOLD, tenant.to_string())?;
        Ok(found.map(|_| Held { tx, tenant, store: self.clone(), seq: None }))
    }
}

impl Held {
    /// The tenant's whole log.
    ///
    /// # Errors
    /// The database, or an event that this version cannot read.
    pub async fn log(&mut self) -> Result<Vec<Event>> {
        log::whole(&mut self.tx, self.tenant).await
    }

    /// Writes events (with consecutive numbers) and what they come to. `Conflict`: the numbers are not the next ones. What is
    /// written here is nobody's lease: engines go on from it.
    ///
    /// # Errors
    /// The database, or numbers that are not consecutive.
    pub async fn append(&mut self, events: &[Event], digest: &log::Digest) -> Result<log::Appended> {
        let appended = log::append(&mut self.tx, self.tenant, None, events, digest).await?;
        self.seq = events.last().map(|event| event.seq).or(self.seq);
        Ok(appended)
    }

    /// Asks for a look at `at` or earlier.
    ///
    /// # Errors
    /// The database.
    pub async fn wake(&mut self, at: At) -> Result<()> {
        run!(&mut self.tx, lease::WAKE, self.tenant.to_string(), at.0).map(|_| ())
    }

    /// Tells of the change, and makes all of it true at once.
    ///
    /// # Errors
    /// The database.
    pub async fn commit(mut self, audit: Option<&AuditEntry>) -> Result<()> {
        if let Some(entry) = audit {
            audit::enter(&mut self.tx, entry).await?;
        }
        self.tx.commit().await?;
        self.store.changed_at(self.tenant, self.seq);
        Ok(())
    }
}
