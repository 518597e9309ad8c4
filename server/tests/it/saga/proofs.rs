//! The generic proofs, over every shipped step: run twice, fail anywhere and unwind to nothing, undo twice, and be
//! stopped at every point of every step of onboarding, pairing, unpairing and offboarding, on both databases. The world
//! outside is compared exactly with that of an undisturbed run.

use crate::{sim::faults::World, stage::town::Town, store::house};
use async_trait::async_trait;
use slipway::{
    domain::{Fault, Flow, Gone, PairingId, Seen, Tenant, tenant::Status},
    saga::{
        AnyStep, Cx, Done,
        engine::{Calm, Point, Probe},
        machine::Action,
        plan::{Plan, Plans},
    },
    store::Store,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::task::JoinSet;

pub(super) const TENANT: [&str; 6] = ["database", "identity", "site", "wordpress", "chat", "welcome"];
const PAIR: [&str; 4] = ["credential", "person", "access", "proof"];
pub(super) const POINTS: [Point; 5] =
    [Point::BeforeIntent, Point::AfterIntent, Point::BeforeEffect, Point::AfterEffect, Point::AfterRecord];

fn flow() -> Flow {
    Flow::Pair(PairingId(uuid::Uuid::from_u128(1)))
}

/// The whole life of a tenant: up, paired, unpaired, down. Gives the world after each of the four.
pub(super) async fn life(town: &Town, probe: impl Fn() -> Once) -> [(World, World); 4] {
    let tenant = town.order("acme").await;
    town.settle(&tenant, probe()).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
    let up = town.world();
    town.pair(&tenant, 1, "ada@example.org").await;
    town.settle(&tenant, probe()).await;
    let paired = town.world();
    assert_connected(town).await;
    town.reverse(&tenant, flow()).await;
    town.settle(&tenant, probe()).await;
    let unpaired = town.world();
    down(town, &tenant, probe()).await;
    [up, paired, unpaired, town.world()]
}

pub(super) async fn down(town: &Town, tenant: &Tenant, probe: Once) {
    town.reverse(tenant, Flow::Tenant).await;
    town.settle(tenant, probe).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Deleted);
}

async fn assert_connected(town: &Town) {
    let id = PairingId(uuid::Uuid::from_u128(1));
    let pairing = town.pairing(id).await.expect("it is there");
    assert_eq!(pairing.status, slipway::domain::pairing::PairingStatus::Connected, "{}", pairing.note);
}

/// Stops once at one point of one step, or never.
#[derive(Clone, Default)]
pub(super) struct Once(pub(super) Option<(Point, &'static str, bool)>, pub(super) Arc<AtomicBool>);

#[async_trait]
impl Probe for Once {
    async fn stop(&self, point: Point, action: &Action) -> bool {
        self.0 == Some((point, action.step, action.undo)) && !self.1.swap(true, Ordering::SeqCst)
    }
}

async fn undisturbed() -> [(World, World); 4] {
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    life(&Town::new(store).await, Once::default).await
}

/// One life with one crash, compared with the undisturbed one.
async fn crash(at: (Point, &'static str, bool), house: house::House, calm: Arc<[(World, World); 4]>) {
    let town = Town::new(house.store.clone()).await;
    let struck = Arc::new(AtomicBool::new(false));
    let crashed = life(&town, || Once(Some(at), struck.clone())).await;
    assert!(struck.load(Ordering::SeqCst), "no crash at {at:?}");
    assert_eq!(*calm, crashed, "after a crash at {at:?}");
}

/// Every point of every step, there and back. A life mostly waits for its database, so some are lived side by side.
async fn sweep<F: Future<Output = Option<house::House>>>(house: impl Fn() -> F) {
    let calm = Arc::new(undisturbed().await);
    assert!(calm[3].0.objects.is_empty() && calm[3].1.objects.is_empty(), "{:?}", calm[3]);
    let mut lives = JoinSet::new();
    for point in POINTS {
        for (step, undo) in TENANT.into_iter().chain(PAIR).flat_map(|s| [(s, false), (s, true)]) {
            let Some(house) = house().await else { return };
            lives.spawn(crash((point, step, undo), house, calm.clone()));
            if lives.len() == 6 {
                lives.join_next().await.unwrap().unwrap();
            }
        }
    }
    lives.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_sweep_leaves_exactly_what_an_undisturbed_run_leaves() {
    sweep(|| async { Some(house::sqlite().await) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_sweep_on_postgresql() {
    sweep(house::postgres).await;
}

/// A step whose every act happens twice.
pub(super) struct Twice(pub(super) Arc<dyn AnyStep>);

#[async_trait]
impl AnyStep for Twice {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn title(&self) -> &'static str {
        self.0.title()
    }

    fn heals(&self) -> bool {
        self.0.heals()
    }

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        self.0.check(cx).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        let first = self.0.run(cx).await?;
        let second = self.0.run(cx).await?;
        assert!(matches!((&first, &second), (Seen::Ready(_), Seen::Ready(_))), "{}: {first:?} {second:?}", self.name());
        Ok(second)
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.undo(cx).await?;
        let second = self.0.undo(cx).await?;
        assert!(matches!(second, Gone::Seen { .. }), "{}: {second:?}", self.name());
        Ok(second)
    }
}

/// A step that fails for good: before its effect or after it.
pub(super) struct Broken {
    pub(super) step: Arc<dyn AnyStep>,
    pub(super) after: bool,
}

#[async_trait]
impl AnyStep for Broken {
    fn name(&self) -> &'static str {
        self.step.name()
    }

    fn title(&self) -> &'static str {
        self.step.title()
    }

    fn heals(&self) -> bool {
        false
    }

    async fn check(&self, _cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        Ok(Seen::Absent)
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        if self.after {
            self.step.run(cx).await?;
        }
        Err(Fault::fail("broken_on_purpose", "It fails here.", "Nothing."))
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.step.undo(cx).await
    }
}

pub(super) fn each(mut plans: Plans, change: impl Fn(Arc<dyn AnyStep>) -> Arc<dyn AnyStep>) -> Plans {
    let all = |plan: &mut Plan| plan.nodes.iter_mut().for_each(|n| n.step = change(n.step.clone()));
    all(&mut plans.tenant);
    all(&mut plans.pair);
    plans
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_runs_twice_and_is_undone_twice() {
    let calm = undisturbed().await;
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    let town = Town::with(store, |p| each(p, |step| Arc::new(Twice(step)))).await;
    assert_eq!(calm, life(&town, Once::default).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_any_step_of_onboarding_unwinds_to_nothing() {
    for (at, after) in TENANT.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let store = Store::open("sqlite::memory:").await.expect("memory is there");
        let breaking = |step: Arc<dyn AnyStep>| -> Arc<dyn AnyStep> {
            if step.name() == at { Arc::new(Broken { step, after }) } else { step }
        };
        let town = Town::with(store, |p| each(p, breaking)).await;
        let tenant = town.order("acme").await;
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::NeedsAttention, "{at}");
        down(&town, &tenant, Once::default()).await;
        town.assert_empty(&format!("after {at} failed, effect {after}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p16_a_failure_at_any_step_of_pairing_unwinds_by_itself() {
    for (at, after) in PAIR.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let store = Store::open("sqlite::memory:").await.expect("memory is there");
        let breaking = |step: Arc<dyn AnyStep>| -> Arc<dyn AnyStep> {
            if step.name() == at { Arc::new(Broken { step, after }) } else { step }
        };
        let town = Town::with(store, |p| each(p, breaking)).await;
        let tenant = town.order("acme").await;
        town.settle(&tenant, Calm).await;
        let before = town.world();
        town.pair(&tenant, 1, "ada@example.org").await;
        town.settle(&tenant, Calm).await;
        let after_it = town.world();
        assert_eq!(before.0.objects, after_it.0.objects, "{at} {after}");
        assert_eq!(before.1.objects, after_it.1.objects, "{at} {after}");
        let pairing = town.pairing(PairingId(uuid::Uuid::from_u128(1))).await.expect("it is there");
        assert_eq!(pairing.status, slipway::domain::pairing::PairingStatus::Gone);
        assert!(pairing.note.contains("It fails here."), "{}", pairing.note);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weather_delays_but_changes_nothing() {
    let calm = undisturbed().await;
    for seed in 0..10 {
        let store = Store::open("sqlite::memory:").await.expect("memory is there");
        let town = Town::new(store).await;
        town.faults.weather(seed, 150);
        town.chat.faults.weather(seed, 150);
        let stormy = life(&town, Once::default).await;
        assert_eq!(calm[3].0.objects, stormy[3].0.objects, "seed {seed}");
        assert_eq!(calm[1].0.objects.len(), stormy[1].0.objects.len(), "seed {seed}");
        assert_eq!(calm[1].1.objects.len(), stormy[1].1.objects.len(), "seed {seed}");
        town.assert_empty(&format!("seed {seed}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_look_finds_drift_and_heals_what_holds_no_data() {
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    let town = Town::new(store).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Once::default()).await;

    // Somebody saved an old list of connections: the corner holds no data, so it is put right at once.
    town.chat.inside.memory().connections.clear();
    town.settle(&tenant, Once::default()).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
    assert!(town.chat.inside.memory().connection("wp-acme").is_some());

    // The database's password was changed by hand: a person decides.
    town.databases.spoil();
    town.settle(&tenant, Once::default()).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Degraded);

    // A site that believes in another address is a copy, or was moved: its pairings rest until it is right again.
    let town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Once::default()).await;
    town.pair(&tenant, 1, "ada@example.org").await;
    town.settle(&tenant, Once::default()).await;
    town.wordpress.sites.with(tenant.id, |site| site.believes = Some("http://copy.example.org".into()));
    town.settle(&tenant, Once::default()).await;
    let id = PairingId(uuid::Uuid::from_u128(1));
    assert_eq!(town.pairing(id).await.expect("it is there").status, slipway::domain::pairing::PairingStatus::SafeMode);
    town.wordpress.sites.with(tenant.id, |site| site.believes = None);
    town.settle(&tenant, Once::default()).await;
    assert_connected(&town).await;
}
