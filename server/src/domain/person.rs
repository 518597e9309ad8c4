//! People: who calls, and with which standing.

use super::Email;
pub use app::model::person::{Language, Role, Standing};
use serde::{Deserialize, Serialize};

/// Who calls a use case: made only by the sign-in, from verified claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The provider's subject: the person's identity for ever.
    pub subject: String,
    /// Verified e-mail address.
    pub email: Email,
    /// Display name.
    pub name: String,
    /// Standing on the whole portal, from the provider's groups.
    pub standing: Standing,
}

/// What ended at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedOut {
    /// All sessions of the person with this subject.
    Person(String),
    /// One session.
    Session {
        /// The provider's name for it.
        sid: String,
        /// Whose it is, if that was said.
        subject: Option<String>,
    },
}

/// A person of a tenant, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Verified or invited address.
    pub email: Email,
    /// Set at the first sign-in; from then on it is the key.
    pub subject: Option<String>,
    /// Display name, empty until the first sign-in.
    pub name: String,
    /// Role in the tenant.
    pub role: Role,
    /// Subjects that this person had before; whoever still knows one of them is to follow.
    pub was: Vec<String>,
    /// Their account at the sign-in service seems to be replaced: another one signed in with this address, or it belongs to
    /// another sign-in service than today's.
    pub replaced: bool,
}

impl Member {
    /// WordPress's role for their role in the tenant.
    pub fn wordpress_role(&self) -> &'static str {
        wordpress_role(self.role)
    }
}

/// WordPress's role for a role in the tenant.
pub const fn wordpress_role(role: Role) -> &'static str {
    match role {
        Role::Admin => "administrator",
        Role::Member => "author",
    }
}
