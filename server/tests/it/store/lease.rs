//! Leases: nobody works on a tenant twice, nothing is forgotten.

use super::{digest, house::House, on_both, ordered, started, tenant_id};
use slipway::{
    domain::{At, TenantId, tenant::Status},
    store::{Lease, Store},
};
use std::collections::BTreeMap;

on_both!(
    of_many_engines_each_tenant_goes_to_one,
    a_lease_keeps_others_out_until_it_ends,
    a_wake_up_during_the_work_is_not_lost,
    looks_are_counted,
    a_lost_lease_is_not_given_back,
    the_next_wake_is_the_earliest,
    a_clock_that_was_wrong_leaves_nothing_behind,
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
                    mine.extend(some.into_iter().map(|lease| lease.tenant));
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
    for lease in house.store.claim("last", At(100), At(200), 100).await.unwrap() {
        *claimed.entry(lease.tenant).or_default() += 1;
    }
    assert_eq!(claimed.len(), 40);
    assert!(claimed.values().all(|n| *n == 1), "{claimed:?}");
}

/// Claims at `now` until `until`; the one tenant that is due, or none.
async fn claim(store: &Store, owner: &str, now: i64, until: i64) -> Option<Lease> {
    let mut leases = store.claim(owner, At(now), At(until), 9).await.unwrap();
    assert!(leases.len() < 2, "{leases:?}");
    leases.pop()
}

fn of(lease: Option<&Lease>) -> Option<(TenantId, &str)> {
    lease.map(|l| (l.tenant, l.owner.as_str()))
}

async fn a_lease_keeps_others_out_until_it_ends(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 10, "acme").await;
    assert_eq!(claim(store, "a", 9, 50).await, None, "not due yet");
    let first = claim(store, "a", 10, 50).await;
    assert_eq!(of(first.as_ref()), Some((tenant.id, "a")));
    let first = first.unwrap();
    assert_eq!(claim(store, "b", 49, 99).await, None);
    assert_eq!(claim(store, "a", 49, 99).await, None, "not even its owner twice");
    assert!(store.renew(&first, At(60)).await.unwrap());
    assert!(!store.renew(&Lease { owner: "b".into(), ..first.clone() }, At(60)).await.unwrap());
    assert_eq!(claim(store, "b", 59, 99).await, None);
    let second = claim(store, "b", 60, 99).await;
    assert_eq!(of(second.as_ref()), Some((tenant.id, "b")), "its engine died");
    assert!(second.unwrap().epoch > first.epoch);
    assert!(!store.renew(&first, At(200)).await.unwrap());
}

async fn a_wake_up_during_the_work_is_not_lost(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let take = async |now| claim(store, "a", now, now + 5).await.unwrap();
    let lease = take(10).await;
    store.release(&lease, Some(At(1_000))).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(1_000)), "a look without news");

    store.wake(tenant.id, At(20)).await.unwrap();
    let lease = take(20).await;
    store.wake(tenant.id, At(21)).await.unwrap();
    store.release(&lease, Some(At(1_000))).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(21)), "somebody asked meanwhile");

    let lease = take(30).await;
    let mut d = digest(Status::Ready);
    d.wake_at = Some(At(31));
    store.append(&lease, &[started(2)], &d).await.unwrap();
    store.release(&lease, None).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(31)), "the log asked");

    let lease = take(40).await;
    store.release(&lease, None).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), None, "parked");
}

async fn looks_are_counted(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let asked = async || store.look_asked(tenant.id).await.unwrap();
    assert_eq!(asked().await, None);
    store.wake(tenant.id, At(5)).await.unwrap();
    let lease = claim(store, "a", 5, 9).await.unwrap();
    assert_eq!(asked().await, Some(1), "the claim takes the wake-up, not the look");
    let mut held = store.hold(tenant.id).await.unwrap().unwrap();
    held.wake(At(5)).await.unwrap();
    held.commit(None).await.unwrap();
    store.looked(tenant.id, 1).await.unwrap();
    assert_eq!(asked().await, Some(2), "another one, at the same moment");
    store.looked(tenant.id, 2).await.unwrap();
    store.looked(tenant.id, 1).await.unwrap();
    assert_eq!(asked().await, None);
    let mut later = digest(Status::Ready);
    later.wake_at = Some(At(500));
    store.append(&lease, &[started(2)], &later).await.unwrap();
    store.release(&lease, Some(At(1_000))).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(5)), "a later moment does not push an earlier one away");
}

async fn a_lost_lease_is_not_given_back(house: &House) {
    let store = &house.store;
    ordered(store, 1, "acme").await;
    let first = claim(store, "a", 10, 20).await.unwrap();
    let second = claim(store, "b", 20, 40).await.unwrap();
    store.release(&first, Some(At(0))).await.unwrap();
    assert_eq!(claim(store, "c", 39, 99).await, None);
    assert!(store.renew(&second, At(50)).await.unwrap());
}

async fn the_next_wake_is_the_earliest(house: &House) {
    let store = &house.store;
    assert_eq!(store.next_wake().await.unwrap(), None);
    ordered(store, 5, "acme").await;
    ordered(store, 7, "other").await;
    assert_eq!(store.next_wake().await.unwrap(), Some(At(5)));
    assert_eq!(of(claim(store, "a", 6, 30).await.as_ref()), Some((tenant_id(5), "a")));
    assert_eq!(store.next_wake().await.unwrap(), Some(At(7)));
    claim(store, "a", 8, 20).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(At(20)), "the end of a lease");
    store.wake(tenant_id(99), At(1)).await.unwrap();
}

async fn a_clock_that_was_wrong_leaves_nothing_behind(house: &House) {
    let store = &house.store;
    let (acme, other) = (ordered(store, 1, "acme").await, ordered(store, 2, "other").await);
    // Both were claimed when the clock was far ahead; one was given back.
    let ahead = store.claim("a", At(70_000), At(70_030), 9).await.unwrap();
    let lease = ahead.iter().find(|l| l.tenant == acme.id).unwrap();
    store.release(lease, Some(At(70_060))).await.unwrap();
    assert_eq!(store.bring_back(At(100), At(80_000)).await.unwrap(), 0, "near enough");
    assert!(store.far_leases(At(70_030)).await.unwrap().is_empty());
    assert!(store.claim("b", At(100), At(130), 9).await.unwrap().is_empty());
    assert_eq!(store.bring_back(At(100), At(200)).await.unwrap(), 1);
    let kept = ahead.iter().find(|l| l.tenant == other.id).unwrap();
    let far = store.far_leases(At(190)).await.unwrap();
    assert_eq!(far, [(other.id, kept.epoch, At(70_030))]);
    assert!(store.renew(kept, At(70_040)).await.unwrap());
    assert_eq!(store.end_far(far[0], At(100)).await.unwrap(), 0, "somebody keeps it, with a clock that is ahead");
    assert_eq!(store.end_far((other.id, kept.epoch, At(70_040)), At(100)).await.unwrap(), 1);
    let now: Vec<_> = store.claim("b", At(100), At(130), 9).await.unwrap().into_iter().map(|l| l.tenant).collect();
    assert_eq!((now.len(), now.contains(&acme.id), now.contains(&other.id)), (2, true, true));
}
