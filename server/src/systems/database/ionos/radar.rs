//! What is at IONOS and not in the book, and the other way round. It is told, never removed: only a person knows.

use super::{Cluster, IonosDatabases, Reservation, Stage, cluster::State, names};
use crate::domain::{Fault, TenantId};

/// What does not fit together, one sentence each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Misfits {
    /// Clusters with our marks that no tenant's entry leads to: they are paid for.
    pub(super) orphans: Vec<String>,
    /// Entries whose cluster was usable once and is not there.
    pub(super) lost: Vec<String>,
    /// Entries of tenants that are gone.
    pub(super) abandoned: Vec<String>,
}

impl IonosDatabases {
    /// Compares list and book. A cluster that is on its way out is no orphan.
    pub(super) async fn misfits(&self) -> Result<Misfits, Fault> {
        // The list first: what is ordered meanwhile is in the book before it is at IONOS.
        let clusters = self.clusters.list().await?;
        let book = self.book.all().await?;
        let environment = &self.config.environment;
        let known = |c: &Cluster| book.iter().any(|(tenant, held)| leads_to(environment, *tenant, held, c));
        let orphans = clusters.iter().filter(|c| c.state != State::Destroying && !known(c));
        let lost = book.iter().filter(|(tenant, held)| {
            held.stage == Stage::Available && !clusters.iter().any(|c| leads_to(environment, *tenant, held, c))
        });
        let abandoned = self.book.abandoned().await?;
        Ok(Misfits {
            orphans: orphans.map(|c| format!("{} ({})", c.name, c.id)).collect(),
            lost: lost
                .map(|(tenant, held)| format!("{tenant} at host {} of network {}", held.host, held.lan))
                .collect(),
            abandoned: abandoned.iter().map(TenantId::to_string).collect(),
        })
    }
}

fn leads_to(environment: &str, tenant: TenantId, held: &Reservation, cluster: &Cluster) -> bool {
    let by_id = held.cluster == Some(cluster.id) || names::id(environment, tenant, held.generation) == cluster.id;
    // Of the first version an order may be under way whose id nobody knows yet.
    by_id || (held.cluster.is_none() && cluster.description.is_none() && names::is_of(&cluster.name, tenant))
}

impl Misfits {
    /// For people; `None` when all fits.
    pub(super) fn say(&self) -> Option<String> {
        let part = |what: &str, list: &[String]| (!list.is_empty()).then(|| format!("{what}: {}.", list.join(", ")));
        let parts: Vec<String> = [
            part("Clusters at IONOS that belong to no tenant, and are paid for", &self.orphans),
            part("Tenants whose cluster is gone", &self.lost),
            part("Addresses that tenants kept who are gone", &self.abandoned),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}
