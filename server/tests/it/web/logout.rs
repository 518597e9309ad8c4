//! Going: by the button, and when the provider says so.

use super::{Front, PUBLIC};
use crate::sim::idp_login::Person;
use serde_json::{Value, json};
use slipway::{domain::Clock as _, store::Sessions, web::session::HOST_COOKIE};
use tower_sessions::SessionStore as _;

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let cookies = ada.cookies.clone();
    assert_eq!(ada.post("/sign-out", &[]).await.location(), "/signed-out");
    assert!(ada.cookies.is_empty());
    let page = ada.get("/signed-out").await;
    assert_eq!(page.status, 200);
    // Not every provider ends its own session, and then one click signs in again.
    assert!(page.text().contains("asks for no password"), "{}", page.text());
    ada.cookies = cookies;
    assert_eq!(ada.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
}

#[tokio::test]
async fn the_provider_is_asked_to_end_its_session_too() {
    let front = Front::open().await;
    front.idp.switch(|s| s.end_session = true);
    let mut ada = front.signed_in(Person::ada()).await;
    let page = ada.post("/sign-out", &[]).await;
    // A redirect to another origin after a form is forbidden by the page's policy: a page leads there instead.
    assert_eq!(page.status, 200);
    let after = url::form_urlencoded::byte_serialize(format!("{PUBLIC}/signed-out").as_bytes()).collect::<String>();
    let text = page.text();
    assert!(text.contains("If it stays on a page of its own, sign out there too."), "{text}");
    assert!(text.contains(&format!("{}/end?id_token_hint=ey", front.idp.issuer())), "{text}");
    assert!(text.contains(&format!("post_logout_redirect_uri={after}")), "{text}");
    assert!(ada.cookies.is_empty());
    assert_eq!(ada.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
}

#[tokio::test]
async fn the_id_token_is_sealed_and_the_sign_out_works_without_it() {
    let front = Front::open().await;
    front.idp.switch(|s| s.end_session = true);
    let mut ada = front.signed_in(Person::ada()).await;
    let sessions = Sessions::new(front.stage.store.clone(), front.stage.clock.clone());
    let id = ada.cookies[HOST_COOKIE].parse().expect("it is a session's number");
    let mut record = sessions.load(&id).await.expect("the store works").expect("it is there");
    let stay = record.data.get_mut("stay").expect("somebody is signed in");
    assert!(stay["hint"].as_str().is_some_and(|hint| !hint.contains('.') && !hint.contains("eyJ")), "{stay}");
    stay["hint"] = json!("AAAA");
    sessions.save(&record).await.expect("the store works");
    let text = ada.post("/sign-out", &[]).await.text();
    assert!(text.contains(&format!("{}/end?client_id=slipway", front.idp.issuer())), "{text}");
    // Without the token some providers refuse a request that names an address to come back to.
    assert!(!text.contains("post_logout_redirect_uri"), "{text}");
}

async fn told(front: &Front, token: &str) -> u16 {
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
    front.browser().post_raw("/sign-in/back-channel", &[], body).await.status.as_u16()
}

#[tokio::test]
async fn the_provider_ends_all_sessions_of_one_person() {
    let front = Front::open().await;
    let (mut one, mut two) = (front.signed_in(Person::ada()).await, front.signed_in(Person::ada()).await);
    let mut other = front.signed_in(Person::olivia()).await;
    assert_eq!(told(&front, &front.idp.logout_token("sub-ada", &json!({}))).await, 200);
    for browser in [&mut one, &mut two] {
        assert_eq!(browser.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
    }
    assert_eq!(other.get("/tenants").await.status, 200);
}

#[tokio::test]
async fn the_provider_ends_the_session_that_it_names_and_no_other() {
    let front = Front::open().await;
    let mut browsers = Vec::new();
    for sid in ["s1", "s2", "s3"] {
        front.idp.switch(|s| s.id_token = [("sid", json!(sid))].into());
        browsers.push(front.signed_in(Person::ada()).await);
    }
    // A token may name the session alone.
    assert_eq!(told(&front, &front.idp.logout_token("sub-ada", &json!({ "sub": Value::Null }))).await, 200);
    assert_eq!(told(&front, &front.idp.logout_token("sub-ada", &json!({ "sid": "s3" }))).await, 200);
    assert_eq!(told(&front, &front.idp.logout_token("sub-olivia", &json!({ "sid": "s2" }))).await, 200);
    assert_eq!(browsers[0].get("/tenants").await.location(), "/welcome?to=%2Ftenants");
    assert_eq!(browsers[1].get("/tenants").await.status, 200);
    assert_eq!(browsers[2].get("/tenants").await.location(), "/welcome?to=%2Ftenants");
    assert_eq!(told(&front, &front.idp.logout_token("sub-ada", &json!({ "sid": Value::Null }))).await, 200);
    assert_eq!(browsers[1].get("/tenants").await.location(), "/welcome?to=%2Ftenants");
}

#[tokio::test]
async fn logout_tokens_that_are_none_end_nothing() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let later = front.stage.clock.now().unix() + 31;
    let changes = [
        json!({ "aud": ["slipway", "another-client"] }),
        json!({ "azp": "another-client" }),
        json!({ "nbf": later }),
        json!({ "iat": later, "exp": later + 60 }),
        json!({ "sub": "" }),
        json!({ "sub": "x".repeat(256) }),
        json!({ "sub": Value::Null, "sid": "x".repeat(256) }),
        json!({ "aud": "another-client" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "nonce": "n" }),
        json!({ "events": Value::Null }),
        json!({ "events": { "http://schemas.openid.net/event/other": {} } }),
        json!({ "iat": 1_000_000, "exp": 1_000_100 }),
        json!({ "sub": Value::Null, "sid": Value::Null }),
        json!({ "sub": "", "sid": "" }),
    ];
    for change in &changes {
        assert_eq!(told(&front, &front.idp.logout_token("sub-ada", change)).await, 400, "{change}");
    }
    let mut forged = front.idp.logout_token("sub-ada", &json!({}));
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    assert_eq!(told(&front, &forged).await, 400);
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzdWItYWRhIn0.";
    assert_eq!(told(&front, unsigned).await, 400);
    assert_eq!(ada.get("/tenants").await.status, 200);
}

#[tokio::test]
async fn a_logout_with_a_new_key_is_understood() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    front.idp.rotate();
    assert_eq!(told(&front, &front.idp.logout_token("sub-ada", &json!({}))).await, 200);
    assert_eq!(ada.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
}
