//! The account: what a person sees about themselves.

use super::{
    pairing::Pairing,
    person::{Language, Me},
};
use serde::{Deserialize, Serialize};

/// The account page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPage {
    /// Who is calling.
    pub me: Me,
    /// Where they are signed in, the last used first.
    pub sessions: Vec<SessionView>,
    /// Their pairings that are not gone, over all tenants.
    pub pairings: Vec<Paired>,
    /// Language of letters to them.
    pub language: Language,
}

/// One sign-in at the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Names it in forms; nobody can sign in with it.
    pub id: String,
    /// "Firefox on Linux".
    pub device: String,
    /// When it began, microseconds since 1970.
    pub made_at: i64,
    /// The last request, to five minutes.
    pub seen_at: i64,
}

/// A pairing with the tenant it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paired {
    /// Slug and name of the tenant.
    pub tenant: (String, String),
    /// The pairing.
    pub pairing: Pairing,
}
