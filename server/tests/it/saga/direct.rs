//! The generic proofs once more where the chat speaks with the sites' own tools: each pairing has a corner of its own,
//! which holds the credential, and nothing of it is left when the pairing ends.

use super::proofs::{Broken, Once, POINTS, Twice, down, each, life};
use crate::stage::town::Town;
use serde_json::Value;
use slipway::{
    domain::{Flow, McpMode, PairingId, pairing::PairingStatus, tenant::Status},
    saga::{AnyStep, engine::Calm, plan::Plans},
    steps::{Systems, plans},
    store::Store,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

async fn town(change: impl FnOnce(Plans) -> Plans) -> Town {
    Town::direct(Store::open("sqlite::memory:").await.expect("memory is there"), change).await
}

/// Id of the connection of pairing number `n` of acme.
fn key(n: u128) -> String {
    format!("wp-acme-{n:08x}")
}

fn connection(town: &Town, key: &str) -> Option<Value> {
    town.chat.inside.memory().connection(key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_a_corner_of_their_own_with_their_credential() {
    let town = town(|p| p).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
    assert!(connection(&town, "wp-acme").is_none(), "the tenant's own corner is the group alone");
    let ada = town.pair(&tenant, 1, "ada@example.org").await;
    let ben = town.pair(&tenant, 2, "ben@example.org").await;
    town.settle(&tenant, Calm).await;
    let connections = [1, 2].map(|n| connection(&town, &key(n)).expect("it is there"));
    let header = |c: &Value| c["headers"]["Authorization"].as_str().expect("a header").to_owned();
    assert!(header(&connections[0]).starts_with("Basic ") && header(&connections[0]) != header(&connections[1]));
    assert_eq!(connections[0]["url"], format!("{}/?rest_route=%2Fwp%2Fv2%2Fwpmcp%2Fstreamable", tenant.site_url));
    let grant = |c: &Value| c["config"]["access_grants"].clone();
    assert_ne!(grant(&connections[0]), grant(&connections[1]), "each is granted to a group of one");
    for pairing in [&ada, &ben] {
        let now = town.pairing(pairing.id).await.expect("it is there");
        assert_eq!(now.status, PairingStatus::Connected, "{}", now.note);
    }
    let link = town.house.systems.chat_link(&tenant, &ada);
    assert!(link.ends_with(&format!("?model={}", key(1))), "{link}");

    // Somebody takes it out of OpenWebUI: the next look puts it back.
    town.chat.inside.memory().connections.clear();
    town.settle(&tenant, Calm).await;
    assert_eq!(header(&connection(&town, &key(1)).expect("it is back")), header(&connections[0]));

    town.reverse(&tenant, Flow::Pair(PairingId(uuid::Uuid::from_u128(1)))).await;
    town.settle(&tenant, Calm).await;
    assert!(connection(&town, &key(1)).is_none() && connection(&town, &key(2)).is_some());
    down(&town, &tenant, Once::default()).await;
    town.assert_empty("the tenant is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_point_leaves_what_an_undisturbed_run_leaves() {
    let calm = life(&town(|p| p).await, Once::default).await;
    assert!(calm[3].0.objects.is_empty() && calm[3].1.objects.is_empty(), "{:?}", calm[3]);
    for point in POINTS {
        for (step, undo) in ["chat", "access", "proof"].into_iter().flat_map(|s| [(s, false), (s, true)]) {
            let struck = Arc::new(AtomicBool::new(false));
            let at = Some((point, step, undo));
            let crashed = life(&town(|p| p).await, || Once(at, struck.clone())).await;
            assert!(struck.load(Ordering::SeqCst), "no crash at {at:?}");
            assert_eq!(calm, crashed, "after a crash at {at:?}");
        }
    }
    let twice = town(|p| each(p, |step| Arc::new(Twice(step)))).await;
    assert_eq!(calm, life(&twice, Once::default).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_unwinds_to_nothing() {
    for (at, after) in ["access", "proof"].into_iter().flat_map(|s| [(s, false), (s, true)]) {
        let breaking = |step: Arc<dyn AnyStep>| -> Arc<dyn AnyStep> {
            if step.name() == at { Arc::new(Broken { step, after }) } else { step }
        };
        let town = town(|p| each(p, breaking)).await;
        let tenant = town.order("acme").await;
        town.settle(&tenant, Calm).await;
        town.pair(&tenant, 1, "ada@example.org").await;
        town.settle(&tenant, Calm).await;
        assert!(connection(&town, &key(1)).is_none(), "{at}, effect {after}");
        down(&town, &tenant, Once::default()).await;
        town.assert_empty(&format!("after {at} failed, effect {after}"));
    }
}

/// A house that changes from one mode to the other needs no hand: the looks see it and put it right.
#[tokio::test(flavor = "multi_thread")]
async fn changing_the_mode_moves_pairings_over() {
    let mut town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    town.pair(&tenant, 1, "ada@example.org").await;
    town.settle(&tenant, Calm).await;
    assert!(connection(&town, "wp-acme").is_some() && connection(&town, &key(1)).is_none());
    town.stage.plans = Arc::new(plans(&Systems { mcp: McpMode::Direct, ..town.house.systems.clone() }));
    town.settle(&tenant, Calm).await;
    assert!(connection(&town, "wp-acme").is_none() && connection(&town, &key(1)).is_some());
}
