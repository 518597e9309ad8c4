//! An invitation: a place in a tenant that is kept for an address, for a while.

use super::{At, Email, Role, TenantId};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an invitation holds.
pub const HOLDS: Duration = Duration::from_secs(14 * 24 * 3600);

/// An invitation and its letter, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Into which tenant.
    pub tenant: TenantId,
    /// Who.
    pub email: Email,
    /// As what.
    pub role: Role,
    /// Asked by: the text of an [`Actor`](super::Actor).
    pub by: String,
    /// It holds until then.
    pub until: At,
    /// Its time is over.
    pub over: bool,
    /// Number of the letter: asking again writes a new one.
    pub letter: i64,
    /// When the letter is due; `None` when there is nothing to send.
    pub wake_at: Option<At>,
    /// How often this letter was tried.
    pub attempts: u32,
    /// When it was handed to the mail server.
    pub sent_at: Option<At>,
    /// Why it was not, at the last try.
    pub problem: String,
}

/// Somebody who is invited and may have no account yet.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'a> {
    /// Their address.
    pub email: &'a Email,
    /// Names this invitation and no other: letters, digits, hyphens.
    pub mark: &'a str,
    /// It holds until then.
    pub until: At,
}

/// What the link of an invitation's letter says, sealed by the house. It leads through the portal to where the person
/// makes their account, or to the sign-in once they have one, so a letter can be opened late, twice, or beside another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Into which tenant.
    pub tenant: TenantId,
    /// Who.
    pub email: Email,
    /// [`Newcomer::mark`].
    pub mark: String,
    /// [`Newcomer::until`].
    pub until: At,
}

impl Way {
    /// What it is sealed for.
    pub const PURPOSE: &str = "invitation";

    /// The text to be sealed.
    pub fn text(&self) -> SecretString {
        SecretString::from(serde_json::json!(self).to_string())
    }

    /// Reads [`Way::text`].
    pub fn read(text: &SecretString) -> Option<Self> {
        serde_json::from_str(text.expose_secret()).ok()
    }

    /// The link, from the portal's address and the sealed text.
    pub fn link(public_url: &str, sealed: &str) -> String {
        format!("{public_url}/invitations/{sealed}")
    }
}
