//! Tokens for programs. A token speaks for the person who made it, with at most their rights, until it ends.
//!
//! Its text is `slw_`, 43 characters of base64url (256 random bits) and 6 characters of a checksum over both, so that
//! scanners for leaked secrets find it and do not mistake other text for it; the checksum is no secret.

use super::{ApiTokenId, At, Dice, Email, TenantId, Token, secret::TokenHash};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How every token begins.
pub const PREFIX: &str = "slw_";
/// Characters of a token.
pub const LENGTH: usize = 4 + 43 + 6;
/// A token of an operator rests when the provider has not said for this long that they are one: the portal learns of a lost
/// standing only when its person comes by.
pub const STANDING_UNSEEN: Duration = Duration::from_secs(7 * 24 * 3600);
/// A token of a tenant's admin rests when they were not seen for this long. Their right is the portal's own and is looked at on
/// every request; this ends what belongs to an account that is closed at the provider.
pub const UNSEEN: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a token lasts when nobody says otherwise, in days.
pub const USUAL_DAYS: u32 = 90;
/// The longest life, in days.
pub const MOST_DAYS: u32 = 365;

/// The text of a fresh token. It is shown once and kept nowhere.
#[derive(Debug)]
pub struct TokenText(SecretString);

impl TokenText {
    /// Throws one.
    pub fn throw(dice: &dyn Dice) -> Self {
        let body = format!("{PREFIX}{}", Token::throw(dice).reveal());
        Self(SecretString::from(format!("{body}{}", checksum(&body))))
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database keeps.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.reveal())
    }

    /// The hash of a presented text, if it has the shape and the checksum of a token.
    pub fn parse(presented: &str) -> Option<TokenHash> {
        let whole = presented.len() == LENGTH && presented.is_ascii() && presented.starts_with(PREFIX);
        let (body, sum) = whole.then(|| presented.split_at(LENGTH - 6))?;
        (checksum(body) == sum).then(|| TokenHash::of(presented))
    }
}

/// The first 32 bits of SHA-256, as 6 characters of base64url.
fn checksum(body: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(body.as_bytes())[..4])
}

/// A text in which every token is masked: what people type may hold one by mistake.
pub fn masked(text: &str) -> String {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut parts = text.split(PREFIX);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(letter);
        let long = part.len() - rest.len() >= 20;
        out.push_str(PREFIX);
        out.push_str(if long { "…" } else { "" });
        out.push_str(if long { rest } else { part });
    }
    out
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What an operator may.
    Operator,
    /// What an auditor may.
    Auditor,
    /// What an admin of this one tenant may.
    Tenant(TenantId),
}

/// The right of its maker on which a token rests; it ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// They are an operator: looked at whenever the provider says who they are, and that must not be long ago.
    Operator,
    /// They are an admin of the tenant: looked at on every request.
    Admin,
    /// The command line: whoever has the configuration has all rights.
    Machine,
}

impl Grounds {
    /// How long it is believed without a new word of the provider; the command line's for ever.
    pub fn holds(self) -> Option<Duration> {
        match self {
            Self::Operator => Some(STANDING_UNSEEN),
            Self::Admin => Some(UNSEEN),
            Self::Machine => None,
        }
    }
}

/// A token as the house remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its name in forms.
    pub id: ApiTokenId,
    /// What its maker calls it; no two living ones of a person have the same name.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// What it rests on.
    pub grounds: Grounds,
    /// Its maker's subject.
    pub subject: String,
    /// Its maker's address.
    pub email: Email,
    /// When it was made.
    pub made_at: At,
    /// When it ends by itself.
    pub expires_at: At,
    /// When the provider last said of its maker that the right it rests on is there.
    pub confirmed_at: At,
    /// When it was last used, to the minute.
    pub used_at: Option<At>,
    /// When it was ended before its time.
    pub ended_at: Option<At>,
}

/// How a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It opens.
    Living,
    /// It rests until its maker comes by the provider again.
    Resting,
    /// Its time is over.
    Expired,
    /// Somebody ended it.
    Ended,
}

impl ApiToken {
    /// How it is now.
    pub fn health(&self, now: At) -> Health {
        if self.ended_at.is_some() {
            Health::Ended
        } else if self.expires_at <= now {
            Health::Expired
        } else if self.grounds.holds().is_some_and(|long| now.since(self.confirmed_at) >= long) {
            Health::Resting
        } else {
            Health::Living
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Dice for Zeros {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }

    #[test]
    fn a_token_is_recognised_and_a_mistyped_one_is_not() {
        let token = TokenText::throw(&Zeros);
        let text = token.reveal();
        assert!(text.starts_with("slw_AAAA") && text.len() == LENGTH, "{text}");
        assert_eq!(TokenText::parse(text), Some(token.hash()));
        for wrong in
            ["", "slw_", &text[..LENGTH - 1], &text.replace('A', "B"), &format!("{text}A"), &"ä".repeat(LENGTH)]
        {
            assert_eq!(TokenText::parse(wrong), None, "{wrong}");
        }
        for place in 4..LENGTH {
            let mut other = text.to_owned();
            let letter = if &text[place..=place] == "x" { "y" } else { "x" };
            other.replace_range(place..=place, letter);
            assert_eq!(TokenText::parse(&other), None, "{other}");
        }
    }

    #[test]
    fn tokens_in_other_text_are_masked() {
        let text = TokenText::throw(&Zeros).reveal().to_owned();
        assert_eq!(masked(&format!("Used {text}, twice: {text}")), "Used slw_…, twice: slw_…");
        assert_eq!(masked("slw_ is how they begin, slw_x is none"), "slw_ is how they begin, slw_x is none");
    }
}
