//! The generic proofs once more with the step Identity at Authentik: stopped at every point, run twice, failing anywhere and
//! in bad weather it leaves exactly what an undisturbed run leaves; and people and losses are put right by the looks.

use super::proofs::{Broken, Once, POINTS, TENANT, Twice, down, each, life};
use crate::{sim::authentik::AuthentikSim, stage::town::Town};
use slipway::{
    domain::{Email, Fact, Role, tenant::Status},
    saga::{AnyStep, engine::Calm, plan::Plans},
    store::Store,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

async fn town(change: impl FnOnce(Plans) -> Plans) -> Town {
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    let town = Town::at_authentik(store, change).await;
    for (pk, email) in [(5, "ada@example.org"), (6, "ben@example.org")] {
        town.authentik.inside.memory().person(pk, email);
    }
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_point_leaves_what_an_undisturbed_run_leaves() {
    let calm = life(&town(|p| p).await, Once::default).await;
    assert!(calm[0].0.objects.contains("provider wp-acme"), "{:?}", calm[0].0);
    assert!(calm[3].0.objects.is_empty() && calm[3].1.objects.is_empty(), "{:?}", calm[3]);
    for point in POINTS {
        for undo in [false, true] {
            let struck = Arc::new(AtomicBool::new(false));
            let at = Some((point, "identity", undo));
            let crashed = life(&town(|p| p).await, || Once(at, struck.clone())).await;
            assert!(struck.load(Ordering::SeqCst), "no crash at {at:?}");
            assert_eq!(calm, crashed, "after a crash at {at:?}");
        }
    }
    let twice = town(|p| each(p, |step| Arc::new(Twice(step)))).await;
    assert_eq!(calm, life(&twice, Once::default).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_any_step_unwinds_to_nothing() {
    for (at, after) in TENANT.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let breaking = |step: Arc<dyn AnyStep>| -> Arc<dyn AnyStep> {
            if step.name() == at { Arc::new(Broken { step, after }) } else { step }
        };
        let town = town(|p| each(p, breaking)).await;
        let tenant = town.order("acme").await;
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::NeedsAttention, "{at}");
        down(&town, &tenant, Once::default()).await;
        town.assert_empty(&format!("after {at} failed, effect {after}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weather_delays_but_changes_nothing() {
    let calm = life(&town(|p| p).await, Once::default).await;
    for seed in 0..6 {
        let town = town(|p| p).await;
        town.faults.weather(seed, 150);
        let stormy = life(&town, Once::default).await;
        assert_eq!(calm[1].0.objects.len(), stormy[1].0.objects.len(), "seed {seed}");
        town.assert_empty(&format!("seed {seed}"));
    }
}

fn people(sim: &AuthentikSim) -> (Vec<i64>, Vec<i64>) {
    let memory = sim.inside.memory();
    (memory.people_of("tenant-acme"), memory.people_of("tenant-acme-admins"))
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_follow_the_people_and_mend_what_was_lost() {
    let town = town(|p| p).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(people(&town.authentik), (vec![5], vec![5]), "Ada is the first admin");

    let ben = Email::parse("ben@example.org").expect("an address");
    let entry = town.house.entry("test", "member.put", Some(&tenant), true, "");
    town.stage.store.put_member(tenant.id, &ben, Role::Member, &entry).await.expect("the store works");
    town.settle(&tenant, Calm).await;
    assert_eq!(people(&town.authentik), (vec![5, 6], vec![5]));
    town.stage.store.remove_member(tenant.id, &ben, &entry).await.expect("the store works");
    town.settle(&tenant, Calm).await;
    assert_eq!(people(&town.authentik), (vec![5], vec![5]));

    let before = town.authentik.inside.memory().one("provider", "wp-acme").clone();
    for kind in ["provider", "group", "application", "binding"] {
        town.authentik.inside.memory().rows.get_mut(kind).expect("it was made").clear();
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::Ready, "{kind}");
    }
    let after = town.authentik.inside.memory().one("provider", "wp-acme").clone();
    assert_eq!((&before["client_id"], &before["client_secret"]), (&after["client_id"], &after["client_secret"]));
    let log = town.stage.store.log(tenant.id).await.expect("the store works");
    let drifts = log.iter().filter(|e| matches!(&e.fact, Fact::Drifted { what } if what.contains("In Authentik")));
    assert_eq!(drifts.count(), 6, "each is in the log");
}
