//! The audit: who did what, refusals included.

use serde::{Deserialize, Serialize};

/// Filter of the audit and activity pages, straight from their URLs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// Slug of one tenant, or empty.
    pub tenant: String,
    /// Substring of the person, or empty.
    pub who: String,
    /// Substring of the action, or empty.
    pub what: String,
    /// First day, such as 2026-11-23 (UTC), or empty.
    pub since: String,
    /// Last day, or empty.
    pub until: String,
    /// Only what was refused.
    pub refused: bool,
    /// Entries older than this number (paging), 0 = the newest.
    pub before: i64,
}

/// One page of the audit, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The query this answers.
    pub query: AuditQuery,
    /// Entries.
    pub rows: Vec<AuditRow>,
    /// There are older ones.
    pub more: bool,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Number in the chain.
    pub seq: i64,
    /// Microseconds since 1970.
    pub at: i64,
    /// E-mail address of the person, or "site acme", "chat", "command-line@slipway.invalid".
    pub who: String,
    /// "tenant.order", "pairing.approve", "mcp.create_draft", …
    pub what: String,
    /// Slug of the tenant, or empty.
    pub tenant: String,
    /// Allowed or refused.
    pub allowed: bool,
    /// One sentence; secrets are masked before they get here.
    pub detail: String,
    /// What was there before, if something changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// One page of events over all visible tenants, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPage {
    /// The query this answers (`tenant` only).
    pub query: AuditQuery,
    /// Events.
    pub rows: Vec<ActivityRow>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityRow {
    /// Microseconds since 1970.
    pub at: i64,
    /// Slug and display name.
    pub tenant: (String, String),
    /// Title of the step, or empty for the tenant itself.
    pub step: String,
    /// Sentence.
    pub text: String,
    /// Key for colour.
    pub tone: String,
}
