//! A site that is not where it was registered: a changed address, a restored database, a copy.

use super::plugin::{Plugin, town};
use crate::sim::faults::Trouble;
use app::model::audit::AuditQuery;
use serde_json::json;
use slipway::{
    domain::{Clock as _, pairing::PairingStatus, tenant::Status},
    saga::engine::Calm,
};
use std::time::Duration;

#[tokio::test]
async fn p17_a_changed_address_puts_the_pairings_into_safe_mode() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    town.wordpress.sites.with(site.tenant.id, |s| s.believes = Some("https://copy.example".into()));
    let (mut body, _) = site.asking();
    body["site_url"] = json!("https://copy.example");
    for _ in 0..2 {
        let said = site.post("/connect/v1/intents", &body).await;
        assert_eq!((said.status, said.code()), (409, "site_moved"));
    }
    assert_eq!(site.audit("site.moved").await[0], ("site acme".to_owned(), false));
    town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
    let (made, words) = site.draft(&pairing, "from a moved site").await;
    assert!(!made, "{words}");
    town.settle(&site.tenant, Calm).await;
    let told = site.get(&format!("/connect/v1/pairings/{}", pairing.id)).await;
    assert_eq!(told.data["status"], "safe_mode");
    assert!(told.data["message"].as_str().is_some_and(|m| m.contains("https://copy.example")), "{}", told.data);
    assert_eq!(town.stage.status(site.tenant.id).await, Status::Degraded);
    assert_eq!(site.there("password").len(), 1, "nothing is torn down by a suspicion");

    town.wordpress.sites.with(site.tenant.id, |s| s.believes = None);
    town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
    assert_eq!(town.pairing(pairing.id).await.expect("it is there").status, PairingStatus::Connected);
    assert!(site.draft(&pairing, "back again").await.0);
}

#[tokio::test]
async fn an_outage_is_not_told_as_a_missing_connection() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    for chat_is_down in [false, true] {
        let faults = if chat_is_down { &town.chat.faults } else { &town.faults };
        faults.arm("", Trouble::Unwell, 10_000);
        town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
        assert_eq!(town.stage.status(site.tenant.id).await, Status::Degraded, "it is told as what it is");
        assert_eq!(town.pairing(pairing.id).await.expect("it is there").status, PairingStatus::Connected);
        let (made, words) = site.draft(&pairing, "while it is down").await;
        assert!(made == chat_is_down && !words.contains("Connect"), "{words}");
        faults.calm();
        town.settle(&site.tenant, Calm).await;
    }
    assert!(site.draft(&pairing, "back again").await.0);
}

#[tokio::test]
async fn p17_a_restored_database_is_found_without_anybody_asking() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    town.wordpress.sites.with(site.tenant.id, |s| s.believes = Some("https://globex.example".into()));
    town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
    assert_eq!(town.pairing(pairing.id).await.expect("it is there").status, PairingStatus::SafeMode);
    let (made, words) = site.draft(&pairing, "from a restored database").await;
    assert!(!made, "{words}");
}

#[tokio::test]
async fn p17_a_copy_elsewhere_gets_no_question_and_leaves_the_original_alone() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    let (store, now, before) = (&town.stage.store, town.stage.clock.now(), town.stage.state(site.tenant.id).await);
    let leases = store.claim("test", now, now.plus(Duration::from_secs(60)), 1).await.expect("the store works");
    store.release(&leases[0], None).await.expect("the store works");
    assert_eq!(store.next_wake().await.expect("the store works"), None, "nobody wants to look");
    let (mut body, _) = site.asking();
    body["site_url"] = json!("https://copy.example");
    assert_eq!(site.post("/connect/v1/intents", &body).await.code(), "site_moved");
    let connected = async || town.pairing(pairing.id).await.expect("it is there").status == PairingStatus::Connected;
    assert!(connected().await && site.draft(&pairing, "before the look").await.0);
    let due = store.next_wake().await.expect("the store works");
    assert!(due.is_some_and(|at| at <= town.stage.clock.now()), "the portal looks itself, and now");
    town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
    assert!(connected().await && site.draft(&pairing, "after the look").await.0);
    assert_eq!(town.stage.state(site.tenant.id).await, before, "nothing is written about the original");
    // The operator reads it in the audit.
    let query = AuditQuery { what: "site.moved".into(), tenant: "acme".into(), ..AuditQuery::default() };
    let (rows, _) = store.audit_page(&query, 10).await.expect("the store works");
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].allowed && rows[0].detail.contains("https://copy.example"), "{rows:?}");
}
