//! An invitation: a place in a tenant that is kept for an address, for a while.

use super::{At, Email, Role, TenantId};
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
    /// Asked by: an e-mail address, or "command line".
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
