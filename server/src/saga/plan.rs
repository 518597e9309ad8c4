//! Plans: which steps a flow has and what each waits for. The table itself is in `crate::steps`.

use super::step::AnyStep;
use crate::domain::Flow;
use std::sync::Arc;

/// What a failed step means for its flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFail {
    /// Wait for a person: retry, skip or undo.
    Park,
    /// Undo what was done.
    Reverse,
}

/// A step in its place.
#[derive(Clone)]
pub struct Node {
    /// The step.
    pub step: Arc<dyn AnyStep>,
    /// Names of the steps that must be done (or skipped) before.
    pub after: &'static [&'static str],
}

/// The steps of a flow, each after those it waits for.
#[derive(Clone)]
pub struct Plan {
    /// Steps in rail order.
    pub nodes: Vec<Node>,
    /// What a failed step means.
    pub on_fail: OnFail,
}

/// All plans.
#[derive(Clone)]
pub struct Plans {
    /// A tenant comes up; backwards it is removed.
    pub tenant: Plan,
    /// A person's WordPress is linked with the chat; backwards it is unlinked.
    pub pair: Plan,
}

impl Plans {
    /// The plan of a flow.
    pub fn of(&self, flow: Flow) -> &Plan {
        match flow {
            Flow::Tenant => &self.tenant,
            Flow::Pair(_) => &self.pair,
        }
    }
}

impl Plan {
    /// The node with this name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.step.name() == name)
    }

    /// Steps in ranks: those of one rank may run at the same time, each rank after the one before.
    pub fn ranks(&self) -> Vec<Vec<&Node>> {
        let mut ranks: Vec<Vec<&Node>> = Vec::new();
        let rank_of =
            |ranks: &Vec<Vec<&Node>>, name: &str| ranks.iter().position(|r| r.iter().any(|n| n.step.name() == name));
        for node in &self.nodes {
            let rank = node.after.iter().filter_map(|a| rank_of(&ranks, a)).max().map_or(0, |r| r + 1);
            if ranks.len() <= rank {
                ranks.resize_with(rank + 1, Vec::new);
            }
            ranks[rank].push(node);
        }
        ranks
    }
}
