//! The engine itself, over steps without an outside.

use super::toy::{Toy, plans};
use crate::stage::Stage;
use slipway::{
    domain::{Fact, Flow, tenant::Status},
    saga::{
        engine::{Calm, Point, Probe},
        journal::{Entry, Journal},
        machine::Action,
    },
    store::Store,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::Notify;

/// Stops once, at one point of one action.
struct Once {
    at: (Point, String, bool),
    done: AtomicBool,
}

#[async_trait::async_trait]
impl Probe for Once {
    async fn stop(&self, point: Point, action: &Action) -> bool {
        (point, action.step.to_owned(), action.undo) == self.at && !self.done.swap(true, Ordering::SeqCst)
    }
}

async fn stage() -> (Stage, Toy) {
    let toy = Toy::default();
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    (Stage::new(store, plans(&toy)).await, toy)
}

async fn turn_around(stage: &Stage, tenant: slipway::domain::TenantId) {
    let journal = Journal::new(stage.store.clone(), stage.plans.clone());
    let fact = Fact::Reversed { by: "olivia@example.org".into(), why: "removed".into() };
    let now = slipway::domain::Clock::now(&*stage.clock);
    let wrote = journal.write(tenant, now, |_| Some(vec![Entry::new(Flow::Tenant, "", fact.clone())])).await;
    assert!(wrote.expect("the store works").is_some());
}

#[tokio::test]
async fn brings_a_tenant_up_and_down_again() {
    let (stage, toy) = stage().await;
    let tenant = stage.order("acme", "http://127.0.0.1:1").await;
    stage.settle(tenant.id, Calm).await;
    assert_eq!(stage.status(tenant.id).await, Status::Ready);
    assert_eq!(toy.0.lock().expect("nobody panics").len(), 3);
    turn_around(&stage, tenant.id).await;
    stage.settle(tenant.id, Calm).await;
    assert_eq!(stage.status(tenant.id).await, Status::Deleted);
    assert!(toy.0.lock().expect("nobody panics").is_empty());
}

#[tokio::test]
async fn goes_on_after_a_crash_at_every_point() {
    for point in super::proofs::POINTS {
        for (step, undo) in ["a", "b", "c"].into_iter().flat_map(|s| [(s, false), (s, true)]) {
            let (stage, toy) = stage().await;
            let once = || Once { at: (point, step.to_owned(), undo), done: AtomicBool::new(false) };
            let tenant = stage.order("acme", "http://127.0.0.1:1").await;
            stage.settle(tenant.id, once()).await;
            assert_eq!(stage.status(tenant.id).await, Status::Ready, "{point:?} {step}");
            turn_around(&stage, tenant.id).await;
            stage.settle(tenant.id, once()).await;
            assert_eq!(stage.status(tenant.id).await, Status::Deleted, "{point:?} {step}");
            assert!(toy.0.lock().expect("nobody panics").is_empty(), "{point:?} {step}");
        }
    }
}

/// Rings once the effect of `a` is there, and waits for the answer.
struct Rings([Arc<Notify>; 2]);

#[async_trait::async_trait]
impl Probe for Rings {
    async fn stop(&self, point: Point, action: &Action) -> bool {
        if (point, action.step) == (Point::AfterEffect, "a") {
            self.0[0].notify_one();
            self.0[1].notified().await;
        }
        false
    }
}

#[tokio::test]
async fn on_the_way_out_what_is_under_way_ends_and_nothing_new_begins() {
    let (stage, toy) = stage().await;
    let tenant = stage.order("acme", "http://127.0.0.1:1").await;
    let bells: [Arc<Notify>; 2] = Default::default();
    let engine = Arc::new(stage.engine(Rings(bells.clone())));
    let drives = tokio::spawn({
        let engine = engine.clone();
        async move { engine.drive(tenant.id).await }
    });
    bells[0].notified().await;
    engine.closing.store(true, Ordering::SeqCst);
    bells[1].notify_one();
    let wake_at = drives.await.expect("no panic").expect("the store works");
    assert!(wake_at.is_some_and(|at| at <= slipway::domain::Clock::now(&*stage.clock)), "the next one goes on at once");
    let made: Vec<_> = toy.0.lock().expect("nobody panics").iter().cloned().collect();
    assert_eq!(made, ["acme a", "acme b"]);
}
