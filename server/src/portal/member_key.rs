//! How a page names a person of a tenant: by their address, and by a mark of who has it. A page that is old by the time its
//! button is pressed must not mean somebody else, to whom the address went meanwhile.

use crate::domain::{Email, person::Member};
use app::model::oops::Oops;
use sha2::{Digest as _, Sha256};

/// Digits of a mark; who guesses one gains nothing.
const MARK: usize = 12;

/// A person as a page or a program named them. Programs name the address alone, and mean whoever has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct MemberKey<'a> {
    pub(super) address: &'a str,
    mark: Option<&'a str>,
}

impl<'a> MemberKey<'a> {
    pub(super) fn parse(given: &'a str) -> Self {
        let is_mark = |mark: &str| mark.len() == MARK && mark.bytes().all(|b| b.is_ascii_hexdigit());
        match given.rsplit_once('#').filter(|(address, mark)| address.contains('@') && is_mark(mark)) {
            Some((address, mark)) => Self { address, mark: Some(mark) },
            None => Self { address: given, mark: None },
        }
    }

    /// What a form sends for this person. Somebody who never signed in is their address.
    pub(super) fn of(member: &Member) -> String {
        match &member.subject {
            Some(subject) => format!("{}#{}", member.email, mark(subject)),
            None => member.email.to_string(),
        }
    }

    /// Still the same person?
    ///
    /// # Errors
    /// Somebody else has the address now, or nobody who ever signed in.
    pub(super) fn is_among(&self, members: &[Member], email: &Email) -> Result<(), Oops> {
        let Some(meant) = self.mark else { return Ok(()) };
        let here = members.iter().find(|m| m.email == *email).and_then(|m| m.subject.as_deref());
        if here.is_some_and(|subject| mark(subject) == meant) {
            return Ok(());
        }
        let say =
            format!("{email} is not the address of the person whom the page showed any more. Nothing was changed.");
        Err(Oops::new(409, "person_changed", say, "Look at the list as it is now, then choose again."))
    }
}

fn mark(subject: &str) -> String {
    let sum = Sha256::digest(subject.as_bytes());
    sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..MARK].to_owned()
}
