//! How long steps usually take, read off the log.

use super::{append, digest, event, house::House, on_both, ordered};
use serde_json::json;
use slipway::{
    domain::{At, Event, Fact, tenant::Status},
    store::Store,
};

on_both!(a_step_is_usual_after_three_runs, a_run_that_needed_a_person_does_not_count);

fn done() -> Fact {
    Fact::Done { output: json!({}), outside_id: None }
}

fn failed() -> Fact {
    Fact::Failed { code: "gone".into(), say: "It broke.".into(), next: "Mend it.".into() }
}

/// Tenant `n` with these facts about its database, at these times.
async fn ran(store: &Store, n: u128, facts: Vec<(i64, Fact)>) {
    let tenant = ordered(store, n, &format!("acme-{n}")).await;
    let events: Vec<Event> =
        facts.into_iter().zip(2..).map(|((at, fact), seq)| Event { at: At(at), ..event(seq, fact) }).collect();
    append(store, tenant.id, &events, &digest(Status::Provisioning)).await;
}

async fn a_step_is_usual_after_three_runs(house: &House) {
    let (store, started) = (&house.store, || Fact::Started { attempt: 1 });
    ran(store, 1, vec![(10, started()), (12, done())]).await;
    ran(store, 2, vec![(10, started()), (14, started()), (19, done())]).await;
    assert!(store.usual().await.unwrap().is_empty(), "two runs are not usual");
    // What a later look put right is no longer run.
    ran(
        store,
        3,
        vec![(10, started()), (15, done()), (90, Fact::Drifted { what: "Away.".into(), outage: false }), (99, done())],
    )
    .await;
    ran(store, 4, vec![(10, started())]).await;
    let usual = store.usual().await.unwrap();
    assert_eq!(usual.into_iter().collect::<Vec<_>>(), [("database".to_owned(), (2, 9))]);
}

async fn a_run_that_needed_a_person_does_not_count(house: &House) {
    let (store, started) = (&house.store, || Fact::Started { attempt: 1 });
    for n in 1..=3 {
        ran(store, n, vec![(10, started()), (11, failed()), (900, started()), (901, done())]).await;
    }
    assert!(store.usual().await.unwrap().is_empty());
    for n in 4..=30 {
        ran(store, n, vec![(10, started()), (10 + i64::try_from(n).unwrap(), done())]).await;
    }
    let usual = store.usual().await.unwrap();
    assert_eq!(usual["database"], (12, 29), "the newest twenty, without a twentieth at each end");
}
