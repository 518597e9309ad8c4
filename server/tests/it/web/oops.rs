//! Failures: a page for people, data for programs, no internals for anybody.

use super::Front;
use crate::sim::idp_login::Person;
use axum::body::Body;
use http::Request;
use serde_json::Value;

#[tokio::test]
async fn a_panic_shows_a_page_without_internals() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let page = ada.post("/tenants/boom/remove", &[("typed", "boom")]).await;
    let text = page.text();
    assert_eq!(page.status, 500);
    assert!(!text.contains("the secret inside") && !text.contains("desk.rs"), "{text}");
    for part in ["internal", "Nothing was half-done.", "Try again", "/assets/slipway.0a1b.css", "platform@example.org"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let trace = page.head("x-request-id");
    assert!(trace.len() == 32 && text.contains(trace), "{trace}: {text}");
    assert!(page.head("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
}

#[tokio::test]
async fn programs_get_data() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let page = ada.get("/api/v1/tenants/boom/events").await;
    let data: Value = serde_json::from_slice(&page.body).expect("it is data");
    assert_eq!((page.status.as_u16(), &data["code"]), (500, &Value::from("internal")));
    assert_eq!(page.head("content-type"), "application/problem+json");
    assert_eq!((&data["status"], &data["title"]), (&Value::from(500), &Value::from("Internal Server Error")));
    assert_eq!(data["trace"], page.head("x-request-id"));
    let request = Request::get("/no/such/path").header("accept", "application/json");
    let page = ada.send(request, Body::empty()).await;
    let data: Value = serde_json::from_slice(&page.body).expect("it is data");
    assert_eq!((page.status.as_u16(), &data["code"]), (404, &Value::from("not_found")));
}

#[tokio::test]
async fn unknown_paths_have_a_page() {
    let front = Front::open().await;
    for path in ["/nothing", "/tenants/acme/nothing", "/connect/v2/x"] {
        let page = front.browser().get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text().contains("There is nothing here"), "{path}: {}", page.text());
    }
}

#[tokio::test]
async fn wrong_methods_are_dressed_and_say_which_is_right() {
    let front = Front::open().await;
    let page = front.browser().get("/sign-out").await;
    assert_eq!((page.status.as_u16(), page.head("allow")), (405, "POST"));
    assert!(page.text().contains("wrong_method"));
}

#[tokio::test]
async fn health_says_why() {
    let front = Front::open().await;
    assert_eq!(front.browser().get("/health/live").await.text(), r#"{"live":true}"#);
    let page = front.browser().get("/health/ready").await;
    assert_eq!(page.status, 503);
    assert_eq!(page.text(), r#"{"ready":false,"why":"The store does not answer."}"#);
}
