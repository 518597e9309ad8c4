//! A pairing as the house remembers it: one person's WordPress account, linked with the same person in the chat.

use super::{At, Email, PairingId, TenantId};
pub use app::model::pairing::PairingStatus;
use serde::{Deserialize, Serialize};

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
}
