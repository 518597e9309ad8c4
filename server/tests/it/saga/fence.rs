//! Engines that stand still: one is kept at a point past its lease, another takes over, and the first goes on. The log
//! stays linear, each effect is there once, and what came late goes again.

use super::proofs::{POINTS, TENANT};
use crate::{
    sim::faults::World,
    stage::town::Town,
    store::house::{self, House},
};
use async_trait::async_trait;
use slipway::{
    domain::{Clock as _, Flow, PairingId, Tenant, TenantId, tenant::Status},
    saga::{
        engine::{Calm, Point, Probe, Stop, Term},
        machine::Action,
        state::Phase,
    },
    store::Store,
    systems::site::Sites as _,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Mutex, Notify},
    task::{JoinHandle, JoinSet},
    time::Instant,
};

const PAIR: [&str; 4] = ["credential", "person", "access", "proof"];

/// Where an engine stands still, once, and the bells by which that is arranged.
#[derive(Clone)]
struct Still {
    at: (Point, &'static str, bool),
    stands: Arc<Notify>,
    go_on: Arc<Notify>,
    done: Arc<AtomicBool>,
}

impl Still {
    fn at(point: Point, step: &'static str, undo: bool) -> Self {
        let (stands, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        Self { at: (point, step, undo), stands, go_on, done: Arc::default() }
    }

    /// An engine that works until it stands still, or until nothing is due. Time does not pass by itself, so it is sent
    /// again while it only waits.
    async fn begin(&self, town: &Town, tenant: &Tenant) -> Engine {
        let (engine, id, clock) = (town.stage.engine(self.clone()), tenant.id, town.stage.clock.clone());
        let work = tokio::spawn(async move {
            for _ in 0..5 {
                match engine.drive(id).await? {
                    Some(at) => clock.to(at),
                    None => break,
                }
            }
            Ok::<(), Stop>(())
        });
        let mut work = Engine(work);
        tokio::select! {
            () = self.stands.notified() => self.beside(town, tenant).await,
            ended = &mut work.0 => {
                ended.expect("no panic").expect("nobody disturbs it");
                work.0 = tokio::spawn(async { Ok(()) });
            }
        }
        work
    }
}

impl Still {
    /// What the engine does side by side with the step at which it stands comes to its end first: it is nobody's matter here.
    async fn beside(&self, town: &Town, tenant: &Tenant) {
        let (_, step, undo) = self.at;
        let Some(other) = [("database", "identity"), ("identity", "database")].into_iter().find(|p| p.0 == step) else {
            return;
        };
        let rests = async || {
            let state = town.stage.state(tenant.id).await;
            let phase = state.tenant().and_then(|c| c.track(other.1)).map(|t| t.phase.clone());
            if undo { matches!(phase, Some(Phase::Undone { .. })) } else { phase == Some(Phase::Done) }
        };
        while !rests().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

struct Engine(JoinHandle<Result<(), Stop>>);

impl Engine {
    /// It goes on, and ends well or learns that it was replaced.
    async fn goes_on(self, still: &Still) {
        still.go_on.notify_one();
        match self.0.await.expect("no panic") {
            Ok(()) | Err(Stop::Lost) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

#[async_trait]
impl Probe for Still {
    async fn stop(&self, point: Point, action: &Action) -> bool {
        if self.at == (point, action.step, action.undo) && !self.done.swap(true, Ordering::SeqCst) {
            self.stands.notify_one();
            self.go_on.notified().await;
        }
        false
    }
}

fn flow() -> Flow {
    Flow::Pair(PairingId(uuid::Uuid::from_u128(1)))
}

/// Both engines do what is due: the first one until it stands still, the other one all of it, and the first one again.
async fn together(town: &Town, tenant: &Tenant, still: &Still) {
    let first = still.begin(town, tenant).await;
    town.settle(tenant, Calm).await;
    first.goes_on(still).await;
    town.settle(tenant, Calm).await;
}

/// As the life in the proofs.
async fn life(town: &Town, still: &Still) -> [(World, World); 4] {
    let tenant = town.order("acme").await;
    together(town, &tenant, still).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
    let up = town.world();
    town.pair(&tenant, 1, "ada@example.org").await;
    together(town, &tenant, still).await;
    let paired = town.world();
    town.reverse(&tenant, flow()).await;
    together(town, &tenant, still).await;
    let unpaired = town.world();
    town.reverse(&tenant, Flow::Tenant).await;
    together(town, &tenant, still).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Deleted);
    assert_linear(town, &tenant).await;
    [up, paired, unpaired, town.world()]
}

/// Numbers without gaps, and nothing of an engine after the first word of the next one.
async fn assert_linear(town: &Town, tenant: &Tenant) {
    let log = town.stage.store.events_after(tenant.id, 0, 1_000).await.expect("the store works");
    assert!(log.iter().zip(1..).all(|(noted, seq)| noted.event.seq == seq), "{log:#?}");
    assert!(log.iter().filter_map(|noted| noted.epoch).is_sorted(), "{log:#?}");
}

async fn stand_still(still: Still, house: House, calm: Arc<[(World, World); 4]>) {
    let town = Town::new(house.store.clone()).await;
    let world = life(&town, &still).await;
    assert!(still.done.load(Ordering::SeqCst), "nobody stood still at {:?}", still.at);
    for (calm, world) in calm.iter().zip(&world) {
        assert_eq!(calm.0.objects, world.0.objects, "after standing still at {:?}", still.at);
        assert_eq!(calm.1.objects, world.1.objects, "after standing still at {:?}", still.at);
    }
    // To undo what is gone a driver may make it first, to be sure: so may a late look at a tenant that is gone.
    if (still.at.0, still.at.2) != (Point::BeforeEffect, true) {
        assert_eq!(calm[..3], world[..3], "after standing still at {:?}", still.at);
    }
}

async fn sweep<F: Future<Output = Option<House>>>(house: impl Fn() -> F) {
    let town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
    let calm = Arc::new(life(&town, &Still::at(Point::AfterRecord, "none", false)).await);
    let mut lives = JoinSet::new();
    for point in POINTS {
        for (step, undo) in TENANT.into_iter().chain(PAIR).flat_map(|s| [(s, false), (s, true)]) {
            let Some(house) = house().await else { return };
            lives.spawn(stand_still(Still::at(point, step, undo), house, calm.clone()));
            if lives.len() == 6 {
                lives.join_next().await.unwrap().unwrap();
            }
        }
    }
    lives.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stood_still_at_any_point_changes_nothing() {
    sweep(|| async { Some(house::sqlite().await) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn standing_still_on_postgresql() {
    sweep(house::postgres).await;
}

/// The late look is some minutes after the end; nothing else happens until then.
async fn minutes_later(town: &Town, tenant: &Tenant) {
    town.stage.clock.by(Duration::from_secs(600));
    let due = town.stage.store.next_wake().await.expect("the store works");
    assert!(due.is_some_and(|at| at <= town.stage.clock.now()), "the portal looks by itself");
    let engine = town.stage.engine(Calm);
    let now = town.stage.clock.now();
    let leases = town.stage.store.claim("test", now, now.plus(Duration::from_secs(60)), 9).await.expect("it works");
    let lease = leases.into_iter().find(|lease| lease.tenant == tenant.id).expect("it is due");
    engine.hold(lease, Instant::now()).await.expect("the store works");
}

async fn told(town: &Town) -> Vec<String> {
    let query = app::model::audit::AuditQuery { what: "tenant.late".into(), ..Default::default() };
    let (rows, _) = town.stage.store.audit_page(&query, 10).await.expect("the store works");
    rows.into_iter().map(|row| row.detail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_after_the_removal_is_undone_and_told() {
    for step in ["database", "identity", "site", "chat"] {
        let town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
        let (tenant, still) = (town.order("acme").await, Still::at(Point::BeforeEffect, step, false));
        let first = still.begin(&town, &tenant).await;
        town.reverse(&tenant, Flow::Tenant).await;
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::Deleted);
        town.assert_empty(step);
        first.goes_on(&still).await;
        let (ours, chat) = town.world();
        assert!(!ours.objects.is_empty() || !chat.objects.is_empty(), "{step} comes late");
        minutes_later(&town, &tenant).await;
        town.assert_empty(step);
        let title = town.stage.plans.tenant.node(step).expect("it is planned").step.title();
        let said = told(&town).await;
        assert_eq!(said, [format!("It came after the end and was removed again: {title}.")], "{step}");
        assert_eq!(town.stage.store.next_wake().await.expect("the store works"), None, "and that is all");
        assert_eq!(town.stage.store.data_key(tenant.id).await.expect("the store works"), None, "no secret stays");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_look_leaves_the_next_tenant_of_the_same_name_alone() {
    let town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    town.reverse(&tenant, Flow::Tenant).await;
    town.settle(&tenant, Calm).await;
    let id = TenantId(uuid::Uuid::from_u128(2));
    let heir = town.stage.order_as(id, "acme", &town.sites.address(id, &tenant.slug)).await;
    town.settle(&heir, Calm).await;
    let world = town.world();
    minutes_later(&town, &tenant).await;
    assert_eq!((world.0.objects, world.1.objects), (town.world().0.objects, town.world().1.objects));
    assert!(told(&town).await.is_empty());
}

/// Has the tenant's group in the chat a member?
fn in_group(town: &Town) -> bool {
    town.chat.inside.memory().groups.iter().any(|group| group["members"].as_array().is_some_and(|m| !m.is_empty()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_engine_gives_somebody_after_they_left_is_taken_again() {
    let town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    town.pair(&tenant, 1, "ada@example.org").await;
    let still = Still::at(Point::BeforeEffect, "access", false);
    let first = still.begin(&town, &tenant).await;
    town.reverse(&tenant, flow()).await;
    town.settle(&tenant, Calm).await;
    assert!(!in_group(&town));
    first.goes_on(&still).await;
    assert!(in_group(&town), "it comes late");
    town.settle(&tenant, Calm).await;
    assert!(!in_group(&town));
    let pairing = town.pairing(PairingId(uuid::Uuid::from_u128(1))).await.expect("it is there");
    assert_eq!(pairing.status, slipway::domain::pairing::PairingStatus::Gone);
    assert_linear(&town, &tenant).await;
}

#[tokio::test]
async fn nothing_is_polled_after_its_term() {
    let polled = Arc::new(Mutex::new(0));
    let work = async || *polled.lock().await += 1;
    let begun = Instant::now() - Duration::from_secs(2);
    let term = Term::new(begun, Duration::from_secs(1));
    assert_eq!(term.within(work()).await, None);
    assert_eq!(*polled.lock().await, 0);
    term.extend(begun, Duration::from_secs(3_600));
    assert_eq!(term.within(work()).await, Some(()));
    assert_eq!(*polled.lock().await, 1);
}
