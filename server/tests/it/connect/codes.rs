//! Codes: once, in time, at their own tenant, with their own verifier; and every failure looks like every other.

use super::plugin::{Plugin, Said, ada, challenge, town};
use app::model::audit::AuditQuery;
use serde_json::json;
use slipway::{
    domain::{Flow, pairing::PairingStatus},
    saga::engine::Calm,
    store::intent::Redeemed,
};
use std::time::Duration;

#[tokio::test]
async fn p1_a_second_redeem_is_refused_and_ends_what_the_first_began() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (code, question) = site.code(ada()).await;
    assert_eq!(code.len(), 43, "256 bits in base64url");
    let first = site.complete(&code, &question).await;
    assert_eq!(first.status, 200, "{}", first.data);
    let pairing = town.pairing(first.pairing()).await.expect("it is there");
    assert!(site.draft(&pairing, "before").await.0);

    let second = site.complete(&code, &question).await;
    assert_eq!((second.status, second.code()), (400, "code_refused"));
    let (made, words) = site.draft(&pairing, "after").await;
    assert!(!made, "the grant ends at once, before anything is undone: {words}");
    town.settle(&site.tenant, Calm).await;
    let ended = town.pairing(pairing.id).await.expect("it is there");
    assert_eq!((ended.status, ended.note.as_str()), (PairingStatus::Gone, "Its code was presented a second time."));
    assert!(site.there("password").is_empty());
    assert_eq!(site.audit("pairing.end").await, [("site acme".to_owned(), true)]);
}

#[tokio::test]
async fn p1_a_second_redeem_at_another_door_or_by_another_site_ends_it_as_well() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    for (path, thief) in [("/connect/v1/complete", &other), ("/connect/v1/sign-in", &site)] {
        let (code, question) = site.code(ada()).await;
        let first = site.complete(&code, &question).await;
        let (body, uuid) = thief.handing_over(&code, &question);
        assert_eq!(thief.post(path, &body).await.code(), "code_refused", "{path}");
        town.wordpress.sites.revoke(thief.tenant.id, uuid);
        town.settle(&site.tenant, Calm).await;
        let ended = town.pairing(first.pairing()).await.expect("it is there");
        assert_eq!(ended.status, PairingStatus::Gone, "{path}");
    }
}

#[tokio::test]
async fn the_account_of_somebody_else_is_not_connected() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for (subject, status) in [("sub-mia", 409), ("SUB-ADA", 409), ("", 409), ("sub-ada", 200)] {
        let (code, question) = site.code(ada()).await;
        let (mut body, uuid) = site.handing_over(&code, &question);
        body["wp_subject"] = json!(subject);
        let said = site.worked("/connect/v1/complete", &body).await;
        assert_eq!(said.status, status, "{subject}: {}", said.data);
        if status == 409 {
            assert_eq!(said.code(), if subject.is_empty() { "account_of_nobody" } else { "account_of_another" });
            town.wordpress.sites.revoke(site.tenant.id, uuid);
        }
    }
}

/// An account of the site itself is nobody's, and that is said before anybody is asked.
#[tokio::test]
async fn an_account_of_the_site_itself_is_not_even_asked_about() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for (subject, status) in [("", 409), ("sub-ada", 201)] {
        let (mut body, _) = site.asking();
        body["wp_subject"] = json!(subject);
        assert_eq!(site.post("/connect/v1/intents", &body).await.status, status, "{subject}");
    }
}

#[tokio::test]
async fn p1_only_the_hash_of_a_code_is_kept() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (code, _) = site.code(ada()).await;
    let hash = slipway::domain::secret::TokenHash::of(&code);
    let redeemed = town.stage.store.redeem(&hash, slipway::domain::At(0)).await.expect("the store works");
    assert!(matches!(&redeemed, Redeemed::Ok(intent) if !format!("{intent:?}").contains(&code)), "{redeemed:?}");
}

#[tokio::test]
async fn p1_a_code_lives_sixty_seconds() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for (age, status) in [(59, 200), (60, 400)] {
        let (code, question) = site.code(ada()).await;
        town.stage.clock.by(Duration::from_secs(age));
        assert_eq!(site.complete(&code, &question).await.status, status, "after {age} s");
    }
}

#[tokio::test]
async fn p2_pkce_by_s256_is_required() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for (method, value) in [
        ("plain", json!("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")),
        ("", json!("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")),
        ("s256", json!("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")),
        ("S256", json!("short")),
        ("S256", json!("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")),
        ("S256", json!("")),
    ] {
        let (mut body, _) = site.asking();
        (body["code_challenge_method"], body["code_challenge"]) = (json!(method), value);
        let said = site.post("/connect/v1/intents", &body).await;
        assert_eq!((said.status, said.code()), (422, "challenge_missing"), "{body}");
    }
    let (mut body, _) = site.asking();
    let fields = body.as_object_mut().expect("an object");
    fields.remove("code_challenge");
    fields.remove("code_challenge_method");
    assert_eq!(site.post("/connect/v1/intents", &body).await.code(), "challenge_missing");
}

#[tokio::test]
async fn p2_a_wrong_verifier_is_refused_and_spends_the_code() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (code, question) = site.code(ada()).await;
    for wrong in [question.verifier.to_uppercase() + "x", challenge(&question.verifier), String::new()] {
        let mut tampered = question.clone();
        tampered.verifier = wrong;
        assert_eq!(site.complete(&code, &tampered).await.code(), "code_refused");
    }
    assert_eq!(site.complete(&code, &question).await.code(), "code_refused", "the code is spent");
    assert!(site.there("password").is_empty());
    let state = town.stage.state(site.tenant.id).await;
    assert!(state.flows.iter().all(|(f, c)| *f == Flow::Tenant || c.steps.is_empty()), "no pairing was ever begun");
    assert!(town.stage.store.pairings(site.tenant.id).await.expect("the store works").is_empty());
}

#[tokio::test]
async fn p6_a_code_is_good_at_the_tenant_it_was_made_for() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let (code, question) = site.code(ada()).await;
    assert_eq!(other.complete(&code, &question).await.code(), "code_refused");
    assert_eq!(site.complete(&code, &question).await.code(), "code_refused", "whoever showed it first spent it");
    assert!(town.stage.store.pairings(other.tenant.id).await.expect("the store works").is_empty());
}

#[tokio::test]
async fn p8_nothing_that_is_sent_twice_does_anything_twice() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let question = site.press().await;
    let back = site.approve(&question, ada()).await;
    let again = town.house.portal_for(ada()).answer_consent(question.intent.clone(), true).await;
    assert_eq!(again.expect_err("it is answered").code, "intent_answered");
    let (body, _) = site.handing_over(back.code(), &question);
    let mut answers = vec![site.worked("/connect/v1/complete", &body).await.status];
    for _ in 0..3 {
        answers.push(site.post("/connect/v1/complete", &body).await.status);
    }
    assert_eq!(answers, [200, 400, 400, 400]);
    assert_eq!(town.stage.store.pairings(site.tenant.id).await.expect("the store works").len(), 1);
    assert_eq!(site.audit("pairing.begin").await.len(), 1);
    assert_eq!(site.audit("pairing.end").await.len(), 1);
}

#[tokio::test]
async fn p8_of_two_redeems_at_the_same_moment_none_leaves_a_grant() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for _ in 0..5 {
        let (code, question) = site.code(ada()).await;
        let (body, _) = site.handing_over(&code, &question);
        let (one, two) =
            tokio::join!(site.worked("/connect/v1/complete", &body), site.post("/connect/v1/complete", &body));
        town.settle(&site.tenant, Calm).await;
        let live: Vec<_> = town.stage.store.pairings(site.tenant.id).await.expect("the store works");
        assert!(live.iter().all(|p| p.status == PairingStatus::Gone), "{one:?} {two:?} {live:?}");
    }
}

/// Codes that cannot be redeemed, each for another reason.
async fn refused(site: &Plugin<'_>, other: &Plugin<'_>) -> Vec<(&'static str, Said)> {
    let mut said = Vec::new();
    let question = site.press().await;
    said.push(("never made", site.complete(&"A".repeat(43), &question).await));
    said.push(("no code at all", site.complete("", &question).await));
    let (code, question) = site.code(ada()).await;
    site.town.stage.clock.by(Duration::from_secs(61));
    said.push(("expired", site.complete(&code, &question).await));
    let (code, question) = site.code(ada()).await;
    said.push(("foreign", other.complete(&code, &question).await));
    said.push(("used", site.complete(&code, &question).await));
    let (code, mut question) = site.code(ada()).await;
    question.verifier.push('x');
    said.push(("wrong verifier", site.complete(&code, &question).await));
    let (code, question) = site.code(ada()).await;
    let (mut body, _) = site.handing_over(&code, &question);
    body["wp_user_id"] = json!(8);
    said.push(("another person", site.post("/connect/v1/complete", &body).await));
    let (code, question) = site.code(ada()).await;
    let sign_in = json!({"code": code, "code_verifier": question.verifier});
    said.push(("for another purpose", site.post("/connect/v1/sign-in", &sign_in).await));
    said
}

#[tokio::test]
async fn p18_errors_about_codes_are_the_same_to_the_last_byte() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let said = refused(&site, &other).await;
    let one = said[0].1.clone();
    assert_eq!((one.status, one.code()), (400, "code_refused"));
    assert!(one.data["message"].is_string() && one.data["next"].is_string());
    for (why, answer) in said {
        assert_eq!(answer, one, "{why}");
    }
}

#[tokio::test]
async fn refusals_are_in_the_audit_with_their_tenant_and_reason() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let said = refused(&site, &other).await;
    let query =
        |tenant: &str| AuditQuery { what: "code.refused".into(), tenant: tenant.into(), ..AuditQuery::default() };
    let rows = async |tenant| town.stage.store.audit_page(&query(tenant), 100).await.expect("the store works").0;
    let (ours, theirs) = (rows("acme").await, rows("globex").await);
    assert_eq!(ours.len() + theirs.len(), said.len());
    assert!(ours.iter().chain(&theirs).all(|row| !row.allowed), "{ours:?}");
    let told: Vec<_> = ours.iter().rev().map(|row| row.detail.as_str()).collect();
    assert_eq!(
        told,
        [
            "There is no such code.",
            "There is no such code.",
            "It came too late.",
            "It was redeemed before; what came of it ends.",
            "Its verifier is wrong.",
            "Another WordPress user brought it than the one who asked.",
            "It was made for another purpose.",
        ]
    );
    let told: Vec<_> = theirs.iter().map(|row| (row.who.as_str(), row.detail.as_str())).collect();
    assert_eq!(told, [("site globex", "It was made for another tenant's site.")]);
    let mut stranger = Plugin::of(&town, "initech").await;
    stranger.secret = "no secret of any site".into();
    assert_eq!(stranger.get("/connect/v1/status").await.code(), "site_unknown");
    assert_eq!(site.audit("site.unknown").await, [("an unknown site".to_owned(), false)]);
}

#[tokio::test]
async fn nobody_fills_the_audit_with_refusals() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let wrong = json!({"code": "A".repeat(43), "code_verifier": "v".repeat(43)});
    for _ in 0..80 {
        assert_eq!(site.post("/connect/v1/sign-in", &wrong).await.code(), "code_refused");
    }
    let noted = site.audit("code.refused").await.len();
    assert!((60..65).contains(&noted), "sixty, and one more a minute: {noted}");
    assert_eq!(other.post("/connect/v1/sign-in", &wrong).await.code(), "code_refused");
    assert_eq!(site.audit("code.refused").await[0].0, "site globex", "each tenant has its own measure");
}
