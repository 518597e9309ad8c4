//! What a place of databases has that fits no tenant, and what a tenant should have there and has not. It is told with all
//! that a person needs to decide; nothing here is ever removed by the portal.

use super::{At, DatabaseSize, Health, TenantId};
use uuid::Uuid;

/// Why it fits nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrayKind {
    /// A cluster with our marks that no tenant's entry leads to. It is paid for.
    Orphan,
    /// A tenant's entry whose cluster was usable once and is not there.
    Lost,
    /// The entry of a tenant that is gone.
    Abandoned,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Why.
    pub kind: StrayKind,
    /// The cluster's name, where there is a cluster.
    pub name: Option<String>,
    /// The provider's id of the cluster, where there is one or was one.
    pub cluster: Option<Uuid>,
    /// When the cluster was made, or since when its entry stands as it does.
    pub since: Option<At>,
    /// How large it is, as far as the provider says.
    pub size: Option<DatabaseSize>,
    /// Address and network.
    pub place: String,
    /// Of an orphan: the living tenant without an entry whose marks it carries, so that it can be adopted. Of an entry: whose
    /// it is.
    pub tenant: Option<TenantId>,
    /// How to look at the cluster and how to remove it, as commands for its owner; where there is one.
    pub commands: Option<Commands>,
}

/// Lines for a shell in which `IONOS_TOKEN` is a token of the reader's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// Shows it.
    pub look: String,
    /// Removes it for good.
    pub remove: String,
}

/// How a place is, and what in it fits nobody; of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How it is.
    pub health: Health,
    /// What fits nobody.
    pub strays: Vec<Stray>,
}

impl From<Health> for Survey {
    fn from(health: Health) -> Self {
        Self { health, strays: Vec::new() }
    }
}
