//! The signed-in person and the people of a tenant.

use serde::{Deserialize, Serialize};

/// What a person may do on the whole portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Orders, retries and removes tenants; sees everything.
    Operator,
    /// Sees everything, changes nothing.
    Auditor,
    /// Sees the tenants they belong to.
    Person,
}

/// What a person is within one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages people and pairings; administrator in the tenant's WordPress.
    Admin,
    /// Writes; author in the tenant's WordPress.
    Member,
}

impl Role {
    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Member => "Member",
        }
    }
}

/// A language that letters are written in. The console itself is in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// Its own name for itself.
    pub fn word(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// Its tag (BCP 47): the value in forms, in the database and in `lang`.
    pub fn key(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The inverse of [`Language::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.key() == key)
    }
}

/// The signed-in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Display name.
    pub name: String,
    /// Verified e-mail address.
    pub email: String,
    /// Standing on the whole portal.
    pub standing: Standing,
}

/// A person of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What a form sends for them: the address, and a mark of who has it.
    pub key: String,
    /// E-mail address.
    pub email: String,
    /// Display name, empty until the first sign-in.
    pub name: String,
    /// Role in this tenant.
    pub role: Role,
    /// Has signed in at least once.
    pub signed_in: bool,
    /// The invitation, until the first sign-in; `None` for those who came without one, such as the first admin.
    pub invited: Option<Invited>,
    /// Their account at the sign-in service seems to be replaced, so they cannot come in.
    pub replaced: bool,
}

/// Why somebody who has a place cannot take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replaced {
    /// Another account of the same sign-in service has it.
    Account,
    /// It belongs to an account of another sign-in service.
    Service,
}

/// An account of a tenant's WordPress that nobody in the portal knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalAccount {
    /// Its number in WordPress, also the key in forms.
    pub id: i64,
    /// Login.
    pub login: String,
    /// May administer the site, or make itself an administrator.
    pub administrator: bool,
    /// Its roles in WordPress's words; may be empty.
    pub role: String,
    /// When it was made, microseconds since 1970.
    pub since: i64,
    /// It held the address of somebody who came by single sign-on, and has none any more.
    pub moved: bool,
}

/// An invitation that nobody took up yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Who sent it: an e-mail address.
    pub by: String,
    /// It holds until then, microseconds since 1970.
    pub until: i64,
    /// Its time is over: the person has no place in the tenant until they are invited again.
    pub over: bool,
    /// When its letter was handed to the mail server.
    pub sent_at: Option<i64>,
    /// Why the letter is not sent yet; empty when it is, or when it was not tried yet.
    pub problem: String,
    /// When sending is tried again; `None` when it is not.
    pub next_at: Option<i64>,
}

impl Invited {
    /// Its letter was not tried yet: it goes out in a moment.
    pub fn leaves_now(&self) -> bool {
        !self.over && self.sent_at.is_none() && self.problem.is_empty()
    }
}
