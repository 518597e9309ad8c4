//! What the use cases work with, and whom they are bound to.

use super::Bound;
use crate::{
    domain::{Actor, At, Caller, Clock, Dice, Email, Standing, Tenant, api_token::masked, subject},
    saga::journal::Journal,
    steps::Systems,
    store::{Store, audit::AuditEntry},
    vault::Vault,
};
use app::portal::Portal;
use std::sync::Arc;

/// All that the use cases work with.
#[derive(Clone)]
pub struct House {
    /// Log and records.
    pub store: Store,
    /// Secrets.
    pub vault: Vault,
    /// Writes wishes into logs.
    pub journal: Journal,
    /// Ports.
    pub systems: Systems,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub dice: Arc<dyn Dice>,
    /// Driver and address of each system, for the systems page: name and text without credentials.
    pub drivers: Arc<Vec<(&'static str, String)>>,
}

impl House {
    /// The use cases of one caller.
    pub fn portal_for(&self, caller: Caller) -> Arc<dyn Portal> {
        let actor = Actor::Person(caller.email.clone());
        Arc::new(Bound { house: self.clone(), caller, actor, pass: None })
    }

    /// The use cases of the command line: whoever can run it has the configuration with its secrets, and so all rights.
    ///
    /// # Errors
    /// Never: its address is one.
    pub fn portal_for_command_line(&self) -> anyhow::Result<Arc<dyn Portal>> {
        let caller = Caller {
            subject: subject::COMMAND_LINE.into(),
            email: Email::ours(Actor::COMMAND_LINE.0, Actor::COMMAND_LINE.1)?,
            name: "Command line".into(),
            standing: Standing::Operator,
        };
        Ok(Arc::new(Bound { house: self.clone(), caller, actor: Actor::CommandLine, pass: None }))
    }

    /// An audit entry of now.
    pub fn entry(
        &self,
        who: &Actor,
        what: &str,
        tenant: Option<&Tenant>,
        allowed: bool,
        detail: impl Into<String>,
    ) -> AuditEntry {
        AuditEntry {
            at: self.now(),
            who: who.to_string(),
            what: what.into(),
            tenant: tenant.map(|t| (t.id, t.slug.clone())),
            allowed,
            detail: masked(&detail.into()),
            before: None,
            after: None,
        }
    }

    pub(super) fn now(&self) -> At {
        self.clock.now()
    }
}
