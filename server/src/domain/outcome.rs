//! What a look at, or an act on, the outside world can come to. Whoever meets a failure decides here, where it is born,
//! whether it heals by itself or needs a person.

use std::time::Duration;

/// What was seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen<T> {
    /// Nothing is there.
    Absent,
    /// The outside works on it; look again after a while.
    Working {
        /// One plain sentence for the timeline.
        note: String,
        /// How long to wait.
        again: Duration,
    },
    /// It is there and right.
    Ready(T),
    /// It is there, but not as it should be.
    Drifted {
        /// What differs, one plain sentence.
        what: String,
    },
}

/// What removing came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Gone {
    /// Absence was seen.
    Seen {
        /// What was looked for, one plain sentence ("Database slipway_acme is gone.").
        what: String,
    },
    /// What could be removed is gone, and the portal's account could not have seen all of it: something may be left.
    Unseen {
        /// What could not be seen and why, plain sentences.
        what: String,
    },
    /// The outside is still at it.
    Working {
        /// One plain sentence.
        note: String,
        /// How long to wait.
        again: Duration,
    },
}

/// Why it did not work.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Heals by itself: try again, without end, with growing pauses.
    #[error("{why}")]
    Retry {
        /// One plain sentence for the timeline; never a secret.
        why: String,
        /// The outside named a pause (`Retry-After`).
        after: Option<Duration>,
    },
    /// A person is needed.
    #[error("{say} ({code})")]
    Fail {
        /// Stable code, snake_case; never renamed.
        code: &'static str,
        /// What people read: what failed and why.
        say: String,
        /// The one next action.
        next: &'static str,
    },
}

impl Fault {
    /// A fault that heals by itself.
    pub fn retry(why: impl Into<String>) -> Self {
        Self::Retry { why: why.into(), after: None }
    }

    /// A fault that needs a person.
    pub fn fail(code: &'static str, say: impl Into<String>, next: &'static str) -> Self {
        Self::Fail { code, say: say.into(), next }
    }
}

/// How an outside system is, for the systems page and `slipway doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// It can be worked with.
    pub ok: bool,
    /// What was seen ("MariaDB 10.11.19"), or the reason.
    pub say: String,
    /// The one next action when it is not.
    pub next: String,
}

impl Health {
    /// All is well.
    pub fn good(say: impl Into<String>) -> Self {
        Self { ok: true, say: say.into(), next: String::new() }
    }

    /// It cannot be worked with.
    pub fn bad(say: impl Into<String>, next: impl Into<String>) -> Self {
        Self { ok: false, say: say.into(), next: next.into() }
    }

    /// A look came to a fault; `otherwise` is the next action when the fault names none.
    pub fn fault(fault: &Fault, otherwise: &str) -> Self {
        match fault {
            Fault::Fail { say, next, .. } => Self::bad(say, *next),
            Fault::Retry { why, .. } => Self::bad(why, otherwise),
        }
    }
}

/// One question to an outside system, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, in one to three words.
    pub what: &'static str,
    /// What was seen.
    pub health: Health,
    /// Nothing could be looked at: only use, or another right, will tell. It is no reason to worry.
    pub open: bool,
}

impl Check {
    /// A question with its answer.
    pub fn new(what: &'static str, health: Health) -> Self {
        Self { what, health, open: false }
    }

    /// A question that nobody could answer, and why, or what answers it.
    pub fn open(what: &'static str, say: impl Into<String>) -> Self {
        Self { what, health: Health::good(say), open: true }
    }
}
