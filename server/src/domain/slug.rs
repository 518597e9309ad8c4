//! A tenant's short name. It becomes a DNS label, a namespace, a database name and a path, so its shape is narrow:
//! `[a-z][a-z0-9-]{1,28}[a-z0-9]`, no double hyphen (punycode), no reserved word.

use serde::{Deserialize, Serialize};

/// A well-formed, unreserved slug of 3 to 30 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Names that would be confused with parts of the platform or of the address space.
const RESERVED: [&str; 28] = [
    "admin",
    "administrator",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "authentik",
    "chat",
    "connect",
    "default",
    "health",
    "kube-system",
    "localhost",
    "login",
    "mail",
    "mcp",
    "new",
    "openwebui",
    "portal",
    "root",
    "slipway",
    "status",
    "support",
    "system",
    "wordpress",
    "www",
    "wp-admin",
];

/// Why a text is no slug. The words are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Fewer than 3 characters.
    #[error("Too short: use at least 3 characters.")]
    Short,
    /// More than 30 characters.
    #[error("Too long: use at most 30 characters.")]
    Long,
    /// A character outside `a-z0-9-`.
    #[error("Use only small letters a to z, digits and hyphens.")]
    Alphabet,
    /// Starts with a digit or hyphen, or ends with a hyphen.
    #[error("Start with a letter and end with a letter or digit.")]
    Edges,
    /// Two hyphens in a row.
    #[error("Use single hyphens.")]
    DoubleHyphen,
    /// One of the names the platform keeps for itself.
    #[error("This name is reserved. Choose another one.")]
    Reserved,
}

impl Slug {
    /// Parses exactly; nothing is trimmed or lowered, so what is checked is what is used.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.chars().any(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            return Err(SlugError::Alphabet);
        }
        match text.len() {
            0..=2 => return Err(SlugError::Short),
            3..=30 => {}
            _ => return Err(SlugError::Long),
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) || text.ends_with('-') {
            return Err(SlugError::Edges);
        }
        if text.contains("--") {
            return Err(SlugError::DoubleHyphen);
        }
        if RESERVED.contains(&text) {
            return Err(SlugError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// Proposes a slug from a display name, as the order form does while somebody types. `None` when the proposal is too
    /// short or reserved.
    pub fn propose(name: &str) -> Option<Self> {
        Self::parse(&app::model::slug::propose(&name.to_lowercase())).ok()
    }

    /// The same name with a number behind it, within the length limit; to suggest a free one.
    pub fn numbered(&self, n: u32) -> Option<Self> {
        let tail = format!("-{n}");
        let head: String = self.0.chars().take(30 - tail.len()).collect();
        Self::parse(&format!("{}{tail}", head.trim_end_matches('-'))).ok()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;
    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_with_the_rule_that_is_broken() {
        for (text, why) in [
            ("", SlugError::Short),
            ("ab", SlugError::Short),
            ("Acme", SlugError::Alphabet),
            ("../etc", SlugError::Alphabet),
            ("acme/..", SlugError::Alphabet),
            ("äcme", SlugError::Alphabet),
            ("асме", SlugError::Alphabet),
            ("1acme", SlugError::Edges),
            ("acme-", SlugError::Edges),
            ("xn--acme", SlugError::DoubleHyphen),
            ("admin", SlugError::Reserved),
            (&"a".repeat(31), SlugError::Long),
        ] {
            assert_eq!(Slug::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn proposes_from_a_name() {
        for (name, slug) in
            [("Acme", "acme"), ("Quay & Sons", "quay-sons"), ("  3 Café's  ", "cafes"), ("ACME", "acme")]
        {
            assert_eq!(Slug::propose(name).map(String::from).as_deref(), Some(slug), "{name}");
        }
        for none in ["日本", "Portal", "X"] {
            assert_eq!(Slug::propose(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_proposal_always_parses(name in ".{0,80}") {
            if let Some(s) = Slug::propose(&name) {
                prop_assert_eq!(Slug::parse(s.as_str()), Ok(s.clone()));
                prop_assert!(s.numbered(999).is_some());
            }
        }
    }
}
