//! Tokens with which programs use the API.

use serde::{Deserialize, Serialize};

/// What was typed into the form that makes a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    /// What the maker calls it.
    pub name: String,
    /// A [`TokenScope::key`].
    pub scope: String,
    /// Slug, for an admin of one tenant.
    pub tenant: String,
    /// Days until it ends; empty means 90.
    pub days: String,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// What an operator may.
    Operator,
    /// What an auditor may.
    Auditor,
    /// What an admin of one tenant may.
    TenantAdmin,
}

impl TokenScope {
    /// All, in the order of the form.
    pub const ALL: [Self; 3] = [Self::TenantAdmin, Self::Auditor, Self::Operator];

    /// Value in forms and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::TenantAdmin => "tenant-admin",
        }
    }

    /// The inverse of [`TokenScope::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.key() == key)
    }

    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Operator => "Operator",
            Self::Auditor => "Auditor",
            Self::TenantAdmin => "Tenant admin",
        }
    }
}

/// How a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It opens.
    Living,
    /// It rests until its maker signs in again.
    Resting,
    /// Its time is over.
    Expired,
    /// Somebody ended it, or its maker lost the right.
    Ended,
}

impl TokenState {
    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Living => "Works",
            Self::Resting => "Rests",
            Self::Expired => "Expired",
            Self::Ended => "Revoked",
        }
    }

    /// The value of `data-s` in the stylesheet.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Living => "ready",
            Self::Resting => "degraded",
            Self::Expired | Self::Ended => "waiting",
        }
    }
}

/// The page of tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensPage {
    /// Tokens, those that can still be used first.
    pub rows: Vec<TokenRow>,
    /// What the caller's tokens may do at most; empty when they may make none.
    pub scopes: Vec<TokenScope>,
    /// Slug and name of the tenants the caller is an admin of.
    pub tenants: Vec<(String, String)>,
    /// Tokens of other people are among the rows.
    pub all: bool,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its name in forms.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// Slug of its tenant, or empty.
    pub tenant: String,
    /// Address of its maker.
    pub maker: String,
    /// When it was made, microseconds since 1970.
    pub made_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
    /// When it was last used, to the minute.
    pub used_at: Option<i64>,
    /// How it is.
    pub state: TokenState,
    /// The caller may end it.
    pub may_revoke: bool,
}

/// A token just made: the only time its text is seen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeToken {
    /// Its name in forms.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// The text.
    pub text: String,
    /// When it ends by itself, microseconds since 1970.
    pub expires_at: i64,
}

/// The text is a secret, so it is not shown.
impl std::fmt::Debug for MadeToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeToken").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}
