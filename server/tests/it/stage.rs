//! The stage: store, clock, dice and engine for tests, with time that moves only when told to.

pub(crate) mod program;
pub(crate) mod town;

use secrecy::ExposeSecret as _;
use slipway::{
    domain::{At, Clock, Dice, Email, Fact, Slug, Tenant, TenantId, secret::TokenHash, tenant::Status},
    saga::{
        Secrets as _,
        engine::{Calm, Engine, Probe, Settings, Stop},
        plan::Plans,
        state::State,
    },
    steps::purpose,
    store::{Store, audit::AuditEntry, tenant::NewTenant},
    vault::{MasterKey, Vault},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

/// A clock that stands still until moved.
#[derive(Debug)]
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn at(at: At) -> Self {
        Self(AtomicI64::new(at.0))
    }

    pub(crate) fn to(&self, at: At) {
        self.0.fetch_max(at.0, Ordering::SeqCst);
    }

    pub(crate) fn by(&self, d: Duration) {
        self.to(self.now().plus(d));
    }
}

impl Clock for Hand {
    fn now(&self) -> At {
        // Each look takes a microsecond, so that no two events have the same time.
        At(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// Dice that fall the same way for the same seed: splitmix64.
#[derive(Debug)]
pub(crate) struct Loaded(AtomicU64);

impl Dice for Loaded {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(n ^ (n >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// What tests work with.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<Hand>,
    pub(crate) dice: Arc<Loaded>,
    pub(crate) plans: Arc<Plans>,
}

impl Stage {
    pub(crate) async fn new(store: Store, plans: Plans) -> Self {
        let dice = Arc::new(Loaded(AtomicU64::new(7)));
        let folder = tempfile::tempdir().expect("there is room");
        let master = MasterKey::load_or_make(&folder.path().join("master.key"), &*dice).expect("it can be made");
        let vault = Vault::new(store.clone(), master, dice.clone());
        let clock = Arc::new(Hand(AtomicI64::new(1_790_000_000_000_000)));
        Self { store, vault, clock, dice, plans: Arc::new(plans) }
    }

    pub(crate) fn engine(&self, probe: impl Probe + 'static) -> Engine {
        Engine {
            store: self.store.clone(),
            vault: self.vault.clone(),
            plans: self.plans.clone(),
            clock: self.clock.clone(),
            dice: self.dice.clone(),
            probe: Arc::new(probe),
            settings: Settings {
                owner: "test".into(),
                workers: 4,
                lease: Duration::from_secs(60),
                look_every: Duration::from_secs(60),
            },
            closing: AtomicBool::new(false),
        }
    }

    /// The id that a tenant of this slug gets in tests.
    pub(crate) fn id(slug: &str) -> TenantId {
        TenantId(Uuid::new_v5(&Uuid::NAMESPACE_OID, slug.as_bytes()))
    }

    /// Orders a tenant whose site is at `site_url`, as the form does: with its site secret known to the portal.
    pub(crate) async fn order(&self, slug: &str, site_url: &str) -> Tenant {
        self.order_as(Self::id(slug), slug, site_url).await
    }

    /// The same with an id that does not follow from the slug.
    pub(crate) async fn order_as(&self, id: TenantId, slug: &str, site_url: &str) -> Tenant {
        let by = "olivia@example.org".to_owned();
        let tenant = Tenant {
            id,
            slug: Slug::parse(slug).expect("tests use good slugs"),
            name: slug.to_owned(),
            plan: "small".into(),
            language: slipway::domain::SiteLanguage::En,
            time_zone: slipway::domain::TimeZone::utc(),
            site_url: site_url.to_owned(),
            admin: Email::parse("ada@example.org").expect("it is one"),
            ordered_by: by.clone(),
            ordered_at: self.clock.now(),
            status: Status::Provisioning,
            gone_at: None,
        };
        let entry = AuditEntry {
            at: self.clock.now(),
            who: by.clone(),
            what: "tenant.order".into(),
            tenant: Some((tenant.id, tenant.slug.clone())),
            allowed: true,
            detail: String::new(),
            before: None,
            after: None,
        };
        let secret = self.vault.of(tenant.id).get_or_make(purpose::SITE).await.expect("the vault works");
        let site_hash = TokenHash::of(secret.expose_secret());
        let new = NewTenant {
            tenant: tenant.clone(),
            key: String::new(),
            opened: Fact::Opened { by },
            site_hash,
            secret: None,
        };
        self.store.order(&new, &entry).await.expect("the store works");
        tenant
    }

    /// Drives with time moving on by itself, until nothing is due before the next look at a tenant that rests. A crash
    /// (a probe's stop) is followed by a new, calm engine.
    pub(crate) async fn settle(&self, tenant: TenantId, probe: impl Probe + 'static) -> State {
        let mut engine = self.engine(probe);
        for _ in 0..400 {
            match engine.drive(tenant).await {
                Err(Stop::Probe) => engine = self.engine(Calm),
                Err(other) => panic!("the engine stopped: {other}"),
                Ok(wake_at) => {
                    let state = self.state(tenant).await;
                    let resting = slipway::saga::machine::next(&self.plans, &state, self.clock.now());
                    match wake_at {
                        Some(at) if resting.wake_at.is_some() => self.clock.to(at),
                        _ => return state,
                    }
                }
            }
        }
        panic!("it does not come to rest: {:#?}", self.store.log(tenant).await);
    }

    pub(crate) async fn state(&self, tenant: TenantId) -> State {
        State::fold(&self.store.log(tenant).await.expect("the store works"))
    }

    pub(crate) async fn status(&self, tenant: TenantId) -> Status {
        self.store.tenant(tenant).await.expect("the store works").expect("it is there").status
    }
}
