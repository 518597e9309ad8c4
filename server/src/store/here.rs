//! Who is signed in, by person: for those who look after the portal.

use super::{
    Result, Store,
    audit::{self, AuditEntry},
    both::{all, one, run, statements},
    rows::{anywhere, plain},
};
use crate::domain::{At, Standing};

/// A person with at least one living session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HereRow {
    /// The provider's subject.
    pub subject: String,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// The highest standing among their sessions.
    pub standing: Standing,
    /// How many sessions they have.
    pub sessions: u64,
    /// When the oldest began.
    pub since: At,
    /// When one of them was last written.
    pub seen_at: At,
}

statements! {
    HERE = "SELECT subject, MAX(name), MAX(email), MAX(standing), COUNT(*), MIN(made_at), MAX(seen_at) FROM session
        WHERE subject IS NOT NULL AND expires_at > $1
            AND (LOWER(name) LIKE $2 ESCAPE '!' OR email LIKE $2 ESCAPE '!')
        GROUP BY subject ORDER BY MAX(seen_at) DESC, subject LIMIT $3 OFFSET $4";
    COUNT_HERE = "SELECT COUNT(DISTINCT subject) FROM session
        WHERE subject IS NOT NULL AND expires_at > $1
            AND (LOWER(name) LIKE $2 ESCAPE '!' OR email LIKE $2 ESCAPE '!')";
    ADDRESS_HERE = "SELECT MAX(email) FROM session WHERE subject = $1 AND expires_at > $2 HAVING COUNT(*) > 0";
    END = "DELETE FROM session WHERE subject = $1";
}

impl Store {
    /// People with living sessions, the last seen first, `most` after the first `skip`; and how many there are in all.
    /// `part` is looked for in names and addresses.
    ///
    /// # Errors
    /// The database.
    pub async fn people_here(&self, part: &str, now: At, skip: u64, most: u32) -> Result<(Vec<HereRow>, u64)> {
        let (part, skip) = (anywhere(part.trim()), i64::try_from(skip).unwrap_or(i64::MAX));
        let mut link = self.read().await?;
        let rows: Vec<(String, String, String, i64, i64, i64, i64)> =
            all!(&mut link, HERE, now.0, &part, i64::from(most), skip)?;
        let total: Option<(i64,)> = one!(&mut link, COUNT_HERE, now.0, &part)?;
        let row = |(subject, name, email, standing, sessions, since, seen): (_, _, _, i64, i64, _, _)| HereRow {
            subject,
            name,
            email,
            standing: standing_of(standing),
            sessions: u64::try_from(sessions).unwrap_or(0),
            since: At(since),
            seen_at: At(seen),
        };
        let total = total.map_or(0, |(total,)| u64::try_from(total).unwrap_or(0));
        Ok((rows.into_iter().map(row).collect(), total))
    }

    /// The address of a person who has living sessions.
    ///
    /// # Errors
    /// The database.
    pub async fn address_here(&self, subject: &str, now: At) -> Result<Option<String>> {
        let row: Option<(String,)> = one!(&mut self.read().await?, ADDRESS_HERE, &*plain(subject), now.0)?;
        Ok(row.map(|(email,)| email))
    }

    /// Ends all sessions of a person, with the audit entry if there were any; gives their number.
    ///
    /// # Errors
    /// The database.
    pub async fn end_all_sessions(&self, subject: &str, audit: &AuditEntry) -> Result<u64> {
        let mut tx = self.begin().await?;
        let ended = run!(&mut tx, END, &*plain(subject))?;
        if ended > 0 {
            audit::enter(&mut tx, audit).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }
}

fn standing_of(rank: i64) -> Standing {
    match rank {
        2 => Standing::Operator,
        1 => Standing::Auditor,
        _ => Standing::Person,
    }
}
