//! The generic proofs once more with the step Database at IONOS, where a second cluster costs money and a lost address is
//! lost for good: stopped at every point, run twice, failing anywhere and in bad weather there is one cluster, and in the end
//! neither a cluster nor an address is left.

use super::proofs::{Broken, Once, POINTS, TENANT, down, each, life};
use crate::stage::town::Town;
use async_trait::async_trait;
use slipway::{
    domain::{Fact, Fault, Gone, Seen, tenant::Status},
    saga::{AnyStep, Cx, Done, engine::Calm, plan::Plans},
    store::Store,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

async fn town(first: bool, change: impl FnOnce(Plans) -> Plans) -> Town {
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    Town::at_ionos(store, first, change).await
}

/// Each proof at both versions of the API.
macro_rules! at_both {
    ($($name:ident),+ $(,)?) => {
        mod v1 {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(true).await;
            })+
        }
        mod v2 {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(false).await;
            })+
        }
    };
}

at_both!(
    a_crash_at_any_point_makes_no_second_cluster_and_loses_no_address,
    a_failure_at_any_step_unwinds_to_no_cluster_and_no_address,
    weather_makes_no_second_cluster,
    a_cluster_that_fails_is_made_anew_when_a_person_says_so,
);

async fn assert_nothing_left(town: &Town, when: &str) {
    town.assert_empty(when);
    let left = town.stage.store.addresses().await.expect("the store works");
    assert!(left.is_empty(), "{when}: addresses are still taken: {left:?}");
    assert!(town.ionos.inside.memory().clusters.is_empty(), "{when}");
}

fn made(town: &Town) -> u64 {
    town.world().0.made.get("cluster").copied().unwrap_or_default()
}

async fn a_crash_at_any_point_makes_no_second_cluster_and_loses_no_address(version_1: bool) {
    let first = town(version_1, |p| p).await;
    let calm = life(&first, Once::default).await;
    assert_eq!(made(&first), 1);
    assert!(calm[0].0.objects.iter().any(|o| o.starts_with("cluster ")), "{:?}", calm[0].0);
    assert_nothing_left(&first, "undisturbed").await;
    for point in POINTS {
        for undo in [false, true] {
            let struck = Arc::new(AtomicBool::new(false));
            let at = Some((point, "database", undo));
            let town = town(version_1, |p| p).await;
            let crashed = life(&town, || Once(at, struck.clone())).await;
            assert!(struck.load(Ordering::SeqCst), "no crash at {at:?}");
            assert_eq!(calm, crashed, "after a crash at {at:?}");
            assert_nothing_left(&town, &format!("after a crash at {at:?}")).await;
        }
    }
    let twice = town(version_1, |p| each(p, |step| Arc::new(Again(step)))).await;
    assert_eq!(calm, life(&twice, Once::default).await);
    assert_nothing_left(&twice, "twice").await;
}

/// A step whose every act happens twice, where acts take their time.
struct Again(Arc<dyn AnyStep>);

#[async_trait]
impl AnyStep for Again {
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
        self.0.run(cx).await?;
        self.0.run(cx).await
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.undo(cx).await?;
        self.0.undo(cx).await
    }
}

async fn a_failure_at_any_step_unwinds_to_no_cluster_and_no_address(version_1: bool) {
    for (at, after) in TENANT.into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let breaking = |step: Arc<dyn AnyStep>| -> Arc<dyn AnyStep> {
            if step.name() == at { Arc::new(Broken { step, after }) } else { step }
        };
        let town = town(version_1, |p| each(p, breaking)).await;
        let tenant = town.order("acme").await;
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::NeedsAttention, "{at}");
        down(&town, &tenant, Once::default()).await;
        assert_nothing_left(&town, &format!("after {at} failed, effect {after}")).await;
    }
}

async fn weather_makes_no_second_cluster(version_1: bool) {
    for seed in 0..10 {
        let town = town(version_1, |p| p).await;
        town.faults.weather(seed, 150);
        life(&town, Once::default).await;
        assert_eq!(made(&town), 1, "seed {seed}");
        assert_nothing_left(&town, &format!("seed {seed}")).await;
    }
}

async fn a_cluster_that_fails_is_made_anew_when_a_person_says_so(version_1: bool) {
    let town = town(version_1, |p| p).await;
    town.ionos.inside.memory().failing = vec!["no capacity in this location".to_owned()];
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::NeedsAttention);
    let log = town.stage.store.log(tenant.id).await.expect("the store works");
    let told = |fact: &Fact| matches!(fact, Fact::Failed { code, say, .. } if code == "database_failed" && (version_1 || say.contains("no capacity")));
    let told_once = log.iter().filter(|e| told(&e.fact)).count() == 1;
    assert!(told_once, "{log:?}");

    town.retry(&tenant, "database").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
    assert_eq!((made(&town), town.ionos.inside.memory().clusters.len()), (2, 1));
    down(&town, &tenant, Once::default()).await;
    assert_nothing_left(&town, "after the second one").await;
}
