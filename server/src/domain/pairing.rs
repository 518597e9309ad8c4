//! A pairing as the house remembers it: one person's WordPress account, linked with the same person in the chat.

use super::{At, Email, PairingId, Tenant, TenantId, name::of_login};
pub use app::model::pairing::PairingStatus;
use serde::{Deserialize, Serialize};

/// Who has the tools of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum McpMode {
    /// The portal's gateway: the chat holds no credential, and every call is in the audit.
    Gateway,
    /// wordpress-mcp in each tenant's site: the chat's connections hold the application passwords.
    Direct,
}

/// A pairing's record. The credential itself is in the vault under [`Pairing::credential`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// Identifier.
    pub id: PairingId,
    /// Tenant it belongs to.
    pub tenant: TenantId,
    /// Provider's subject of the person who approved.
    pub subject: String,
    /// Their verified address.
    pub email: Email,
    /// Their name.
    pub name: String,
    /// WordPress user who pressed Connect.
    pub wp_user: i64,
    /// Their login.
    pub wp_login: String,
    /// Id of the application password (not secret).
    pub password_uuid: String,
    /// The same person in the chat, once the step `person` is done.
    pub chat_user: Option<String>,
    /// State.
    pub status: PairingStatus,
    /// Reason and next action when it is not connected.
    pub note: String,
    /// When it was made.
    pub made_at: At,
    /// When the last proof held.
    pub proof_at: Option<At>,
    /// How long that took.
    pub proof_ms: Option<i64>,
}

impl Pairing {
    /// Purpose under which the vault holds the application password.
    pub fn credential(id: PairingId) -> String {
        format!("pairing/{id}/password")
    }

    /// The WordPress login, as people read it.
    pub fn login_shown(&self) -> String {
        of_login(&self.wp_login, self.wp_user)
    }

    /// Id of the pairing's own connection and model in the chat, in direct mode.
    pub fn chat_key(&self, tenant: &Tenant) -> String {
        format!("{}-{}", tenant.chat_key(), self.tail())
    }

    /// Name of the pairing's own group in the chat, in direct mode.
    pub fn chat_group(&self, tenant: &Tenant) -> String {
        format!("{}-{}", tenant.group(), self.tail())
    }

    /// The end of its id, which is random.
    fn tail(&self) -> String {
        self.id.0.simple().to_string().split_off(24)
    }
}
