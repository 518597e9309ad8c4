//! Leases: which engine works on which tenant, and who is to be looked at when. A lease that ran out is itself a
//! reason to look: its engine died in the middle, or stands still. The lease's epoch goes up with each claim, and what an
//! engine writes names the epoch it believes in (`log.rs`), so one that stood still too long writes nothing any more.
//!
//! Times come from each portal's own clock. A clock that was set back, or one far ahead, leaves moments that are further
//! away than anything here waits for: the engine brings those back (`saga/engine/clock.rs`).
//!
//! Claiming takes the wake-up time away, so whatever is there at the release came in meanwhile and must not be lost. A look
//! that somebody asked for is counted apart: the claim that takes its wake-up may do other work first, or die at it.

use super::{
    Error, Result, Store,
    both::{all, one, run, statements},
};
use crate::domain::{At, TenantId};
use std::time::Duration;

/// The right to work on a tenant and to write its log, as one engine got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Name of the engine.
    pub owner: String,
    /// Goes up with each claim of this tenant, by whomever.
    pub epoch: i64,
}

/// How long after its end a tenant gets one more look, for what a stopped engine or a slow system made late.
pub(super) const LATE: Duration = Duration::from_secs(300);

/// Tenants to look at: awake and free, or left behind by a dead engine.
macro_rules! due {
    () => {
        "SELECT id FROM tenant WHERE (wake_at <= $2 AND lease_until IS NULL) OR lease_until <= $2
         ORDER BY COALESCE(wake_at, lease_until), id LIMIT $4"
    };
}
macro_rules! take {
    () => {
        "UPDATE tenant SET lease_owner = $1, lease_until = $3, lease_epoch = lease_epoch + 1, wake_at = NULL
         WHERE id IN (SELECT id FROM due) RETURNING id, lease_epoch"
    };
}

statements! {
    CLAIM = concat!("WITH due AS MATERIALIZED (", due!(), ") ", take!()),
        concat!("WITH due AS MATERIALIZED (", due!(), " FOR UPDATE SKIP LOCKED) ", take!());
    TAKE = "UPDATE tenant SET lease_owner = $2, lease_until = $3, lease_epoch = lease_epoch + 1
        WHERE id = $1 RETURNING lease_epoch";
    HOLDS = "SELECT CAST(1 AS BIGINT) FROM tenant
        WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3 AND lease_until > $4";
    RENEW = "UPDATE tenant SET lease_until = $4 WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3";
    RELEASE = "UPDATE tenant SET lease_owner = NULL, lease_until = NULL,
            wake_at = CASE WHEN wake_at IS NULL OR wake_at > $4 THEN COALESCE($4, wake_at) ELSE wake_at END
        WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3";
    END_OWN = "UPDATE tenant SET lease_owner = NULL, lease_until = NULL, wake_at = COALESCE(wake_at, 0)
        WHERE lease_owner = $1";
    NEARER = "UPDATE tenant SET wake_at = $1 WHERE wake_at > $2";
    FAR = "SELECT id, lease_epoch, lease_until FROM tenant WHERE lease_until > $1 ORDER BY id LIMIT 1000";
    END_FAR = "UPDATE tenant SET lease_until = $4 WHERE id = $1 AND lease_epoch = $2 AND lease_until = $3";
    WAKE_GONE = "UPDATE tenant SET wake_at = CASE WHEN wake_at IS NULL OR wake_at > $2 THEN $2 ELSE wake_at END
        WHERE id = $1 AND gone_at IS NOT NULL";
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
    pub async fn claim(&self, owner: &str, now: At, until: At, limit: u32) -> Result<Vec<Lease>> {
        let rows: Vec<(String, i64)> =
            all!(&mut self.write().await?, CLAIM, owner, now.0, until.0, i64::from(limit.min(1_000)))?;
        let lease = |(id, epoch): (String, i64)| -> Result<Lease> {
            let tenant = id.parse().map_err(|_| Error::Corrupt("tenant.id"))?;
            Ok(Lease { tenant, owner: owner.to_owned(), epoch })
        };
        rows.into_iter().map(lease).collect()
    }

    /// Takes one tenant, due or not, and from whoever has it: that one can write nothing any more. `None`: there is none.
    ///
    /// # Errors
    /// The database.
    pub async fn take(&self, tenant: TenantId, owner: &str, until: At) -> Result<Option<Lease>> {
        let rows: Vec<(i64,)> = all!(&mut self.write().await?, TAKE, tenant.to_string(), owner, until.0)?;
        Ok(rows.first().map(|&(epoch,)| Lease { tenant, owner: owner.to_owned(), epoch }))
    }

    /// Is the lease in force at `now`? One that is over may have been taken by nobody: [`Store::renew`] tells.
    ///
    /// # Errors
    /// The database.
    pub async fn holds(&self, lease: &Lease, now: At) -> Result<bool> {
        let (id, owner) = (lease.tenant.to_string(), lease.owner.as_str());
        let row: Option<(i64,)> = one!(&mut self.read().await?, HOLDS, id, owner, lease.epoch, now.0)?;
        Ok(row.is_some())
    }

    /// Ends the leases of this name: for a process that knows that whoever had it before is dead.
    ///
    /// # Errors
    /// The database.
    pub async fn end_leases(&self, owner: &str) -> Result<u64> {
        run!(&mut self.write().await?, END_OWN, owner)
    }

    /// Keeps a lease longer; `false` when somebody else took the tenant, or the lease was ended.
    ///
    /// # Errors
    /// The database.
    pub async fn renew(&self, lease: &Lease, until: At) -> Result<bool> {
        let (id, owner) = (lease.tenant.to_string(), lease.owner.as_str());
        Ok(run!(&mut self.write().await?, RENEW, id, owner, lease.epoch, until.0)? == 1)
    }

    /// Gives a lease back. Looks again at `wake_at`, or earlier when somebody asked for it meanwhile. A lease that is
    /// lost already stays with its new owner.
    ///
    /// # Errors
    /// The database.
    pub async fn release(&self, lease: &Lease, wake_at: Option<At>) -> Result<()> {
        let (id, owner) = (lease.tenant.to_string(), lease.owner.as_str());
        run!(&mut self.write().await?, RELEASE, id, owner, lease.epoch, wake_at.map(|at| at.0))?;
        self.changed();
        Ok(())
    }

    /// Makes wake-ups later than `far`, which only a wrong clock can have left, due `now`.
    ///
    /// # Errors
    /// The database.
    pub async fn bring_back(&self, now: At, far: At) -> Result<u64> {
        run!(&mut self.write().await?, NEARER, now.0, far.0)
    }

    /// Leases that end after `far`: tenant, epoch and end. Either a clock was set back since, and nobody keeps them any
    /// more, or they are kept by a portal whose clock is ahead; then the end moves on.
    ///
    /// # Errors
    /// The database.
    pub async fn far_leases(&self, far: At) -> Result<Vec<(TenantId, i64, At)>> {
        let rows: Vec<(String, i64, i64)> = all!(&mut self.read().await?, FAR, far.0)?;
        let read = |(id, epoch, until): (String, i64, i64)| -> Result<(TenantId, i64, At)> {
            Ok((id.parse().map_err(|_| Error::Corrupt("tenant.id"))?, epoch, At(until)))
        };
        rows.into_iter().map(read).collect()
    }

    /// Ends such a lease `now`, unless it was renewed or taken.
    ///
    /// # Errors
    /// The database.
    pub async fn end_far(&self, (tenant, epoch, until): (TenantId, i64, At), now: At) -> Result<u64> {
        run!(&mut self.write().await?, END_FAR, tenant.to_string(), epoch, until.0, now.0)
    }

    /// Asks for one more look at a tenant that is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn wake_gone(&self, tenant: TenantId, at: At) -> Result<()> {
        run!(&mut self.write().await?, WAKE_GONE, tenant.to_string(), at.0).map(|_| ())
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
