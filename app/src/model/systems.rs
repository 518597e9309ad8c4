//! Outside systems as the systems page (the doctor) shows them.

use super::tenant::Status;
use serde::{Deserialize, Serialize};

/// All systems, worst first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemsPage {
    /// Systems.
    pub systems: Vec<SystemView>,
    /// Database clusters that fit no tenant, and entries that lead nowhere.
    pub strays: Vec<StrayView>,
    /// The caller may adopt one.
    pub may_adopt: bool,
    /// When they were asked, microseconds since 1970.
    pub at: i64,
}

/// One outside system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemView {
    /// "Store" (the portal's own database), "Database", "Identity", "Site", "WordPress", "Chat", "Gateway", "Mail".
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

/// Why a database cluster, or an entry for one, fits nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrayKind {
    /// A cluster that belongs to no tenant, and is paid for.
    Orphan,
    /// A tenant's cluster that is gone.
    Lost,
    /// The address of a tenant that is gone.
    Abandoned,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrayView {
    /// Why.
    pub kind: StrayKind,
    /// The cluster's name; empty where there is no cluster.
    pub name: String,
    /// The provider's id.
    pub cluster: Option<String>,
    /// When the cluster was made, or since when the entry stands, microseconds since 1970.
    pub since: Option<i64>,
    /// "1 core, 4 GB memory, 10 GB storage"; empty when it is not known.
    pub size: String,
    /// Address and network.
    pub place: String,
    /// Slug and name of the tenant that may have an orphan, or whose entry it is.
    pub tenant: Option<(String, String)>,
    /// How its owner removes the cluster.
    pub removal: Option<Removal>,
    /// How the portal's owner gives the address back once the cluster is gone, as SQL.
    pub release: Option<String>,
}

/// Commands for a shell in which `IONOS_TOKEN` is the reader's own token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Shows the cluster.
    pub look: String,
    /// Removes it for good.
    pub remove: String,
}
