//! People whose account at the sign-in service was replaced. An operator says so of one person, and then the next verified
//! sign-in with their address takes their places over; or names the new subject, and they are moved at once. Either way the
//! row stays, so that sites and chat can be told who is who, and it is the outbox of the letter that tells the person.
//!
//! Everything that carries the old subject moves in one transaction: places, pairings, tokens, language. Sessions and codes
//! of the old subject end.

use super::{
    Error, Held, Result, Store,
    audit::{self, AuditEntry},
    both::{Tx, all, one, run, statements},
    lease,
    rows::{email as read_email, plain},
};
use crate::domain::{At, Email, TenantId};

statements! {
    ASK = "INSERT INTO rebind (issuer, subject, email, asked_by, asked_at, until, letter, wake_at, attempts, problem)
        SELECT issuer, subject, email, $3, $4, $5, 1, $4, 0, '' FROM member
        WHERE tenant = $1 AND email = $2 AND subject IS NOT NULL
        ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, asked_by = excluded.asked_by,
            asked_at = excluded.asked_at, until = excluded.until, new_issuer = NULL, new_subject = NULL,
            letter = rebind.letter + 1, wake_at = excluded.wake_at, attempts = 0, sent_at = NULL, problem = ''";
    NAME = "INSERT INTO rebind (issuer, subject, email, asked_by, asked_at, until, new_issuer, new_subject, letter, wake_at,
            attempts, problem)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, 1, $5, 0, '')
        ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, asked_by = excluded.asked_by,
            asked_at = excluded.asked_at, until = excluded.until, new_issuer = excluded.new_issuer,
            new_subject = excluded.new_subject, letter = rebind.letter + 1, wake_at = excluded.wake_at, attempts = 0,
            sent_at = NULL, problem = ''";
    OPEN_FOR = "SELECT issuer, subject, asked_at FROM rebind WHERE email = $1 AND new_subject IS NULL
        AND NOT (issuer = $2 AND subject = $3) ORDER BY asked_at, subject";
    OPEN_OF = "SELECT r.until FROM rebind r JOIN member m ON m.issuer = r.issuer AND m.subject = r.subject
        WHERE m.tenant = $1 AND m.email = $2 AND r.new_subject IS NULL";
    BOUND = "UPDATE rebind SET new_issuer = $3, new_subject = $4 WHERE issuer = $1 AND subject = $2";
    FOLLOW = "UPDATE rebind SET new_issuer = $3, new_subject = $4 WHERE new_issuer = $1 AND new_subject = $2";
    pub(super) WITHDRAW = "DELETE FROM rebind WHERE issuer = $1 AND subject = $2 AND new_subject IS NULL";
    pub(super) WITHDRAW_OF = "DELETE FROM rebind WHERE new_subject IS NULL AND EXISTS (SELECT 1 FROM member m
        WHERE m.tenant = $1 AND m.email = $2 AND m.issuer = rebind.issuer AND m.subject = rebind.subject)";
    LAPSE = "DELETE FROM rebind WHERE new_subject IS NULL AND until <= $1";
    PLACES = "SELECT tenant, email FROM member WHERE issuer = $1 AND subject = $2 ORDER BY tenant, email";
    FIND = "SELECT DISTINCT subject FROM member WHERE issuer = $1 AND subject IS NOT NULL
        AND (subject = $2 OR email = $3) ORDER BY subject LIMIT 2";
    BOTH = "SELECT o.tenant FROM member o JOIN member n ON n.tenant = o.tenant
        WHERE o.issuer = $1 AND o.subject = $2 AND n.issuer = $3 AND n.subject = $4 LIMIT 1";
    MOVE_MEMBER = "UPDATE member SET issuer = $3, subject = $4, contested = FALSE WHERE issuer = $1 AND subject = $2";
    MOVE_PAIRING = "UPDATE pairing SET issuer = $3, subject = $4 WHERE issuer = $1 AND subject = $2";
    MOVE_ACCOUNT = "INSERT INTO chat_account (issuer, subject, chat_user)
        SELECT $3, $4, chat_user FROM chat_account WHERE issuer = $1 AND subject = $2 ON CONFLICT DO NOTHING";
    MOVE_TOKEN = "UPDATE api_token SET issuer = $3, subject = $4 WHERE issuer = $1 AND subject = $2
        AND (ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM api_token t
            WHERE t.issuer = $3 AND t.subject = $4 AND t.name = api_token.name AND t.ended_at IS NULL))";
    END_TOKENS = "UPDATE api_token SET ended_at = $3 WHERE issuer = $1 AND subject = $2 AND ended_at IS NULL";
    MOVE_CHOICE = "UPDATE preference SET subject = $2 WHERE subject = $1
        AND NOT EXISTS (SELECT 1 FROM preference p WHERE p.subject = $2)";
    END_SESSIONS = "DELETE FROM session WHERE issuer = $1 AND subject = $2";
    END_CODES = "DELETE FROM intent WHERE subject = $1 AND redeemed_at IS NULL";
    DUE = "SELECT issuer, subject, email, until, new_subject IS NOT NULL, letter, wake_at, attempts FROM rebind
        WHERE wake_at <= $1 ORDER BY wake_at LIMIT 20";
    NEXT = "SELECT MIN(wake_at) FROM rebind WHERE wake_at IS NOT NULL";
    CLAIM = "UPDATE rebind SET wake_at = $4, attempts = attempts + 1
        WHERE issuer = $1 AND subject = $2 AND wake_at = $3 AND letter = $5";
    SENT = "UPDATE rebind SET sent_at = $4, wake_at = NULL, problem = ''
        WHERE issuer = $1 AND subject = $2 AND letter = $3";
    NOT_SENT = "UPDATE rebind SET wake_at = $4, problem = $5 WHERE issuer = $1 AND subject = $2 AND letter = $3";
}

/// A subject with its issuer: a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Issuer.
    pub issuer: String,
    /// Subject.
    pub subject: String,
}

/// A letter about a replaced account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebinding {
    /// Who the person was.
    pub old: Subject,
    /// Where the letter goes.
    pub email: Email,
    /// Until then the next sign-in with that address binds; means nothing once they are bound.
    pub until: At,
    /// The new account is known.
    pub bound: bool,
    /// Number of the letter.
    pub letter: i64,
    /// How often it was tried.
    pub attempts: u32,
}

/// Who a line of a list means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// One person: their subject, and the address of a place of theirs.
    One(String, Email),
    /// Nobody.
    Nobody,
    /// More than one.
    Several,
}

/// What moving a person came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// They are moved.
    Ok,
    /// The new subject has a place of its own in one of the tenants: two people, or one who was added again.
    Taken,
    /// Nobody has the old subject any more.
    Nobody,
}

impl Held {
    /// Lets the next verified sign-in with the address of this place take over what its person has. `false`: nobody ever
    /// signed in there.
    ///
    /// # Errors
    /// The database.
    pub async fn let_rebind(&mut self, email: &Email, by: &str, at: At, until: At) -> Result<bool> {
        let tenant = self.tenant.to_string();
        Ok(run!(&mut self.tx, ASK, tenant, email.as_str(), &*plain(by), at.0, until.0)? == 1)
    }
}

impl Store {
    /// Until when a sign-in may take over this place, if it may.
    ///
    /// # Errors
    /// The database.
    pub async fn rebinds_until(&self, tenant: crate::domain::TenantId, email: &Email) -> Result<Option<At>> {
        let row: Option<(i64,)> = one!(&mut self.read().await?, OPEN_OF, tenant.to_string(), email.as_str())?;
        Ok(row.map(|(until,)| At(until)))
    }

    /// Permissions that nobody used in time end.
    ///
    /// # Errors
    /// The database.
    pub async fn lapse_rebinds(&self, now: At) -> Result<()> {
        run!(&mut self.write().await?, LAPSE, now.0).map(|_| ())
    }

    /// Whom a line of a list means: `key` is the old subject at `issuer`, or an address.
    ///
    /// # Errors
    /// The database.
    pub async fn meant(&self, issuer: &str, key: &str) -> Result<Meant> {
        let email = Email::parse(key).ok();
        let mut link = self.read().await?;
        let found: Vec<(String,)> = all!(&mut link, FIND, issuer, &*plain(key), email.as_ref().map(Email::as_str))?;
        let [(subject,)] = &found[..] else {
            return Ok(if found.is_empty() { Meant::Nobody } else { Meant::Several });
        };
        let places: Vec<(String, String)> = all!(&mut link, PLACES, issuer, subject)?;
        match places.first() {
            Some((_, email)) => Ok(Meant::One(subject.clone(), read_email(email)?)),
            None => Ok(Meant::Nobody),
        }
    }

    /// Would [`Store::rebind`] find the new subject taken?
    ///
    /// # Errors
    /// The database.
    pub async fn rebind_is_taken(&self, old: &Subject, new: &str) -> Result<bool> {
        let issuer = self.issuer();
        let row: Option<(String,)> =
            one!(&mut self.read().await?, BOTH, &old.issuer, &old.subject, issuer, &*plain(new))?;
        Ok(row.is_some())
    }

    /// Moves a person to the new subject at this issuer, with the letter that says so and the audit entry.
    ///
    /// # Errors
    /// The database.
    pub async fn rebind(&self, old: &Subject, new: &str, email: &Email, audit: &AuditEntry) -> Result<Moved> {
        let new = Subject { issuer: self.issuer().to_owned(), subject: plain(new).into_owned() };
        let mut tx = self.begin().await?;
        let moved = shift(&mut tx, old, &new, audit.at).await?;
        if moved == Moved::Ok {
            let (who, at) = (plain(&audit.who), audit.at.0);
            run!(&mut tx, NAME, &old.issuer, &old.subject, email.as_str(), &*who, at, &new.issuer, &new.subject)?;
            audit::enter(&mut tx, audit).await?;
            let places = places(&mut tx, &new).await?;
            tx.commit().await?;
            places.into_iter().for_each(|tenant| self.changed_at(tenant, None));
        }
        Ok(moved)
    }

    /// Takes one letter that is due until `until`: nobody else sends it before then.
    ///
    /// # Errors
    /// The database.
    pub async fn take_rebind_letter(&self, now: At, until: At) -> Result<Option<Rebinding>> {
        type Row = (String, String, String, i64, bool, i64, i64, i64);
        let rows: Vec<Row> = all!(&mut self.read().await?, DUE, now.0)?;
        for (issuer, subject, email, holds, bound, letter, wake_at, attempts) in rows {
            if run!(&mut self.write().await?, CLAIM, &issuer, &subject, wake_at, until.0, letter)? == 1 {
                let attempts = u32::try_from(attempts + 1).unwrap_or(u32::MAX);
                let (old, email) = (Subject { issuer, subject }, read_email(&email)?);
                return Ok(Some(Rebinding { old, email, until: At(holds), bound, letter, attempts }));
            }
        }
        Ok(None)
    }

    /// When the next letter is due.
    ///
    /// # Errors
    /// The database.
    pub async fn next_rebind_letter(&self) -> Result<Option<At>> {
        let row: Option<(Option<i64>,)> = one!(&mut self.read().await?, NEXT)?;
        Ok(row.and_then(|(at,)| at).map(At))
    }

    /// The letter was handed over, or not: then `problem` says why, and `again` when it is tried next, if it is.
    ///
    /// # Errors
    /// The database.
    pub async fn rebind_letter(&self, of: &Rebinding, now: At, problem: &str, again: Option<At>) -> Result<()> {
        let (issuer, subject, mut link) = (&of.old.issuer, &of.old.subject, self.write().await?);
        match problem {
            "" => run!(&mut link, SENT, issuer, subject, of.letter, now.0),
            _ => run!(&mut link, NOT_SENT, issuer, subject, of.letter, again.map(|at| at.0), &*plain(problem)),
        }
        .map(|_| ())
    }
}

/// At a verified sign-in: takes over what somebody with this address had, where an operator allowed it.
pub(super) async fn take_over(tx: &mut Tx, new: &Subject, email: &Email) -> Result<()> {
    let open: Vec<(String, String, i64)> = all!(&mut *tx, OPEN_FOR, email.as_str(), &new.issuer, &new.subject)?;
    for (issuer, subject, asked_at) in open {
        let old = Subject { issuer, subject };
        match shift(tx, &old, new, At(asked_at)).await? {
            Moved::Ok => drop(run!(&mut *tx, BOUND, &old.issuer, &old.subject, &new.issuer, &new.subject)?),
            Moved::Taken | Moved::Nobody => {
                tracing::warn!(subject = new.subject, "an allowed re-binding was not possible");
            }
        }
    }
    Ok(())
}

/// The tenants in which somebody has a place.
pub(super) async fn places(tx: &mut Tx, of: &Subject) -> Result<Vec<TenantId>> {
    let rows: Vec<(String, String)> = all!(tx, PLACES, &of.issuer, &of.subject)?;
    rows.iter().map(|(id, _)| id.parse().map_err(|_| Error::Corrupt("member.tenant"))).collect()
}

/// Moves everything of one subject to another. The tenants first, in one order, as everybody locks them.
async fn shift(tx: &mut Tx, old: &Subject, new: &Subject, at: At) -> Result<Moved> {
    let places: Vec<(String, String)> = all!(&mut *tx, PLACES, &old.issuer, &old.subject)?;
    if places.is_empty() {
        return Ok(Moved::Nobody);
    }
    let (oi, os, ni, ns) = (&old.issuer, &old.subject, &new.issuer, &new.subject);
    for (tenant, _) in &places {
        run!(&mut *tx, lease::WAKE, tenant, at.0)?;
    }
    let both: Option<(String,)> = one!(&mut *tx, BOTH, oi, os, ni, ns)?;
    if both.is_some() {
        return Ok(Moved::Taken);
    }
    for sql in [MOVE_MEMBER, MOVE_PAIRING, MOVE_ACCOUNT, MOVE_TOKEN, FOLLOW] {
        run!(&mut *tx, sql, oi, os, ni, ns)?;
    }
    run!(&mut *tx, END_TOKENS, oi, os, at.0)?;
    run!(&mut *tx, MOVE_CHOICE, os, ns)?;
    run!(&mut *tx, END_SESSIONS, oi, os)?;
    run!(&mut *tx, END_CODES, os)?;
    Ok(Moved::Ok)
}
