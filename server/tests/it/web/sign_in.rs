//! Coming in through the OpenID provider, and everything that must not work.

use super::{Front, browser::Browser};
use crate::sim::idp_login::Person;
use serde_json::json;
use slipway::domain::{At, Clock as _};
use slipway::web::session::{ABSOLUTE, AGENT, CALLER, HOST_COOKIE, IDLE};
use std::time::Duration;

#[tokio::test]
async fn the_session_gets_a_new_number_at_the_sign_in() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let there = browser.get("/sign-in?to=/tenants/acme").await;
    let cookie = there.head("set-cookie").to_owned();
    for part in ["__Host-", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let before = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    browser.cookies.insert(HOST_COOKIE.into(), before.clone());
    let back = browser.get(&front.idp.sign_in(&there.location(), Person::ada())).await;
    assert_eq!(back.location(), "/tenants/acme");
    let after = browser.cookies[HOST_COOKIE].clone();
    assert_ne!(before, after);
    assert!(browser.get("/tenants/acme").await.text().contains("Acme Tools"));
    // Whoever planted the old number has nothing.
    let mut thief = front.browser();
    thief.cookies.insert(HOST_COOKIE.into(), before);
    assert_eq!(thief.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
}

#[tokio::test]
async fn beginning_leaves_nothing_behind_here() {
    let front = Front::open().await;
    for _ in 0..200 {
        front.browser().get("/sign-in?to=/tenants/acme").await.location();
    }
    let before = front.stage.store.sweep(At(i64::MAX)).await.expect("the store works");
    assert_eq!(before, 0, "no row was written");
}

#[tokio::test]
async fn tabs_begin_side_by_side_and_not_without_end() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let first = browser.get("/sign-in?to=/account").await.location();
    let second = browser.get("/sign-in?to=/tenants/acme").await.location();
    let trip = browser.cookies.iter().find(|(name, _)| name.starts_with("__Host-slipway_trip_")).expect("a cookie");
    for told in [&front.idp.sign_in(&first, Person::ada()), "/tenants/acme", "verifier"] {
        assert!(!trip.1.contains(told), "it is sealed");
    }
    assert_eq!(browser.get(&front.idp.sign_in(&second, Person::ada())).await.location(), "/tenants/acme");
    assert_eq!(browser.get(&front.idp.sign_in(&first, Person::ada())).await.location(), "/account");
    assert!(!browser.cookies.keys().any(|name| name.contains("trip")), "both are over");
    let mut stranger = front.browser();
    for _ in 0..12 {
        stranger.get(&format!("/sign-in?to=/tenants/{}", "a".repeat(1_900))).await.location();
        front.stage.clock.by(Duration::from_secs(1));
    }
    let size: usize = stranger.cookies.iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!(stranger.cookies.len() <= 5 && size < 6_000, "{} cookies, {size} bytes", stranger.cookies.len());
}

#[tokio::test]
async fn the_store_knows_whose_session_it_is() {
    assert_eq!((CALLER, AGENT), (slipway::store::session::CALLER, slipway::store::session::AGENT));
    let front = Front::open().await;
    front.signed_in(Person::ada()).await;
    assert_eq!(
        front.stage.store.sessions_of("sub-ada", front.stage.clock.now()).await.expect("the store works").len(),
        1
    );
}

#[tokio::test]
async fn groups_give_standing() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    assert!(olivia.get("/account").await.text().to_lowercase().contains("operator"));
    front.idp.switch(|s| s.thin = true);
    let auditor = Person { subject: "sub-audrey", groups: vec!["slipway-auditors"], ..Person::ada() };
    let mut audrey = front.signed_in(auditor).await;
    assert!(audrey.get("/account").await.text().to_lowercase().contains("auditor"));
}

#[tokio::test]
async fn an_answer_works_once() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let callback = front.idp.sign_in(&browser.get("/sign-in").await.location(), Person::ada());
    assert_eq!(browser.get(&callback).await.location(), "/tenants");
    let again = browser.get(&callback).await;
    assert_eq!(again.status, 400);
    assert!(again.text().contains("sign_in_stale"));
}

#[tokio::test]
async fn an_answer_works_only_in_the_browser_that_asked() {
    let front = Front::open().await;
    let callback = front.idp.sign_in(&front.browser().get("/sign-in").await.location(), Person::ada());
    let mut victim = front.browser();
    victim.get("/sign-in").await;
    assert_eq!(victim.get(&callback).await.status, 400);
    assert_eq!(victim.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
}

#[tokio::test]
async fn an_answer_that_took_too_long_is_stale() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let callback = front.idp.sign_in(&browser.get("/sign-in").await.location(), Person::ada());
    front.stage.clock.by(Duration::from_secs(16 * 60));
    assert_eq!(browser.get(&callback).await.status, 400);
}

/// Signs in and gives the code of the page that refuses.
pub(super) async fn refused(front: &Front, person: Person) -> String {
    let mut browser = front.browser();
    let callback = front.idp.sign_in(&browser.get("/sign-in").await.location(), person);
    let page = browser.get(&callback).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    let text = page.text();
    assert!(!text.contains("code-1") && !text.contains("eyJ"), "{text}");
    assert_eq!(browser.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
    let code = text.split_once("<code>").and_then(|(_, rest)| rest.split_once("</code>"));
    code.map(|(code, _)| code.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn tokens_that_do_not_fit_sign_nobody_in() {
    let front = Front::open().await;
    for (claim, value) in [
        ("nonce", json!("another")),
        ("aud", json!("another-client")),
        ("iss", json!("https://evil.example")),
        ("exp", json!(1_000_000)),
    ] {
        front.idp.switch(|s| s.id_token = [(claim, value.clone())].into());
        assert_eq!(refused(&front, Person::ada()).await, "sign_in_invalid", "{claim}");
    }
}

#[tokio::test]
async fn only_verified_addresses_come_in() {
    let front = Front::open().await;
    let unverified = Person { verified: Some(false), ..Person::ada() };
    assert_eq!(refused(&front, unverified.clone()).await, "email_unverified");
    assert_eq!(refused(&front, Person { verified: None, ..Person::ada() }).await, "email_unverified");
    assert_eq!(refused(&front, Person { email: None, ..Person::ada() }).await, "email_missing");
    let nobody = Person { email: Some("chat-admin@slipway.invalid"), ..Person::ada() };
    assert_eq!(refused(&front, nobody).await, "email_unusable", "the chat's administrator is nobody");
    front.idp.switch(|s| s.thin = true);
    assert_eq!(refused(&front, unverified).await, "email_unverified");
}

/// A callback with another issuer, or none.
async fn with_issuer(front: &Front, iss: &str) -> u16 {
    let mut browser = front.browser();
    let callback = front.idp.sign_in(&browser.get("/sign-in").await.location(), Person::ada());
    let bare = callback.split("&iss=").next().expect("it has a beginning");
    browser.get(&format!("{bare}{iss}")).await.status.as_u16()
}

#[tokio::test]
async fn an_answer_of_another_provider_is_not_redeemed() {
    let front = Front::open().await;
    assert_eq!(with_issuer(&front, "&iss=https%3A%2F%2Fevil.example").await, 400);
    assert_eq!(with_issuer(&front, "").await, 303, "not every provider names itself");
    let strict = Front::open().await;
    strict.idp.switch(|s| s.names_itself = true);
    assert_eq!(with_issuer(&strict, "").await, 400, "this one promised to");
}

#[tokio::test]
async fn a_denial_is_said_in_plain_words() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let there = browser.get("/sign-in?to=/systems").await.location();
    let state = url::Url::parse(&there).expect("it is an address");
    let state = state.query_pairs().find(|(name, _)| name == "state").expect("it has one").1.into_owned();
    let page =
        browser.get(&format!("/sign-in/callback?error=access_denied&error_description=%3Cb%3Eno&state={state}")).await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("The sign-in was denied.") && page.text().contains("/sign-in?to=%2Fsystems"));
    assert!(!page.text().contains("<b>no"));
}

#[tokio::test]
async fn a_provider_that_comes_back_with_new_keys_just_works() {
    let front = Front::open().await;
    front.signed_in(Person::ada()).await;
    assert_eq!(front.idp.discoveries(), 1);
    front.idp.rotate();
    front.signed_in(Person::ada()).await;
    front.signed_in(Person::olivia()).await;
    assert_eq!(front.idp.discoveries(), 2);
}

#[tokio::test]
async fn a_provider_that_comes_up_late_just_works() {
    let front = Front::open().await;
    front.idp.switch(|s| s.down = true);
    let page = front.browser().get("/sign-in").await;
    assert_eq!(page.status, 503);
    assert!(page.text().contains("The sign-in service does not answer."));
    front.idp.switch(|s| s.down = false);
    front.stage.clock.by(Duration::from_secs(3));
    front.signed_in(Person::ada()).await;
    // Once known, it may be down for a while.
    front.idp.switch(|s| s.down = true);
    front.stage.clock.by(Duration::from_secs(7200));
    assert!(front.browser().get("/sign-in").await.status.is_redirection());
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let front = Front::open().await;
    for to in
        ["https://evil.example", "//evil.example", "/%5Cevil.example", "%2F%09%2Fevil.example", "/a/..//evil", "x"]
    {
        let mut browser = front.browser();
        let there = browser.get(&format!("/sign-in?to={to}")).await.location();
        let back = browser.get(&front.idp.sign_in(&there, Person::ada())).await.location();
        assert_eq!(back, "/tenants", "{to}");
        // And when the person is signed in already.
        assert_eq!(browser.get(&format!("/sign-in?to={to}")).await.location(), "/tenants", "{to}");
    }
}

#[tokio::test]
async fn another_account_can_be_chosen() {
    let front = Front::open().await;
    let mut browser = front.signed_in(Person::ada()).await;
    let there = browser.get("/sign-in?to=/account&again=1").await.location();
    assert!(there.contains("prompt=login"), "{there}");
    browser.get(&front.idp.sign_in(&there, Person::olivia())).await;
    assert!(browser.get("/account").await.text().contains("olivia@example.org"));
}

/// Opens a page, with a word of the provider where that is due.
async fn in_or_out(front: &Front, browser: &mut Browser) -> &'static str {
    let mut page = browser.get("/tenants").await;
    if page.head("location").contains("prompt=none") {
        browser.get(&front.idp.sign_in(&page.location(), Person::ada())).await;
        page = browser.get("/tenants").await;
    }
    if page.status == 200 { "in" } else { "out" }
}

/// Time goes by, here and at the provider.
fn pass(front: &Front, time: Duration) {
    front.stage.clock.by(time);
    front.idp.by(time);
}

#[tokio::test]
async fn a_session_ends_when_nobody_comes_for_long() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    pass(&front, IDLE - Duration::from_secs(60));
    assert_eq!(in_or_out(&front, &mut ada).await, "in");
    pass(&front, IDLE - Duration::from_secs(60));
    assert_eq!(in_or_out(&front, &mut ada).await, "in");
    pass(&front, IDLE);
    assert_eq!(in_or_out(&front, &mut ada).await, "out");
}

#[tokio::test]
async fn a_session_ends_after_a_day_whatever_happens() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    for _ in 0..(ABSOLUTE.as_secs() / 3600 - 1) {
        pass(&front, Duration::from_secs(3600));
        assert_eq!(in_or_out(&front, &mut ada).await, "in");
    }
    pass(&front, Duration::from_secs(3600));
    assert_eq!(in_or_out(&front, &mut ada).await, "out");
}
