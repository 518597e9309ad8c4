//! The list: order, search, pages, and who sees what.

use super::{append, digest, email, entry, gone, house::House, on_both, ordered, started};
use slipway::{
    domain::{Role, tenant::Status},
    store::{ListFilter, Listed, Sight, Store},
};

on_both!(who_needs_a_person_comes_first, pages_do_not_overlap, search_takes_signs_by_the_letter, people_see_their_own);

fn filter() -> ListFilter {
    ListFilter { per_page: 50, page: 1, ..ListFilter::default() }
}

fn slugs(listed: &Listed) -> Vec<&str> {
    listed.rows.iter().map(|r| r.tenant.slug.as_str()).collect()
}

async fn set(store: &Store, n: u128, name: &str, status: Status) {
    let tenant = ordered(store, n, name).await;
    append(store, tenant.id, &[started(2)], &digest(status)).await;
}

async fn who_needs_a_person_comes_first(house: &House) {
    let store = &house.store;
    for (n, name, status) in [
        (1, "ready-old", Status::Ready),
        (2, "ready-new", Status::Ready),
        (3, "deleting", Status::Deleting),
        (4, "coming", Status::Provisioning),
        (5, "half", Status::Degraded),
        (6, "stuck", Status::NeedsAttention),
    ] {
        set(store, n, name, status).await;
    }
    let dead = ordered(store, 7, "dead").await;
    gone(store, dead.id, 2).await;
    let all = store.list(&filter()).await.unwrap();
    assert_eq!(slugs(&all), ["stuck", "half", "coming", "deleting", "ready-new", "ready-old"]);
    assert_eq!(all.total, 6);
    let counts = [(Status::NeedsAttention, 1), (Status::Degraded, 1), (Status::Provisioning, 1), (Status::Deleting, 1)];
    assert_eq!(all.counts[..4], counts);
    assert_eq!(all.counts[4..], [(Status::Ready, 2), (Status::Deleted, 1)]);
    let deleted = store.list(&ListFilter { state: Some(Status::Deleted), ..filter() }).await.unwrap();
    assert_eq!((slugs(&deleted), deleted.total), (vec!["dead"], 1));
}

async fn pages_do_not_overlap(house: &House) {
    for n in 1..=7 {
        ordered(&house.store, n, &format!("tenant-{n}")).await;
    }
    let mut seen = Vec::new();
    for page in 1..=4 {
        let listed = house.store.list(&ListFilter { per_page: 3, page, ..filter() }).await.unwrap();
        assert_eq!(listed.total, 7);
        seen.extend(slugs(&listed).into_iter().map(str::to_owned));
    }
    assert_eq!(seen, (1..=7).rev().map(|n| format!("tenant-{n}")).collect::<Vec<_>>());
    let none = ListFilter { per_page: 0, page: 0, ..filter() };
    assert_eq!(house.store.list(&none).await.unwrap().rows.len(), 1, "at least one row a page");
    let far = ListFilter { page: u32::MAX, per_page: u32::MAX, ..filter() };
    assert!(house.store.list(&far).await.unwrap().rows.is_empty());
}

async fn search_takes_signs_by_the_letter(house: &House) {
    let store = &house.store;
    ordered(store, 1, "acme").await;
    ordered(store, 2, "bbb").await;
    for (q, found) in [
        ("acm", 1),
        ("ACME", 1),
        ("ÄRZTE", 2),
        ("the bbb", 1),
        ("%", 0),
        ("_", 0),
        ("!", 0),
        ("\\", 0),
        ("'; DROP TABLE tenant; --", 0),
        ("ac\0me", 1),
        ("acme\nthe", 1),
        ("", 2),
    ] {
        let listed = store.list(&ListFilter { q: q.into(), ..filter() }).await.unwrap();
        assert_eq!(listed.rows.len(), found, "{q:?}");
        assert_eq!(listed.total, found as u64, "{q:?}");
    }
}

async fn people_see_their_own(house: &House) {
    let store = &house.store;
    let (acme, other) = (ordered(store, 1, "acme").await, ordered(store, 2, "other").await);
    store.put_member(acme.id, &email("bob@example.org"), Role::Member, &entry("member.put")).await.unwrap();
    let see = async |subject: &str, address: &str| {
        let sight = Sight::Of(subject.to_owned(), email(address));
        let listed = store.list(&ListFilter { sight, ..filter() }).await.unwrap();
        assert_eq!(listed.total, listed.rows.len() as u64);
        listed.rows.into_iter().map(|r| r.tenant.id).collect::<Vec<_>>()
    };
    assert_eq!(see("sub bob", "bob@example.org").await, [acme.id]);
    assert_eq!(see("sub ada", "ada@example.org").await, [other.id, acme.id]);
    assert!(see("sub eve", "eve@example.org").await.is_empty());
}
