//! The pure machine: every order of events and every crash point.

use super::toy::{Toy, plans};
use proptest::prelude::*;
use slipway::{
    domain::{At, Event, Fact, Flow, PairingId},
    saga::{
        machine::{self, Turn},
        state::{Phase, State},
    },
};
use std::time::Duration;
use uuid::Uuid;

fn log(facts: &[(Flow, &str, Fact)]) -> Vec<Event> {
    let event = |(i, (flow, step, fact)): (usize, &(Flow, &str, Fact))| Event {
        seq: i as i64 + 1,
        flow: *flow,
        step: (*step).into(),
        fact: fact.clone(),
        at: At(i as i64),
    };
    facts.iter().enumerate().map(event).collect()
}

fn opened() -> Fact {
    Fact::Opened { by: "olivia@example.org".into() }
}

fn done() -> Fact {
    Fact::Done { output: serde_json::json!({}), outside_id: None }
}

fn steps(next: &machine::Next) -> Vec<(&'static str, bool)> {
    next.actions.iter().map(|a| (a.step, a.undo)).collect()
}

#[test]
fn runs_side_by_side_then_what_waited() {
    let plans = plans(&Toy::default());
    let t = Flow::Tenant;
    let state = State::fold(&log(&[(t, "", opened())]));
    assert_eq!(steps(&machine::next(&plans, &state, At(0))), [("a", false), ("b", false)]);
    let state = State::fold(&log(&[(t, "", opened()), (t, "a", done())]));
    assert_eq!(steps(&machine::next(&plans, &state, At(0))), [("b", false)]);
    let state = State::fold(&log(&[(t, "", opened()), (t, "a", done()), (t, "b", done())]));
    assert_eq!(steps(&machine::next(&plans, &state, At(0))), [("c", false)]);
}

#[test]
fn an_intent_without_a_result_is_done_again() {
    let plans = plans(&Toy::default());
    let t = Flow::Tenant;
    let state = State::fold(&log(&[(t, "", opened()), (t, "a", Fact::Started { attempt: 3 }), (t, "b", done())]));
    let next = machine::next(&plans, &state, At(0));
    assert_eq!(next.actions.iter().map(|a| (a.step, a.attempt)).collect::<Vec<_>>(), [("a", 4)]);
}

#[test]
fn waits_until_the_time_that_was_written_down() {
    let plans = plans(&Toy::default());
    let t = Flow::Tenant;
    let again = Fact::Retrying { why: "busy".into(), again_at: At(50) };
    let state = State::fold(&log(&[(t, "", opened()), (t, "a", again), (t, "b", done())]));
    let next = machine::next(&plans, &state, At(49));
    assert_eq!((steps(&next), next.wake_at), (vec![], Some(At(50))));
    assert_eq!(steps(&machine::next(&plans, &state, At(50))), [("a", false)]);
}

#[test]
fn a_clock_that_was_set_back_ends_the_wait() {
    let plans = plans(&Toy::default());
    let t = Flow::Tenant;
    for wait in [
        Fact::Retrying { why: "busy".into(), again_at: At(50) },
        Fact::Waiting { note: "busy".into(), again_at: At(50) },
    ] {
        // Said at 1.
        let state = State::fold(&log(&[(t, "", opened()), (t, "a", wait), (t, "b", done())]));
        assert!(steps(&machine::next(&plans, &state, At(1))).is_empty());
        assert_eq!(steps(&machine::next(&plans, &state, At(0))), [("a", false)]);
    }
}

#[test]
fn what_may_have_come_late_is_undone_once_more() {
    let plans = plans(&Toy::default());
    let p = Flow::Pair(PairingId(Uuid::from_u128(1)));
    let undone = || Fact::Undone { seen: "gone".into(), unseen: String::new() };
    let (nudged, turned) =
        (|| Fact::Nudged { by: "Slipway".into() }, Fact::Reversed { by: "x".into(), why: "y".into() });
    let began = || Fact::Started { attempt: 1 };
    let mut facts = vec![(p, "", opened()), (p, "p", began()), (p, "", turned), (p, "p", began())];
    // While the undoing is under way, which did not see it.
    facts.extend([(p, "p", nudged()), (p, "p", undone())]);
    assert_eq!(steps(&machine::next(&plans, &State::fold(&log(&facts)), At(99))), [("p", true)]);
    facts.extend([(p, "p", began()), (p, "p", undone()), (p, "", Fact::Closed {})]);
    assert_eq!(machine::next(&plans, &State::fold(&log(&facts)), At(99)), machine::Next::default());
    // After the end.
    facts.push((p, "p", nudged()));
    assert_eq!(steps(&machine::next(&plans, &State::fold(&log(&facts)), At(99))), [("p", true)]);
    facts.extend([(p, "p", began()), (p, "p", undone())]);
    let next = machine::next(&plans, &State::fold(&log(&facts)), At(99));
    assert!(matches!(next.turns[..], [Turn::Close(flow)] if flow == p), "{next:?}");
}

#[test]
fn a_tenant_that_leaves_takes_its_pairings_along_first() {
    let plans = plans(&Toy::default());
    let (t, p) = (Flow::Tenant, Flow::Pair(PairingId(Uuid::from_u128(1))));
    let turned = || Fact::Reversed { by: "olivia@example.org".into(), why: "removed".into() };
    let mut facts = vec![(t, "", opened())];
    for step in ["a", "b", "c"] {
        facts.extend([(t, step, Fact::Started { attempt: 1 }), (t, step, done())]);
    }
    facts.extend([(p, "", opened()), (p, "p", Fact::Started { attempt: 1 }), (p, "p", done()), (t, "", turned())]);
    let next = machine::next(&plans, &State::fold(&log(&facts)), At(0));
    assert!(matches!(next.turns[..], [Turn::Reverse(flow, _)] if flow == p) && next.actions.is_empty());
    facts.push((p, "", turned()));
    assert_eq!(steps(&machine::next(&plans, &State::fold(&log(&facts)), At(0))), [("p", true)]);
    let undone = || Fact::Undone { seen: String::new(), unseen: String::new() };
    facts.extend([(p, "p", Fact::Started { attempt: 1 }), (p, "p", undone()), (p, "", Fact::Closed {})]);
    assert_eq!(steps(&machine::next(&plans, &State::fold(&log(&facts)), At(0))), [("c", true)]);
}

#[test]
fn a_newer_pairing_of_the_same_person_replaces_the_older_only_when_it_is_proven() {
    let plans = plans(&Toy::default());
    let (old, new) = (Flow::Pair(PairingId(Uuid::from_u128(1))), Flow::Pair(PairingId(Uuid::from_u128(2))));
    let mut facts =
        vec![(old, "", opened()), (old, "p", Fact::Started { attempt: 1 }), (old, "p", done()), (new, "", opened())];
    assert!(machine::next(&plans, &State::fold(&log(&facts)), At(0)).turns.is_empty());
    facts.extend([(new, "p", Fact::Started { attempt: 1 }), (new, "p", done())]);
    let next = machine::next(&plans, &State::fold(&log(&facts)), At(0));
    assert!(matches!(next.turns[..], [Turn::Reverse(flow, _)] if flow == old));
}

#[test]
fn an_address_that_somebody_else_has_now_ends_nobodys_connection() {
    let plans = plans(&Toy::default());
    let (old, new) = (PairingId(Uuid::from_u128(1)), PairingId(Uuid::from_u128(2)));
    for (replaced, turns) in [(vec![], 0), (vec![old], 1)] {
        let replaces = Fact::Replaces { pairings: replaced };
        let facts = [
            (Flow::Pair(old), "", opened()),
            (Flow::Pair(old), "p", done()),
            (Flow::Pair(new), "", opened()),
            (Flow::Pair(new), "", replaces),
            (Flow::Pair(new), "p", done()),
        ];
        assert_eq!(machine::next(&plans, &State::fold(&log(&facts)), At(0)).turns.len(), turns, "{facts:?}");
    }
}

/// The engine was at a step when a person turned the flow around: what it wrote afterwards is no reason to rest.
#[test]
fn a_step_that_ended_after_the_turn_is_undone() {
    let plans = plans(&Toy::default());
    let p = Flow::Pair(PairingId(Uuid::from_u128(1)));
    let turned = Fact::Reversed { by: "ada@example.org".into(), why: "removed".into() };
    for late in [done(), Fact::Drifted { what: "gone".into(), outage: false }] {
        let mut facts = vec![(p, "", opened()), (p, "p", Fact::Started { attempt: 1 }), (p, "", turned.clone())];
        facts.extend([(p, "p", late), (p, "p", done())]);
        assert_eq!(steps(&machine::next(&plans, &State::fold(&log(&facts)), At(0))), [("p", true)]);
    }
}

proptest! {
    #[test]
    fn pauses_grow_stay_capped_and_honour_the_wish(tries in 0u32..200, wish in proptest::option::of(0u64..5000), fraction in 0.0f64..1.0) {
        let pause = machine::pause(tries, wish.map(Duration::from_secs), fraction);
        prop_assert!(pause >= Duration::from_millis(500));
        prop_assert!(pause <= Duration::from_secs(900));
        prop_assert!(pause >= Duration::from_secs(wish.unwrap_or(0).min(900)));
    }

    /// Whatever happened, in any order: folding never panics, and a state with work left always has an action, a turn
    /// or a time, unless a person is needed.
    #[test]
    fn never_stands_still_without_a_reason(kinds in proptest::collection::vec((0usize..9, 0usize..3), 0..40)) {
        let plans = plans(&Toy::default());
        let mut facts = vec![(Flow::Tenant, "", opened())];
        for (kind, step) in kinds {
            let step = ["a", "b", "c"][step];
            facts.push(match kind {
                0 => (Flow::Tenant, step, Fact::Started { attempt: 1 }),
                1 => (Flow::Tenant, step, Fact::Waiting { note: String::new(), again_at: At(1000) }),
                2 => (Flow::Tenant, step, Fact::Retrying { why: String::new(), again_at: At(1000) }),
                3 => (Flow::Tenant, step, done()),
                4 => (Flow::Tenant, step, Fact::Nudged { by: String::new() }),
                5 => (Flow::Tenant, "", Fact::Reversed { by: String::new(), why: String::new() }),
                6 => (Flow::Tenant, step, Fact::Drifted { what: "x".into(), outage: false }),
                7 => (Flow::Tenant, step, Fact::Healed {}),
                _ => (Flow::Tenant, step, Fact::Skipped { by: String::new(), reason: String::new() }),
            });
        }
        let state = State::fold(&log(&facts));
        let next = machine::next(&plans, &state, At(500));
        let course = state.tenant().expect("it was opened");
        let digest = machine::digest(&plans, &state, None);
        let at_rest = if state.leaving() {
            // While leaving, a step can only rest by being undone; nobody skips one then.
            course.steps.values().any(|t| matches!(t.phase, Phase::Skipped { .. }))
        } else {
            course.steps.len() == 3 && course.steps.values().all(|t| t.settled())
        };
        prop_assert!(at_rest || !next.actions.is_empty() || !next.turns.is_empty() || next.wake_at.is_some(), "{digest:?} {state:?}");
    }
}
