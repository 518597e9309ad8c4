//! Driver: one managed MariaDB of IONOS for each tenant.
//!
//! Two things must never happen: a cluster that is paid for and that nobody knows, and an empty one in the place of one
//! with data. So a tenant's private address is written into the house's book, and the passwords into its vault, before the
//! first order is sent. From then on the cluster's id (v2) or name (v1) follows from the tenant, and an order with an
//! unknown outcome is looked up before it is sent again. Once a cluster was seen to be usable, none is ever ordered in its
//! place. The address is given back last, after absence was seen. The facts are in `docs/outside/ionos.md`; what the API
//! takes and says is known from its published clients, not from its own description.

mod adoption;
mod api;
mod book;
mod checkup;
mod cluster;
mod course;
mod health;
mod names;
mod radar;
mod removal;
mod snapshot;
mod token;
mod v1;
mod v2;

use super::{
    Databases, Details, Wanted,
    names::Names,
    reach::{Account, Owner, Reach, SiteUser},
};
use crate::{
    domain::{
        Check, Clock, DatabaseSize, Fault, Gone, Health, Lan, Plan, Reservation, Seen, Slug, Stage, Survey, TenantId,
    },
    systems::http::Http,
};
use api::Api;
use async_trait::async_trait;
pub use book::AddressBook;
use cluster::{Cluster, Clusters, Order};
use snapshot::Snapshots;
use std::{path::PathBuf, sync::Arc, time::Duration};
use uuid::Uuid;

/// TCP port of every managed MariaDB.
const PORT: u16 = 3306;
/// How long the API may hide what it took: after an order whose outcome is unknown, absence counts only after this time.
const LAG: Duration = Duration::from_secs(120);
/// How long IONOS may take to make or to remove a cluster. Its documents say up to half an hour.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What the driver needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address of the API without `/v2` and without trailing slash.
    pub url: String,
    /// Address of the Cloud API, which knows data centers and networks; only looked at. Without it they are not looked at.
    pub cloud_url: Option<String>,
    /// File with the API token; read at each use, so that it can be replaced at any time.
    pub token_file: PathBuf,
    /// Contract to act on, for accounts with several.
    pub contract: Option<String>,
    /// Which installation this is: part of names and marks. Small letters and digits, at most 12.
    pub environment: String,
    /// Id of the data center.
    pub datacenter: String,
    /// Its networks for databases.
    pub lans: Vec<Lan>,
    /// As whom a site signs in.
    pub site_user: SiteUser,
    /// MariaDB's version, as `11.4`.
    pub version: String,
    /// Size of each cluster, unless a plan asks for another.
    pub size: DatabaseSize,
    /// Where backups are kept; v1 chooses by itself when there is none.
    pub backup_location: Option<String>,
    /// How long backups are kept, in days; v1 knows only its own seven.
    pub backup_days: u16,
    /// Weekly maintenance: day in English, time in UTC as `03:00:00`. It takes four hours.
    pub maintenance: (String, String),
    /// Write a dump before a cluster is removed.
    pub dumps: bool,
    /// The location, such as `de-txl`.
    pub location: String,
    /// The same as people call it.
    pub place: String,
    /// It is no IONOS that answers there but a simulator, whose time is scaled.
    pub simulated: bool,
}

/// Managed clusters.
pub struct IonosDatabases {
    config: Config,
    clusters: Box<dyn Clusters>,
    snapshots: Snapshots,
    book: Arc<dyn AddressBook>,
    reach: Arc<dyn Reach>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for IonosDatabases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IonosDatabases").field("config", &self.config).finish_non_exhaustive()
    }
}

impl IonosDatabases {
    /// Clusters by the second version of the API. Nothing is sent yet.
    pub fn v2(
        http: Http,
        config: Config,
        book: Arc<dyn AddressBook>,
        reach: Arc<dyn Reach>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let api = Api::new(http, format!("{}/v2", config.url), &config);
        let clusters = Box::new(v2::V2::new(api, &config));
        Self { config, clusters, snapshots: Snapshots::default(), book, reach, clock }
    }

    /// Clusters by the first version of the API. Nothing is sent yet.
    pub fn v1(
        http: Http,
        config: Config,
        book: Arc<dyn AddressBook>,
        reach: Arc<dyn Reach>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let api = Api::new(http, config.url.clone(), &config);
        let clusters = Box::new(v1::V1::new(api, &config));
        Self { config, clusters, snapshots: Snapshots::default(), book, reach, clock }
    }

    /// The order for the tenant's cluster at the reserved address.
    fn order(&self, wanted: &Wanted, held: &Reservation) -> Result<Order, Fault> {
        let lan = self.config.lans.iter().find(|lan| lan.id == held.lan).ok_or_else(|| {
            Fault::fail(
                "database_lan_unknown",
                format!("The tenant's database is in network {}, which the configuration does not name.", held.lan),
                "Put the network back into lans of the section [database.ionos_v2], restart, then press Retry now.",
            )
        })?;
        let environment = &self.config.environment;
        Ok(Order {
            id: names::id(environment, wanted.tenant, held.generation),
            known: held.cluster,
            name: names::cluster(environment, wanted.tenant, &wanted.slug),
            description: names::mark(environment, wanted.tenant),
            datacenter: self.config.datacenter.clone(),
            lan: lan.id.clone(),
            address: lan.cidr(held.host),
            host: lan.address(held.host).to_string(),
            size: wanted.plan.as_ref().map_or(self.config.size, |plan| self.config.size.of(plan)),
            owner: names::owner(wanted.tenant),
            // Where a site is the owner, the site's password is the only one that counts.
            password: match self.config.site_user {
                SiteUser::Own => wanted.owner_password.clone().ok_or_else(no_password)?,
                SiteUser::Owner => wanted.password.clone(),
            },
            database: Names::of(wanted.tenant, &wanted.slug).database,
        })
    }

    /// By its address, not by its name: the address is ours, and a site's firewall rule needs it.
    fn owner(order: &Order) -> Owner {
        let (host, user) = (order.host.clone(), order.owner.clone());
        Owner { host, port: PORT, user, password: order.password.clone() }
    }

    fn account(&self, wanted: &Wanted) -> Account {
        let Names { database, user } = Names::of(wanted.tenant, &wanted.slug);
        let user = match self.config.site_user {
            SiteUser::Own => user,
            SiteUser::Owner => names::owner(wanted.tenant),
        };
        Account { tenant: wanted.tenant, database, user, password: wanted.password.clone() }
    }

    fn details(owner: Owner, account: Account) -> Details {
        Details { host: owner.host, port: owner.port, name: account.database, user: account.user }
    }

    async fn note(&self, tenant: TenantId, held: &mut Reservation, stage: Stage) -> Result<(), Fault> {
        (held.stage, held.since) = (stage, self.clock.now());
        self.book.note(tenant, held).await
    }

    fn is_overdue(&self, held: &Reservation) -> bool {
        self.clock.now().since(held.since) > PATIENCE
    }
}

#[async_trait]
impl Databases for IonosDatabases {
    fn has_owner(&self) -> bool {
        self.config.site_user == SiteUser::Own
    }

    async fn look(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        let Some(held) = self.book.find(wanted.tenant).await? else { return Ok(Seen::Absent) };
        let order = self.order(wanted, &held)?;
        let shared = self.snapshots.find(&*self.clusters, &order, &*self.clock).await?;
        let found = match shared {
            Some(cluster) => Some(cluster),
            // A list may lag behind.
            None => self.clusters.find(&order).await?,
        };
        let Some(cluster) = found else { return Ok(Seen::Absent) };
        order.compare(&cluster)?;
        self.judge(wanted, &held, &order, &cluster).await
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        self.converge(wanted).await
    }

    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        self.take_away(wanted).await
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        let stem = names::stem(&self.config.environment, slug);
        (format!("{stem}-…"), format!("Managed MariaDB at IONOS, {}", self.config.place))
    }

    fn size(&self, plan: &Plan) -> Option<DatabaseSize> {
        Some(self.config.size.of(plan))
    }

    async fn room(&self) -> Result<(), String> {
        // When the book cannot be read the step says so; an order must not fail for it.
        let Ok(taken) = self.taken().await else { return Ok(()) };
        match taken < self.places() {
            true => Ok(()),
            false => Err(format!(
                "All {} addresses for databases are taken: each network has eight. Remove a tenant, or add a network.",
                self.places()
            )),
        }
    }

    async fn health(&self) -> Health {
        self.survey().await.health
    }

    async fn survey(&self) -> Survey {
        self.in_short().await
    }

    async fn adopt(&self, cluster: Uuid, tenant: TenantId, slug: &Slug) -> Result<String, Fault> {
        self.take_in(cluster, tenant, slug).await
    }

    async fn examine(&self) -> Vec<Check> {
        self.questions().await
    }
}

fn no_password() -> Fault {
    Fault::fail("database_owner_password", "The password of the database's owner was not made.", "Report this.")
}
