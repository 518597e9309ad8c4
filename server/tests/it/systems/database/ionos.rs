//! The driver for IONOS's managed MariaDB against its stand-in, which holds every call against the shapes of the API.

mod both;
mod checkup;
mod faults;
mod first;
mod life;
mod stray;

use crate::{
    sim::{
        self,
        faults::{Effects, Faults},
        ionos::{DATACENTER, IonosSim, MemoryReach, TOKEN},
    },
    stage::Hand,
};
use async_trait::async_trait;
use secrecy::SecretString;
use slipway::{
    domain::{
        At, Clock as _, DatabaseSize, Fault, Gigabytes, Gone, Lan, Lans, Reservation, Seen, Slug, Stage, TenantId,
    },
    systems::database::{
        Databases, Details, Wanted,
        ionos::{AddressBook, Config, IonosDatabases},
        reach::{Reach, SiteUser},
    },
    systems::http::Http,
};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use uuid::Uuid;

/// A configuration for the simulator at `url`, with the token in `folder`.
pub(crate) fn config(url: &str, folder: &Path) -> Config {
    let token_file = folder.join("ionos.token");
    std::fs::write(&token_file, format!("{TOKEN}\n")).expect("there is room");
    let Lans(lans) = Lans::try_from("2=10.7.222.0/24".to_owned()).expect("a network");
    Config {
        url: url.to_owned(),
        cloud_url: Some(format!("{url}/cloudapi/v6")),
        token_file,
        contract: None,
        environment: "test".to_owned(),
        datacenter: DATACENTER.to_owned(),
        lans,
        site_user: SiteUser::Own,
        version: "11.4".to_owned(),
        size: DatabaseSize { instances: 1, cores: 1, ram: Gigabytes(4), storage: Gigabytes(10) },
        backup_location: Some("eu-central-3".to_owned()),
        backup_days: 7,
        maintenance: ("Sunday".to_owned(), "03:00:00".to_owned()),
        dumps: true,
        location: "de-txl".to_owned(),
        place: "de-txl".to_owned(),
        simulated: false,
    }
}

/// The book in memory, by the same rules as the stored one, and the tenants that live.
#[derive(Clone, Default)]
pub(super) struct Book(Arc<Mutex<BTreeMap<TenantId, Reservation>>>, Arc<Mutex<Vec<(TenantId, Slug)>>>);

#[async_trait]
impl AddressBook for Book {
    async fn find(&self, tenant: TenantId) -> Result<Option<Reservation>, Fault> {
        Ok(self.0.lock().unwrap().get(&tenant).cloned())
    }

    async fn take(&self, tenant: TenantId, lans: &[Lan]) -> Result<Option<Reservation>, Fault> {
        let mut book = self.0.lock().unwrap();
        let free = |lan: &str, host| !book.values().any(|r| r.lan == lan && r.host == host);
        let places = lans.iter().flat_map(|lan| Lan::HOSTS.map(|host| (lan.id.clone(), host)));
        let first = places.into_iter().find(|(lan, host)| free(lan, *host));
        if let Some(held) = book.get(&tenant) {
            return Ok(Some(held.clone()));
        }
        let Some((lan, host)) = first else { return Ok(None) };
        let (stage, since) = (Stage::Reserved, At(0));
        let taken = Reservation { lan, host, generation: 1, cluster: None, stage, since };
        book.insert(tenant, taken.clone());
        Ok(Some(taken))
    }

    async fn note(&self, tenant: TenantId, reservation: &Reservation) -> Result<(), Fault> {
        let before = self.0.lock().unwrap().insert(tenant, reservation.clone());
        assert!(before.is_some_and(|b| (b.lan, b.host) == (reservation.lan.clone(), reservation.host)));
        Ok(())
    }

    async fn adopt(&self, tenant: TenantId, held: &Reservation) -> Result<bool, Fault> {
        let mut book = self.0.lock().unwrap();
        let taken = |(t, r): (&TenantId, &Reservation)| *t == tenant || (&r.lan, r.host) == (&held.lan, held.host);
        if book.iter().any(taken) {
            return Ok(false);
        }
        book.insert(tenant, held.clone());
        Ok(true)
    }

    async fn homeless(&self) -> Result<Vec<(TenantId, Slug)>, Fault> {
        let book = self.0.lock().unwrap();
        Ok(self.1.lock().unwrap().iter().filter(|(tenant, _)| !book.contains_key(tenant)).cloned().collect())
    }

    async fn free(&self, tenant: TenantId) -> Result<(), Fault> {
        self.0.lock().unwrap().remove(&tenant);
        Ok(())
    }

    async fn all(&self) -> Result<Vec<(TenantId, Reservation)>, Fault> {
        Ok(self.0.lock().unwrap().iter().map(|(t, r)| (*t, r.clone())).collect())
    }

    async fn abandoned(&self) -> Result<Vec<TenantId>, Fault> {
        Ok(Vec::new())
    }
}

pub(super) struct Set {
    pub(super) sim: IonosSim,
    pub(super) databases: IonosDatabases,
    pub(super) book: Book,
    pub(super) clock: Arc<Hand>,
    pub(super) reach: MemoryReach,
    pub(super) folder: TempDir,
    pub(super) acme: Wanted,
}

pub(super) async fn set() -> Set {
    with(|_| ()).await
}

pub(super) async fn with(change: impl FnOnce(&mut Config)) -> Set {
    build(change, IonosDatabases::v2).await
}

/// At the first version of the API.
pub(super) async fn first(change: impl FnOnce(&mut Config)) -> Set {
    let older = |c: &mut Config| {
        c.version = "10.11".to_owned();
        change(c);
    };
    build(older, IonosDatabases::v1).await
}

/// How a driver of either version is made.
pub(crate) type New =
    fn(Http, Config, Arc<dyn AddressBook>, Arc<dyn Reach>, Arc<dyn slipway::domain::Clock>) -> IonosDatabases;

async fn build(change: impl FnOnce(&mut Config), new: New) -> Set {
    let sim = IonosSim::serve(Faults::default(), Effects::default()).await;
    let folder = tempfile::tempdir().expect("there is room");
    let mut config = config(&sim.wire.url, folder.path());
    change(&mut config);
    let (book, clock) = (Book::default(), Arc::new(Hand::at(At(1_790_000_000_000_000))));
    let reach = MemoryReach::into(sim.inside.clone());
    let databases = new(sim::http(), config, Arc::new(book.clone()), Arc::new(reach.clone()), clock.clone());
    Set { sim, databases, book, clock, reach, folder, acme: wanted(1, "acme") }
}

pub(super) fn wanted(n: u128, slug: &str) -> Wanted {
    Wanted {
        tenant: TenantId(Uuid::from_u128(n << 64 | n)),
        slug: Slug::parse(slug).expect("a slug"),
        password: SecretString::from(format!("site-canary-{n}")),
        owner_password: Some(SecretString::from(format!("owner-canary-{n}"))),
        plan: None,
    }
}

impl Set {
    /// As the engine does: looks, and acts when nothing is there or it differs.
    pub(super) async fn act(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        match self.databases.look(wanted).await? {
            Seen::Absent | Seen::Drifted { .. } => self.databases.ensure(wanted).await,
            seen => Ok(seen),
        }
    }

    /// Acts as often as it takes, with time going by as it is asked for. Ends with what is no waiting.
    pub(super) async fn settle(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        self.settle_within(wanted, 60).await
    }

    /// The same with the patience to see an hour go by.
    pub(super) async fn settle_long(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        self.settle_within(wanted, 300).await
    }

    async fn settle_within(&self, wanted: &Wanted, acts: usize) -> Result<Seen<Details>, Fault> {
        for _ in 0..acts {
            match self.act(wanted).await {
                Ok(Seen::Working { again, .. }) => self.clock.by(again),
                Err(Fault::Retry { after, .. }) => self.clock.by(after.unwrap_or_default().max(Duration::from_secs(5))),
                end => return end,
            }
        }
        panic!("it does not come to rest: {:?}", self.sim.inside.memory());
    }

    pub(super) async fn ready(&self, wanted: &Wanted) -> Details {
        match self.settle(wanted).await {
            Ok(Seen::Ready(details)) => details,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn gone(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        for _ in 0..60 {
            match self.databases.remove(wanted).await {
                Ok(Gone::Working { again, .. }) => self.clock.by(again),
                Err(Fault::Retry { after, .. }) => self.clock.by(after.unwrap_or_default().max(Duration::from_secs(5))),
                end => return end,
            }
        }
        panic!("it does not go: {:?}", self.sim.inside.memory());
    }

    pub(super) fn held(&self, wanted: &Wanted) -> Option<Reservation> {
        self.book.0.lock().unwrap().get(&wanted.tenant).cloned()
    }

    /// How many clusters were ever made.
    pub(super) fn made(&self) -> u64 {
        self.sim.inside.effects.world().made.get("cluster").copied().unwrap_or_default()
    }

    pub(super) fn calls(&self, begin: &str) -> usize {
        self.sim.faults.calls().iter().filter(|call| call.starts_with(begin)).count()
    }

    pub(super) fn now(&self) -> At {
        self.clock.now()
    }
}

/// Code and words of a fault for people.
pub(super) fn fail<T: std::fmt::Debug>(result: Result<T, Fault>) -> (&'static str, String) {
    match result {
        Err(Fault::Fail { code, say, .. }) => (code, say),
        other => panic!("{other:?}"),
    }
}
