//! Who belongs to a tenant. Until the first sign-in a person is their verified address; from then on the provider's
//! subject, so that an address given to somebody else opens nothing.

use super::{
    Error, Result, Store,
    audit::AuditEntry,
    both::{all, one, run, statements},
    follow,
    held::Held,
    rebind::{self, Subject},
    rows::{email as read_email, plain, role, role_key},
};
use crate::domain::{At, Caller, Email, Role, TenantId, person::Member};
use std::collections::HashSet;

statements! {
    MEMBERS = "SELECT email, subject, name, role, issuer, contested FROM member WHERE tenant = $1 ORDER BY role, email";
    WERE = "SELECT m.email, r.issuer, r.subject FROM rebind r
        JOIN member m ON m.issuer = r.new_issuer AND m.subject = r.new_subject WHERE m.tenant = $1 ORDER BY r.subject";
    pub(super) PUT = "INSERT INTO member (tenant, email, name, role) VALUES ($1, $2, '', $3)
        ON CONFLICT (tenant, email) DO UPDATE SET role = excluded.role";
    PUT_INVITED = "UPDATE invitation SET role = $3 WHERE tenant = $1 AND email = $2";
    REMOVE = "DELETE FROM member WHERE tenant = $1 AND email = $2";
    REMOVE_INVITED = "DELETE FROM invitation WHERE tenant = $1 AND email = $2";
    ROLE_OF = "SELECT role FROM member
        WHERE tenant = $1 AND (subject = $2 AND issuer = $4 OR subject IS NULL AND email = $3) ORDER BY role LIMIT 1";
    BIND = "UPDATE member SET subject = $1, name = $2, issuer = $4 WHERE email = $3 AND subject IS NULL";
    CONTEST = "UPDATE member SET contested = TRUE
        WHERE email = $1 AND subject IS NOT NULL AND NOT (subject = $2 AND issuer = $3) AND NOT contested";
    SETTLE = "UPDATE member SET contested = FALSE WHERE subject = $1 AND issuer = $2 AND contested";
    REPLACED = "SELECT issuer FROM member WHERE email = $1 AND subject IS NOT NULL AND NOT (subject = $2 AND issuer = $3)
        AND (CAST($4 AS TEXT) IS NULL OR tenant = $4) ORDER BY issuer = $3 DESC LIMIT 1";
    TAKEN_UP = "DELETE FROM invitation WHERE email = $1 AND NOT over";
    TAKE = "UPDATE member SET subject = $3, name = $4, issuer = $5 WHERE tenant = $1 AND email = $2 AND subject IS NULL
        AND NOT EXISTS (SELECT 1 FROM member o WHERE o.tenant = member.tenant AND o.subject = $3 AND o.issuer = $5)";
    TAKEN_HERE = "DELETE FROM invitation WHERE tenant = $1 AND email = $2 AND NOT over";
    IS_ADMIN = "SELECT role FROM member WHERE tenant = $1 AND subject = $2 AND issuer = $3 AND role = 'admin' LIMIT 1";
    RENAME = "UPDATE member SET name = $2 WHERE subject = $1 AND issuer = $3 AND name <> $2";
}

type Row = (String, Option<String>, String, String, String, bool);
/// An address, and an issuer and a subject that its person had.
type Were = (String, String, String);

fn read(store: &Store, rows: Vec<Row>, were: &[Were]) -> Result<Vec<Member>> {
    let here = rows.iter().filter(|(.., issuer, _)| issuer == store.issuer());
    let present: HashSet<String> = here.filter_map(|(_, subject, ..)| subject.clone()).collect();
    let member = |(email, subject, name, key, issuer, contested): Row| {
        let elsewhere = subject.is_some() && issuer != store.issuer();
        let mut was = Vec::new();
        for (_, issuer, subject) in were.iter().filter(|(of, ..)| *of == email) {
            was.extend([format!("{issuer} {subject}"), subject.clone()]);
        }
        // The site knows bare subjects; one of another issuer is moved out of the way of somebody new who has the same.
        was.extend(subject.clone().filter(|_| elsewhere));
        // What somebody is called now, nobody else was.
        was.retain(|was| !present.contains(was));
        Ok(Member {
            email: read_email(&email)?,
            subject: subject.map(|subject| store.known(&issuer, subject)),
            name,
            role: role(&key)?,
            was,
            replaced: elsewhere || contested,
        })
    };
    rows.into_iter().map(member).collect()
}

impl Held {
    /// The people of the tenant, admins first.
    ///
    /// # Errors
    /// The database.
    pub async fn members(&mut self) -> Result<Vec<Member>> {
        let rows = all!(&mut self.tx, MEMBERS, self.tenant.to_string())?;
        read(&self.store, rows, &all!(&mut self.tx, WERE, self.tenant.to_string())?)
    }

    /// See [`Store::role_of`].
    ///
    /// # Errors
    /// The database.
    pub async fn role_of(&mut self, subject: &str, email: &Email) -> Result<Option<Role>> {
        let (tenant, subject, issuer) = (self.tenant.to_string(), plain(subject), self.store.issuer());
        let row: Option<(String,)> = one!(&mut self.tx, ROLE_OF, tenant, &*subject, email.as_str(), issuer)?;
        row.map(|(key,)| role(&key)).transpose()
    }

    /// Gives a person this role; somebody new gets a place without an invitation.
    ///
    /// # Errors
    /// The database.
    pub async fn put_member(&mut self, email: &Email, role: Role) -> Result<()> {
        let tenant = self.tenant.to_string();
        run!(&mut self.tx, PUT, &tenant, email.as_str(), role_key(role))?;
        run!(&mut self.tx, PUT_INVITED, &tenant, email.as_str(), role_key(role)).map(|_| ())
    }

    /// Removes a person and their invitation; `false` when there was neither.
    ///
    /// # Errors
    /// The database.
    pub async fn remove_member(&mut self, email: &Email) -> Result<bool> {
        let tenant = self.tenant.to_string();
        run!(&mut self.tx, rebind::WITHDRAW_OF, &tenant, email.as_str())?;
        let member = run!(&mut self.tx, REMOVE, &tenant, email.as_str())?;
        let invited = run!(&mut self.tx, REMOVE_INVITED, &tenant, email.as_str())?;
        Ok(member + invited > 0)
    }
}

impl Store {
    /// The people of a tenant, admins first: all of them, since who is missing here loses their rights.
    ///
    /// # Errors
    /// The database.
    pub async fn members(&self, tenant: TenantId) -> Result<Vec<Member>> {
        let mut link = self.read().await?;
        let rows = all!(&mut link, MEMBERS, tenant.to_string())?;
        read(self, rows, &all!(&mut link, WERE, tenant.to_string())?)
    }

    /// Adds a person or changes their role, with its audit entry.
    ///
    /// # Errors
    /// The database, or there is no such living tenant.
    pub async fn put_member(&self, tenant: TenantId, email: &Email, role: Role, audit: &AuditEntry) -> Result<()> {
        let mut held = self.hold(tenant).await?.ok_or(Error::Corrupt("a member of no tenant"))?;
        held.put_member(email, role).await?;
        held.commit(Some(audit)).await
    }

    /// Removes a person and their invitation, with its audit entry; `false` (and no entry) when there was neither.
    ///
    /// # Errors
    /// The database.
    pub async fn remove_member(&self, tenant: TenantId, email: &Email, audit: &AuditEntry) -> Result<bool> {
        let Some(mut held) = self.hold(tenant).await? else { return Ok(false) };
        let removed = held.remove_member(email).await?;
        if removed {
            held.commit(Some(audit)).await?;
        }
        Ok(removed)
    }

    /// The person's role: by subject, and by address only where nobody signed in with it yet.
    ///
    /// # Errors
    /// The database.
    pub async fn role_of(&self, tenant: TenantId, subject: &str, email: &Email) -> Result<Option<Role>> {
        let (tenant, subject, issuer) = (tenant.to_string(), plain(subject), self.issuer());
        let row: Option<(String,)> = one!(&mut self.read().await?, ROLE_OF, tenant, &*subject, email.as_str(), issuer)?;
        row.map(|(key,)| role(&key)).transpose()
    }

    /// Has this subject a place as an admin there? What somebody made while they had one rests on that alone: a place that
    /// is kept for their address may be somebody else's.
    ///
    /// # Errors
    /// The database.
    pub async fn is_admin(&self, tenant: TenantId, subject: &str) -> Result<bool> {
        let (tenant, subject) = (tenant.to_string(), plain(subject));
        let row: Option<(String,)> = one!(&mut self.read().await?, IS_ADMIN, tenant, &*subject, self.issuer())?;
        Ok(row.is_some())
    }

    /// The place that is kept for this person's verified address becomes theirs, where they came before their next sign-in:
    /// who goes on to the site is on its list by their subject. Nothing happens when it is theirs already.
    ///
    /// # Errors
    /// The database.
    pub async fn take_place(&self, tenant: TenantId, caller: &Caller, now: At) -> Result<()> {
        let (id, email) = (tenant.to_string(), caller.email.as_str());
        let (subject, name) = (plain(&caller.subject), plain(&caller.name));
        let Some(mut held) = self.hold(tenant).await? else { return Ok(()) };
        if run!(&mut held.tx, TAKE, &id, email, &*subject, &*name, self.issuer())? > 0 {
            run!(&mut held.tx, TAKEN_HERE, &id, email)?;
            held.wake(now).await?;
            held.commit(None).await?;
        }
        Ok(())
    }

    /// Has somebody else a place under this person's verified address, in that tenant or anywhere? Then the issuer of
    /// their subject: this one, or another one.
    ///
    /// # Errors
    /// The database.
    pub async fn replaced(&self, caller: &Caller, tenant: Option<TenantId>) -> Result<Option<String>> {
        let (subject, tenant) = (plain(&caller.subject), tenant.map(|id| id.to_string()));
        let row: Option<(String,)> =
            one!(&mut self.read().await?, REPLACED, caller.email.as_str(), &*subject, self.issuer(), tenant)?;
        Ok(row.map(|(issuer,)| issuer))
    }

    /// At sign-in: a changed address and name are followed, the places that were kept for this verified address become the
    /// person's, and their invitations are taken up. Places of another account under this address are marked, unless an
    /// operator allowed that this one takes them over.
    ///
    /// # Errors
    /// The database.
    pub async fn signed_in(&self, caller: &Caller) -> Result<()> {
        let (subject, name) = (plain(&caller.subject), plain(&caller.name));
        let (issuer, email) = (self.issuer(), caller.email.as_str());
        let mut tx = self.begin().await?;
        let me = Subject { issuer: issuer.to_owned(), subject: subject.clone().into_owned() };
        // Whoever comes in was not replaced, whatever an operator believed.
        run!(&mut tx, rebind::WITHDRAW, issuer, &*subject)?;
        rebind::take_over(&mut tx, &me, &caller.email).await?;
        follow::follow(&mut tx, issuer, caller).await?;
        let bound = run!(&mut tx, BIND, &*subject, &*name, email, issuer)?;
        let taken_up = run!(&mut tx, TAKEN_UP, email)?;
        run!(&mut tx, RENAME, &*subject, &*name, issuer)?;
        run!(&mut tx, CONTEST, email, &*subject, issuer)?;
        run!(&mut tx, SETTLE, &*subject, issuer)?;
        let places = if bound + taken_up > 0 { rebind::places(&mut tx, &me).await? } else { Vec::new() };
        tx.commit().await?;
        self.changed();
        places.into_iter().for_each(|tenant| self.changed_at(tenant, None));
        Ok(())
    }
}
