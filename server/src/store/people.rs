//! Who belongs to a tenant. Until the first sign-in a person is their verified address; from then on the provider's
//! subject, so that an address given to somebody else opens nothing.

use super::{
    Result, Store,
    audit::{self, AuditEntry},
    both::{all, one, run, statements},
    follow,
    rows::{email as read_email, plain, role, role_key},
};
use crate::domain::{Caller, Email, Role, TenantId, person::Member};

statements! {
    MEMBERS = "SELECT email, subject, name, role FROM member WHERE tenant = $1 ORDER BY role, email LIMIT 1000";
    PUT = "INSERT INTO member (tenant, email, name, role) VALUES ($1, $2, '', $3)
        ON CONFLICT (tenant, email) DO UPDATE SET role = excluded.role";
    PUT_INVITED = "UPDATE invitation SET role = $3 WHERE tenant = $1 AND email = $2";
    REMOVE = "DELETE FROM member WHERE tenant = $1 AND email = $2";
    REMOVE_INVITED = "DELETE FROM invitation WHERE tenant = $1 AND email = $2";
    ROLE_OF = "SELECT role FROM member
        WHERE tenant = $1 AND (subject = $2 OR (subject IS NULL AND email = $3)) ORDER BY role LIMIT 1";
    BIND = "UPDATE member SET subject = $1, name = $2 WHERE email = $3 AND subject IS NULL";
    TAKEN_UP = "DELETE FROM invitation WHERE email = $1 AND NOT over";
    RENAME = "UPDATE member SET name = $2 WHERE subject = $1 AND name <> $2";
}

impl Store {
    /// The people of a tenant (at most 1,000), admins first.
    ///
    /// # Errors
    /// The database.
    pub async fn members(&self, tenant: TenantId) -> Result<Vec<Member>> {
        let rows: Vec<(String, Option<String>, String, String)> =
            all!(&mut self.read().await?, MEMBERS, tenant.to_string())?;
        rows.into_iter()
            .map(|(email, subject, name, key)| {
                Ok(Member { email: read_email(&email)?, subject, name, role: role(&key)? })
            })
            .collect()
    }

    /// Adds a person or changes their role, with its audit entry.
    ///
    /// # Errors
    /// The database.
    pub async fn put_member(&self, tenant: TenantId, email: &Email, role: Role, audit: &AuditEntry) -> Result<()> {
        let mut tx = self.begin().await?;
        run!(&mut tx, PUT, tenant.to_string(), email.as_str(), role_key(role))?;
        run!(&mut tx, PUT_INVITED, tenant.to_string(), email.as_str(), role_key(role))?;
        audit::enter(&mut tx, audit).await?;
        tx.commit().await
    }

    /// Removes a person and their invitation, with its audit entry; `false` (and no entry) when there was neither.
    ///
    /// # Errors
    /// The database.
    pub async fn remove_member(&self, tenant: TenantId, email: &Email, audit: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin().await?;
        let member = run!(&mut tx, REMOVE, tenant.to_string(), email.as_str())?;
        let invited = run!(&mut tx, REMOVE_INVITED, tenant.to_string(), email.as_str())?;
        if member + invited == 0 {
            return Ok(false);
        }
        audit::enter(&mut tx, audit).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The person's role: by subject, and by address only where nobody signed in with it yet.
    ///
    /// # Errors
    /// The database.
    pub async fn role_of(&self, tenant: TenantId, subject: &str, email: &Email) -> Result<Option<Role>> {
        let row: Option<(String,)> =
            one!(&mut self.read().await?, ROLE_OF, tenant.to_string(), &*plain(subject), email.as_str())?;
        row.map(|(key,)| role(&key)).transpose()
    }

    /// At sign-in: a changed address and name are followed, the places that were kept for this verified address become the
    /// person's, and their invitations are taken up.
    ///
    /// # Errors
    /// The database.
    pub async fn signed_in(&self, caller: &Caller) -> Result<()> {
        let (subject, name) = (plain(&caller.subject), plain(&caller.name));
        let mut tx = self.begin().await?;
        follow::follow(&mut tx, caller).await?;
        run!(&mut tx, BIND, &*subject, &*name, caller.email.as_str())?;
        run!(&mut tx, TAKEN_UP, caller.email.as_str())?;
        run!(&mut tx, RENAME, &*subject, &*name)?;
        tx.commit().await
    }
}
