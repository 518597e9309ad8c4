//! Invitations: who is asked into a tenant, until when, and the letter that says so. The row is the outbox: it is
//! written with the member in one transaction, and it stays due until the letter was handed over.
//!
//! When an invitation's time is over, its member goes and the row stays, so that the page can say what became of it.

use super::{
    Result, Store,
    both::{all, one, run, statements},
    held::Held,
    people,
    rows::{email as read_email, plain, role as read_role, role_key},
};
use crate::domain::{At, Email, Invitation, Language, Role, TenantId};

statements! {
    OPEN = "INSERT INTO invitation
            (tenant, email, role, invited_by, invited_at, until, over, letter, wake_at, attempts, sent_at, problem)
        VALUES ($1, $2, $3, $4, $5, $6, FALSE, 1, $5, 0, NULL, '')
        ON CONFLICT (tenant, email) DO UPDATE SET role = excluded.role, invited_by = excluded.invited_by,
            invited_at = excluded.invited_at, until = excluded.until, over = FALSE, letter = invitation.letter + 1,
            wake_at = excluded.wake_at, attempts = 0, sent_at = NULL, problem = ''";
    OF_TENANT = "SELECT tenant, email, role, invited_by, until, over, letter, wake_at, attempts, sent_at, problem
        FROM invitation WHERE tenant = $1 ORDER BY email";
    DUE = "SELECT tenant, email, role, invited_by, until, over, letter, wake_at, attempts, sent_at, problem
        FROM invitation WHERE wake_at <= $1 ORDER BY wake_at LIMIT 20";
    NEXT = "SELECT MIN(wake_at) FROM invitation WHERE wake_at IS NOT NULL";
    CLAIM = "UPDATE invitation SET wake_at = $4, attempts = attempts + 1
        WHERE tenant = $1 AND email = $2 AND wake_at = $3 AND letter = $5";
    KEEP = "UPDATE invitation SET wake_at = $4 WHERE tenant = $1 AND email = $2 AND wake_at = $3 AND letter = $5";
    SENT = "UPDATE invitation SET sent_at = $4, wake_at = NULL, problem = ''
        WHERE tenant = $1 AND email = $2 AND letter = $3";
    NOT_SENT = "UPDATE invitation SET wake_at = $4, problem = $5 WHERE tenant = $1 AND email = $2 AND letter = $3";
    PASSED = "SELECT tenant, email FROM invitation WHERE until <= $1 AND NOT over";
    END = "UPDATE invitation SET over = TRUE, wake_at = NULL WHERE tenant = $1 AND email = $2 AND until <= $3 AND NOT over";
    END_MEMBER = "DELETE FROM member WHERE tenant = $1 AND email = $2 AND subject IS NULL AND EXISTS (
        SELECT 1 FROM invitation i WHERE i.tenant = $1 AND i.email = $2 AND i.until <= $3 AND NOT i.over)";
    CHOOSE = "INSERT INTO preference (subject, email, language) VALUES ($1, $2, $3)
        ON CONFLICT (subject) DO UPDATE SET email = excluded.email, language = excluded.language";
    CHOSEN = "SELECT language FROM preference WHERE email = $1 ORDER BY subject LIMIT 1";
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant: String,
    email: String,
    role: String,
    invited_by: String,
    until: i64,
    over: bool,
    letter: i64,
    wake_at: Option<i64>,
    attempts: i64,
    sent_at: Option<i64>,
    problem: String,
}

impl TryFrom<Row> for Invitation {
    type Error = super::Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            tenant: row.tenant.parse().map_err(|_| super::Error::Corrupt("invitation.tenant"))?,
            email: read_email(&row.email)?,
            role: read_role(&row.role)?,
            by: row.invited_by,
            until: At(row.until),
            over: row.over,
            letter: row.letter,
            wake_at: row.wake_at.map(At),
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            sent_at: row.sent_at.map(At),
            problem: row.problem,
        })
    }
}

impl Held {
    /// Asks a person into the tenant at `at`, or asks again: their place, the invitation and its letter, due at once.
    ///
    /// # Errors
    /// The database.
    pub async fn invite(&mut self, email: &Email, role: Role, by: &str, at: At, until: At) -> Result<()> {
        let (id, role) = (self.tenant.to_string(), role_key(role));
        run!(&mut self.tx, people::PUT, &id, email.as_str(), role)?;
        run!(&mut self.tx, OPEN, &id, email.as_str(), role, &*plain(by), at.0, until.0).map(|_| ())
    }

    /// The invitations of the tenant, those that are over included.
    ///
    /// # Errors
    /// The database.
    pub async fn invitations(&mut self) -> Result<Vec<Invitation>> {
        let rows: Vec<Row> = all!(&mut self.tx, OF_TENANT, self.tenant.to_string())?;
        rows.into_iter().map(Invitation::try_from).collect()
    }
}

impl Store {
    /// The invitations of a tenant, those that are over included.
    ///
    /// # Errors
    /// The database.
    pub async fn invitations(&self, tenant: TenantId) -> Result<Vec<Invitation>> {
        let rows: Vec<Row> = all!(&mut self.read().await?, OF_TENANT, tenant.to_string())?;
        rows.into_iter().map(Invitation::try_from).collect()
    }

    /// Takes one letter that is due until `until`: nobody else sends it before then. One at a time, so that a process that
    /// dies holds up one letter.
    ///
    /// # Errors
    /// The database.
    pub async fn take_letter(&self, now: At, until: At) -> Result<Option<Invitation>> {
        let rows: Vec<Row> = all!(&mut self.read().await?, DUE, now.0)?;
        for row in rows {
            let (tenant, email, wake_at) = (row.tenant.clone(), row.email.clone(), row.wake_at);
            if run!(&mut self.write().await?, CLAIM, tenant, email, wake_at, until.0, row.letter)? == 1 {
                let attempts = u32::try_from(row.attempts + 1).unwrap_or(u32::MAX);
                return Ok(Some(Invitation { attempts, wake_at: Some(until), ..row.try_into()? }));
            }
        }
        Ok(None)
    }

    /// Keeps a letter that was taken longer; `false` when it is somebody else's by now.
    ///
    /// # Errors
    /// The database.
    pub async fn keep_letter(&self, of: &Invitation, until: At) -> Result<bool> {
        let (tenant, email, taken) = (of.tenant.to_string(), of.email.as_str(), of.wake_at.map(|at| at.0));
        Ok(run!(&mut self.write().await?, KEEP, tenant, email, taken, until.0, of.letter)? == 1)
    }

    /// When the next letter is due.
    ///
    /// # Errors
    /// The database.
    pub async fn next_letter(&self) -> Result<Option<At>> {
        let row: Option<(Option<i64>,)> = one!(&mut self.read().await?, NEXT)?;
        Ok(row.and_then(|(at,)| at).map(At))
    }

    /// The letter was handed over.
    ///
    /// # Errors
    /// The database.
    pub async fn letter_sent(&self, of: &Invitation, at: At) -> Result<()> {
        run!(&mut self.write().await?, SENT, of.tenant.to_string(), of.email.as_str(), of.letter, at.0)?;
        self.changed_at(of.tenant, None);
        Ok(())
    }

    /// The letter was not handed over; `again` is when it is tried next, if it is.
    ///
    /// # Errors
    /// The database.
    pub async fn letter_not_sent(&self, of: &Invitation, problem: &str, again: Option<At>) -> Result<()> {
        let (tenant, again) = (of.tenant.to_string(), again.map(|at| at.0));
        run!(&mut self.write().await?, NOT_SENT, tenant, of.email.as_str(), of.letter, again, &*plain(problem))?;
        self.changed_at(of.tenant, None);
        Ok(())
    }

    /// Ends the invitations whose time is over: the places they held go, and each tenant is looked at.
    ///
    /// # Errors
    /// The database.
    pub async fn end_invitations(&self, now: At) -> Result<()> {
        let rows: Vec<(String, String)> = all!(&mut self.read().await?, PASSED, now.0)?;
        for (tenant, email) in rows {
            let tenant: TenantId = tenant.parse().map_err(|_| super::Error::Corrupt("invitation.tenant"))?;
            let Some(mut held) = self.hold(tenant).await? else { continue };
            // The member first, as at a sign-in: two that lock rows in another order would wait for each other.
            run!(&mut held.tx, END_MEMBER, tenant.to_string(), &email, now.0)?;
            if run!(&mut held.tx, END, tenant.to_string(), &email, now.0)? == 1 {
                held.wake(now).await?;
                held.commit(None).await?;
            }
        }
        Ok(())
    }

    /// The language that the person with this address chose for letters.
    ///
    /// # Errors
    /// The database.
    pub async fn language_of(&self, email: &Email) -> Result<Option<Language>> {
        let row: Option<(String,)> = one!(&mut self.read().await?, CHOSEN, email.as_str())?;
        Ok(row.and_then(|(key,)| Language::from_key(&key)))
    }

    /// Keeps the language that a person chose.
    ///
    /// # Errors
    /// The database.
    pub async fn choose_language(&self, subject: &str, email: &Email, language: Language) -> Result<()> {
        run!(&mut self.write().await?, CHOOSE, &*plain(subject), email.as_str(), language.key()).map(|_| ())
    }
}
