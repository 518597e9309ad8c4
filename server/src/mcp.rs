//! The gateway: what the chat's tools are, and the only way from a chat message to a person's WordPress.
//!
//! OpenWebUI holds one connection per tenant to `POST /mcp/{slug}`. The tenant's gateway key opens the door; the signed
//! token of OpenWebUI says who is asking; that person's pairing says which credential is used, and the credential never
//! leaves the portal. Why it is so: `docs/decisions/gateway.md`.

mod answer;
mod arguments;
mod blocks;
mod call;
mod change;
mod door;
mod drafts;
mod ledger;
mod misfit;
mod names;
mod pace;
mod picture;
mod sameness;
mod server;
mod tools;
mod visitor;

pub use pace::Pace;

use crate::domain::{self, Clock, Paced, Pairing, Tenant, TenantId};
use crate::systems::wordpress::{Desk, Login};
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;

/// Everything that the gateway needs from the house.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// The tenant of the slug, if the presented key is its gateway key. Unknown slugs and wrong keys must take the same
    /// path: look up by the key's hash, or compare with a dummy, in constant time.
    async fn open(&self, slug: &str, presented_key: &str) -> anyhow::Result<Option<Tenant>>;
    /// The pairing of this account of the chat at this tenant, with the opened credential.
    async fn login(&self, tenant: &Tenant, chat_user: &str) -> anyhow::Result<Option<(Pairing, Login)>>;
    /// Claims the right to do a thing once. A claim that was neither finished nor released for two minutes (the process
    /// died) is given out again as [`Claim::Fresh`]; the site's own key then keeps it from being done twice.
    async fn claim(&self, key: &str, tenant: TenantId) -> anyhow::Result<Claim>;
    /// Remembers the answer of a claimed thing that is done.
    async fn finish(&self, key: &str, answer: &serde_json::Value) -> anyhow::Result<()>;
    /// Gives a claim back: it was not done, or nobody knows.
    async fn release(&self, key: &str) -> anyhow::Result<()>;
    /// Writes a call into the audit.
    async fn record(&self, call: &CallRecord);
    /// Counts one time of `whom`, with those at other portals. The inner error says how long to wait.
    async fn pace(&self, rule: &domain::Pace, whom: &str) -> anyhow::Result<Paced>;
    /// The site refused the credential.
    async fn broken(&self, pairing: &Pairing, why: &str);
}

/// What claiming came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// Do it.
    Fresh,
    /// Somebody is at it.
    Pending,
    /// It was done; this is the answer.
    Done(serde_json::Value),
}

/// One call of a tool, for the audit: who and which, never what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Whose door.
    pub tenant: TenantId,
    /// E-mail address of the person; empty when nobody could be told.
    pub who: String,
    /// Id of their account in the chat; empty when nobody could be told.
    pub chat_user: String,
    /// Name of the tool.
    pub tool: String,
    /// It was let through and done.
    pub allowed: bool,
    /// Ids ("post 12"), or why it was refused.
    pub detail: String,
    /// How long it took, milliseconds.
    pub ms: i64,
}

/// What the gateway is made of.
pub struct Gateway {
    /// The house.
    pub ledger: Arc<dyn Ledger>,
    /// WordPress.
    pub desk: Arc<dyn Desk>,
    /// The secret OpenWebUI signs `X-OpenWebUI-User-Jwt` with (`FORWARD_USER_INFO_HEADER_JWT_SECRET`).
    pub jwt_secret: SecretString,
    /// Names under which requests may arrive, with or without port; `*` for any. Empty means loopback only.
    pub allowed_hosts: Vec<String>,
    /// How many calls are let through.
    pub pace: Pace,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl Gateway {
    /// The route `POST /mcp/{slug}`, to be merged into the portal's router outside of its same-origin layer: only
    /// servers call it, and it refuses every request with an `Origin`.
    pub fn router(self) -> axum::Router {
        door::router(Arc::new(self))
    }
}
