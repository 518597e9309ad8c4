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
    /// E-mail address, also the key in forms.
    pub email: String,
    /// Display name, empty until the first sign-in.
    pub name: String,
    /// Role in this tenant.
    pub role: Role,
    /// Has signed in at least once.
    pub signed_in: bool,
}
