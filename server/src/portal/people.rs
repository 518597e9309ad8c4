//! People of a tenant.

use super::{Bound, internal};
use crate::{
    domain::{Email, Fact, Flow, Pairing, Role, Tenant, pairing::PairingStatus},
    saga::journal::Entry,
};
use app::{
    model::oops::{FieldError, Oops},
    portal::Answer,
};

impl Bound {
    pub(super) async fn save_member(&self, tenant: &Tenant, email: &str, role: Role) -> Answer<()> {
        let email = Email::parse(email).map_err(|why| {
            let mut oops = Oops::new(422, "email_refused", "This is no e-mail address.", "Correct the address.");
            oops.fields = vec![FieldError { field: "email".into(), say: why.to_string() }];
            oops
        })?;
        if role != Role::Admin {
            self.keep_an_admin(tenant, &email).await?;
        }
        let before = self.role_word(tenant, &email).await?;
        let detail = format!("{email}: {}", role.word());
        let audit = self.house.entry(&self.who(), "member.put", Some(tenant), true, detail);
        let audit = audit.changed(before, role.word());
        self.house.store.put_member(tenant.id, &email, role, &audit).await.map_err(internal)?;
        self.look_soon(tenant).await
    }

    pub(super) async fn drop_member(&self, tenant: &Tenant, email: &str) -> Answer<()> {
        let email = Email::parse(email).map_err(|_| Oops::not_found())?;
        self.keep_an_admin(tenant, &email).await?;
        let members = self.house.store.members(tenant.id).await.map_err(internal)?;
        let leaving = members.into_iter().find(|m| m.email == email);
        let before = leaving.as_ref().map_or("", |m| m.role.word());
        let subject = leaving.and_then(|m| m.subject);
        let audit = self.house.entry(&self.who(), "member.remove", Some(tenant), true, email.to_string());
        let audit = audit.changed(before, "");
        if !self.house.store.remove_member(tenant.id, &email, &audit).await.map_err(internal)? {
            return Err(Oops::not_found());
        }
        let pairings = self.house.store.pairings(tenant.id).await.map_err(internal)?;
        // The address may have changed since they became a member; the subject never does.
        let same = |p: &Pairing| p.email == email || Some(&p.subject) == subject.as_ref();
        let theirs = |p: &&Pairing| same(p) && !matches!(p.status, PairingStatus::Gone | PairingStatus::Leaving);
        for pairing in pairings.iter().filter(theirs) {
            self.reverse(tenant, pairing, "The person was removed from the tenant.").await?;
        }
        self.look_soon(tenant).await
    }

    /// Their role now, in the word people read; nothing for somebody else.
    async fn role_word(&self, tenant: &Tenant, email: &Email) -> Answer<&'static str> {
        let members = self.house.store.members(tenant.id).await.map_err(internal)?;
        Ok(members.iter().find(|m| m.email == *email).map_or("", |m| m.role.word()))
    }

    /// The provider's groups follow the members at the engine's next look: now.
    async fn look_soon(&self, tenant: &Tenant) -> Answer<()> {
        self.house.store.wake(tenant.id, self.house.now()).await.map_err(internal)
    }

    /// A tenant without an admin could not be managed by its own people any more.
    async fn keep_an_admin(&self, tenant: &Tenant, leaving: &Email) -> Answer<()> {
        let members = self.house.store.members(tenant.id).await.map_err(internal)?;
        let was_admin = members.iter().any(|m| m.email == *leaving && m.role == Role::Admin);
        if was_admin && !members.iter().any(|m| m.email != *leaving && m.role == Role::Admin) {
            let say = format!("{leaving} is the only admin of this tenant.");
            return Err(Oops::new(409, "last_admin", say, "Make somebody else an admin first."));
        }
        Ok(())
    }

    /// Turns a pairing's flow around, once.
    pub(super) async fn reverse(&self, tenant: &Tenant, pairing: &Pairing, why: &str) -> Answer<()> {
        let flow = Flow::Pair(pairing.id);
        let fact = Fact::Reversed { by: self.who(), why: why.into() };
        let can = |state: &crate::saga::state::State| {
            super::live_pair(state, flow).then(|| vec![Entry::new(flow, "", fact.clone())])
        };
        self.wish(tenant, can).await.map(|_| ())
    }
}
