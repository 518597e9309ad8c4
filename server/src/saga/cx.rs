//! What a step may see and do: narrow on purpose, because steps outlive versions. It reads the tenant, the outputs of
//! earlier steps and the tenant's secrets; everything else it does through its ports.

use super::step::Step;
use crate::domain::{At, Fault, Pairing, Roster, Tenant};
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Secrets of one tenant, sealed at rest.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The secret for `purpose`; thrown and committed on first use, so it is durable before any call that uses it.
    async fn get_or_make(&self, purpose: &str) -> Result<SecretString, Fault>;
    /// The secret for `purpose`, if there is one.
    async fn get(&self, purpose: &str) -> Result<Option<SecretString>, Fault>;
    /// Stores a secret that the outside chose.
    async fn put(&self, purpose: &str, secret: &SecretString) -> Result<(), Fault>;
    /// Forgets it.
    async fn forget(&self, purpose: &str) -> Result<(), Fault>;
    /// Seals a text that is kept elsewhere, or by nobody, with the house's own key; only the house opens it again.
    async fn seal(&self, purpose: &str, text: &SecretString) -> Result<String, Fault>;
}

/// The context of one call.
pub struct Cx<'a> {
    /// The tenant.
    pub tenant: &'a Tenant,
    /// The pairing, in pairing flows.
    pub pairing: Option<&'a Pairing>,
    /// Who belongs to the tenant, asked for when it counts.
    pub people: &'a Arc<dyn Roster>,
    /// Outputs of done steps by name, of the tenant's flow and of this one.
    pub outputs: &'a BTreeMap<String, Value>,
    /// The tenant's other pairings that are not gone, in pairing flows.
    pub siblings: &'a [Pairing],
    /// Accounts in the chat on which connections of this person ever stood, in any tenant; in pairing flows.
    pub chat_accounts: &'a [String],
    /// The whole tenant is being removed: what lives inside the site goes with it.
    pub leaving: bool,
    /// The tenant's secrets.
    pub secrets: &'a dyn Secrets,
    /// Now.
    pub now: At,
}

impl Cx<'_> {
    /// Output of an earlier step; `None` before it is done or after it was skipped.
    ///
    /// # Errors
    /// The log holds something that this version cannot read.
    pub fn find<S: Step>(&self) -> Result<Option<S::Output>, Fault> {
        let Some(value) = self.outputs.get(S::NAME) else { return Ok(None) };
        serde_json::from_value(value.clone()).map(Some).map_err(|e| {
            Fault::fail("log_unreadable", format!("The result of {} cannot be read: {e}.", S::TITLE), "Report this.")
        })
    }

    /// Output of an earlier step that must be done.
    ///
    /// # Errors
    /// It is not there.
    pub fn output<S: Step>(&self) -> Result<S::Output, Fault> {
        self.find::<S>()?.ok_or_else(|| {
            Fault::fail(
                "step_missing",
                format!("This needs {}, which was skipped.", S::TITLE),
                "Stop and undo, then order again.",
            )
        })
    }

    /// The pairing of a pairing flow.
    ///
    /// # Errors
    /// The step runs in another flow: a mistake in the plan.
    pub fn pairing(&self) -> Result<&Pairing, Fault> {
        self.pairing.ok_or_else(|| Fault::fail("no_pairing", "This step belongs to a pairing.", "Report this."))
    }
}
