//! How many calls are let through: a limit for each person, so that a model in a loop harms nobody, and one for each
//! tenant's door.

use crate::domain::{Clock, TenantId};
use governor::clock::Clock as Ticks;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// More keys than this and the idle ones are forgotten.
const CROWD: usize = 10_000;

/// Limits.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Calls of one person at one tenant, per minute; a quarter of it at once.
    pub person: NonZeroU32,
    /// Requests at one tenant's door, per minute; a quarter of it at once. One turn of a chat makes three.
    pub tenant: NonZeroU32,
}

impl Default for Pace {
    fn default() -> Self {
        const { Self { person: NonZeroU32::new(60).unwrap(), tenant: NonZeroU32::new(3_000).unwrap() } }
    }
}

/// The house's clock as governor wants it.
#[derive(Clone)]
struct HouseClock(Arc<dyn Clock>);

impl Ticks for HouseClock {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        Nanos::from(u64::try_from(self.0.now().0).unwrap_or(0).saturating_mul(1_000))
    }
}

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, HouseClock, NoOpMiddleware<Nanos>>;

/// The gauges.
pub(super) struct Gauge {
    clock: HouseClock,
    people: Limiter<(TenantId, String)>,
    tenants: Limiter<TenantId>,
}

impl Gauge {
    pub(super) fn new(pace: Pace, clock: Arc<dyn Clock>) -> Self {
        let clock = HouseClock(clock);
        let quota = |per_minute: NonZeroU32| {
            let burst = NonZeroU32::new(per_minute.get() / 4).unwrap_or(NonZeroU32::MIN);
            Quota::per_minute(per_minute).allow_burst(burst)
        };
        let people = RateLimiter::new(quota(pace.person), HashMapStateStore::default(), clock.clone());
        let tenants = RateLimiter::new(quota(pace.tenant), HashMapStateStore::default(), clock.clone());
        Self { clock, people, tenants }
    }

    /// Counts a call. `Err` says how long to wait.
    pub(super) fn person(&self, tenant: TenantId, id: &str) -> Result<(), Duration> {
        if self.people.len() > CROWD {
            self.people.retain_recent();
        }
        self.people.check_key(&(tenant, id.to_owned())).map_err(|not| not.wait_time_from(self.clock.now()))
    }

    /// Counts a request. `Err` says how long to wait.
    pub(super) fn tenant(&self, tenant: TenantId) -> Result<(), Duration> {
        self.tenants.check_key(&tenant).map_err(|not| not.wait_time_from(self.clock.now()))
    }
}
