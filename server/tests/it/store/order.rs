//! Ordering, and names that become free again.

use super::{entry, gone, house::House, new_tenant, on_both, ordered, slug, tenant_id};
use slipway::store::sealed::FirstSecret;
use slipway::{
    domain::{At, Fact, Role, secret::TokenHash},
    store::{Ordered, Store},
};
use std::os::unix::fs::PermissionsExt;

on_both!(
    an_order_that_comes_to_nothing_leaves_no_key,
    an_order_is_all_or_nothing,
    the_same_form_is_the_same_tenant,
    of_many_orders_for_one_slug_one_wins,
    a_slug_is_free_again_after_gone,
    the_site_secret_finds_the_tenant,
);

async fn an_order_is_all_or_nothing(house: &House) {
    let store = &house.store;
    let mut hears = store.changes();
    let tenant = ordered(store, 1, "acme").await;
    assert!(hears.has_changed().unwrap());
    hears.mark_unchanged();
    assert_eq!(store.tenant(tenant.id).await.unwrap().unwrap(), tenant);
    assert_eq!(store.tenant_by_slug(&slug("acme")).await.unwrap().unwrap(), tenant);
    let members = store.members(tenant.id).await.unwrap();
    assert_eq!((members.len(), members[0].role, &members[0].email), (1, Role::Admin, &tenant.admin));
    let log = store.log(tenant.id).await.unwrap();
    assert_eq!((log.len(), log[0].seq, log[0].at), (1, 1, tenant.ordered_at));
    assert!(matches!(log[0].fact, Fact::Opened { .. }));
    assert_eq!(store.next_wake().await.unwrap(), Some(tenant.ordered_at));

    // A refused order leaves no trace, not even in the audit.
    assert_eq!(store.order(&new_tenant(2, "acme"), &entry("tenant.order")).await.unwrap(), Ordered::SlugTaken);
    assert_eq!(store.tenant(tenant_id(2)).await.unwrap(), None);
    assert!(store.members(tenant_id(2)).await.unwrap().is_empty());
    assert_eq!(store.audit_verify().await.unwrap(), Ok(1));
    assert!(!hears.has_changed().unwrap());
}

async fn the_same_form_is_the_same_tenant(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let mut again = new_tenant(2, "other");
    again.key = "form 1".into();
    assert_eq!(store.order(&again, &entry("tenant.order")).await.unwrap(), Ordered::Same(tenant));
    assert_eq!(store.audit_verify().await.unwrap(), Ok(1));
    // No key, no memory: each is an order of its own.
    for (n, name) in [(3, "third"), (4, "fourth")] {
        let new = slipway::store::NewTenant { key: String::new(), ..new_tenant(n, name) };
        assert!(matches!(store.order(&new, &entry("tenant.order")).await.unwrap(), Ordered::Made(_)));
    }
    assert_eq!(store.living().await.unwrap().len(), 3);
}

async fn of_many_orders_for_one_slug_one_wins(house: &House) {
    let tasks: Vec<_> = (1..=12)
        .map(|n| {
            let store = house.store.clone();
            tokio::spawn(async move { store.order(&new_tenant(n, "acme"), &entry("tenant.order")).await.unwrap() })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ordered::Made(_) => made += 1,
            other => assert_eq!(other, Ordered::SlugTaken),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(house.store.living().await.unwrap().len(), 1);
    assert_eq!(house.store.audit_verify().await.unwrap(), Ok(1));
}

async fn a_slug_is_free_again_after_gone(house: &House) {
    let store = &house.store;
    let first = ordered(store, 1, "acme").await;
    assert!(store.slug_taken(&slug("acme")).await.unwrap());
    gone(store, first.id, 2).await;
    assert!(!store.slug_taken(&slug("acme")).await.unwrap());
    let found = store.tenant_by_slug(&slug("acme")).await.unwrap().unwrap();
    assert_eq!((found.id, found.gone_at.is_some()), (first.id, true));

    let second = ordered(store, 2, "acme").await;
    assert_eq!(store.tenant_by_slug(&slug("acme")).await.unwrap().unwrap().id, second.id);
    gone(store, second.id, 2).await;
    ordered(store, 3, "other").await;
    let newest = store.tenant_by_slug(&slug("acme")).await.unwrap().unwrap();
    assert_eq!(newest.id, second.id, "the newest one that is gone");
    assert_eq!(store.living().await.unwrap().len(), 1);
    assert_eq!(store.log(first.id).await.unwrap().len(), 2, "the log stays");
}

async fn the_site_secret_finds_the_tenant(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let secret = TokenHash::of("site secret 1");
    assert_eq!(store.tenant_by_site_secret(&secret).await.unwrap().unwrap().id, tenant.id);
    assert_eq!(store.tenant_by_site_secret(&TokenHash::of("another one")).await.unwrap(), None);
    gone(store, tenant.id, 2).await;
    assert_eq!(store.tenant_by_site_secret(&secret).await.unwrap(), None);
}

#[tokio::test]
async fn the_file_of_sqlite_is_private_and_lasts() {
    let house = super::house::sqlite().await;
    let tenant = ordered(&house.store, 1, "acme").await;
    let mode = |path| std::fs::metadata(house.folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/slipway.db"), mode("data/slipway.db-wal")), (0o700, 0o600, 0o600));
    let again = Store::open(&house.url).await.unwrap();
    assert_eq!(again.tenant(tenant.id).await.unwrap(), Some(tenant));
}

#[tokio::test]
async fn memory_is_one_database_for_all_connections() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    ordered(&store, 1, "acme").await;
    assert_eq!(store.pulse(At(1)).await, None);
    let other = Store::open("sqlite::memory:").await.unwrap();
    let tasks: Vec<_> = (0..8).map(|_| (store.clone(), other.clone())).collect();
    for (store, other) in tasks {
        assert_eq!(store.living().await.unwrap().len(), 1);
        assert!(other.living().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_strange_address_is_refused_and_no_password_is_shown() {
    let refused = Store::open("mysql://root:canary@localhost/x").await.unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("canary"));
    let store = Store::open("sqlite::memory:").await.unwrap();
    assert_eq!(format!("{store:?}"), "Store(sqlite)");
}

async fn an_order_that_comes_to_nothing_leaves_no_key(house: &House) {
    let secret = FirstSecret { key: vec![1], purpose: "site/secret", sealed: vec![2] };
    let with = |n| slipway::store::NewTenant { secret: Some(secret.clone()), ..new_tenant(n, "acme") };
    let order = async |n| house.store.order(&with(n), &entry("tenant.order")).await.unwrap();
    assert!(matches!(order(1).await, Ordered::Made(_)));
    assert_eq!(house.store.data_key(tenant_id(1)).await.unwrap(), Some(vec![1]));
    assert_eq!(house.store.sealed(tenant_id(1), "site/secret").await.unwrap().unwrap().sealed, [2]);
    assert_eq!(order(2).await, Ordered::SlugTaken);
    assert_eq!(house.store.data_key(tenant_id(2)).await.unwrap(), None);
}
