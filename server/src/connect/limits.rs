//! How often a site may call: enough for people, too slow for guessing. One bucket per tenant, and one for all callers
//! without a known secret.

use crate::domain::TenantId;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// Buckets.
pub(super) struct Limits {
    known: DefaultKeyedRateLimiter<TenantId>,
    unknown: DefaultKeyedRateLimiter<()>,
}

impl Limits {
    pub(super) fn new() -> Self {
        let per_minute = |n: u32| Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self { known: RateLimiter::keyed(per_minute(240)), unknown: RateLimiter::keyed(per_minute(120)) }
    }

    /// May this caller go on?
    pub(super) fn allow(&self, tenant: Option<TenantId>) -> bool {
        match tenant {
            Some(tenant) => self.known.check_key(&tenant).is_ok(),
            None => self.unknown.check_key(&()).is_ok(),
        }
    }
}
