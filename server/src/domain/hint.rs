//! That something of a tenant changed.

use super::TenantId;

/// A hint carries nothing of what changed: whoever hears it looks for itself, with its own rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// Which tenant.
    pub tenant: TenantId,
    /// Number of the newest event in its log; `None` when what changed is not in the log, such as its people.
    pub seq: Option<i64>,
}
