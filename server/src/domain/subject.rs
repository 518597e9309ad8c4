//! The provider's name for a person. Together with the issuer it is who somebody is.

use super::ApiTokenId;

/// Stands in the place of a subject for whoever has the configuration.
pub const COMMAND_LINE: &str = "command line";
/// Who asks at the gateway when the portal looks whether the chat gets through.
pub const PROBE: &str = "slipway-probe";
/// Begins what stands in the place of a subject for a token.
const TOKEN: &str = "token ";
/// Longest subject, in ASCII characters (OpenID Connect Core 1.0, section 2).
const MOST: usize = 255;

/// A subject as a provider may tell it: 1 to 255 printable ASCII characters, no space at an end, compared to the letter;
/// never one that stands for something of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(String);

/// Why a subject is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// There is none.
    #[error("its `sub` is empty")]
    Empty,
    /// More than 255 characters.
    #[error("its `sub` has more than 255 characters")]
    Long,
    /// Not printable ASCII.
    #[error("its `sub` has characters that are not printable ASCII, or a space at an end")]
    Letters,
    /// The name of something of ours.
    #[error("its `sub` is a name that Slipway keeps for itself")]
    Ours,
}

impl Subject {
    /// Reads a claim.
    ///
    /// # Errors
    /// It can be no person's.
    pub fn parse(text: &str) -> Result<Self, SubjectError> {
        if text.is_empty() {
            return Err(SubjectError::Empty);
        }
        if text.len() > MOST {
            return Err(SubjectError::Long);
        }
        if !text.chars().all(|c| matches!(c, ' '..='~')) || text.trim() != text {
            return Err(SubjectError::Letters);
        }
        if text == COMMAND_LINE || text == PROBE || text.starts_with(TOKEN) {
            return Err(SubjectError::Ours);
        }
        Ok(Self(text.to_owned()))
    }
}

/// What stands in the place of a subject for a token: what is a person's alone is not the token's.
pub fn of_token(id: ApiTokenId) -> String {
    format!("{TOKEN}{id}")
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_taken_to_the_letter() {
        for good in ["sub-ada", "a", "CN=Ada Lovelace,O=Acme", "auth0|5f", &"x".repeat(MOST)] {
            assert_eq!(Subject::parse(good).map(String::from).as_deref(), Ok(good));
        }
    }

    #[test]
    fn nobody_is_called_like_something_of_ours() {
        let token = of_token(ApiTokenId(uuid::Uuid::nil()));
        for ours in [COMMAND_LINE, PROBE, &token] {
            assert_eq!(Subject::parse(ours), Err(SubjectError::Ours), "{ours}");
        }
        assert_eq!(Subject::parse(""), Err(SubjectError::Empty));
        assert_eq!(Subject::parse(&"x".repeat(MOST + 1)), Err(SubjectError::Long));
        for odd in ["jürgen", "a\0", "a\nb", " ada", "ada ", " "] {
            assert_eq!(Subject::parse(odd), Err(SubjectError::Letters), "{odd:?}");
        }
    }
}
