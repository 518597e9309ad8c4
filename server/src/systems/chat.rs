//! Port: the one chat (OpenWebUI) that all tenants share.

use crate::domain::{Email, Fault, Gone, Health, Roster, Seen};
use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub mod openwebui;

/// Subject of the token with which the portal lets the chat look at the gateway: it may list tools and call none.
pub const PROBE: &str = crate::domain::subject::PROBE;

/// A corner in the chat: a group, a connection to tools granted to it, and a model preset with the connection switched
/// on. A tenant has one; in direct mode each pairing has one as well.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Mark: whose it is, a tenant or a pairing.
    pub owner: Uuid,
    /// Display name of the tenant.
    pub name: String,
    /// Name of the group.
    pub group: String,
    /// Id of connection and model.
    pub key: String,
    /// What the connection leads to.
    pub tools: Tools,
}

/// What a corner's connection leads to. Addresses are as the chat's server reaches them.
#[derive(Debug, Clone)]
pub enum Tools {
    /// Nothing: neither connection nor model, the group alone.
    None,
    /// The portal's gateway.
    Gateway {
        /// `…/mcp/<slug>`, without trailing slash.
        url: String,
        /// Key the gateway asks for.
        key: SecretString,
    },
    /// wordpress-mcp in the tenant's own site, under one person's application password.
    Site {
        /// Its endpoint.
        url: String,
        /// WordPress login.
        user: String,
        /// Application password.
        password: SecretString,
    },
}

impl Tools {
    /// Address; `None` where there is no connection.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Gateway { url, .. } | Self::Site { url, .. } => Some(url),
        }
    }

    /// The tool that makes a draft.
    pub fn drafting(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gateway { .. } => Some("create_draft"),
            Self::Site { .. } => Some("wp_add_post"),
        }
    }
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

/// Who a person is to the chat.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// The provider's subject, which alone decides whose an account is.
    pub subject: &'a str,
    /// Their verified address, for their account to show.
    pub email: &'a Email,
    /// Ids of accounts that stood in their connections. Where to look first, never a proof.
    pub known: &'a [String],
    /// Who belongs to the tenant, for whom to ask about an account that shows the person's address.
    pub people: &'a dyn Roster,
}

impl Who<'_> {
    /// Has the one with this subject no claim to the person's address any more? They are the person themselves, before their
    /// account at the sign-in service was replaced, or a colleague whom that service knows by another address now.
    ///
    /// # Errors
    /// The portal's own database did not answer.
    pub async fn takes_over_from(&self, subject: &str) -> Result<bool, Fault> {
        let people = self.people.people().await?;
        Ok(people.iter().any(|member| match member.subject.as_deref() {
            Some(own) if own == self.subject => member.was.iter().any(|was| was == subject),
            Some(other) => other == subject && member.email != *self.email,
            None => false,
        }))
    }
}

/// A person's account in the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatUser {
    /// Id; what the gateway sees as `sub`.
    pub id: String,
}

/// How an account stands to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is in the group, and the person signs in to it.
    Yes,
    /// It is not in the group, or not there.
    No,
    /// It is in the group, and it is not the person's.
    ByAnother,
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
    /// Looks at a corner, changes nothing.
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Corner>, Fault>;
    /// Converges the corner. May be repeated at any time; entries that are not ours stay untouched.
    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Corner>, Fault>;
    /// Removes connection, model and group and sees that they are gone.
    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault>;
    /// Looks at a person's account, changes nothing. Absent: they were never in the chat.
    async fn look_at_person(&self, who: &Who<'_>) -> Result<Seen<ChatUser>, Fault>;
    /// Lets the person's account in and has it show their address. Never makes or deletes one: absent until they came.
    async fn ensure_person(&self, who: &Who<'_>) -> Result<Seen<ChatUser>, Fault>;
    /// Is the account in the group, and still that of the person with this subject?
    async fn has_access(&self, user_id: &str, subject: &str, group_id: &str) -> Result<Held, Fault>;
    /// Puts the account into the group and reads back. One that is not this subject's is taken out, and that is a fault.
    async fn give_access(&self, user_id: &str, subject: &str, group_id: &str) -> Result<(), Fault>;
    /// Takes the account out of the group, whosever it is, and reads back.
    async fn take_access(&self, user_id: &str, group_id: &str) -> Result<(), Fault>;
    /// Lets the chat itself open the corner's connection and list the tools.
    async fn prove(&self, wanted: &Wanted) -> Result<ToolsSeen, Fault>;
    /// Address that opens the chat with the tenant's model chosen.
    fn link(&self, key: &str) -> String;
    /// Address at which a person signs in to the chat.
    fn sign_in(&self) -> String;
    /// For the plan preview: place.
    fn place(&self) -> String;
    /// Is it there, new enough, and may we work with it?
    async fn health(&self) -> Health;
}
