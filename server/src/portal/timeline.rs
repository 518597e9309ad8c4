//! The log, made readable.

use crate::{
    domain::{At, Event, Fact, Flow},
    saga::{
        plan::{Node, Plans},
        state::{Course, Phase, State, Track},
    },
};
use app::model::timeline::{LogLine, StepStatus, StepView, Timeline};

/// Lines of a step's log that a page shows.
const LINES: usize = 50;

/// The tenant's timeline.
pub fn timeline(plans: &Plans, events: &[Event], state: &State, now: At) -> Timeline {
    let nobody = Course::default();
    let course = state.tenant().unwrap_or(&nobody);
    let ranks =
        plans.tenant.ranks().into_iter().map(|rank| rank.into_iter().map(|n| view(plans, n, course, events)).collect());
    let removing = course.reversed.is_some();
    let ended = plans.tenant.nodes.iter().map(|n| course.track(n.step.name())).collect::<Vec<_>>();
    let at_rest = |t: &Option<&Track>| match t {
        Some(t) if removing => t.cleared(),
        Some(t) => t.settled(),
        None => removing,
    };
    let done = ended.iter().all(at_rest);
    let stuck = ended.iter().flatten().any(|t| matches!(t.phase, Phase::Failed { .. }));
    let last = ended.iter().flatten().filter_map(|t| t.ended_at).max();
    Timeline {
        seq: state.seq,
        removing,
        settled: stuck || if removing { course.closed_at.is_some() } else { done },
        began_at: course.reversed.as_ref().map_or(course.opened_at, |r| r.2).0.min(now.0),
        ended_at: if removing { course.closed_at } else { last.filter(|_| done) }.map(|a| a.0),
        ranks: ranks.collect(),
    }
}

fn view(plans: &Plans, node: &Node, course: &Course, events: &[Event]) -> StepView {
    let idle = Track::default();
    let name = node.step.name();
    let track = course.track(name).unwrap_or(&idle);
    let removing = course.reversed.is_some();
    let open = |a: &&&str| !course.track(a).is_some_and(Track::settled);
    let title = |a: &&str| plans.tenant.node(a).map_or(a.to_string(), |n| n.step.title().to_owned());
    let waits = if removing { Vec::new() } else { node.after.iter().filter(open).map(title).collect() };
    let mine = events.iter().filter(|e| e.flow == Flow::Tenant && e.step == name);
    let log: Vec<LogLine> = mine.map(line).collect();
    let (note, next_at, code, next_action) = words(track, &waits);
    StepView {
        name: name.into(),
        title: node.step.title().into(),
        status: status(track, removing),
        waits_for: waits,
        attempt: track.attempt,
        started_at: track.started_at.map(|a| a.0),
        ended_at: track.ended_at.map(|a| a.0),
        next_at,
        outside_id: track.outside_id.clone(),
        note,
        code,
        next_action,
        log: log.into_iter().rev().take(LINES).rev().collect(),
        usual: None,
    }
}

fn status(track: &Track, removing: bool) -> StepStatus {
    match &track.phase {
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
        Phase::Undone { seen } => text(seen.clone()),
        Phase::Done => text(track.drift.clone().unwrap_or_default()),
        Phase::Idle if !waits.is_empty() => text(format!("Waits for {}.", waits.join(" and "))),
        Phase::Idle | Phase::Started => text(String::new()),
    }
}

fn line(event: &Event) -> LogLine {
    let (text, tone) = sentence(&event.fact);
    LogLine { seq: event.seq, at: event.at.0, text, tone: tone.into() }
}

/// Sentence and colour key of a fact.
pub fn sentence(fact: &Fact) -> (String, &'static str) {
    match fact {
        Fact::Opened { by } => (format!("Asked for by {by}."), ""),
        Fact::Started { attempt } => (format!("Attempt {attempt} begins."), ""),
        Fact::Waiting { note, .. } => (note.clone(), ""),
        Fact::Retrying { why, .. } => (why.clone(), "retrying"),
        Fact::Done { outside_id: Some(id), .. } => (format!("Done: {id}."), "done"),
        Fact::Done { outside_id: None, .. } => ("Done.".into(), "done"),
        Fact::Failed { code, say, .. } => (format!("{say} ({code})"), "attention"),
        Fact::Skipped { by, reason } => (format!("Skipped by {by}: {reason}"), ""),
        Fact::Nudged { by } => (format!("{by} pressed Retry now."), ""),
        Fact::Reversed { by, why } => (format!("Turned around by {by}: {why}"), ""),
        Fact::Undone { seen } => (seen.clone(), "done"),
        Fact::Drifted { what } => (what.clone(), "retrying"),
        Fact::Healed {} => ("Right again.".into(), "done"),
        Fact::Closed {} => ("Every absence was seen. Closed.".into(), "done"),
    }
}
