//! People of a tenant. Somebody new is invited: the place is theirs at once, by their address, and for a while; the letter
//! that says so is in the outbox (`post.rs`).

use super::{Bound, internal};
use crate::{
    domain::{
        Email, Fact, Flow, Invitation, Pairing, Role, Tenant, TenantId, invitation, pairing::PairingStatus,
        person::Member,
    },
    saga::journal::Entry,
};
use app::{
    model::{
        oops::{FieldError, Oops},
        person::{Invited, Member as MemberView},
    },
    portal::Answer,
};

impl Bound {
    pub(super) async fn save_member(&self, tenant: &Tenant, email: &str, role: Role) -> Answer<()> {
        let members = self.house.store.members(tenant.id).await.map_err(internal)?;
        let known = Email::on_record(email).ok().filter(|email| members.iter().any(|m| m.email == *email));
        let email = known.map_or_else(|| Email::parse(email), Ok).map_err(|why| {
            let mut oops =
                Oops::new(422, "email_refused", "This address cannot be invited.", "Correct the marked field.");
            oops.fields = vec![FieldError { field: "email".into(), say: why.to_string() }];
            oops
        })?;
        if !members.iter().any(|m| m.email == email) {
            return self.ask_in(tenant, &email, role, "member.put").await;
        }
        if role != Role::Admin {
            keep_an_admin(&members, &email, &self.caller.email)?;
        }
        let before = self.role_word(tenant, &email).await?;
        let detail = format!("{email}: {}", role.word());
        let audit = self.house.entry(&self.actor, "member.put", Some(tenant), true, detail);
        let audit = audit.changed(before, role.word());
        self.house.store.put_member(tenant.id, &email, role, &audit).await.map_err(internal)?;
        self.look_soon(tenant).await
    }

    pub(super) async fn invite_again(&self, tenant: &Tenant, email: &str) -> Answer<()> {
        let email = Email::on_record(email).map_err(|_| Oops::not_found())?;
        let members = self.house.store.members(tenant.id).await.map_err(internal)?;
        let invitations = self.house.store.invitations(tenant.id).await.map_err(internal)?;
        let role = match members.iter().find(|m| m.email == email) {
            Some(member) if member.subject.is_some() => {
                let say = format!("{email} has signed in before, so there is nothing to invite to.");
                return Err(Oops::new(409, "already_here", say, "Reload the page."));
            }
            Some(member) => member.role,
            None => invitations.iter().find(|i| i.email == email).ok_or_else(Oops::not_found)?.role,
        };
        self.ask_in(tenant, &email, role, "member.invite").await
    }

    async fn ask_in(&self, tenant: &Tenant, email: &Email, role: Role, what: &str) -> Answer<()> {
        let until = self.house.now().plus(invitation::HOLDS);
        let before = self.role_word(tenant, email).await?;
        let audit = self.house.entry(&self.actor, what, Some(tenant), true, format!("{email}: {}", role.word()));
        let audit = audit.changed(before, role.word());
        self.house.store.invite(tenant.id, email, role, until, &audit).await.map_err(internal)?;
        self.look_soon(tenant).await
    }

    pub(super) async fn drop_member(&self, tenant: &Tenant, email: &str) -> Answer<()> {
        let email = Email::on_record(email).map_err(|_| Oops::not_found())?;
        let members = self.house.store.members(tenant.id).await.map_err(internal)?;
        keep_an_admin(&members, &email, &self.caller.email)?;
        let leaving = members.into_iter().find(|m| m.email == email);
        let before = leaving.as_ref().map_or("", |m| m.role.word());
        let subject = leaving.and_then(|m| m.subject);
        let audit = self.house.entry(&self.actor, "member.remove", Some(tenant), true, email.to_string());
        let audit = audit.changed(before, "");
        if !self.house.store.remove_member(tenant.id, &email, &audit).await.map_err(internal)? {
            return Err(Oops::not_found());
        }
        let pairings = self.house.store.pairings(tenant.id).await.map_err(internal)?;
        // By subject, since the address may be somebody else's by now; by address until their row has a subject.
        let same = |p: &Pairing| subject.as_ref().map_or(p.email == email, |subject| p.subject == *subject);
        let theirs = |p: &&Pairing| same(p) && !matches!(p.status, PairingStatus::Gone | PairingStatus::Leaving);
        for pairing in pairings.iter().filter(theirs) {
            self.reverse(tenant, pairing, "The person was removed from the tenant.").await?;
        }
        self.look_soon(tenant).await
    }

    /// The people of the page: members, then those whose invitation is over.
    pub(super) async fn people(&self, tenant: TenantId, members: Vec<Member>) -> Answer<Vec<MemberView>> {
        let mut invitations = self.house.store.invitations(tenant).await.map_err(internal)?;
        let mut people: Vec<MemberView> = members
            .into_iter()
            .map(|m| {
                let asked = invitations.iter().position(|i| i.email == m.email).map(|n| invitations.swap_remove(n));
                let invited = asked.filter(|_| m.subject.is_none()).map(invited);
                MemberView {
                    email: m.email.into(),
                    name: m.name,
                    role: m.role,
                    signed_in: m.subject.is_some(),
                    invited,
                }
            })
            .collect();
        invitations.sort_by(|a, b| a.email.cmp(&b.email));
        people.extend(invitations.into_iter().map(|i| {
            let (email, role) = (i.email.to_string(), i.role);
            MemberView { email, name: String::new(), role, signed_in: false, invited: Some(invited(i)) }
        }));
        Ok(people)
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

fn invited(i: Invitation) -> Invited {
    Invited {
        by: i.by,
        until: i.until.0,
        over: i.over,
        sent_at: i.sent_at.map(|at| at.0),
        problem: i.problem,
        next_at: i.wake_at.map(|at| at.0),
    }
}

/// A tenant without an admin could not be managed by its own people any more. Who never signed in may never come, so they
/// only take the place of somebody who did not either. Who asks is here, whatever their row says.
fn keep_an_admin(members: &[Member], leaving: &Email, asking: &Email) -> Answer<()> {
    let admins = || members.iter().filter(|m| m.role == Role::Admin);
    let Some(leaver) = admins().find(|m| m.email == *leaving) else { return Ok(()) };
    let came = |m: &Member| m.subject.is_some() || m.email == *asking;
    let stays = |m: &Member| m.email != *leaving && (came(m) || leaver.subject.is_none());
    if admins().any(stays) {
        return Ok(());
    }
    let say = format!("{leaving} is the only admin of this tenant who has signed in.");
    let say = if leaver.subject.is_some() { say } else { format!("{leaving} is the only admin of this tenant.") };
    Err(Oops::new(409, "last_admin", say, "Make somebody else an admin first."))
}
