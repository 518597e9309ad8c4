//! People: who calls, with which standing, and their e-mail addresses.

pub use app::model::person::{Language, Role, Standing};
use serde::{Deserialize, Serialize};

/// A plausible e-mail address in lower case. Whether it works is the provider's to verify.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write an e-mail address such as ada@example.org.")]
pub struct EmailError;

impl Email {
    /// Trims, lowers and checks the shape `local@domain` without spaces, controls or brackets, at most 254 bytes.
    ///
    /// # Errors
    /// The text is no such address.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim().to_lowercase();
        let Some((local, domain)) = text.rsplit_once('@') else { return Err(EmailError) };
        let bad = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c);
        let label = |l: &str| {
            !l.is_empty()
                && l.len() <= 63
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        let fine = text.len() <= 254
            && (1..=64).contains(&local.len())
            && !local.chars().any(bad)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.split('.').count() >= 2
            && domain.split('.').all(label);
        if fine { Ok(Self(text)) } else { Err(EmailError) }
    }

    /// Nobody can have this address: nothing beneath `.invalid` exists (RFC 2606). The chat's administrator has such a one.
    pub fn is_nobodys(&self) -> bool {
        self.0.ends_with(".invalid")
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_addresses_and_refuses_nonsense() {
        assert_eq!(Email::parse(" Ada@Example.org ").map(String::from), Ok("ada@example.org".into()));
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "a b@example.org",
            "ada@localhost",
            "ada@-x.org",
            "a\u{0}@x.org",
            "a@x..org",
            "<a@x.org>",
        ] {
            assert_eq!(Email::parse(bad), Err(EmailError), "{bad:?}");
        }
    }
}
