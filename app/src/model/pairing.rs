//! Pairings: one person's WordPress, linked with their chat.

use serde::{Deserialize, Serialize};

/// State of a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairingStatus {
    /// Steps are running.
    Working,
    /// Proven.
    Connected,
    /// The last proof failed.
    Broken,
    /// The site's address changed; nothing is sent until it is connected anew.
    SafeMode,
    /// Being undone.
    Leaving,
    /// Undone.
    Gone,
}

impl PairingStatus {
    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Working => "Connecting",
            Self::Connected => "Connected",
            Self::Broken => "Broken",
            Self::SafeMode => "Safe mode",
            Self::Leaving => "Disconnecting",
            Self::Gone => "Not connected",
        }
    }

    /// Word of the wire protocol and of the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Connected => "connected",
            Self::Broken => "broken",
            Self::SafeMode => "safe_mode",
            Self::Leaving => "leaving",
            Self::Gone => "gone",
        }
    }

    /// The value of `data-s` in the stylesheet.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Working | Self::Leaving => "running",
            Self::Connected => "ready",
            Self::Broken | Self::SafeMode => "attention",
            Self::Gone => "waiting",
        }
    }
}

/// A pairing as the tenant page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// Identifier, also in forms.
    pub id: String,
    /// Name of the person in the chat.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Login in WordPress.
    pub wp_login: String,
    /// State.
    pub status: PairingStatus,
    /// Reason and next action when it is not connected.
    pub note: String,
    /// When the last proof held, microseconds since 1970.
    pub proof_at: Option<i64>,
    /// How long it took, milliseconds.
    pub proof_ms: Option<i64>,
    /// The caller may end it.
    pub may_disconnect: bool,
}

/// What the consent page asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentPage {
    /// The intent, part of the form's address.
    pub intent: String,
    /// Display name of the tenant.
    pub tenant: String,
    /// Host of the site.
    pub site: String,
    /// Login of the WordPress user who pressed Connect.
    pub wp_login: String,
    /// Name and version of the asking plugin.
    pub asked_by: String,
    /// When it was asked, microseconds since 1970.
    pub asked_at: i64,
    /// When the question ends.
    pub expires_at: i64,
    /// Origin (scheme, host, port) the answer is sent to: the one registered for the tenant.
    pub callback_origin: String,
    /// Who is signed in.
    pub me: super::person::Me,
}
