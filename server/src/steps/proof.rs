//! Step: the proof. "Connected" means that the chat itself listed the tenant's tools, from its own place in the network,
//! and that the sealed credential could read at the site.

use super::{Systems, chat, credential, direct};
use crate::{
    domain::{Fault, Gone, McpMode, Seen},
    saga::{Cx, Step},
    systems::chat::Tools,
};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// See the table in [`super`].
pub struct Proof(pub Systems);

/// What was proven, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// Microseconds since 1970.
    pub at: i64,
    /// Milliseconds the chat took to list the tools.
    pub ms: i64,
    /// How many tools it saw.
    pub tools: usize,
}

impl Proof {
    /// The chat says only that it failed. The portal goes the same way to the gateway; what stops it there stops the chat.
    async fn why(&self, cx: &Cx<'_>, key: &SecretString) -> Option<Fault> {
        let health = self.0.gateway.ask(cx.tenant.slug.as_str(), key).await;
        (!health.ok).then(|| Fault::retry(format!("The chat cannot list the tools. {} {}", health.say, health.next)))
    }
}

#[async_trait]
impl Step for Proof {
    const NAME: &'static str = "proof";
    const TITLE: &'static str = "Proof";
    type Output = Proven;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Proven>, Fault> {
        let corner = match self.0.mcp {
            McpMode::Gateway => chat::wanted(&self.0, cx).await?,
            McpMode::Direct => direct::wanted(&self.0, cx).await?,
        };
        let Some(tool) = corner.tools.drafting() else { return Ok(Seen::Absent) };
        let seen = self.0.chat.prove(&corner).await;
        let seen = match (seen, &corner.tools) {
            (Err(fault), Tools::Gateway { key, .. }) => return Err(self.why(cx, key).await.unwrap_or(fault)),
            (seen, _) => seen?,
        };
        if !seen.tools.iter().any(|t| t.ends_with(tool)) {
            return Ok(Seen::Drifted {
                what: "The chat reaches the tools but does not see the one for drafts.".into(),
            });
        }
        let Some(login) = credential::login(cx).await? else { return Ok(Seen::Absent) };
        match self.0.wordpress.introspect(&login).await? {
            Some(_) => Ok(Seen::Ready(Proven { at: cx.now.0, ms: seen.ms, tools: seen.tools.len() })),
            None => Ok(Seen::Drifted { what: "WordPress no longer accepts the connection.".into() }),
        }
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Proven>, Fault> {
        match self.check(cx).await? {
            Seen::Absent | Seen::Drifted { .. } => Err(Fault::retry("The proof does not hold yet.")),
            seen => Ok(seen),
        }
    }

    /// A proof leaves nothing behind.
    async fn undo(&self, _cx: &Cx<'_>) -> Result<Gone, Fault> {
        Ok(Gone::Seen { what: "A proof leaves nothing behind.".into() })
    }
}
