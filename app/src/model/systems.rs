//! Outside systems as the systems page (the doctor) shows them.

use super::tenant::Status;
use serde::{Deserialize, Serialize};

/// All systems, worst first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemsPage {
    /// Systems.
    pub systems: Vec<SystemView>,
    /// When they were asked, microseconds since 1970.
    pub at: i64,
}

/// One outside system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemView {
    /// "Database", "Identity", "Site", "WordPress", "Chat", "Mail".
    pub name: String,
    /// Driver and address without credentials.
    pub driver: String,
    /// Ready, Degraded or Needs attention.
    pub status: Status,
    /// What was seen, or the reason.
    pub say: String,
    /// The one next action when it is not ready.
    pub next: String,
    /// How long the answer took, milliseconds.
    pub ms: i64,
}
