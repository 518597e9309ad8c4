//! Taking a cluster that is there into the book, for the tenant whose marks it carries: after the portal's database was
//! restored from an older backup, or somebody freed an address that was in use. Everything that tells whose it is must fit
//! by the letter. At IONOS nothing is changed, and from then on the cluster counts as one that holds data.

use super::{Cluster, Fault, IonosDatabases, Reservation, Stage, cluster::State, names};
use crate::domain::{Lan, Slug, TenantId};
use uuid::Uuid;

/// More clusters than this have not failed for one tenant.
const GENERATIONS: u32 = 1000;

/// Where a person looks further.
const LOOK: &str = "Look at it in IONOS's console. Nothing was changed, here or there.";

impl IonosDatabases {
    /// Writes the entry; gives what was adopted, in a sentence.
    pub(super) async fn take_in(&self, id: Uuid, tenant: TenantId, slug: &Slug) -> Result<String, Fault> {
        let clusters = self.clusters.list().await?;
        let cluster = clusters.iter().find(|c| c.id == id).ok_or_else(|| {
            Fault::fail("adopt_gone", "IONOS does not list this cluster any more.", "Reload the page.")
        })?;
        let named = clusters.iter().filter(|c| c.name == cluster.name && c.state != State::Destroying).count();
        if named > 1 {
            let say = format!("IONOS has {named} clusters called {}. Slipway touches none of them.", cluster.name);
            return Err(Fault::fail("database_twice", say, LOOK));
        }
        if matches!(cluster.state, State::Failed | State::Destroying) {
            let say = "The cluster failed or is being removed, so it is of no use to a tenant.";
            return Err(Fault::fail("adopt_unusable", say, LOOK));
        }
        let held = self.entry(cluster, tenant, slug)?;
        if !self.book.adopt(tenant, &held).await? {
            let say = format!("The tenant has a database already, or {} belongs to another one.", cluster.address);
            return Err(Fault::fail("adopt_taken", say, LOOK));
        }
        Ok(format!("Cluster {} ({id}) at {} in network {}.", cluster.name, cluster.address, cluster.lan))
    }

    /// The entry that this cluster of the tenant would have had; refused when anything about it is another's.
    fn entry(&self, cluster: &Cluster, tenant: TenantId, slug: &Slug) -> Result<Reservation, Fault> {
        let environment = &self.config.environment;
        let lan = self.config.lans.iter().find(|lan| lan.id == cluster.lan);
        let host = lan.and_then(|lan| Lan::HOSTS.into_iter().find(|host| lan.cidr(*host) == cluster.address));
        // Only the second version of the API has ids of our making.
        let generation = match self.clusters.lags() {
            true => Some(1),
            false => (1..=GENERATIONS).find(|n| names::id(environment, tenant, *n) == cluster.id),
        };
        let mark = names::mark(environment, tenant);
        let fits = [
            ("name", cluster.name == names::cluster(environment, tenant, slug)),
            ("mark", cluster.description.as_ref().is_none_or(|d| *d == mark)),
            ("id", generation.is_some()),
            ("data center", cluster.datacenter == self.config.datacenter),
            ("network", lan.is_some()),
            ("address", host.is_some()),
        ];
        let wrong: Vec<&str> = fits.into_iter().filter(|(_, fits)| !fits).map(|(what, _)| what).collect();
        let (Some(lan), Some(host), Some(generation), true) = (lan, host, generation, wrong.is_empty()) else {
            let say = format!("The cluster is not the one of {slug}: another {}.", wrong.join(", another "));
            return Err(Fault::fail("adopt_differs", say, LOOK));
        };
        let (lan, since) = (lan.id.clone(), self.clock.now());
        Ok(Reservation { lan, host, generation, cluster: Some(cluster.id), stage: Stage::Available, since })
    }
}
