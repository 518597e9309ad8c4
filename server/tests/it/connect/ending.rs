//! The end of a pairing: from either side, with the other side down, by a revoked password, by leaving the tenant.
//! What opens drafts is shut at once; what is left elsewhere goes as soon as it can be reached.

use super::plugin::{Plugin, ada, person, town, work};
use crate::sim::faults::Trouble;
use serde_json::json;
use slipway::{
    domain::{Pairing, Role, Standing, pairing::PairingStatus},
    saga::engine::Calm,
};
use std::time::Duration;

async fn status(site: &Plugin<'_>, pairing: &Pairing) -> PairingStatus {
    site.town.pairing(pairing.id).await.expect("it is there").status
}

/// Nothing of a pairing is left: no password, no account, no credential in the vault.
async fn assert_ended(site: &Plugin<'_>, pairing: &Pairing) {
    use slipway::saga::Secrets as _;
    site.town.settle(&site.tenant, Calm).await;
    assert_eq!(status(site, pairing).await, PairingStatus::Gone);
    assert!(site.there("password").is_empty() && site.there("account").is_empty(), "{:?}", site.town.world());
    let vault = site.town.stage.vault.of(site.tenant.id);
    assert!(vault.get(&Pairing::credential(pairing.id)).await.expect("the vault works").is_none());
}

#[tokio::test]
async fn p10_disconnecting_in_the_portal_works_while_the_site_is_down() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    town.faults.arm("DELETE /t/", Trouble::Unwell, 3);
    let portal = town.house.portal_for(ada());
    for _ in 0..2 {
        portal.disconnect("acme".into(), pairing.id.to_string()).await.expect("it may, and may again");
        assert_eq!(status(&site, &pairing).await, PairingStatus::Leaving);
        let (made, words) = site.draft(&pairing, "after the end").await;
        assert!(!made, "{words}");
    }
    town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
    assert_eq!(status(&site, &pairing).await, PairingStatus::Leaving, "the site could not be reached yet");
    assert_eq!(site.there("password").len(), 1);
    let told = site.get(&format!("/connect/v1/pairings/{}", pairing.id)).await;
    assert_eq!(told.data["status"], "gone", "for the site it is over");
    assert_ended(&site, &pairing).await;
    let state = town.stage.state(site.tenant.id).await;
    assert_eq!(state.flows.len(), 2, "one end, however often it was asked for");
}

#[tokio::test]
async fn p10_disconnecting_in_wordpress_works_while_the_chat_is_down() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    town.chat.faults.arm("", Trouble::Unwell, 1_000);
    // The plugin revokes its password first, then tells.
    town.wordpress.sites.revoke(site.tenant.id, pairing.password_uuid.parse().expect("an id"));
    let body = json!({"pairing": pairing.id});
    let (told, ()) = tokio::join!(site.post("/connect/v1/disconnect", &body), async {
        while status(&site, &pairing).await != PairingStatus::Leaving {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
        assert_eq!(status(&site, &pairing).await, PairingStatus::Leaving, "the chat could not be reached yet");
        assert!(!site.draft(&pairing, "after the end").await.0);
        town.chat.faults.calm();
        town.settle(&site.tenant, Calm).await;
    });
    assert_eq!((told.status, told.data["status"].as_str()), (200, Some("gone")));
    assert_ended(&site, &pairing).await;
    for _ in 0..2 {
        let again = site.post("/connect/v1/disconnect", &body).await;
        assert_eq!((again.status, again.data["status"].as_str()), (200, Some("gone")));
    }
    for unknown in ["00000000-0000-4000-8000-000000000000", "nonsense", ""] {
        let answer = site.post("/connect/v1/disconnect", &json!({"pairing": unknown})).await;
        assert_eq!((answer.status, answer.data["status"].as_str()), (200, Some("gone")), "{unknown}");
    }
    assert_eq!(site.audit("pairing.end").await, [("site acme".to_owned(), true)]);
}

#[tokio::test]
async fn p10_a_password_that_somebody_revoked_ends_its_pairing_when_the_site_tells() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    let tell = async |event: &str, uuid: &str| {
        let body = json!({"event": event, "password_uuid": uuid, "wp_user_id": 7});
        assert_eq!(site.post("/connect/v1/notices", &body).await.status, 204, "{event}");
    };
    tell("something_new", &pairing.password_uuid).await;
    tell("password_revoked", "00000000-0000-4000-8000-000000000000").await;
    assert_eq!(status(&site, &pairing).await, PairingStatus::Connected, "nothing of ours was revoked");
    town.wordpress.sites.revoke(site.tenant.id, pairing.password_uuid.parse().expect("an id"));
    tell("password_revoked", &pairing.password_uuid).await;
    tell("password_revoked", &pairing.password_uuid).await;
    assert!(!site.draft(&pairing, "after the end").await.0);
    assert_ended(&site, &pairing).await;
    assert_eq!(site.audit("pairing.end").await.len(), 1);
}

#[tokio::test]
async fn p10_a_revoked_password_is_noticed_without_a_word_from_the_site() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    town.wordpress.sites.revoke(site.tenant.id, pairing.password_uuid.parse().expect("an id"));
    let (made, words) = site.draft(&pairing, "after").await;
    assert!(!made && words.contains("connect again"), "{words}");
    town.settle(&site.tenant, Calm).await;
    let told = site.get(&format!("/connect/v1/pairings/{}", pairing.id)).await;
    assert_eq!(told.data["status"], "broken");
    assert!(told.data["message"].is_string() && told.data["next"].is_string(), "{}", told.data);
}

#[tokio::test]
async fn who_leaves_the_tenant_loses_the_pairing() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let mia = person("mia", Standing::Person);
    site.add(&mia, Role::Member).await;
    let (code, question) = site.code(mia.clone()).await;
    let said = site.complete(&code, &question).await;
    let pairing = town.pairing(said.pairing()).await.expect("it is there");
    town.house.portal_for(ada()).remove_member("acme".into(), "mia@example.org".into()).await.expect("it may");
    assert!(!site.draft(&pairing, "after the end").await.0, "at once");
    assert_ended(&site, &pairing).await;
}

#[tokio::test]
async fn who_leaves_loses_the_pairing_even_under_a_newer_address() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let mut mia = person("mia", Standing::Person);
    site.add(&mia, Role::Member).await;
    mia.email = slipway::domain::Email::parse("mia.married@example.org").expect("it is one");
    let (code, question) = site.code(mia.clone()).await;
    let said = site.complete(&code, &question).await;
    let pairing = town.pairing(said.pairing()).await.expect("it is there");
    town.house.portal_for(ada()).remove_member("acme".into(), "mia@example.org".into()).await.expect("it may");
    assert!(!site.draft(&pairing, "after the end").await.0);
    assert_ended(&site, &pairing).await;
}

#[tokio::test]
async fn who_leaves_is_cut_off_at_once_with_a_side_down_and_the_page_shows_it_until_it_is_done() {
    for site_is_down in [true, false] {
        let town = town().await;
        let site = Plugin::of(&town, "acme").await;
        let mia = person("mia", Standing::Person);
        site.add(&mia, Role::Member).await;
        let (code, question) = site.code(mia.clone()).await;
        let said = site.complete(&code, &question).await;
        let pairing = town.pairing(said.pairing()).await.expect("it is there");
        match site_is_down {
            true => town.faults.arm("DELETE /t/", Trouble::Unwell, 3),
            false => town.chat.faults.arm("", Trouble::Unwell, 1_000),
        }
        let (ada, mia) = (town.house.portal_for(ada()), town.house.portal_for(mia));
        ada.remove_member("acme".into(), "mia@example.org".into()).await.expect("it may");
        assert!(!site.draft(&pairing, "after the end").await.0, "at once");
        town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
        let page = ada.tenant("acme".into()).await.expect("she may");
        assert!(!page.members.iter().any(|m| m.email == "mia@example.org"));
        let shown: Vec<_> = page.pairings.iter().map(|p| (p.email.as_str(), p.status, p.may_disconnect)).collect();
        assert_eq!(shown, [("mia@example.org", PairingStatus::Leaving, false)], "site down: {site_is_down}");
        assert_eq!(mia.tenant("acme".into()).await.expect_err("she left").status, 404);
        let own = mia.account().await.expect("it is hers").pairings;
        assert_eq!(own.iter().map(|p| p.pairing.status).collect::<Vec<_>>(), [PairingStatus::Leaving]);
        town.chat.faults.calm();
        assert_ended(&site, &pairing).await;
        assert!(ada.tenant("acme".into()).await.expect("she may").pairings.is_empty());
        assert!(mia.account().await.expect("it is hers").pairings.is_empty());
    }
}

#[tokio::test]
async fn who_left_between_yes_and_hand_over_is_not_connected() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let mia = person("mia", Standing::Person);
    site.add(&mia, Role::Member).await;
    let (code, question) = site.code(mia.clone()).await;
    town.house.portal_for(ada()).remove_member("acme".into(), "mia@example.org".into()).await.expect("it may");
    let said = site.complete(&code, &question).await;
    assert_eq!((said.status, said.code()), (400, "code_refused"));
    assert!(town.stage.store.pairings(site.tenant.id).await.expect("the store works").is_empty());
}

#[tokio::test]
async fn a_tenant_that_leaves_takes_its_pairings_along_and_begins_no_new_ones() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    let (code, question) = site.code(ada()).await;
    let olivia = town.house.portal_for(person("olivia", Standing::Operator));
    olivia.remove("acme".into(), "acme".into()).await.expect("it may");
    let said = site.post("/connect/v1/intents", &site.asking().0).await;
    assert_eq!((said.status, said.code()), (409, "tenant_not_ready"));
    let (body, uuid) = site.handing_over(&code, &question);
    let said = site.post("/connect/v1/complete", &body).await;
    assert_eq!((said.status, said.code()), (409, "tenant_not_ready"));
    town.wordpress.sites.revoke(site.tenant.id, uuid);
    town.settle(&site.tenant, Calm).await;
    town.assert_empty("after the tenant left");
    assert!(town.pairing(pairing.id).await.is_none(), "its records go with it");
}

#[tokio::test]
async fn a_pairing_that_takes_its_time_can_be_watched() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (code, question) = site.code(ada()).await;
    let (body, _) = site.handing_over(&code, &question);
    let watch = async {
        let id = loop {
            let all = town.stage.store.pairings(site.tenant.id).await.expect("the store works");
            match all.first().filter(|p| p.status == PairingStatus::Working) {
                Some(pairing) => break pairing.id,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        let path = format!("/connect/v1/pairings/{id}");
        let before = site.get(&path).await;
        let working = async {
            while site.get(&path).await.data["status"] != "connected" {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! { () = work(&town, &site.tenant) => {}, () = working => {} }
        before
    };
    let (said, before) = tokio::join!(site.post("/connect/v1/complete", &body), watch);
    assert_eq!((before.status, before.data["status"].as_str()), (200, Some("working")));
    assert_eq!(before.data["status_url"], format!("/connect/v1/pairings/{}", said.pairing()));
    assert_eq!((said.status, said.data["status"].as_str()), (200, Some("connected")));
    assert!(said.data["chat_url"].is_string() && said.data["proof"]["at"].is_i64(), "{}", said.data);
}
