//! The book of private addresses.

use super::{gone, house::House, on_both, ordered, tenant_id};
use slipway::domain::{At, Lans, Reservation, Stage};
use std::collections::BTreeSet;
use uuid::Uuid;

on_both!(
    keeps_one_address_for_each_tenant,
    gives_no_address_away_twice,
    says_when_all_are_taken,
    remembers_the_stage,
    tells_whose_tenants_are_gone,
    takes_in_only_what_is_free
);

fn lans() -> Lans {
    Lans::try_from("2=10.7.222.0/24,3=10.7.223.0/24".to_owned()).unwrap()
}

async fn keeps_one_address_for_each_tenant(house: &House) {
    ordered(&house.store, 1, "acme").await;
    ordered(&house.store, 2, "blue").await;
    let Lans(lans) = lans();
    assert_eq!(house.store.address(tenant_id(1)).await.unwrap(), None);
    let first = house.store.take_address(tenant_id(1), &lans, At(5)).await.unwrap().unwrap();
    let again = house.store.take_address(tenant_id(1), &lans, At(9)).await.unwrap().unwrap();
    assert_eq!(first, again);
    let right =
        Reservation { lan: "2".into(), host: 3, generation: 1, cluster: None, stage: Stage::Reserved, since: At(5) };
    assert_eq!(first, right);
    let other = house.store.take_address(tenant_id(2), &lans, At(9)).await.unwrap().unwrap();
    assert_eq!((other.lan.as_str(), other.host), ("2", 4));

    house.store.free_address(tenant_id(1)).await.unwrap();
    house.store.free_address(tenant_id(1)).await.unwrap();
    assert_eq!(house.store.addresses().await.unwrap(), [(tenant_id(2), other)]);
    let anew = house.store.take_address(tenant_id(1), &lans, At(11)).await.unwrap().unwrap();
    assert_eq!((anew.lan.as_str(), anew.host, anew.since), ("2", 3, At(11)));
}

async fn gives_no_address_away_twice(house: &House) {
    for n in 1..=16 {
        ordered(&house.store, n, &format!("tenant-{n}")).await;
    }
    let Lans(lans) = lans();
    let takes = (1..=16).map(|n| house.store.take_address(tenant_id(n), &lans, At(1)));
    let taken = futures::future::join_all(takes).await;
    let places: BTreeSet<_> = taken.into_iter().map(|t| t.unwrap().unwrap()).map(|r| (r.lan, r.host)).collect();
    assert_eq!(places.len(), 16, "{places:?}");
}

async fn says_when_all_are_taken(house: &House) {
    let Lans(lans) = lans();
    for n in 1..=9 {
        ordered(&house.store, n, &format!("tenant-{n}")).await;
        let taken = house.store.take_address(tenant_id(n), &lans[..1], At(1)).await.unwrap();
        assert_eq!(taken.is_some(), n < 9, "tenant {n}");
    }
    assert!(house.store.take_address(tenant_id(9), &lans, At(1)).await.unwrap().is_some(), "there is another network");
}

async fn remembers_the_stage(house: &House) {
    ordered(&house.store, 1, "acme").await;
    let Lans(lans) = lans();
    let mut held = house.store.take_address(tenant_id(1), &lans, At(5)).await.unwrap().unwrap();
    for stage in [Stage::Asked, Stage::Available, Stage::Failed, Stage::Leaving, Stage::Reserved] {
        held = Reservation { generation: held.generation + 1, cluster: Some(Uuid::from_u128(7)), stage, ..held };
        house.store.note_address(tenant_id(1), &held).await.unwrap();
        assert_eq!(house.store.address(tenant_id(1)).await.unwrap().as_ref(), Some(&held));
    }
    assert!(house.store.note_address(tenant_id(2), &held).await.is_err(), "nobody's");
}

async fn tells_whose_tenants_are_gone(house: &House) {
    let Lans(lans) = lans();
    for n in 1..=2 {
        ordered(&house.store, n, &format!("tenant-{n}")).await;
        house.store.take_address(tenant_id(n), &lans, At(1)).await.unwrap();
    }
    assert!(house.store.abandoned_addresses().await.unwrap().is_empty());
    gone(&house.store, tenant_id(2), 2).await;
    assert_eq!(house.store.abandoned_addresses().await.unwrap(), [tenant_id(2)]);
}

async fn takes_in_only_what_is_free(house: &House) {
    let Lans(lans) = lans();
    for n in 1..=2 {
        ordered(&house.store, n, &format!("tenant-{n}")).await;
    }
    let (cluster, stage) = (Some(Uuid::from_u128(7)), Stage::Available);
    let held = Reservation { lan: "2".into(), host: 3, generation: 4, cluster, stage, since: At(5) };
    assert!(house.store.adopt_address(tenant_id(1), &held).await.unwrap());
    assert_eq!(house.store.address(tenant_id(1)).await.unwrap().as_ref(), Some(&held));
    let other = Reservation { host: 4, ..held.clone() };
    assert!(!house.store.adopt_address(tenant_id(1), &other).await.unwrap(), "it has one");
    assert!(!house.store.adopt_address(tenant_id(2), &held).await.unwrap(), "it is taken");
    let next = house.store.take_address(tenant_id(2), &lans, At(9)).await.unwrap().unwrap();
    assert_eq!((next.lan.as_str(), next.host), ("2", 4));
}
