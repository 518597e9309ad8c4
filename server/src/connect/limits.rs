//! How often a site may call: enough for people, too slow for guessing. One bucket per tenant, and one for all callers
//! without a known secret; another one of each kind for what is written down of refusals.

use crate::domain::TenantId;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// Buckets.
pub(super) struct Limits {
    known: DefaultKeyedRateLimiter<TenantId>,
    unknown: DefaultKeyedRateLimiter<()>,
    notes: DefaultKeyedRateLimiter<Option<TenantId>>,
}

impl Limits {
    pub(super) fn new() -> Self {
        let some = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            known: RateLimiter::keyed(Quota::per_minute(some(240))),
            unknown: RateLimiter::keyed(Quota::per_minute(some(120))),
            notes: RateLimiter::keyed(Quota::per_hour(some(60))),
        }
    }

    /// May another refusal go into the audit? Enough to see what happens, too few to fill it: its entries stay for ever.
    pub(super) fn note(&self, tenant: Option<TenantId>) -> bool {
        self.notes.check_key(&tenant).is_ok()
    }

    /// May this caller go on?
    pub(super) fn allow(&self, tenant: Option<TenantId>) -> bool {
        match tenant {
            Some(tenant) => self.known.check_key(&tenant).is_ok(),
            None => self.unknown.check_key(&()).is_ok(),
        }
    }
}
