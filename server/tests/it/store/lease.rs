//! Leases: nobody works on a tenant twice, nothing is forgotten.

use super::{digest, house::House, on_both, ordered, started, tenant_id};
use slipway::domain::{At, tenant::Status};
use std::collections::BTreeMap;

on_both!(
    of_many_engines_each_tenant_goes_to_one,
    a_lease_keeps_others_out_until_it_ends,
    a_wake_up_during_the_work_is_not_lost,
    looks_are_counted,
    a_lost_lease_is_not_given_back,
    the_next_wake_is_the_earliest,
);

async fn of_many_engines_each_tenant_goes_to_one(house: &House) {
    for n in 1..=40 {
        ordered(&house.store, n, &format!("tenant-{n}")).await;
    }
    let tasks: Vec<_> = (0..8)
        .map(|engine| {
            let store = house.store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let some = store.claim(&format!("engine {engine}"), At(100), At(200), 3).await.unwrap();
                    if some.is_empty() {
                        return mine;
                    }
                    assert!(some.len() <= 3);
                    mine.extend(some);
                }
            })
        })
        .collect();
    let mut claimed: BTreeMap<_, u32> = BTreeMap::new();
    for task in tasks {
        for id in task.await.unwrap() {
            *claimed.entry(id).or_default() += 1;
        }
    }
    // An engine that found the rest locked by others may have stopped early; what is left is still there to take.
    for id in house.store.claim("last", At(100), At(200), 100).await.unwrap() {
        *claimed.entry(id).or_default() += 1;
    }
    assert_eq!(claimed.len(), 40);
    assert!(claimed.values().all(|n| *n == 1), "{claimed:?}");
}

async fn a_lease_keeps_others_out_until_it_ends(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 10, "acme").await;
    assert!(store.claim("a", At(9), At(50), 9).await.unwrap().is_empty(), "not due yet");
    assert_eq!(store.claim("a", At(10), At(50), 9).await.unwrap(), [tenant.id]);
    assert!(store.claim("b", At(49), At(99), 9).await.unwrap().is_empty());
    assert!(store.claim("a", At(49), At(99), 9).await.unwrap().is_empty(), "not even its owner twice");
    assert!(store.renew(tenant.id, "a", At(60)).await.unwrap());
    assert!(!store.renew(tenant.id, "b", At(60)).await.unwrap());
    assert!(store.claim("b", At(59), At(99), 9).await.unwrap().is_empty());
    assert_eq!(store.claim("b", At(60), At(99), 9).await.unwrap(), [tenant.id], "its engine died");
    assert!(!store.renew(tenant.id, "a", At(200)).await.unwrap());
}

async fn a_wake_up_during_the_work_is_not_lost(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let take = |now| store.claim("a", At(now), At(now + 5), 9);
    assert_eq!(take(10).await.unwrap().len(), 1);
    store.release(tenant.id, "a", Some(At(1_000))).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(1_000)), "a look without news");

    store.wake(tenant.id, At(20)).await.unwrap();
    assert_eq!(take(20).await.unwrap().len(), 1);
    store.wake(tenant.id, At(21)).await.unwrap();
    store.release(tenant.id, "a", Some(At(1_000))).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(21)), "somebody asked meanwhile");

    assert_eq!(take(30).await.unwrap().len(), 1);
    let mut d = digest(Status::Ready);
    d.wake_at = Some(At(31));
    store.append(tenant.id, &[started(2)], &d).await.unwrap();
    store.release(tenant.id, "a", None).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(31)), "the log asked");

    assert_eq!(take(40).await.unwrap().len(), 1);
    store.release(tenant.id, "a", None).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), None, "parked");
}

async fn looks_are_counted(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let asked = async || store.look_asked(tenant.id).await.unwrap();
    assert_eq!(asked().await, None);
    store.wake(tenant.id, At(5)).await.unwrap();
    assert_eq!(store.claim("a", At(5), At(9), 9).await.unwrap(), [tenant.id]);
    assert_eq!(asked().await, Some(1), "the claim takes the wake-up, not the look");
    let mut held = store.hold(tenant.id).await.unwrap().unwrap();
    held.wake(At(5)).await.unwrap();
    held.commit(None).await.unwrap();
    store.looked(tenant.id, 1).await.unwrap();
    assert_eq!(asked().await, Some(2), "another one, at the same moment");
    store.looked(tenant.id, 2).await.unwrap();
    store.looked(tenant.id, 1).await.unwrap();
    assert_eq!(asked().await, None);
    store.release(tenant.id, "a", Some(At(1_000))).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(5)));
    let mut later = digest(Status::Ready);
    later.wake_at = Some(At(500));
    store.append(tenant.id, &[started(2)], &later).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(5)), "a later moment does not push an earlier one away");
}

async fn a_lost_lease_is_not_given_back(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    store.claim("a", At(10), At(20), 9).await.unwrap();
    store.claim("b", At(20), At(40), 9).await.unwrap();
    store.release(tenant.id, "a", Some(At(0))).await.unwrap();
    assert!(store.claim("c", At(39), At(99), 9).await.unwrap().is_empty());
    assert!(store.renew(tenant.id, "b", At(50)).await.unwrap());
}

async fn the_next_wake_is_the_earliest(house: &House) {
    let store = &house.store;
    assert_eq!(store.next_wake().await.unwrap(), None);
    ordered(store, 5, "acme").await;
    ordered(store, 7, "other").await;
    assert_eq!(store.next_wake().await.unwrap(), Some(At(5)));
    assert_eq!(store.claim("a", At(6), At(30), 9).await.unwrap(), [tenant_id(5)]);
    assert_eq!(store.next_wake().await.unwrap(), Some(At(7)));
    store.claim("a", At(8), At(20), 9).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(20)), "the end of a lease");
    store.wake(tenant_id(99), At(1)).await.unwrap();
}
