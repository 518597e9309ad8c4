//! Waits are moments of a clock that people and time servers set. One that was set back, or was far ahead once, would keep
//! everybody waiting for as long; so nothing waits longer than its reason allows.

use super::Engine;
use crate::{
    domain::{At, TenantId},
    store,
};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// Longest that a step lets the engine wait (`machine::pause`), and a tenant that is gone; a look may be further away.
const LONGEST_WAIT: Duration = Duration::from_secs(900);

/// How far apart the clocks of portals on one database may be before one takes the other's moments for mistakes.
const SKEW: Duration = Duration::from_secs(60);

/// Pause between two sittings.
const EVERY: Duration = Duration::from_secs(10);

/// Looks for moments that a wrong clock left behind.
#[derive(Default)]
pub(super) struct Judge {
    next: Option<Instant>,
    /// Leases that end too late, and since when they were seen so.
    far: HashMap<(TenantId, i64, At), Instant>,
}

impl Judge {
    /// Sits if it is time to.
    pub(super) async fn sits(&mut self, engine: &Engine) {
        let now = Instant::now();
        if self.next.is_some_and(|next| now < next) {
            return;
        }
        self.next = Some(now + EVERY);
        match self.judge(engine, now).await {
            Ok(0) => {}
            Ok(many) => tracing::warn!(many, "moments too far ahead were brought back: a clock was set, or is wrong"),
            Err(error) => tracing::warn!(%error, "moments too far ahead may stay"),
        }
    }

    async fn judge(&mut self, engine: &Engine, seen: Instant) -> store::Result<u64> {
        let (store, now, lease) = (&engine.store, engine.clock.now(), engine.settings.lease);
        let longest = LONGEST_WAIT.max(engine.settings.look_every.mul_f64(1.1));
        let mut many = store.bring_back(now, now.plus(longest + SKEW)).await?;
        let far = store.far_leases(now.plus(lease + SKEW)).await?;
        self.far.retain(|known, _| far.contains(known));
        for one in far {
            // Whoever has it renews it three times in a lease's time.
            if seen.duration_since(*self.far.entry(one).or_insert(seen)) >= lease {
                many += store.end_far(one, now).await?;
            }
        }
        Ok(many)
    }
}
