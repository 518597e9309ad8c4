//! What came late. An engine that stood still (stopped, swapped out, cut off from its database) loses its lease, and a
//! request it had sent may still reach the outside when another engine has undone everything. Nothing can keep that request
//! back; so whoever lost a lease says what was in its hands, and a tenant that is gone gets one more look some minutes
//! later, which undoes once more, and tells if something was there.

use super::{Desk, Engine, STEP_LIMIT, Stop, hand::Hand};
use crate::{
    domain::{Actor, At, Fact, Fault, Flow, Gone, Seen},
    saga::{
        cx::Cx,
        journal::{Entry, Journal},
        plan::Node,
        state::{Course, State, Track},
    },
    store::AuditEntry,
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, time::Duration};

/// How long after its end a tenant is looked at before somebody is told that it could not be.
const GIVE_UP: Duration = Duration::from_secs(24 * 3600);

/// Pause between two tries.
const AGAIN: Duration = Duration::from_secs(300);

/// How long it may take until a request that was sent has its effect.
const SETTLE: Duration = Duration::from_secs(60);

/// What a late look at one step came to.
enum Late {
    /// Nothing of it was there.
    Nothing,
    /// Something was there, and is gone now.
    Undone,
    /// Something was there, and is on its way out.
    Leaving(String),
    /// Not known yet.
    Open(String),
}

impl Engine {
    /// A lease was lost with these steps under way. Where the other engine undoes, or has undone, it looks again.
    pub(super) async fn came_late(&self, hand: &Hand) -> Result<(), Stop> {
        let (open, tenant, now) = (hand.open(), hand.lease.tenant, self.clock.now());
        if open.is_empty() {
            return Ok(());
        }
        let again = |state: &State| {
            let leaves = |flow: &Flow| state.flows.get(flow).is_some_and(|course| course.reversed.is_some());
            let nudged = |&(flow, step): &(Flow, &'static str)| {
                Entry::new(flow, step, Fact::Nudged { by: Actor::Engine.to_string() })
            };
            let late: Vec<_> = open.iter().filter(|(flow, _)| leaves(flow)).map(nudged).collect();
            (!late.is_empty()).then_some(late)
        };
        let journal = Journal::new(self.store.clone(), self.plans.clone());
        if journal.write(tenant, now, again).await?.is_none() {
            self.store.wake_gone(tenant, now.plus(SETTLE)).await?;
        }
        Ok(())
    }

    /// The look at a tenant that is gone.
    pub(super) async fn late_look(&self, desk: &Desk<'_>) -> Result<Option<At>, Stop> {
        let state = desk.refresh().await?;
        let (tenant, now) = (desk.tenant(), self.clock.now());
        // Names that follow from the slug may be a newer tenant's by now; then they are not ours, and steps say so.
        let heir = self.store.slug_taken(&tenant.slug).await?;
        let (mut undone, mut open) = (Vec::new(), Vec::new());
        for node in self.plans.tenant.ranks().iter().rev().flatten() {
            let touched = |course: &Course| course.track(node.step.name()).is_some_and(was_touched);
            if !state.tenant().is_some_and(touched) {
                continue;
            }
            desk.holds().await?;
            let bench = desk.bench(Flow::Tenant).await?;
            match undo_late(node, &bench.cx(now), heir).await {
                Late::Nothing => {}
                Late::Undone => undone.push(node.step.title()),
                Late::Leaving(note) => {
                    undone.push(node.step.title());
                    open.push(format!("{}: {note}", node.step.title()));
                }
                Late::Open(why) => open.push(format!("{}: {why}", node.step.title())),
            }
        }
        self.store.forget_gone(tenant.id).await?;
        if !undone.is_empty() {
            let say = format!("It came after the end and was removed again: {}.", undone.join(", "));
            self.tell(desk, true, say).await?;
        }
        let given_up = now.since(tenant.gone_at.unwrap_or(now)) > GIVE_UP;
        if given_up && !open.is_empty() {
            let say = format!("Whether something came after the end could not be seen. {}", open.join(" "));
            self.tell(desk, false, say).await?;
        }
        Ok((!open.is_empty() && !given_up).then(|| now.plus(AGAIN)))
    }

    /// Into the audit: the log of a tenant that is gone is closed.
    async fn tell(&self, desk: &Desk<'_>, well: bool, say: String) -> Result<(), Stop> {
        let tenant = desk.tenant();
        tracing::warn!(tenant = %tenant.id, slug = %tenant.slug, %say, "a late look at a tenant that is gone");
        let entry = AuditEntry {
            at: self.clock.now(),
            who: Actor::Engine.to_string(),
            what: "tenant.late".into(),
            tenant: Some((tenant.id, tenant.slug.clone())),
            allowed: well,
            detail: say,
            before: None,
            after: None,
        };
        Ok(self.store.audit(&entry).await?)
    }
}

fn was_touched(track: &Track) -> bool {
    track.touched
}

/// Undoes, and says whether that made a difference. What cannot be looked at is undone all the same.
async fn undo_late(node: &Node, cx: &Cx<'_>, heir: bool) -> Late {
    let there = |seen: &Result<Seen<_>, Fault>| {
        matches!(seen, Ok(Seen::Ready(_) | Seen::Drifted { .. } | Seen::Working { .. }))
    };
    let work = async {
        let before = node.step.check(cx).await;
        let gone = node.step.undo(cx).await;
        let after = if there(&before) { node.step.check(cx).await } else { Ok(Seen::Absent) };
        match gone {
            Ok(Gone::Seen { .. } | Gone::Unseen { .. }) if there(&before) && !there(&after) => Late::Undone,
            Ok(Gone::Seen { .. } | Gone::Unseen { .. }) => Late::Nothing,
            Ok(Gone::Working { note, .. }) if there(&before) => Late::Leaving(note),
            Ok(Gone::Working { note, .. }) => Late::Open(note),
            Err(Fault::Retry { why, .. }) => Late::Open(why),
            Err(Fault::Fail { .. }) if heir => Late::Nothing,
            Err(Fault::Fail { say, next, .. }) => Late::Open(format!("{say} {next}")),
        }
    };
    match AssertUnwindSafe(tokio::time::timeout(STEP_LIMIT, work)).catch_unwind().await {
        Ok(Ok(late)) => late,
        Ok(Err(_elapsed)) => Late::Open("It took longer than five minutes and was broken off.".into()),
        Err(_panic) => Late::Open("A defect in Slipway stopped this.".into()),
    }
}
