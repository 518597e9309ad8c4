//! The timeline: the steps of a flow with what happened in each. It is the recovery log itself, made readable.

use serde::{Deserialize, Serialize};

/// State of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Waits for other steps.
    Waiting,
    /// Works now, or waits for the outside system to finish.
    Running,
    /// Failed in a way that heals; tries again by itself.
    Retrying,
    /// Done, and seen.
    Done,
    /// A person is needed.
    NeedsAttention,
    /// A person decided to go on without it.
    Skipped,
    /// Is being undone.
    Undoing,
    /// Undone; its absence was seen.
    Gone,
    /// Undone; whether all of it is gone could not be seen.
    Unseen,
}

impl StepStatus {
    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Running => "Running",
            Self::Retrying => "Retrying",
            Self::Done => "Done",
            Self::NeedsAttention => "Needs attention",
            Self::Skipped => "Skipped",
            Self::Undoing => "Undoing",
            Self::Gone => "Gone",
            Self::Unseen => "Could not be seen",
        }
    }

    /// The value of `data-s` in the stylesheet.
    pub fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running | Self::Undoing => "running",
            Self::Retrying => "retrying",
            Self::Done => "done",
            Self::NeedsAttention | Self::Unseen => "attention",
            Self::Skipped => "skipped",
            Self::Gone => "gone",
        }
    }
}

/// All steps of a tenant's set-up (or removal), in rail order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Number of the newest event in here; the event stream continues after it.
    pub seq: i64,
    /// `true` while the tenant is being removed.
    pub removing: bool,
    /// Nothing more happens without a person or an outside change.
    pub settled: bool,
    /// When the flow began, microseconds since 1970.
    pub began_at: i64,
    /// When the tenant became ready or was gone.
    pub ended_at: Option<i64>,
    /// Ranks of the rail: steps in one rank run at the same time.
    pub ranks: Vec<Vec<StepView>>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// Persisted name, also the anchor on the page.
    pub name: String,
    /// What people read.
    pub title: String,
    /// State.
    pub status: StepStatus,
    /// Names of steps this one waits for (titles).
    pub waits_for: Vec<String>,
    /// 1-based, 0 before the first. A look at what the outside is at work on is no attempt.
    pub attempt: u32,
    /// When the current run began, microseconds since 1970.
    pub started_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// When it looks again or tries again.
    pub next_at: Option<i64>,
    /// Id in the outside system.
    pub outside_id: Option<String>,
    /// One sentence on what happens or why it waits.
    pub note: String,
    /// Stable code when it failed.
    pub code: Option<String>,
    /// The one next action when a person is needed.
    pub next_action: Option<String>,
    /// What happened, oldest first (at most the last 50).
    pub log: Vec<LogLine>,
    /// How long it usually takes here (shortest and longest of nine runs in ten), microseconds; `None` until known.
    #[serde(default)]
    pub usual: Option<(i64, i64)>,
}

/// One line of a step's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Number of the event.
    pub seq: i64,
    /// Microseconds since 1970.
    pub at: i64,
    /// Sentence.
    pub text: String,
    /// Key for colour: "", "retrying", "attention", "done".
    pub tone: String,
}
