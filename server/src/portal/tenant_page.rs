//! The tenant page, and what an operator does on it: retry, skip, turn around.

use super::{
    Bound,
    authority::{Place, Right},
    internal, local, timeline,
};
use crate::{
    domain::{Event, Fact, Flow, Pairing, Tenant, pairing::PairingStatus, person::Member, tenant::Status},
    saga::{
        journal::Entry,
        state::{Phase, State},
    },
    store::AuditEntry,
    systems::wordpress::Locals,
};
use app::{
    model::{
        oops::Oops,
        pairing::Pairing as PairingView,
        person::Invited,
        tenant::{Check, May, PreviewItem, TenantPage},
        timeline::StepStatus,
    },
    portal::Answer,
};

impl Bound {
    pub(super) async fn page(&self, tenant: Tenant, place: Place) -> Answer<TenantPage> {
        let (store, systems) = (&self.house.store, &self.house.systems);
        let events = store.log(tenant.id).await.map_err(internal)?;
        let members = store.members(tenant.id).await.map_err(internal)?;
        let pairings = store.pairings(tenant.id).await.map_err(internal)?;
        let state = State::fold(&events);
        let usual = self.usual(tenant.status).await?;
        let may = May {
            operate: place.allows(Right::Operate) == Some(true) && tenant.status != Status::Deleted,
            manage_people: place.allows(Right::ManagePeople) == Some(true) && !state.leaving(),
        };
        let site_up = state.tenant().and_then(|c| c.track("wordpress")).is_some_and(|t| t.phase == Phase::Done);
        let open_wordpress = (site_up && place.role.is_some() && !state.leaving())
            .then(|| format!("{}/wp-login.php?action=slipway&to=%2Fwp-admin%2F", tenant.site_url));
        let own = |p: &&Pairing| p.subject == self.caller.subject && p.status == PairingStatus::Connected;
        let mut timeline = timeline::timeline(self.house.journal.plans(), &events, &state, &usual, self.house.now());
        let checklist = self.checklist(&tenant, &state, &members, &pairings).await?;
        let members = self.people(tenant.id, members).await?;
        let locals = if may.manage_people { local::of(&state) } else { Locals::default() };
        // A letter goes out in a moment: the page is worth following until then.
        timeline.settled &= !members.iter().any(|m| m.invited.as_ref().is_some_and(Invited::leaves_now));
        Ok(TenantPage {
            id: tenant.id.to_string(),
            slug: tenant.slug.to_string(),
            name: tenant.name.clone(),
            status: tenant.status,
            plan: self.plan_label(&tenant.plan),
            cost: systems.plan_of(&tenant).ok().and_then(|plan| systems.cost(plan)),
            language: tenant.language,
            time_zone: tenant.time_zone.as_str().to_owned(),
            site_url: tenant.site_url.clone(),
            hosts_line: self.hosts_line(&tenant),
            open_wordpress,
            open_chat: pairings.iter().find(own).map(|p| self.house.systems.chat_link(&tenant, p)),
            ordered_by: tenant.ordered_by.clone(),
            ordered_at: tenant.ordered_at.0,
            timeline,
            objects: self.objects(&tenant, &state),
            checklist,
            pairings: pairings
                .iter()
                .filter(|p| p.status != PairingStatus::Gone)
                .map(|p| self.pairing_view(p, may))
                .collect(),
            members,
            locals: locals.accounts.into_iter().map(local::view).collect(),
            more_locals: locals.more,
            may,
        })
    }

    /// What is usual matters only to somebody who waits.
    async fn usual(&self, status: Status) -> Answer<timeline::Usual> {
        match status {
            Status::Provisioning | Status::NeedsAttention => self.house.store.usual().await.map_err(internal),
            _ => Ok(timeline::Usual::new()),
        }
    }

    fn hosts_line(&self, tenant: &Tenant) -> Option<String> {
        let there = !matches!(tenant.status, Status::Deleting | Status::Deleted);
        there.then(|| self.house.systems.sites.hint(&tenant.slug)).flatten()
    }

    /// The names of the preview, replaced by the exact ones once they exist.
    fn objects(&self, tenant: &Tenant, state: &State) -> Vec<PreviewItem> {
        let exact = |step: &str| state.tenant().and_then(|c| c.track(step)).and_then(|t| t.outside_id.clone());
        let mut items = self.preview(&tenant.slug);
        for item in &mut items {
            let step = match item.what.as_str() {
                "Database" => "database",
                "Sign-in client" => "identity",
                "Site" => "site",
                _ => continue,
            };
            if let (Some(exact), Some((_, name))) = (exact(step), item.names.first_mut()) {
                *name = exact;
            }
        }
        items
    }

    fn pairing_view(&self, p: &Pairing, may: May) -> PairingView {
        PairingView {
            id: p.id.to_string(),
            name: p.name.clone(),
            email: p.email.to_string(),
            wp_login: p.login_shown(),
            status: p.status,
            note: p.note.clone(),
            proof_at: p.proof_at.map(|a| a.0),
            proof_ms: p.proof_ms,
            may_disconnect: p.status != PairingStatus::Leaving
                && (may.manage_people || p.subject == self.caller.subject),
        }
    }

    async fn checklist(
        &self,
        tenant: &Tenant,
        state: &State,
        members: &[Member],
        pairings: &[Pairing],
    ) -> Answer<Vec<Check>> {
        let step = |name: &str| state.tenant().and_then(|c| c.track(name));
        let holds = |name: &str| step(name).is_some_and(|t| t.phase == Phase::Done && t.drift.is_none());
        let said = |name: &str, yes: &str| match step(name).and_then(|t| t.drift.clone()) {
            Some(drift) => drift,
            None if holds(name) => yes.to_owned(),
            None => "Not yet.".to_owned(),
        };
        let check = |what: &str, done, detail: String| Check { what: what.into(), done, detail };
        let either = |done, yes: &str, no: &str| if done { yes.to_owned() } else { no.to_owned() };
        let signed_in = members.iter().any(|m| m.subject.is_some());
        let connected = pairings.iter().any(|p| p.status == PairingStatus::Connected);
        let drafted = self.house.store.first_draft(tenant.id).await.map_err(internal)?.is_some();
        Ok(vec![
            check("Database answers", holds("database"), said("database", "Login works.")),
            check("Site reachable", holds("wordpress"), said("wordpress", "It answers and knows its address.")),
            check("Chat prepared", holds("chat"), said("chat", "Group, connection and model are there.")),
            check("Somebody signed in", signed_in, either(signed_in, "Seen at the portal.", "Nobody yet.")),
            check(
                "Connected to the chat",
                connected,
                either(connected, "The proof holds.", "Open WordPress, then Slipway, and press Connect."),
            ),
            check("First draft", drafted, either(drafted, "Written by the chat.", "Ask the chat to draft a post.")),
        ])
    }

    pub(super) async fn nudge(&self, tenant: &Tenant, step: &str) -> Answer<()> {
        let node = self.house.journal.plans().tenant.node(step).ok_or_else(Oops::not_found)?;
        let (name, by) = (node.step.name(), self.who());
        let can = move |state: &State| {
            let track = state.tenant()?.track(name)?;
            let stuck = matches!(track.phase, Phase::Failed { .. } | Phase::Retrying { .. } | Phase::Waiting { .. });
            let entry = Entry::new(Flow::Tenant, name, Fact::Nudged { by: by.clone() });
            (stuck || track.drift.is_some()).then(|| vec![entry])
        };
        let (before, after) = (self.step_word(tenant, name).await?, "Tries again");
        let entry = self.house.entry(&self.actor, "tenant.retry", Some(tenant), true, format!("Step {name}."));
        self.wish(tenant, can, |wished| Some(if wished { entry.changed(before, after) } else { entry })).await.map(drop)
    }

    pub(super) async fn pass_over(&self, tenant: &Tenant, step: &str, reason: &str) -> Answer<()> {
        let node = self.house.journal.plans().tenant.node(step).ok_or_else(Oops::not_found)?;
        let reason: String = reason.trim().chars().filter(|c| !c.is_control()).take(300).collect();
        if reason.is_empty() {
            return Err(Oops::new(422, "reason_missing", "Skipping a step needs a reason.", "Write one sentence."));
        }
        let (name, by) = (node.step.name(), self.who());
        let detail = format!("Step {name}: {reason}");
        let can = move |state: &State| {
            let failed = matches!(state.tenant()?.track(name)?.phase, Phase::Failed { .. }) && !state.leaving();
            let fact = Fact::Skipped { by: by.clone(), reason: reason.clone() };
            failed.then(|| vec![Entry::new(Flow::Tenant, name, fact)])
        };
        let entry = self.house.entry(&self.actor, "tenant.skip", Some(tenant), true, detail);
        let (before, after) = (StepStatus::NeedsAttention.word(), StepStatus::Skipped.word());
        if !self.wish(tenant, can, |wished| wished.then(|| entry.changed(before, after))).await? {
            let say = "Only a step that needs attention can be skipped, and none while the tenant is being removed.";
            return Err(Oops::new(409, "not_skippable", say, "Reload the page."));
        }
        Ok(())
    }

    pub(super) async fn turn_around(&self, tenant: &Tenant, typed: &str) -> Answer<()> {
        if typed.trim() != tenant.slug.as_str() {
            let say = format!("The typed name is not {}. Nothing was changed.", tenant.slug);
            return Err(Oops::new(422, "slug_mismatch", say, "Type the short name exactly."));
        }
        let by = self.who();
        let fact = Fact::Reversed { by, why: "Removed by an operator.".into() };
        let can = |state: &State| (!state.leaving()).then(|| vec![Entry::new(Flow::Tenant, "", fact.clone())]);
        let entry = self.house.entry(&self.actor, "tenant.remove", Some(tenant), true, "Undo everything.");
        let changed = |entry: AuditEntry| entry.changed(tenant.status.word(), Status::Deleting.word());
        self.wish(tenant, can, |wished| Some(if wished { changed(entry) } else { entry })).await.map(drop)
    }

    /// How a step stands, in the word people read.
    async fn step_word(&self, tenant: &Tenant, step: &str) -> Answer<&'static str> {
        let state = State::fold(&self.house.store.log(tenant.id).await.map_err(internal)?);
        let track = state.tenant().and_then(|flow| flow.track(step));
        Ok(track.map_or(StepStatus::Waiting, |track| timeline::status(track, state.leaving())).word())
    }
}

/// Sentence and colour of an event, for logs of people.
pub(super) fn sentence(event: &Event) -> (String, &'static str) {
    timeline::sentence(&event.fact)
}
