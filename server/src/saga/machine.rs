//! What comes next: a pure function of plan, log and time. No I/O, so that every crash point can be tried by a test.

use super::{
    plan::{OnFail, Plan, Plans},
    state::{Course, Phase, State, Track},
};
use crate::{
    domain::{Actor, At, Fact, Flow, PairingId, pairing::PairingStatus, tenant::Status},
    store::log::{Digest, PairingState},
};
use std::time::Duration;

/// One thing to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Flow.
    pub flow: Flow,
    /// Step.
    pub step: &'static str,
    /// Undo it instead of doing it.
    pub undo: bool,
    /// Number to write into the intent.
    pub attempt: u32,
}

/// A turn of a whole flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Undo the flow, with the reason.
    Reverse(Flow, String),
    /// Everything is undone.
    Close(Flow),
}

impl Turn {
    /// Of which flow.
    pub fn flow(&self) -> Flow {
        match self {
            Self::Reverse(flow, _) | Self::Close(flow) => *flow,
        }
    }

    /// What the log says of it.
    pub fn fact(self) -> Fact {
        match self {
            Self::Reverse(_, why) => Fact::Reversed { by: Actor::Engine.to_string(), why },
            Self::Close(_) => Fact::Closed {},
        }
    }
}

/// What comes next for a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Next {
    /// Steps to act on, all at the same time.
    pub actions: Vec<Action>,
    /// Flows to turn or close first.
    pub turns: Vec<Turn>,
    /// When something is due if nothing is now.
    pub wake_at: Option<At>,
}

/// Decides.
pub fn next(plans: &Plans, state: &State, now: At) -> Next {
    let mut next = Next::default();
    let pairs_open = state.flows.iter().any(|(f, c)| *f != Flow::Tenant && c.closed_at.is_none());
    for (&flow, course) in &state.flows {
        if course.closed_at.is_some() {
            continue;
        }
        let plan = plans.of(flow);
        match (flow, course.reversed.is_some()) {
            // A tenant that leaves takes its pairings along first.
            (Flow::Pair(_), false) if state.leaving() => {
                next.turns.push(Turn::Reverse(flow, "The tenant is being removed.".into()));
            }
            // The same person connected anew: the old one stayed until the new one was proven.
            (Flow::Pair(id), false) if replaced(plans, state, id, course) => {
                next.turns.push(Turn::Reverse(flow, "Replaced by a newer connection.".into()));
            }
            (_, false) => forward(plan, flow, course, now, &mut next),
            (Flow::Tenant, true) if pairs_open => {}
            (_, true) => backward(plan, flow, course, now, &mut next),
        }
    }
    next
}

/// Has a later pairing of the same person come all the way? Logs of earlier versions know the person by address only.
fn replaced(plans: &Plans, state: &State, id: PairingId, course: &Course) -> bool {
    let complete = |c: &Course| plans.pair.nodes.iter().all(|n| c.track(n.step.name()).is_some_and(Track::settled));
    let newer = |(f, c): (&Flow, &Course)| {
        let same = match &c.replaces {
            Some(others) => others.contains(&id),
            None => c.by == course.by && c.opened_at > course.opened_at,
        };
        *f != Flow::Tenant && same && c.reversed.is_none() && complete(c)
    };
    state.flows.iter().any(newer)
}

fn forward(plan: &Plan, flow: Flow, course: &Course, now: At, next: &mut Next) {
    for node in &plan.nodes {
        let track = course.track(node.step.name());
        if let Some(Phase::Failed { say, .. }) = track.map(|t| &t.phase)
            && plan.on_fail == OnFail::Reverse
        {
            return next.turns.push(Turn::Reverse(flow, say.clone()));
        }
        if node.after.iter().all(|a| course.track(a).is_some_and(Track::settled)) {
            due(flow, node.step.name(), track, false, now, next);
        }
    }
}

fn backward(plan: &Plan, flow: Flow, course: &Course, now: At, next: &mut Next) {
    let cleared = |name: &str| course.track(name).is_none_or(Track::cleared);
    if plan.nodes.iter().all(|n| cleared(n.step.name())) {
        return next.turns.push(Turn::Close(flow));
    }
    for node in plan.nodes.iter().rev() {
        let name = node.step.name();
        let mut dependents = plan.nodes.iter().filter(|n| n.after.contains(&name));
        if !cleared(name) && dependents.all(|d| cleared(d.step.name())) {
            due(flow, name, course.track(name), true, now, next);
        }
    }
}

fn due(flow: Flow, step: &'static str, track: Option<&Track>, undo: bool, now: At, next: &mut Next) {
    let attempt = track.map_or(0, |t| t.attempt) + 1;
    let set_back = track.is_some_and(|t| now < t.waits_since);
    match track.map(|t| &t.phase) {
        None | Some(Phase::Idle | Phase::Started) => next.actions.push(Action { flow, step, undo, attempt }),
        Some(Phase::Waiting { again_at, .. } | Phase::Retrying { again_at, .. }) if *again_at <= now || set_back => {
            next.actions.push(Action { flow, step, undo, attempt });
        }
        Some(Phase::Waiting { again_at, .. } | Phase::Retrying { again_at, .. }) => {
            next.wake_at = Some(next.wake_at.map_or(*again_at, |w| w.min(*again_at)));
        }
        Some(Phase::Done | Phase::Skipped { .. } | Phase::Failed { .. } | Phase::Undone { .. }) => {}
    }
}

/// Pause before the next try: doubles from one second to one minute, with jitter from half to full; the outside's own
/// wish counts when it is longer, up to a quarter of an hour.
pub fn pause(tries: u32, wish: Option<Duration>, fraction: f64) -> Duration {
    let base = Duration::from_secs(1 << tries.min(6)).min(Duration::from_secs(60));
    let jittered = base.mul_f64(0.5 + 0.5 * fraction);
    jittered.max(wish.unwrap_or_default().min(Duration::from_secs(900)))
}

/// Reads the tenant's digest off its state: status word, what happens now, pairings, and when to wake.
pub fn digest(plans: &Plans, state: &State, wake_at: Option<At>) -> Digest {
    let nobody = Course::default();
    let course = state.tenant().unwrap_or(&nobody);
    let plan = &plans.tenant;
    let tracks = || plan.nodes.iter().filter_map(|n| Some((n, course.track(n.step.name())?)));
    let failed = tracks().find_map(|(n, t)| match &t.phase {
        Phase::Failed { say, .. } => Some((n.step.name().to_owned(), format!("{}: {say}", n.step.title()))),
        _ => None,
    });
    let drift = tracks().find_map(|(n, t)| Some(format!("{}: {}", n.step.title(), t.drift.as_ref()?)));
    let settled = plan.nodes.iter().all(|n| course.track(n.step.name()).is_some_and(Track::settled));
    let status = match () {
        () if course.closed_at.is_some() => Status::Deleted,
        () if failed.is_some() => Status::NeedsAttention,
        () if course.reversed.is_some() => Status::Deleting,
        () if !settled => Status::Provisioning,
        () if drift.is_some() => Status::Degraded,
        () => Status::Ready,
    };
    let done = tracks().filter(|(_, t)| if course.reversed.is_some() { t.cleared() } else { t.settled() }).count();
    let now = match (&failed, status) {
        (Some((_, say)), _) => say.clone(),
        (None, Status::Degraded) => drift.clone().unwrap_or_default(),
        _ => busy(plan, course),
    };
    Digest {
        status,
        now,
        stuck_step: failed.map(|f| f.0),
        done: u32::try_from(done).unwrap_or(u32::MAX),
        steps: u32::try_from(plan.nodes.len()).unwrap_or(u32::MAX),
        wake_at,
        gone_at: course.closed_at,
        pairings: state.flows.iter().filter_map(|(f, c)| pairing(*f, c, plans, state)).collect(),
    }
}

fn busy(plan: &Plan, course: &Course) -> String {
    let moving = |t: &Track| matches!(t.phase, Phase::Started | Phase::Waiting { .. } | Phase::Retrying { .. });
    let names = plan.nodes.iter().filter(|n| course.track(n.step.name()).is_some_and(moving)).map(|n| n.step.title());
    names.collect::<Vec<_>>().join(", ")
}

fn pairing(flow: Flow, course: &Course, plans: &Plans, state: &State) -> Option<PairingState> {
    let Flow::Pair(id) = flow else { return None };
    let track = |name: &str| course.track(name);
    let settled = plans.pair.nodes.iter().all(|n| track(n.step.name()).is_some_and(Track::settled));
    // Who cannot be asked says nothing about a connection: an outage leaves it as it was.
    let wrong = |t: &Track| t.drift.clone().filter(|_| !t.outage);
    let moved = state.tenant().and_then(|c| c.track("wordpress")).and_then(wrong);
    // In the plan's order: what is wrong first is the reason of what follows.
    let tracks = || plans.pair.nodes.iter().filter_map(|n| course.track(n.step.name()));
    let drift = tracks().find_map(wrong);
    let failed = tracks().find_map(|t| match &t.phase {
        Phase::Failed { say, next, .. } => Some(format!("{say} {next}")),
        Phase::Retrying { why, .. } => Some(why.clone()),
        _ => t.waits_for.clone(),
    });
    let why = course.reversed.as_ref().map(|(_, why, _)| why.clone());
    let (status, note) = match () {
        () if course.closed_at.is_some() => (PairingStatus::Gone, why.unwrap_or_default()),
        () if course.reversed.is_some() => (PairingStatus::Leaving, failed.or(why).unwrap_or_default()),
        () if !settled => (PairingStatus::Working, failed.unwrap_or_default()),
        () if moved.is_some() => (PairingStatus::SafeMode, moved.unwrap_or_default()),
        () if drift.is_some() => (PairingStatus::Broken, drift.unwrap_or_default()),
        () => (PairingStatus::Connected, String::new()),
    };
    let output = |name: &str, key: &str| track(name).and_then(|t| t.output.as_ref()).and_then(|o| o.get(key)).cloned();
    let proof = output("proof", "at").zip(output("proof", "ms"));
    Some(PairingState {
        id,
        status,
        note,
        chat_user: output("person", "id").and_then(|v| v.as_str().map(str::to_owned)),
        proof: proof.and_then(|(at, ms)| Some((At(at.as_i64()?), ms.as_i64()?))),
    })
}
