//! People of a tenant. Somebody new is invited: the place is theirs at once, by their address, and for a while; the letter
//! that says so is in the outbox (`post.rs`).

use super::{Bound, internal, member_key::MemberKey};
use crate::{
    domain::{
        Caller, Email, Fact, Flow, Invitation, Pairing, Role, Standing, Tenant, TenantId, invitation, person::Member,
    },
    saga::{journal::Entry, state::State},
    store::Held,
};
use app::{
    model::{
        oops::{FieldError, Oops},
        person::{Invited, Member as MemberView},
    },
    portal::Answer,
};

impl Bound {
    pub(super) async fn save_member(&self, tenant: &Tenant, key: MemberKey<'_>, role: Role) -> Answer<()> {
        let email = key.address;
        let members = self.house.store.members(tenant.id).await.map_err(internal)?;
        let known = Email::on_record(email).ok().filter(|email| members.iter().any(|m| m.email == *email));
        let email = known.map_or_else(|| Email::parse(email), Ok).map_err(|why| {
            let mut oops =
                Oops::new(422, "email_refused", "This address cannot be invited.", "Correct the marked field.");
            oops.fields = vec![FieldError { field: "email".into(), say: why.to_string() }];
            oops
        })?;
        if !members.iter().any(|m| m.email == email) {
            self.may_write(tenant).await?;
        }
        let mut held = self.manage(tenant).await?;
        let members = held.members().await.map_err(internal)?;
        key.is_among(&members, &email)?;
        let Some(member) = members.iter().find(|m| m.email == email) else {
            return self.ask_in(held, tenant, (&email, role), "member.put", "").await;
        };
        // Their new account is somebody else to the rows; a role would go to the old one.
        if member.replaced && (member.role == role || role == Role::Admin) {
            return Err(replaced(&email));
        }
        if role != Role::Admin {
            keep_an_admin(&members, &email, &self.caller.email)?;
        }
        held.put_member(&email, role).await.map_err(internal)?;
        self.close(held, tenant, "member.put", &format!("{email}: {}", role.word()), (member.role.word(), role.word()))
            .await
    }

    pub(super) async fn invite_again(&self, tenant: &Tenant, email: &str) -> Answer<()> {
        let email = Email::on_record(email).map_err(|_| Oops::not_found())?;
        self.may_write(tenant).await?;
        let mut held = self.manage(tenant).await?;
        let members = held.members().await.map_err(internal)?;
        let (role, before) = match members.iter().find(|m| m.email == email) {
            Some(member) if member.subject.is_some() => {
                let say = format!("{email} has signed in before, so there is nothing to invite to.");
                return Err(Oops::new(409, "already_here", say, "Reload the page."));
            }
            Some(member) => (member.role, member.role.word()),
            None => {
                let invitations = held.invitations().await.map_err(internal)?;
                (invitations.iter().find(|i| i.email == email).ok_or_else(Oops::not_found)?.role, "")
            }
        };
        self.ask_in(held, tenant, (&email, role), "member.invite", before).await
    }

    /// Holds the tenant for a change of its people. Who manages people by their place in it has that place now: between
    /// their question and this moment somebody else may have taken it from them.
    async fn manage(&self, tenant: &Tenant) -> Answer<Held> {
        let mut held = self.hold(tenant).await?;
        let Caller { subject, email, standing, .. } = &self.caller;
        let by_place = self.pass.is_none() && *standing != Standing::Operator;
        if by_place && held.role_of(subject, email).await.map_err(internal)? != Some(Role::Admin) {
            drop(held);
            self.audit("member.manage", Some(tenant), false, "The role does not allow it any more.").await?;
            return Err(Oops::forbidden());
        }
        Ok(held)
    }

    async fn ask_in(
        &self,
        mut held: Held,
        tenant: &Tenant,
        (email, role): (&Email, Role),
        what: &str,
        before: &str,
    ) -> Answer<()> {
        let now = self.house.now();
        held.invite(email, role, &self.who(), now, now.plus(invitation::HOLDS)).await.map_err(internal)?;
        self.close(held, tenant, what, &format!("{email}: {}", role.word()), (before, role.word())).await
    }

    /// A person leaves: their place, their invitation and their pairings go in one transaction, so that a process that dies
    /// leaves nobody behind in the chat's group.
    pub(super) async fn drop_member(&self, tenant: &Tenant, key: MemberKey<'_>) -> Answer<()> {
        let email = Email::on_record(key.address).map_err(|_| Oops::not_found())?;
        let mut held = self.manage(tenant).await?;
        let members = held.members().await.map_err(internal)?;
        key.is_among(&members, &email)?;
        keep_an_admin(&members, &email, &self.caller.email)?;
        let leaving = members.into_iter().find(|m| m.email == email);
        let before = leaving.as_ref().map_or("", |m| m.role.word());
        if !held.remove_member(&email).await.map_err(internal)? {
            return Err(Oops::not_found());
        }
        // The address may have changed since they became a member; the subject never does.
        let theirs = |p: &Pairing| match leaving.as_ref().and_then(|m| m.subject.as_ref()) {
            Some(subject) => p.subject == *subject,
            None => p.email == email,
        };
        let pairings = held.pairings().await.map_err(internal)?;
        let flows = pairings.iter().filter(|p| theirs(p)).map(|p| Flow::Pair(p.id)).collect();
        let ends = self.ends(flows, "The person was removed from the tenant.");
        self.house.journal.add(&mut held, self.house.now(), ends).await.map_err(internal)?;
        self.close(held, tenant, "member.remove", email.as_str(), (before, "")).await
    }

    /// Makes a change of people true, with its entry; the site and the provider's groups follow at the engine's next look,
    /// which is now.
    pub(super) async fn close(
        &self,
        mut held: Held,
        tenant: &Tenant,
        what: &str,
        detail: &str,
        (before, after): (&str, &str),
    ) -> Answer<()> {
        held.wake(self.house.now()).await.map_err(internal)?;
        let entry = self.house.entry(&self.actor, what, Some(tenant), true, detail).changed(before, after);
        held.commit(Some(&entry)).await.map_err(internal)
    }

    /// Turns those of the flows around that are not on their way out already.
    pub(super) fn ends(&self, flows: Vec<Flow>, why: &str) -> impl Fn(&State) -> Option<Vec<Entry>> + Send + use<> {
        let fact = Fact::Reversed { by: self.who(), why: why.into() };
        move |state| {
            let live = flows.iter().filter(|flow| super::live_pair(state, **flow));
            let entries: Vec<_> = live.map(|flow| Entry::new(*flow, "", fact.clone())).collect();
            (!entries.is_empty()).then_some(entries)
        }
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
                    key: MemberKey::of(&m),
                    email: m.email.into(),
                    name: m.name,
                    role: m.role,
                    signed_in: m.subject.is_some(),
                    invited,
                    replaced: m.replaced,
                }
            })
            .collect();
        invitations.sort_by(|a, b| a.email.cmp(&b.email));
        people.extend(invitations.into_iter().map(|i| {
            let (email, role) = (i.email.to_string(), i.role);
            MemberView {
                key: email.clone(),
                email,
                name: String::new(),
                role,
                signed_in: false,
                invited: Some(invited(i)),
                replaced: false,
            }
        }));
        Ok(people)
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

/// Adding somebody again changes nothing where their account at the sign-in service was replaced.
fn replaced(email: &Email) -> Oops {
    let say = format!("{email} is here already, but another account at the sign-in service has this address now.");
    let next =
        "If it is the same person, an operator lets the new account take over. If not, remove them and add them again.";
    Oops::new(409, "account_replaced", say, next)
}

/// A tenant without an admin could not be managed by its own people any more. Who never signed in may never come, and whose
/// account was replaced cannot come, so they only take the place of somebody like them. Who asks is here, whatever their row
/// says.
fn keep_an_admin(members: &[Member], leaving: &Email, asking: &Email) -> Answer<()> {
    let admins = || members.iter().filter(|m| m.role == Role::Admin);
    let Some(leaver) = admins().find(|m| m.email == *leaving) else { return Ok(()) };
    let here = |m: &Member| m.subject.is_some() && !m.replaced;
    let stays = |m: &Member| m.email != *leaving && (here(m) || m.email == *asking || !here(leaver));
    if admins().any(stays) {
        return Ok(());
    }
    let say = format!("{leaving} is the only admin of this tenant who has signed in.");
    let say = if here(leaver) { say } else { format!("{leaving} is the only admin of this tenant.") };
    Err(Oops::new(409, "last_admin", say, "Make somebody else an admin first."))
}
