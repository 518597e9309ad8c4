//! Who did something, as log and audit name them.

use super::{Email, Slug};
use std::fmt;

/// Who did something. Its text is what log and audit keep for ever, and no two kinds can have the same one: an address of
/// a person has an @, no space, and does not end in `.invalid`; a token's text has a space before the address at its end;
/// the others have no @, but for the command line, whose address nobody can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person, by the address they had then.
    Person(Email),
    /// A token for programs.
    Token {
        /// What its maker calls it.
        name: String,
        /// Its maker's address.
        of: Email,
    },
    /// A token that is none of ours.
    UnknownToken,
    /// Whoever has the configuration.
    CommandLine,
    /// The site of a tenant.
    Site(Slug),
    /// A site that is none of ours.
    UnknownSite,
    /// The chat, where nobody could be told.
    Chat,
    /// The engine.
    Engine,
}

impl Actor {
    /// Where the command line needs an address of its own.
    pub const COMMAND_LINE: (&str, &str) = ("command-line", "slipway");
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(email) => write!(f, "{email}"),
            Self::Token { name, of } => write!(f, "token {name} of {of}"),
            Self::UnknownToken => f.write_str("unknown token"),
            Self::CommandLine => f.write_str("command-line@slipway.invalid"),
            Self::Site(slug) => write!(f, "site {slug}"),
            Self::UnknownSite => f.write_str("an unknown site"),
            Self::Chat => f.write_str("chat"),
            Self::Engine => f.write_str("Slipway"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_be_called_like_another_kind() {
        let ada = Email::parse("ada@example.org").expect("an address");
        let slug = Slug::parse("acme").expect("a slug");
        let ours = Email::ours(Actor::COMMAND_LINE.0, Actor::COMMAND_LINE.1).expect("an address");
        assert_eq!(Actor::CommandLine.to_string(), ours.as_str());
        let texts = [
            (Actor::Person(ada.clone()), "ada@example.org"),
            (Actor::Token { name: "nightly".into(), of: ada }, "token nightly of ada@example.org"),
            (Actor::UnknownToken, "unknown token"),
            (Actor::CommandLine, "command-line@slipway.invalid"),
            (Actor::Site(slug), "site acme"),
            (Actor::UnknownSite, "an unknown site"),
            (Actor::Chat, "chat"),
            (Actor::Engine, "Slipway"),
        ];
        for (actor, text) in texts {
            assert_eq!(actor.to_string(), text);
            assert_eq!(Email::parse(text).is_ok(), matches!(actor, Actor::Person(_)), "{text}");
        }
    }
}
