//! Leases: which engine works on which tenant, and who is to be looked at when. A lease that ran out is itself a
//! reason to look: its engine died in the middle.
//!
//! Claiming takes the wake-up time away, so whatever is there at the release came in meanwhile and must not be lost. A look
//! that somebody asked for is counted apart: the claim that takes its wake-up may do other work first, or die at it.

use super::{
    Error, Result, Store,
    both::{all, one, run, statements},
};
use crate::domain::{At, TenantId};

/// Tenants to look at: awake and free, or left behind by a dead engine.
macro_rules! due {
    () => {
        "SELECT id FROM tenant WHERE (wake_at <= $2 AND lease_until IS NULL) OR lease_until <= $2
         ORDER BY COALESCE(wake_at, lease_until), id LIMIT $4"
    };
}
macro_rules! take {
    () => {
        "UPDATE tenant SET lease_owner = $1, lease_until = $3, wake_at = NULL
         WHERE id IN (SELECT id FROM due) RETURNING id"
    };
}

statements! {
    CLAIM = concat!("WITH due AS MATERIALIZED (", due!(), ") ", take!()),
        concat!("WITH due AS MATERIALIZED (", due!(), " FOR UPDATE SKIP LOCKED) ", take!());
    RENEW = "UPDATE tenant SET lease_until = $3 WHERE id = $1 AND lease_owner = $2";
    RELEASE = "UPDATE tenant SET lease_owner = NULL, lease_until = NULL,
            wake_at = CASE WHEN wake_at IS NULL OR wake_at > $3 THEN COALESCE($3, wake_at) ELSE wake_at END
        WHERE id = $1 AND lease_owner = $2";
    END_ALL = "UPDATE tenant SET lease_owner = NULL, lease_until = NULL, wake_at = COALESCE(wake_at, 0)
        WHERE lease_until IS NOT NULL";
    pub(super) WAKE = "UPDATE tenant SET look_asked = look_asked + 1,
            wake_at = CASE WHEN wake_at IS NULL OR wake_at > $2 THEN $2 ELSE wake_at END
        WHERE id = $1 AND gone_at IS NULL";
    ASKED = "SELECT look_asked FROM tenant WHERE id = $1 AND look_asked > look_done";
    LOOKED = "UPDATE tenant SET look_done = $2 WHERE id = $1 AND look_done < $2";
    NEXT_WAKE = "SELECT MIN(moment) FROM (
            SELECT MIN(wake_at) AS moment FROM tenant WHERE wake_at IS NOT NULL AND lease_until IS NULL
            UNION ALL SELECT MIN(lease_until) AS moment FROM tenant WHERE lease_until IS NOT NULL) AS moments";
}

impl Store {
    /// Takes at most `limit` tenants that are due at `now`, until `until`. Nobody else gets them before that.
    ///
    /// # Errors
    /// The database.
    pub async fn claim(&self, owner: &str, now: At, until: At, limit: u32) -> Result<Vec<TenantId>> {
        let rows: Vec<(String,)> =
            all!(&mut self.write().await?, CLAIM, owner, now.0, until.0, i64::from(limit.min(1_000)))?;
        rows.into_iter().map(|(id,)| id.parse().map_err(|_| Error::Corrupt("tenant.id"))).collect()
    }

    /// Ends every lease: for a process that knows it is the only one (SQLite) and has just begun.
    ///
    /// # Errors
    /// The database.
    pub async fn end_leases(&self) -> Result<u64> {
        run!(&mut self.write().await?, END_ALL)
    }

    /// Keeps a lease longer; `false` when somebody else has it.
    ///
    /// # Errors
    /// The database.
    pub async fn renew(&self, tenant: TenantId, owner: &str, until: At) -> Result<bool> {
        Ok(run!(&mut self.write().await?, RENEW, tenant.to_string(), owner, until.0)? == 1)
    }

    /// Gives a lease back. Looks again at `wake_at`, or earlier when somebody asked for it meanwhile. A lease that is
    /// lost already stays with its new owner.
    ///
    /// # Errors
    /// The database.
    pub async fn release(&self, tenant: TenantId, owner: &str, wake_at: Option<At>) -> Result<()> {
        run!(&mut self.write().await?, RELEASE, tenant.to_string(), owner, wake_at.map(|at| at.0))?;
        self.changed();
        Ok(())
    }

    /// Asks for a look at `at` or earlier.
    ///
    /// # Errors
    /// The database.
    pub async fn wake(&self, tenant: TenantId, at: At) -> Result<()> {
        run!(&mut self.write().await?, WAKE, tenant.to_string(), at.0)?;
        self.changed();
        Ok(())
    }

    /// The number of the newest look that was asked for and not done yet.
    ///
    /// # Errors
    /// The database.
    pub async fn look_asked(&self, tenant: TenantId) -> Result<Option<i64>> {
        let row: Option<(i64,)> = one!(&mut self.read().await?, ASKED, tenant.to_string())?;
        Ok(row.map(|(number,)| number))
    }

    /// The looks up to this number are done.
    ///
    /// # Errors
    /// The database.
    pub async fn looked(&self, tenant: TenantId, number: i64) -> Result<()> {
        run!(&mut self.write().await?, LOOKED, tenant.to_string(), number).map(|_| ())
    }

    /// When the next look is due: a wake-up of a free tenant, or the end of a lease.
    ///
    /// # Errors
    /// The database.
    pub async fn next_wake(&self) -> Result<Option<At>> {
        let row: Option<(Option<i64>,)> = one!(&mut self.read().await?, NEXT_WAKE)?;
        Ok(row.and_then(|(at,)| at).map(At))
    }
}
