//! What is at IONOS and not in the book, and the other way round. It is told, never removed: only a person knows.

use super::{Cluster, IonosDatabases, Reservation, Stage, cluster::State, names};
use crate::domain::{Fault, Stray, StrayKind, TenantId};

impl IonosDatabases {
    /// Compares list and book. A cluster that is on its way out is no orphan.
    pub(super) async fn misfits(&self) -> Result<Vec<Stray>, Fault> {
        // The list first: what is ordered meanwhile is in the book before it is at IONOS.
        let clusters = self.clusters.list().await?;
        let book = self.book.all().await?;
        let environment = &self.config.environment;
        let known = |c: &Cluster| book.iter().any(|(tenant, held)| leads_to(environment, *tenant, held, c));
        let orphans: Vec<&Cluster> = clusters.iter().filter(|c| c.state != State::Destroying && !known(c)).collect();
        let mut strays = self.orphans(&orphans).await?;
        let abandoned = self.book.abandoned().await?;
        for (tenant, held) in &book {
            let cluster = clusters.iter().find(|c| leads_to(environment, *tenant, held, c));
            let kind = match cluster {
                _ if abandoned.contains(tenant) => StrayKind::Abandoned,
                None if held.stage == Stage::Available => StrayKind::Lost,
                _ => continue,
            };
            strays.push(self.entry_of(kind, *tenant, held, cluster));
        }
        Ok(strays)
    }

    /// Orphans, each with the tenant that may have it.
    async fn orphans(&self, orphans: &[&Cluster]) -> Result<Vec<Stray>, Fault> {
        if orphans.is_empty() {
            return Ok(Vec::new());
        }
        let homeless = self.book.homeless().await?;
        let environment = &self.config.environment;
        let owner = |cluster: &Cluster| {
            let marked = |tenant| cluster.description.as_ref().is_none_or(|d| *d == names::mark(environment, tenant));
            let found = homeless
                .iter()
                .find(|(tenant, slug)| cluster.name == names::cluster(environment, *tenant, slug) && marked(*tenant))?;
            Some(found.0)
        };
        Ok(orphans.iter().map(|c| self.stray(StrayKind::Orphan, c, owner(c))).collect())
    }

    fn stray(&self, kind: StrayKind, cluster: &Cluster, tenant: Option<TenantId>) -> Stray {
        Stray {
            kind,
            name: Some(cluster.name.clone()),
            cluster: Some(cluster.id),
            since: cluster.made,
            size: cluster.size,
            place: format!("{} in network {}", cluster.address, cluster.lan),
            tenant,
            commands: Some(self.clusters.api().commands(cluster.id)),
        }
    }

    fn entry_of(&self, kind: StrayKind, tenant: TenantId, held: &Reservation, cluster: Option<&Cluster>) -> Stray {
        if let Some(cluster) = cluster {
            return self.stray(kind, cluster, Some(tenant));
        }
        Stray {
            kind,
            name: None,
            cluster: held.cluster,
            since: Some(held.since),
            size: None,
            place: format!("host {} in network {}", held.host, held.lan),
            tenant: Some(tenant),
            commands: None,
        }
    }
}

fn leads_to(environment: &str, tenant: TenantId, held: &Reservation, cluster: &Cluster) -> bool {
    let by_id = held.cluster == Some(cluster.id) || names::id(environment, tenant, held.generation) == cluster.id;
    // Of the first version an order may be under way whose id nobody knows yet.
    by_id || (held.cluster.is_none() && cluster.description.is_none() && names::is_of(&cluster.name, tenant))
}

/// For people, in one line; `None` when all fits.
pub(super) fn say(strays: &[Stray]) -> Option<String> {
    let part = |kind: StrayKind, what: &str| {
        let all: Vec<String> = strays.iter().filter(|stray| stray.kind == kind).map(shown).collect();
        (!all.is_empty()).then(|| format!("{what}: {}.", all.join(", ")))
    };
    let parts: Vec<String> = [
        part(StrayKind::Orphan, "Clusters at IONOS that belong to no tenant, and are paid for"),
        part(StrayKind::Lost, "Tenants whose cluster is gone"),
        part(StrayKind::Abandoned, "Addresses that tenants kept who are gone"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn shown(stray: &Stray) -> String {
    match (stray.kind, stray.tenant, &stray.name, stray.cluster) {
        (StrayKind::Orphan, _, Some(name), Some(id)) => format!("{name} ({id})"),
        (_, Some(tenant), ..) => format!("{tenant} at {}", stray.place),
        _ => stray.place.clone(),
    }
}
