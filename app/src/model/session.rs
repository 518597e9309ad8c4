//! Who is signed in at the portal, for those who look after it.

use super::person::Standing;
use serde::{Deserialize, Serialize};

/// Which people to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionQuery {
    /// Part of the name or of the address.
    pub q: String,
    /// 1-based; 0 counts as 1.
    pub page: u32,
}

/// One page of the people who are signed in, the last seen first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsPage {
    /// What was asked.
    pub query: SessionQuery,
    /// People of this page.
    pub rows: Vec<PersonHere>,
    /// Over all pages.
    pub total: u64,
    /// People a page has.
    pub per_page: u32,
    /// The caller may end sessions.
    pub may_end: bool,
}

/// A person with at least one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHere {
    /// The provider's subject, the key in forms.
    pub subject: String,
    /// Display name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The highest standing that one of their sessions has.
    pub standing: Standing,
    /// How many sessions they have.
    pub sessions: u64,
    /// When the oldest of them began, microseconds since 1970.
    pub since: i64,
    /// Their last request, to five minutes.
    pub seen_at: i64,
    /// It is the caller.
    pub me: bool,
}
