//! People whose account at the sign-in service was replaced. Only operators decide that, each decision is typed and in the
//! audit, and the person is told by a letter. One person: the next verified sign-in with their address takes their places
//! over. A list: each old subject becomes exactly the new one that is written beside it.

use super::{Bound, House, internal, member_key::MemberKey, post};
use crate::{
    domain::{self, Email, Fault, Tenant, invitation},
    store::{
        self, Rebinding,
        rebind::{Meant, Moved, Subject},
    },
    systems::letters,
};
use app::{
    model::{
        oops::{FieldError, Oops},
        rebind::{RebindForm, RebindReport, RebindRow},
    },
    portal::Answer,
};

/// Most lines of a list.
const MOST: usize = 100_000;

/// What a line comes to.
enum Line {
    /// This person can be moved.
    Moves(Subject, Email),
    /// Why not.
    Stays(String),
}

impl Bound {
    pub(super) async fn let_rebind(&self, tenant: &Tenant, key: MemberKey<'_>, typed: &str) -> Answer<()> {
        let email = Email::on_record(key.address).map_err(|_| Oops::not_found())?;
        if !email.is(typed) {
            let say = format!("The typed address is not {email}. Nothing was changed.");
            return Err(Oops::new(422, "address_mismatch", say, "Type the address exactly."));
        }
        let mut held = self.hold(tenant).await?;
        let members = held.members().await.map_err(internal)?;
        key.is_among(&members, &email)?;
        let before = members.iter().find(|m| m.email == email).ok_or_else(Oops::not_found)?.subject.clone();
        let (now, who) = (self.house.now(), self.who());
        if !held.let_rebind(&email, &who, now, now.plus(invitation::HOLDS)).await.map_err(internal)? {
            let say = format!("Nobody has signed in as {email} yet, so there is no account to replace.");
            return Err(Oops::new(409, "never_signed_in", say, "Invite them again."));
        }
        let change = (before.as_deref().unwrap_or_default(), "Whoever signs in next with this address");
        self.close(held, tenant, "person.rebind", email.as_str(), change).await
    }

    pub(super) async fn rebind_list(&self, form: RebindForm) -> Answer<RebindReport> {
        let lines = lines(&form.map)?;
        let issuer = match form.from_issuer.trim() {
            "" => self.house.store.issuer().to_owned(),
            other => other.to_owned(),
        };
        let mut report = RebindReport::default();
        let mut moves = Vec::new();
        for (number, key, new) in lines {
            let line = self.line(&issuer, &key, &new, &moves).await?;
            let (who, say) = match line {
                Line::Moves(old, email) => {
                    let who = email.to_string();
                    moves.push((report.rows.len(), old, email, new.clone()));
                    (who, "Can be moved.".to_owned())
                }
                Line::Stays(say) => (key, say),
            };
            let moves = moves.last().is_some_and(|(row, ..)| *row == report.rows.len());
            report.rows.push(RebindRow { line: number, who, new_subject: new, moves, say });
        }
        report.people = u32::try_from(moves.len()).unwrap_or(u32::MAX);
        let typed = form.typed.trim();
        if typed.is_empty() {
            return Ok(report);
        }
        if typed != report.people.to_string() || moves.is_empty() {
            let say = format!("{} people can be moved, and “{typed}” was typed. Nothing was changed.", report.people);
            return Err(refused("typed", "number_mismatch", say, "Look at the lines again, then type that number."));
        }
        for (row, old, email, new) in moves {
            self.move_person(&old, &new, &email, &mut report.rows[row]).await?;
        }
        report.people = u32::try_from(report.rows.iter().filter(|row| row.moves).count()).unwrap_or(u32::MAX);
        report.done = true;
        Ok(report)
    }

    /// Each person is one transaction: a list that breaks off is given once more, and goes on.
    async fn move_person(&self, old: &Subject, new: &str, email: &Email, row: &mut RebindRow) -> Answer<()> {
        let entry = self.house.entry(&self.actor, "person.rebind", None, true, email.to_string());
        let (before, after) = (format!("{} at {}", old.subject, old.issuer), new.to_owned());
        let moved =
            self.house.store.rebind(old, new, email, &entry.changed(&before, &after)).await.map_err(internal)?;
        row.moves = moved == Moved::Ok;
        row.say = match moved {
            Moved::Ok => "Moved.",
            Moved::Taken => "The new subject has a place of its own in one of their tenants.",
            Moved::Nobody => "Somebody else moved them meanwhile.",
        }
        .to_owned();
        Ok(())
    }

    async fn line(
        &self,
        issuer: &str,
        key: &str,
        new: &str,
        before: &[(usize, Subject, Email, String)],
    ) -> Answer<Line> {
        let stays = |say: &str| Ok(Line::Stays(say.to_owned()));
        if let Err(why) = domain::Subject::parse(new) {
            return stays(&format!("The new subject cannot be used: {why}."));
        }
        let store = &self.house.store;
        let (subject, email) = match store.meant(issuer, key).await.map_err(internal)? {
            Meant::One(subject, email) => (subject, email),
            Meant::Nobody => {
                return stays("Nobody with this address or subject has signed in from that sign-in service.");
            }
            Meant::Several => {
                return stays("More than one person is meant. Write the old subject in place of the address.");
            }
        };
        if issuer == store.issuer() && subject == new {
            return stays("They have this subject already.");
        }
        let here = issuer == store.issuer();
        let twice = |old: &Subject, other: &str| old.subject == subject || other == new;
        // A subject that one line takes and another gives would join two people.
        let joins = |old: &Subject, other: &str| here && (other == subject || old.subject == new);
        if before.iter().any(|(_, old, _, other)| twice(old, other) || joins(old, other)) {
            return stays("This person or this subject is in another line too.");
        }
        let old = Subject { issuer: issuer.to_owned(), subject };
        if store.rebind_is_taken(&old, new).await.map_err(internal)? {
            return stays(
                "The new subject has a place of its own in one of their tenants. Remove one of the two first.",
            );
        }
        Ok(Line::Moves(old, email))
    }
}

/// Number, key and new subject of each line; empty lines and those that begin with `#` are left out.
fn lines(text: &str) -> Answer<Vec<(u32, String, String)>> {
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fields = line.split(',').map(|field| field.trim().trim_matches('"').to_owned());
        let (Some(key), Some(new), None) = (fields.next(), fields.next(), fields.next()) else {
            let say = format!("Line {number} is not two fields with a comma between them.");
            return Err(refused(
                "map",
                "map_unreadable",
                say,
                "Write an address or an old subject, a comma, the new one.",
            ));
        };
        found.push((number, key, new));
    }
    if found.is_empty() || found.len() > MOST {
        let say = format!("The list has {} lines; it may have 1 to {MOST}.", found.len());
        return Err(refused("map", "map_unreadable", say, "Give it in parts."));
    }
    Ok(found)
}

fn refused(field: &str, code: &str, say: String, next: &str) -> Oops {
    let mut oops = Oops::new(422, code, say.clone(), next);
    oops.fields = vec![FieldError { field: field.into(), say }];
    oops
}

impl House {
    /// Hands over the letters about replaced accounts that are due.
    pub(super) async fn carry_rebindings(&self) -> store::Result<()> {
        while let Some(letter) = self.store.take_rebind_letter(self.now(), self.now().plus(post::TAKEN)).await? {
            let (problem, again) = match self.tell(&letter).await? {
                Ok(()) => (String::new(), None),
                Err(fault) => self.later(fault, letter.attempts),
            };
            self.store.rebind_letter(&letter, self.now(), &problem, again).await?;
        }
        Ok(())
    }

    async fn tell(&self, of: &Rebinding) -> store::Result<Result<(), Fault>> {
        let language = self.language_for(&of.email).await?;
        let mark = post::mark(&format!("{} {}", of.old.issuer, of.old.subject));
        let id = format!("rebind-{mark}-{}", of.letter);
        Ok(async {
            if self.systems.mail.sent(&id).await? {
                return Ok(());
            }
            let page = format!("{}/tenants", self.systems.public_url);
            let letter = letters::replaced(id, &of.email, page, (!of.bound).then_some(of.until), language)?;
            self.systems.mail.send(&letter).await
        }
        .await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_two_fields_a_line() {
        let read = lines("# who, new\n\nada@example.org, sub-2 \r\n\"old 1\",\"new 1\"\n").expect("it is a list");
        let expected =
            [(3, "ada@example.org".to_owned(), "sub-2".to_owned()), (4, "old 1".to_owned(), "new 1".to_owned())];
        assert_eq!(read, expected);
        for bad in ["", "# nothing\n", "ada@example.org", "a,b,c"] {
            assert_eq!(lines(bad).expect_err("no list").code, "map_unreadable", "{bad:?}");
        }
    }
}
