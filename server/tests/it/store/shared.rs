//! What two portals on one PostgreSQL share, seen from two stores on one database.

use super::{
    house::{self, House},
    on_both, ordered, tenant_id,
};
use slipway::{
    domain::{At, Hint, Pace, Role},
    store::{Claim, Store},
};
use std::time::Duration;

const RULE: Pace = Pace::new("test", 3, Duration::from_secs(10));

async fn two() -> Option<(House, Store)> {
    let house = house::postgres().await?;
    let other = Store::open(&house.url).await.unwrap();
    Some((house, other))
}

fn at(seconds: i64) -> At {
    At(seconds * 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowance_is_one_for_both() {
    let Some((house, other)) = two().await else { return };
    let mut taken = 0;
    for store in [&house.store, &other].repeat(5) {
        taken += usize::from(store.pace(&RULE, "ada", at(100)).await.unwrap().is_ok());
    }
    assert_eq!(taken, 3);
    assert!(other.pace(&RULE, "mia", at(100)).await.unwrap().is_ok());
    let all = (0..40).map(|n| if n % 2 == 0 { house.store.clone() } else { other.clone() });
    let all = all.map(|store| async move { store.pace(&RULE, "ben", at(100)).await.unwrap().is_ok() });
    let taken = futures::future::join_all(all).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 3, "at the same moment too");
    assert!(house.store.pace(&RULE, "ada", at(112)).await.unwrap().is_ok());
    assert!(other.pace(&RULE, "ada", at(112)).await.unwrap().is_err());
    // A portal whose clock was hours ahead leaves nobody locked out.
    while other.pace(&RULE, "theo", at(30_000)).await.unwrap().is_ok() {}
    assert!(house.store.pace(&RULE, "theo", at(100)).await.unwrap().is_ok());
    house.store.sweep(at(20_000)).await.unwrap();
    let third = Store::open(&house.url).await.unwrap();
    assert!(third.pace(&RULE, "ada", at(112)).await.unwrap().is_ok(), "a row of long ago is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_heard_by_the_other() {
    let Some((house, other)) = two().await else { return };
    let tenant = ordered(&house.store, 1, "acme").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (mut hints, mut tenants) = (other.changes(), other.hints());
    hints.mark_unchanged();
    house.store.wake(tenant.id, At(1)).await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), hints.changed()).await.expect("a hint comes").unwrap();
    assert!(tenants.try_recv().is_err(), "nothing to see changed");
    house.store.hold(tenant.id).await.unwrap().unwrap().commit(None).await.unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(20), tenants.recv()).await.expect("a hint comes").unwrap();
    assert_eq!(heard, Hint { tenant: tenant.id, seq: None });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_done_once_by_one_of_them() {
    let Some((house, other)) = two().await else { return };
    let tenant = ordered(&house.store, 1, "acme").await;
    let claims = (0..20).map(|n| if n % 2 == 0 { house.store.clone() } else { other.clone() });
    let claims = claims.map(|store| async move { store.claim_once("key", tenant.id, At(1)).await.unwrap() });
    let claims = futures::future::join_all(claims).await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Fresh).count(), 1);
    house.store.finish_once("key", &serde_json::json!({"id": 7})).await.unwrap();
    assert_eq!(other.claim_once("key", tenant.id, At(2)).await.unwrap(), Claim::Done(serde_json::json!({"id": 7})));
}

on_both!(a_letter_is_taken_alone, a_letter_that_somebody_else_took_is_not_kept);

async fn invite(house: &House, count: usize) {
    ordered(&house.store, 1, "acme").await;
    for n in 0..count {
        let mut held = house.store.hold(tenant_id(1)).await.unwrap().unwrap();
        let email = super::email(&format!("person{n}@example.org"));
        held.invite(&email, Role::Member, "ada@example.org", at(100), at(1_000)).await.unwrap();
        held.commit(None).await.unwrap();
    }
}

/// A process that dies holds up the one letter that it had in hand.
async fn a_letter_is_taken_alone(house: &House) {
    invite(house, 3).await;
    assert!(house.store.take_letter(at(100), at(160)).await.unwrap().is_some());
    let mut left = 0;
    while house.store.take_letter(at(101), at(161)).await.unwrap().is_some() {
        left += 1;
    }
    assert_eq!(left, 2);
}

async fn a_letter_that_somebody_else_took_is_not_kept(house: &House) {
    invite(house, 1).await;
    let first = house.store.take_letter(at(100), at(160)).await.unwrap().unwrap();
    assert!(house.store.keep_letter(&first, at(170)).await.unwrap());
    assert_eq!(house.store.take_letter(at(165), at(225)).await.unwrap(), None, "it was kept longer");
    let second = house.store.take_letter(at(171), at(231)).await.unwrap().unwrap();
    assert!(!house.store.keep_letter(&first, at(240)).await.unwrap(), "the slow one does not send it");
    assert!(house.store.keep_letter(&second, at(240)).await.unwrap());
}
