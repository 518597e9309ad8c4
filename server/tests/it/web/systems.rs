//! The page Systems at a place of clusters: what fits nobody is shown with the way to remove it, and taken in by an operator
//! who says so twice.

use super::rights::Whole;
use crate::{
    portal::stage::{Books, Who},
    stage::town::Town,
};
use slipway::{domain::Tenant, saga::engine::Calm, store::Store};

/// A house whose tenant's cluster is in use and has no entry.
async fn house() -> (Whole, Tenant, String) {
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    let town = Town::at_ionos(store, false, |p| p).await;
    let acme = town.order("acme").await;
    town.settle(&acme, Calm).await;
    town.stage.store.free_address(acme.id).await.expect("the store works");
    let id = town.ionos.one().0.to_string();
    (Whole::over(Books { town }).await, acme, id)
}

fn form(typed: &str) -> [(&'static str, &str); 1] {
    [("typed", typed)]
}

#[tokio::test]
async fn an_orphan_is_shown_with_the_way_to_remove_it() {
    let (whole, _, id) = house().await;
    let page = whole.browser(Some(Who::Operator)).await.get("/systems").await.text();
    for part in [
        "Orphaned databases",
        "slipway-test-acme-",
        &id,
        "Belongs to no tenant, and is paid for.",
        "Carries the marks of ",
        "1 core, 4 GB memory, 10 GB storage",
        "How to remove",
        &format!("/v2/clusters/{id}"),
        "curl -sS -X DELETE ",
        &format!("action=\"/systems/databases/{id}/adopt\""),
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let seen = whole.browser(Some(Who::Auditor)).await.get("/systems").await.text();
    assert!(seen.contains("How to remove") && !seen.contains("/adopt\""), "an auditor reads: {seen}");
}

#[tokio::test]
async fn an_operator_who_types_the_name_adopts_it_and_the_audit_knows() {
    let (whole, acme, id) = house().await;
    let path = format!("/systems/databases/{id}/adopt");
    let store = whole.books.town.stage.store.clone();
    let entry = async || store.address(acme.id).await.expect("the store works");
    let mut olivia = whole.browser(Some(Who::Operator)).await;

    let foreign = olivia.post_raw(&path, &[("sec-fetch-site", "cross-site")], "typed=acme".into()).await;
    assert_eq!((foreign.status.as_u16(), entry().await), (403, None), "a form of another site");
    let wrong = olivia.post(&path, &form("acne")).await;
    assert_eq!((wrong.status.as_u16(), entry().await), (422, None));
    assert!(wrong.text().contains("The typed name is not that of a tenant."), "{}", wrong.text());

    let done = olivia.post(&path, &form("acme")).await;
    assert_eq!((done.status.as_u16(), done.location().as_str()), (303, "/systems?done=adopted"));
    assert_eq!(entry().await.and_then(|held| held.cluster).map(|c| c.to_string()), Some(id.clone()));
    let page = olivia.get("/systems?done=adopted").await.text();
    assert!(page.contains("Adopted. The cluster is on record again") && !page.contains("Orphaned databases"), "{page}");
    let again = olivia.post(&path, &form("acme")).await;
    assert!(again.status.as_u16() == 409 && again.text().contains("has a database already"), "{}", again.text());

    let rows = whole.books.audit().await;
    let adopted: Vec<_> = rows.iter().filter(|row| row.what == "database.adopt").collect();
    assert_eq!(adopted.iter().map(|row| row.allowed).collect::<Vec<_>>(), [false, true, false]);
    assert!(adopted[1].detail.contains(&id) && adopted[1].who == "olivia@example.org", "{adopted:?}");
    assert_eq!(adopted[1].before.as_deref(), Some("No entry"));

    // What was adopted is the tenant's as before, and goes with it.
    let town = &whole.books.town;
    town.reverse(&acme, slipway::domain::Flow::Tenant).await;
    town.settle(&acme, Calm).await;
    assert!(town.ionos.inside.memory().clusters.is_empty() && entry().await.is_none());
}

#[tokio::test]
async fn a_tenant_on_its_way_out_takes_nothing_in() {
    let (whole, acme, id) = house().await;
    whole.books.town.reverse(&acme, slipway::domain::Flow::Tenant).await;
    let page =
        whole.browser(Some(Who::Operator)).await.post(&format!("/systems/databases/{id}/adopt"), &form("acme")).await;
    assert!(page.status.as_u16() == 409 && page.text().contains("The tenant is being removed"), "{}", page.text());
    assert_eq!(whole.books.town.stage.store.address(acme.id).await.expect("the store works"), None);
}
