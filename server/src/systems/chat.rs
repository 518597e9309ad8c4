//! Port: the one chat (OpenWebUI) that all tenants share.

use crate::domain::{Email, Fault, Gone, Health, Seen, Slug, TenantId};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

pub mod openwebui;

/// Subject of the token with which the portal lets the chat look at the gateway: it may list tools and call none.
pub const PROBE: &str = "slipway-probe";

/// The tenant's corner in the chat: a group, a connection to the portal's gateway granted to it, a model preset with
/// the connection switched on.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Mark.
    pub tenant: TenantId,
    /// Part of the outside names.
    pub slug: Slug,
    /// Display name.
    pub name: String,
    /// `tenant-<slug>`
    pub group: String,
    /// `wp-<slug>`: id of connection and model.
    pub key: String,
    /// Address of the gateway as the chat's server reaches it: `…/mcp/<slug>`, without trailing slash.
    pub gateway_url: String,
    /// Key the gateway asks for.
    pub gateway_key: SecretString,
}

/// What exists in the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corner {
    /// Id of the group; names are not unique there.
    pub group_id: String,
    /// Id of the connection.
    pub connection_id: String,
    /// Id of the model preset.
    pub model_id: String,
}

/// A person in the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatUser {
    /// Id; what the gateway sees as `sub`.
    pub id: String,
    /// We made the account.
    pub made: bool,
}

/// A proof that the chat reaches the tenant's tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolsSeen {
    /// Names of the tools the chat saw.
    pub tools: Vec<String>,
    /// How long it took, milliseconds.
    pub ms: i64,
}

/// The chat.
#[async_trait]
pub trait Chat: Send + Sync {
    /// Looks at the tenant's corner, changes nothing.
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Corner>, Fault>;
    /// Converges the corner. May be repeated at any time; entries that are not ours stay untouched.
    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Corner>, Fault>;
    /// Removes connection, model and group and sees that they are gone.
    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault>;
    /// Finds a person by exact e-mail address, changes nothing.
    async fn find_person(&self, email: &Email) -> Result<Option<ChatUser>, Fault>;
    /// Finds or makes the account of a person.
    async fn ensure_person(&self, email: &Email, name: &str) -> Result<ChatUser, Fault>;
    /// Removes an account that we made, unless it belongs to a group; already gone is success.
    async fn remove_person(&self, user_id: &str) -> Result<(), Fault>;
    /// Is the person in the group?
    async fn has_access(&self, user_id: &str, group_id: &str) -> Result<bool, Fault>;
    /// Puts the person into the group, or takes them out, and reads back.
    async fn set_access(&self, user_id: &str, group_id: &str, wanted: bool) -> Result<(), Fault>;
    /// Lets the chat itself connect to the gateway and list the tools.
    async fn prove(&self, wanted: &Wanted) -> Result<ToolsSeen, Fault>;
    /// Address that opens the chat with the tenant's model chosen.
    fn link(&self, key: &str) -> String;
    /// For the plan preview: place.
    fn place(&self) -> String;
    /// Is it there, new enough, and may we work with it?
    async fn health(&self) -> Health;
}
