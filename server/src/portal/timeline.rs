//! The log, made readable.

use crate::{
    domain::{Actor, At, Event, Fact, Flow},
    saga::{
        plan::{Node, Plans},
        state::{Course, Phase, State, Track},
    },
};
use app::model::timeline::{LogLine, StepStatus, StepView, Timeline};
use std::collections::BTreeMap;

/// Lines of a step's log that a page shows.
const LINES: usize = 50;

/// How long each step usually takes, in microseconds: shortest and longest of nine runs in ten.
pub type Usual = BTreeMap<String, (i64, i64)>;

/// The tenant's timeline.
pub fn timeline(plans: &Plans, events: &[Event], state: &State, usual: &Usual, now: At) -> Timeline {
    let nobody = Course::default();
    let course = state.tenant().unwrap_or(&nobody);
    let removing = course.reversed.is_some();
    let see = |node: &Node| {
        let usual = usual.get(node.step.name()).copied().filter(|_| !removing);
        StepView { usual, ..view(plans, node, course, events) }
    };
    let ranks = plans.tenant.ranks().into_iter().map(|rank| rank.into_iter().map(see).collect());
    let ended = plans.tenant.nodes.iter().map(|n| course.track(n.step.name())).collect::<Vec<_>>();
    let at_rest = |t: &Option<&Track>| match t {
        Some(t) if removing => t.cleared(),
        Some(t) => t.settled(),
        None => removing,
    };
    let done = ended.iter().all(at_rest);
    let stuck = ended.iter().flatten().any(|t| matches!(t.phase, Phase::Failed { .. }));
    Timeline {
        seq: state.seq,
        removing,
        settled: stuck || if removing { course.closed_at.is_some() } else { done && !pairing_moves(plans, state) },
        began_at: course.reversed.as_ref().map_or(course.opened_at, |r| r.2).0.min(now.0),
        ended_at: if removing { course.closed_at } else { up(plans, events).filter(|_| done) }.map(|a| a.0),
        ranks: ranks.collect(),
    }
}

/// Is somebody being connected or disconnected right now? Then the page is worth following, too.
fn pairing_moves(plans: &Plans, state: &State) -> bool {
    let stuck = |c: &Course| c.steps.values().any(|t| matches!(t.phase, Phase::Failed { .. }));
    let rests = |c: &Course| plans.pair.nodes.iter().all(|n| c.track(n.step.name()).is_some_and(Track::settled));
    let moves = |c: &Course| c.closed_at.is_none() && !stuck(c) && (c.reversed.is_some() || !rests(c));
    state.flows.iter().any(|(flow, course)| matches!(flow, Flow::Pair(_)) && moves(course))
}

/// When the tenant became ready for the first time: the last of its steps came to rest. What a later look puts right moves
/// nothing.
fn up(plans: &Plans, events: &[Event]) -> Option<At> {
    let rests = |e: &&Event| matches!(e.fact, Fact::Done { .. } | Fact::Skipped { .. });
    let first = |n: &Node| own(events, n.step.name()).find(rests).map(|e| e.at);
    plans.tenant.nodes.iter().map(first).collect::<Option<Vec<At>>>()?.into_iter().max()
}

fn own<'a>(events: &'a [Event], step: &str) -> impl Iterator<Item = &'a Event> {
    events.iter().filter(move |e| e.flow == Flow::Tenant && e.step == step)
}

/// When the step's present run began and when it came to rest. Trying again belongs to the same run; what is made anew after
/// it was done is another one; what a look puts right is none.
fn run<'a>(events: impl Iterator<Item = &'a Event>) -> (Option<At>, Option<At>) {
    let (mut from, mut until, mut done) = (None, None, false);
    for event in events {
        match event.fact {
            Fact::Started { .. } if done => (from, until, done) = (Some(event.at), None, false),
            Fact::Started { .. } => (from, until) = (from.or(Some(event.at)), None),
            Fact::Done { .. } => (until, done) = (until.or(Some(event.at)), true),
            Fact::Failed { .. } | Fact::Skipped { .. } | Fact::Undone { .. } => until = until.or(Some(event.at)),
            _ => {}
        }
    }
    (from, until)
}

fn view(plans: &Plans, node: &Node, course: &Course, events: &[Event]) -> StepView {
    let idle = Track::default();
    let name = node.step.name();
    let track = course.track(name).unwrap_or(&idle);
    let removing = course.reversed.is_some();
    let open = |a: &&&str| !course.track(a).is_some_and(Track::settled);
    let title = |a: &&str| plans.tenant.node(a).map_or(a.to_string(), |n| n.step.title().to_owned());
    let waits = if removing { Vec::new() } else { node.after.iter().filter(open).map(title).collect() };
    let turned = events.iter().rposition(|e| e.flow == Flow::Tenant && matches!(e.fact, Fact::Reversed { .. }));
    let (started, ended) = run(own(&events[turned.unwrap_or(0)..], name));
    let log = told(own(events, name));
    let (note, next_at, code, next_action) = words(track, &waits);
    StepView {
        name: name.into(),
        title: node.step.title().into(),
        status: status(track, removing),
        waits_for: waits,
        attempt: track.trials,
        started_at: started.map(|a| a.0),
        ended_at: ended.map(|a| a.0),
        next_at,
        outside_id: track.outside_id.clone(),
        note,
        code,
        next_action,
        log: log.into_iter().rev().take(LINES).rev().collect(),
        usual: None,
    }
}

/// How a step stands.
pub(super) fn status(track: &Track, removing: bool) -> StepStatus {
    match &track.phase {
        Phase::Undone { unseen, .. } if !unseen.is_empty() => StepStatus::Unseen,
        Phase::Undone { .. } => StepStatus::Gone,
        Phase::Failed { .. } => StepStatus::NeedsAttention,
        Phase::Retrying { .. } => StepStatus::Retrying,
        Phase::Started | Phase::Waiting { .. } if removing => StepStatus::Undoing,
        Phase::Started | Phase::Waiting { .. } => StepStatus::Running,
        Phase::Skipped { .. } => StepStatus::Skipped,
        Phase::Done if track.drift.is_some() => StepStatus::Retrying,
        Phase::Done => StepStatus::Done,
        Phase::Idle if removing && !track.touched => StepStatus::Gone,
        Phase::Idle => StepStatus::Waiting,
    }
}

type Words = (String, Option<i64>, Option<String>, Option<String>);

fn words(track: &Track, waits: &[String]) -> Words {
    let text = |s: String| (s, None, None, None);
    match &track.phase {
        Phase::Waiting { note, again_at } => (note.clone(), Some(again_at.0), None, None),
        Phase::Retrying { why, again_at } => (why.clone(), Some(again_at.0), None, None),
        Phase::Failed { code, say, next } => (say.clone(), None, Some(code.clone()), Some(next.clone())),
        Phase::Skipped { by, reason } => text(format!("Skipped by {by}: {reason}")),
        Phase::Undone { seen, unseen } => text(undone(seen, unseen)),
        Phase::Done => text(track.drift.clone().unwrap_or_default()),
        Phase::Idle if !waits.is_empty() => text(format!("Waits for {}.", waits.join(" and "))),
        Phase::Idle | Phase::Started => text(String::new()),
    }
}

/// The step's log. A look that found the outside still at the same work says nothing new.
fn told<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<LogLine> {
    let mut waits: Option<&str> = None;
    let news = |event: &&'a Event| {
        let before = waits.take();
        waits = match &event.fact {
            Fact::Waiting { note, .. } => Some(note),
            Fact::Started { .. } => before,
            _ => None,
        };
        before.is_none() || waits != before
    };
    events.filter(news).map(line).collect()
}

fn line(event: &Event) -> LogLine {
    let (text, tone) = sentence(&event.fact);
    LogLine { seq: event.seq, at: event.at.0, text, tone: tone.into() }
}

/// What the certificate says of a step that is undone.
fn undone(seen: &str, unseen: &str) -> String {
    if unseen.is_empty() { seen.to_owned() } else { format!("Could not be seen: {unseen}") }
}

/// Sentence and colour key of a fact.
pub fn sentence(fact: &Fact) -> (String, &'static str) {
    match fact {
        Fact::Opened { by } => (format!("Asked for by {by}."), ""),
        Fact::Replaces { pairings } if pairings.is_empty() => ("It replaces no earlier connection.".into(), ""),
        Fact::Replaces { .. } => ("It replaces an earlier connection of the same person.".into(), ""),
        Fact::Started { attempt: 1 } => ("Begins.".into(), ""),
        Fact::Started { .. } => ("Looks again.".into(), ""),
        Fact::Waiting { note, .. } => (note.clone(), ""),
        Fact::Retrying { why, .. } => (why.clone(), "retrying"),
        Fact::Done { outside_id: Some(id), .. } => (format!("Done: {id}."), "done"),
        Fact::Done { outside_id: None, .. } => ("Done.".into(), "done"),
        Fact::Failed { code, say, .. } => (format!("{say} ({code})"), "attention"),
        Fact::Skipped { by, reason } => (format!("Skipped by {by}: {reason}"), ""),
        Fact::Nudged { by } if *by == Actor::Engine.to_string() => {
            ("A portal that had stood still may have made something late: looked for again.".into(), "")
        }
        Fact::Nudged { by } => (format!("{by} pressed Retry now."), ""),
        Fact::Reversed { by, why } => (format!("Turned around by {by}: {why}"), ""),
        Fact::Undone { seen, unseen } => (undone(seen, unseen), if unseen.is_empty() { "done" } else { "attention" }),
        Fact::Drifted { what, .. } => (what.clone(), "retrying"),
        Fact::Healed {} => ("Right again.".into(), "done"),
        Fact::Closed {} => ("All of it is undone. Closed.".into(), "done"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_is_one_attempt_and_one_line() {
        let waits = |note: &str| Fact::Waiting { note: note.into(), again_at: At(9) };
        let trouble = || Fact::Retrying { why: "It is away.".into(), again_at: At(9) };
        let begins = |attempt| Fact::Started { attempt };
        let facts = [
            begins(1),
            waits("Ordered."),
            begins(2),
            waits("Ordered."),
            begins(3),
            waits("Nearly there."),
            begins(4),
            trouble(),
            begins(5),
            waits("Nearly there."),
        ];
        let event = |(seq, fact)| Event { seq, flow: Flow::Tenant, step: "database".into(), fact, at: At(seq) };
        let events: Vec<Event> = (1..).zip(facts).map(event).collect();
        let lines: Vec<String> = told(events.iter()).into_iter().map(|line| line.text).collect();
        assert_eq!(lines, ["Begins.", "Ordered.", "Nearly there.", "It is away.", "Looks again.", "Nearly there."]);
        let state = State::fold(&events);
        assert_eq!(state.tenant().and_then(|c| c.track("database")).map(|t| (t.attempt, t.trials)), Some((5, 2)));
    }

    fn ran(facts: Vec<(i64, Fact)>) -> (Option<i64>, Option<i64>) {
        let event = |(seq, (at, fact))| Event { seq, flow: Flow::Tenant, step: "chat".into(), fact, at: At(at) };
        let events: Vec<Event> = (1..).zip(facts).map(event).collect();
        let (from, until) = run(events.iter());
        (from.map(|at| at.0), until.map(|at| at.0))
    }

    #[test]
    fn a_run_ends_when_the_step_first_rests() {
        let started = || Fact::Started { attempt: 1 };
        let done = || Fact::Done { output: serde_json::Value::Null, outside_id: None };
        let failed = || Fact::Failed { code: String::new(), say: String::new(), next: String::new() };
        let drifted = || Fact::Drifted { what: String::new(), outage: false };
        assert_eq!(ran(vec![]), (None, None));
        assert_eq!(ran(vec![(1, started())]), (Some(1), None));
        assert_eq!(ran(vec![(1, started()), (4, started()), (9, done())]), (Some(1), Some(9)), "tried again");
        assert_eq!(ran(vec![(1, started()), (4, failed()), (8, started())]), (Some(1), None), "a person helped");
        let healed = vec![(1, started()), (4, done()), (80, drifted()), (81, done())];
        assert_eq!(ran(healed), (Some(1), Some(4)), "put right by a look");
        let anew = vec![(1, started()), (4, done()), (80, drifted()), (90, started()), (93, done())];
        assert_eq!(ran(anew), (Some(90), Some(93)), "made anew");
    }
}
