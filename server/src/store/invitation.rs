//! Invitations: who is asked into a tenant, until when, and the letter that says so. The row is the outbox: it is
//! written with the member in one transaction, and it stays due until the letter was handed over.
//!
//! When an invitation's time is over, its member goes and the row stays, so that the page can say what became of it.

use super::{
    Result, Store,
    audit::{self, AuditEntry},
    both::{all, one, run, statements},
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
    OPEN_MEMBER = "INSERT INTO member (tenant, email, name, role) VALUES ($1, $2, '', $3)
        ON CONFLICT (tenant, email) DO UPDATE SET role = excluded.role";
    OF_TENANT = "SELECT tenant, email, role, invited_by, until, over, letter, wake_at, attempts, sent_at, problem
        FROM invitation WHERE tenant = $1 ORDER BY email LIMIT 1000";
    DUE = "SELECT tenant, email, role, invited_by, until, over, letter, wake_at, attempts, sent_at, problem
        FROM invitation WHERE wake_at <= $1 ORDER BY wake_at LIMIT 20";
    NEXT = "SELECT MIN(wake_at) FROM invitation WHERE wake_at IS NOT NULL";
    CLAIM = "UPDATE invitation SET wake_at = $4, attempts = attempts + 1
        WHERE tenant = $1 AND email = $2 AND wake_at = $3 AND letter = $5";
    SENT = "UPDATE invitation SET sent_at = $4, wake_at = NULL, problem = ''
        WHERE tenant = $1 AND email = $2 AND letter = $3";
    NOT_SENT = "UPDATE invitation SET wake_at = $4, problem = $5 WHERE tenant = $1 AND email = $2 AND letter = $3";
    PASSED = "SELECT tenant, email FROM invitation WHERE until <= $1 AND NOT over LIMIT 1000";
    END = "UPDATE invitation SET over = TRUE, wake_at = NULL WHERE tenant = $1 AND email = $2 AND until <= $3 AND NOT over";
    END_MEMBER = "DELETE FROM member WHERE tenant = $1 AND email = $2 AND subject IS NULL";
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

impl Store {
    /// Asks a person into a tenant, or asks again: their place, the invitation, its letter and the audit entry at once.
    /// The letter is due at the entry's time.
    ///
    /// # Errors
    /// The database.
    pub async fn invite(
        &self,
        tenant: TenantId,
        email: &Email,
        role: Role,
        until: At,
        audit: &AuditEntry,
    ) -> Result<()> {
        let (id, role) = (tenant.to_string(), role_key(role));
        let mut tx = self.begin().await?;
        run!(&mut tx, OPEN_MEMBER, &id, email.as_str(), role)?;
        run!(&mut tx, OPEN, &id, email.as_str(), role, &*plain(&audit.who), audit.at.0, until.0)?;
        audit::enter(&mut tx, audit).await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    /// The invitations of a tenant (at most 1,000), those that are over included.
    ///
    /// # Errors
    /// The database.
    pub async fn invitations(&self, tenant: TenantId) -> Result<Vec<Invitation>> {
        let rows: Vec<Row> = all!(&mut self.read().await?, OF_TENANT, tenant.to_string())?;
        rows.into_iter().map(Invitation::try_from).collect()
    }

    /// Takes the letters that are due (at most 20) until `until`: nobody else sends them before then.
    ///
    /// # Errors
    /// The database.
    pub async fn take_letters(&self, now: At, until: At) -> Result<Vec<Invitation>> {
        let rows: Vec<Row> = all!(&mut self.read().await?, DUE, now.0)?;
        let mut taken = Vec::new();
        for row in rows {
            let (tenant, email, wake_at) = (row.tenant.clone(), row.email.clone(), row.wake_at);
            let mine = run!(&mut self.write().await?, CLAIM, tenant, email, wake_at, until.0, row.letter)?;
            if mine == 1 {
                taken.push(Invitation {
                    attempts: u32::try_from(row.attempts + 1).unwrap_or(u32::MAX),
                    ..row.try_into()?
                });
            }
        }
        Ok(taken)
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
        self.changed();
        Ok(())
    }

    /// The letter was not handed over; `again` is when it is tried next, if it is.
    ///
    /// # Errors
    /// The database.
    pub async fn letter_not_sent(&self, of: &Invitation, problem: &str, again: Option<At>) -> Result<()> {
        let (tenant, again) = (of.tenant.to_string(), again.map(|at| at.0));
        run!(&mut self.write().await?, NOT_SENT, tenant, of.email.as_str(), of.letter, again, &*plain(problem))?;
        self.changed();
        Ok(())
    }

    /// Ends the invitations whose time is over: the places they held go. Gives their tenants.
    ///
    /// # Errors
    /// The database.
    pub async fn end_invitations(&self, now: At) -> Result<Vec<TenantId>> {
        let rows: Vec<(String, String)> = all!(&mut self.read().await?, PASSED, now.0)?;
        let mut tenants = Vec::new();
        for (tenant, email) in rows {
            let mut tx = self.begin().await?;
            if run!(&mut tx, END, &tenant, &email, now.0)? == 1 {
                run!(&mut tx, END_MEMBER, &tenant, &email)?;
                tenants.push(tenant.parse().map_err(|_| super::Error::Corrupt("invitation.tenant"))?);
            }
            tx.commit().await?;
        }
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
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
