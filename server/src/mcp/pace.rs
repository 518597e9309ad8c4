//! How many calls are let through: a limit for each person, so that a model in a loop harms nobody, and one for each
//! tenant's door. The house counts them, for all portals together.

use super::Gateway;
use crate::domain::{self, TenantId};
use std::{num::NonZeroU32, time::Duration};

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

fn rule(name: &'static str, per_minute: NonZeroU32) -> domain::Pace {
    domain::Pace::new(name, (per_minute.get() / 4).max(1), Duration::from_secs(60) / per_minute.get())
}

impl Gateway {
    /// Counts a call of this account of the chat. The inner error says how long to wait.
    pub(super) async fn count_person(&self, tenant: TenantId, id: &str) -> anyhow::Result<domain::Paced> {
        self.ledger.pace(&rule("mcp.person", self.pace.person), &format!("{tenant} {id}")).await
    }

    /// Counts a request. The inner error says how long to wait.
    pub(super) async fn count_tenant(&self, tenant: TenantId) -> anyhow::Result<domain::Paced> {
        self.ledger.pace(&rule("mcp.tenant", self.pace.tenant), &tenant.to_string()).await
    }
}
