//! Re-binding people whose accounts at the sign-in service were replaced, by a list.

use serde::{Deserialize, Serialize};

/// Before a list is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebindPage {
    /// Today's issuer.
    pub issuer: String,
    /// Other issuers, and how many people belong to each and cannot come in.
    pub others: Vec<(String, u64)>,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RebindForm {
    /// Issuer of the old subjects; empty for today's.
    pub from_issuer: String,
    /// One line a person: an address or the old subject, a comma, and the new subject.
    pub map: String,
    /// How many people are to be moved, as the trial run said. Empty: this is the trial run, and nothing is changed.
    pub typed: String,
}

/// What comes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebindReport {
    /// The lines, in their order.
    pub rows: Vec<RebindRow>,
    /// How many people can be moved, or were.
    pub people: u32,
    /// They were moved.
    pub done: bool,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebindRow {
    /// Number of the line, from 1.
    pub line: u32,
    /// The person's address, or what was written where nobody is meant.
    pub who: String,
    /// The new subject.
    pub new_subject: String,
    /// They can be moved, or were.
    pub moves: bool,
    /// What happens, or why nothing does.
    pub say: String,
}
