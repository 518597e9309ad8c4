//! What happened: the facts that make up a tenant's log. The log is the recovery log, the timeline people watch, and the
//! fence between engines (its key is tenant + number). Names here are persisted and never renamed.

use super::{At, PairingId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which course of steps an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// The tenant itself: set up, later undone.
    Tenant,
    /// One pairing: made, later undone.
    Pair(PairingId),
}

impl std::fmt::Display for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tenant => f.write_str("tenant"),
            Self::Pair(id) => write!(f, "pair/{id}"),
        }
    }
}

/// No flow that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no flow that this version knows")]
pub struct UnknownFlow;

/// A newer version may know more flows: what it wrote is not the tenant's own.
impl std::str::FromStr for Flow {
    type Err = UnknownFlow;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s.strip_prefix("pair/") {
            Some(id) => id.parse().map(Self::Pair).map_err(|_| UnknownFlow),
            None if s == "tenant" => Ok(Self::Tenant),
            None => Err(UnknownFlow),
        }
    }
}

/// One fact. Stored as the column `kind` (the tag) and `body` (the rest) of table `event`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The flow was asked for. Body: who.
    Opened {
        /// E-mail address or "command line".
        by: String,
    },
    /// The flow, a pairing, stands in the place of others of the same person once it is proven. Written with its opening.
    Replaces {
        /// The others.
        pairings: Vec<PairingId>,
    },
    /// A step is about to act on the outside world: the intent, written before the effect.
    Started {
        /// 1-based, counts over restarts.
        attempt: u32,
    },
    /// The outside works on it; look again later.
    Waiting {
        /// Sentence.
        note: String,
        /// When to look.
        again_at: At,
    },
    /// Something that heals by itself was in the way.
    Retrying {
        /// Sentence.
        why: String,
        /// When to try again.
        again_at: At,
    },
    /// The step is done and was seen to be.
    Done {
        /// What later steps may read; never a secret.
        output: Value,
        /// Id in the outside system.
        outside_id: Option<String>,
    },
    /// A person is needed.
    Failed {
        /// Stable code.
        code: String,
        /// What people read.
        say: String,
        /// The one next action.
        next: String,
    },
    /// A person decided to go on without the step.
    Skipped {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person asked to look or try again now.
    Nudged {
        /// Who.
        by: String,
    },
    /// Turn around: from here on the flow undoes its steps.
    Reversed {
        /// Who, or the flow itself.
        by: String,
        /// Why.
        why: String,
    },
    /// The step is undone. Its absence was seen, or it could not be seen.
    Undone {
        /// What was seen to be gone; empty when that could not be seen.
        seen: String,
        /// What could not be seen and why; logs from before this was told have nothing here.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        unseen: String,
    },
    /// A later look found something else than what was made.
    Drifted {
        /// What.
        what: String,
        /// It could not be looked at, which heals by itself; logs from before this was told say that of nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        outage: bool,
    },
    /// A later look found it right again.
    Healed {},
    /// All steps are undone.
    Closed {},
}

/// One entry of a tenant's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Number within the tenant, from 1 without gaps.
    pub seq: i64,
    /// Course.
    pub flow: Flow,
    /// Step, or empty for the flow itself.
    pub step: String,
    /// What happened.
    pub fact: Fact,
    /// When.
    pub at: At,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_flow_of_a_newer_version_is_not_the_tenants_own() {
        let id = "pair/0190a000-0000-7000-8000-000000000001";
        for known in ["tenant", id] {
            assert_eq!(known.parse::<Flow>().map(|flow| flow.to_string()).as_deref(), Ok(known));
        }
        for unknown in ["", "Tenant", "backup", "backup/0190a000-0000-7000-8000-000000000001", "pair/", "pair/x"] {
            assert_eq!(unknown.parse::<Flow>(), Err(UnknownFlow), "{unknown}");
        }
    }

    /// Logs outlive versions, in both directions.
    #[test]
    fn what_could_not_be_seen_is_told_beside_what_older_logs_say() {
        let undone = |seen: &str, unseen: &str| Fact::Undone { seen: seen.into(), unseen: unseen.into() };
        let older = json!({"kind": "undone", "seen": "It is gone."});
        assert_eq!(serde_json::from_value::<Fact>(older.clone()).ok(), Some(undone("It is gone.", "")));
        assert_eq!(serde_json::to_value(undone("It is gone.", "")).ok(), Some(older));
        let told = serde_json::to_value(undone("", "A group is hidden.")).expect("it is JSON");
        assert_eq!(told["unseen"], "A group is hidden.");
        assert_eq!(serde_json::from_value::<Fact>(told).ok(), Some(undone("", "A group is hidden.")));
    }
}
