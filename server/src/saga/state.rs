//! The log, folded: where each flow and each of its steps stands.

use crate::domain::{At, Event, Fact, Flow, PairingId};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// Not begun, or told to begin anew.
    #[default]
    Idle,
    /// Intent is written; the effect may or may not be in the world.
    Started,
    /// The outside works on it.
    Waiting {
        /// Sentence.
        note: String,
        /// When to look.
        again_at: At,
    },
    /// It heals by itself.
    Retrying {
        /// Sentence.
        why: String,
        /// When to try.
        again_at: At,
    },
    /// Done and seen.
    Done,
    /// A person is needed.
    Failed {
        /// Stable code.
        code: String,
        /// Sentence.
        say: String,
        /// Next action.
        next: String,
    },
    /// A person went on without it.
    Skipped {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Undone.
    Undone {
        /// What was seen to be gone.
        seen: String,
        /// What could not be seen; then it may still be there.
        unseen: String,
    },
}

/// One step's track through the log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Track {
    /// Where it stands.
    pub phase: Phase,
    /// When it was said that it waits: a clock that shows less was set back since, and the wait is over.
    pub waits_since: At,
    /// An effect may exist: it was started at least once.
    pub touched: bool,
    /// Starts in the current direction.
    pub attempt: u32,
    /// The same without the looks at what the outside was at work on: what people call an attempt.
    pub trials: u32,
    /// Retries in a row, for the pause.
    pub tries: u32,
    /// When the current direction's first attempt began.
    pub started_at: Option<At>,
    /// When it came to rest.
    pub ended_at: Option<At>,
    /// Output of the last success.
    pub output: Option<Value>,
    /// Outside id of the last success.
    pub outside_id: Option<String>,
    /// What a later look found wrong.
    pub drift: Option<String>,
    /// What is wrong is that it could not be looked at.
    pub outage: bool,
    /// What the outside was last seen to wait for.
    pub waits_for: Option<String>,
}

/// One flow's course.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// Who asked for it.
    pub by: String,
    /// When.
    pub opened_at: At,
    /// Turned around: who and why.
    pub reversed: Option<(String, String, At)>,
    /// Pairings of the same person that this one replaces; `None` in logs of versions that did not say.
    pub replaces: Option<Vec<PairingId>>,
    /// All undone.
    pub closed_at: Option<At>,
    /// Steps by name.
    pub steps: BTreeMap<String, Track>,
}

/// All flows of a tenant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Number of the newest event.
    pub seq: i64,
    /// Courses.
    pub flows: BTreeMap<Flow, Course>,
}

impl State {
    /// Folds a whole log.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut state = Self::default();
        events.into_iter().for_each(|e| state.apply(e));
        state
    }

    /// Takes one more event.
    pub fn apply(&mut self, event: &Event) {
        self.seq = event.seq;
        self.flows.entry(event.flow).or_default().apply(event);
    }

    /// The tenant's own course.
    pub fn tenant(&self) -> Option<&Course> {
        self.flows.get(&Flow::Tenant)
    }

    /// The tenant is being removed or is gone.
    pub fn leaving(&self) -> bool {
        self.tenant().is_some_and(|c| c.reversed.is_some())
    }

    /// Outputs that a step of `flow` may read: the tenant's and its own.
    pub fn outputs(&self, flow: Flow) -> BTreeMap<String, Value> {
        let courses = [self.flows.get(&Flow::Tenant), (flow != Flow::Tenant).then(|| self.flows.get(&flow)).flatten()];
        let tracks = courses.into_iter().flatten().flat_map(|c| &c.steps);
        tracks.filter_map(|(name, t)| Some((name.clone(), t.output.clone()?))).collect()
    }
}

impl Course {
    fn apply(&mut self, event: &Event) {
        match &event.fact {
            Fact::Opened { by } => (self.by, self.opened_at) = (by.clone(), event.at),
            Fact::Reversed { by, why } => self.reverse(by, why, event.at),
            Fact::Replaces { pairings } => self.replaces = Some(pairings.clone()),
            Fact::Closed {} => self.closed_at = Some(event.at),
            fact => {
                // Something of a closed flow may have come late: it is undone once more.
                if matches!(fact, Fact::Nudged { .. }) {
                    self.closed_at = None;
                }
                let track = self.steps.entry(event.step.clone()).or_default();
                track.apply(fact, event.at);
                // It was under way when the flow turned around: what it made is there, and is to be undone.
                if self.reversed.is_some() && matches!(fact, Fact::Done { .. }) {
                    (track.phase, track.ended_at) = (Phase::Idle, None);
                }
            }
        }
    }

    /// From here on every touched step is to be undone; what was never started needs nothing.
    fn reverse(&mut self, by: &str, why: &str, at: At) {
        if self.reversed.is_some() {
            return;
        }
        self.reversed = Some((by.to_owned(), why.to_owned(), at));
        for track in self.steps.values_mut() {
            let kept = (track.output.take(), track.outside_id.take());
            *track = Track { touched: track.touched, output: kept.0, outside_id: kept.1, ..Track::default() };
        }
    }

    /// The step's track, if anything happened in it.
    pub fn track(&self, step: &str) -> Option<&Track> {
        self.steps.get(step)
    }
}

impl Track {
    fn apply(&mut self, fact: &Fact, at: At) {
        match fact {
            Fact::Started { attempt } => {
                self.trials += u32::from(!matches!(self.phase, Phase::Waiting { .. }));
                (self.phase, self.touched, self.attempt, self.ended_at) = (Phase::Started, true, *attempt, None);
                self.started_at.get_or_insert(at);
            }
            Fact::Waiting { note, again_at } => {
                (self.tries, self.waits_for, self.waits_since) = (0, Some(note.clone()), at);
                self.phase = Phase::Waiting { note: note.clone(), again_at: *again_at };
            }
            Fact::Retrying { why, again_at } => {
                (self.tries, self.waits_since) = (self.tries + 1, at);
                self.phase = Phase::Retrying { why: why.clone(), again_at: *again_at };
            }
            Fact::Done { output, outside_id } => {
                (self.output, self.outside_id, self.drift) = (Some(output.clone()), outside_id.clone(), None);
                self.rest(Phase::Done, at);
            }
            Fact::Failed { code, say, next } => {
                self.rest(Phase::Failed { code: code.clone(), say: say.clone(), next: next.clone() }, at);
            }
            Fact::Skipped { by, reason } => {
                self.rest(Phase::Skipped { by: by.clone(), reason: reason.clone() }, at);
            }
            // Nudged since it began: it did not see what came then.
            Fact::Undone { .. } if self.phase == Phase::Idle => {}
            Fact::Undone { seen, unseen } => {
                self.rest(Phase::Undone { seen: seen.clone(), unseen: unseen.clone() }, at);
            }
            Fact::Nudged { .. } => (self.phase, self.tries) = (Phase::Idle, 0),
            Fact::Drifted { what, outage } => (self.drift, self.outage) = (Some(what.clone()), *outage),
            Fact::Healed {} => self.drift = None,
            Fact::Opened { .. } | Fact::Replaces { .. } | Fact::Reversed { .. } | Fact::Closed {} => {}
        }
    }

    fn rest(&mut self, phase: Phase, at: At) {
        (self.phase, self.tries, self.ended_at, self.waits_for) = (phase, 0, Some(at), None);
    }

    /// Forward: nothing more to do here.
    pub fn settled(&self) -> bool {
        matches!(self.phase, Phase::Done | Phase::Skipped { .. })
    }

    /// Backward: nothing of it is left to undo.
    pub fn cleared(&self) -> bool {
        !self.touched || matches!(self.phase, Phase::Undone { .. })
    }
}
