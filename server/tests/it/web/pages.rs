//! Pages: who sees them, and under which policy they run.

use super::Front;
use crate::sim::idp_login::Person;
use axum::body::Body;
use http::Request;
use serde_json::Value;

const PAGES: [&str; 8] =
    ["/tenants", "/tenants/new", "/tenants/acme", "/activity", "/audit", "/systems", "/account", "/connect/i1"];

#[tokio::test]
async fn each_page_has_its_own_policy_with_a_fresh_nonce() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::olivia()).await;
    let mut nonces = std::collections::HashSet::new();
    for path in PAGES.into_iter().chain(["/welcome", "/signed-out", "/nothing"]) {
        let page = ada.get(path).await;
        let (policy, text) = (page.head("content-security-policy").to_owned(), page.text());
        let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).map(|(nonce, _)| nonce);
        let nonce = nonce.unwrap_or_else(|| panic!("{path}: {policy}"));
        assert!(nonces.insert(nonce.to_owned()), "{path}");
        let site = if path == "/connect/i1" { " https://acme.example.org" } else { "" };
        let expected = format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; font-src 'self'; form-action 'self'{site}; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(policy, expected, "{path}");
        for script in text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
        }
        assert!(!text.contains(" style=\"") && !text.contains("<style"), "{path}");
        assert_eq!(page.head("x-content-type-options"), "nosniff");
        assert_eq!(page.head("cache-control"), "no-store");
        assert_eq!(page.head("strict-transport-security"), "max-age=31536000");
    }
}

#[tokio::test]
async fn strangers_see_only_the_open_pages() {
    let front = Front::open().await;
    for path in PAGES {
        let to = path.replace('/', "%2F");
        assert_eq!(front.browser().get(path).await.location(), format!("/welcome?to={to}"));
    }
    for path in ["/welcome", "/signed-out"] {
        let page = front.browser().get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.headers.get("set-cookie").is_none(), "{path}");
    }
    assert_eq!(front.browser().get("/").await.location(), "/tenants");
}

#[tokio::test]
async fn a_tenant_shows_the_line_for_the_file_of_hosts() {
    let front = Front::open().await;
    let page = front.signed_in(Person::olivia()).await.get("/tenants/acme").await.text();
    assert!(page.contains("For your hosts file") && page.contains("192.0.2.1 acme.local"), "{page}");
}

#[tokio::test]
async fn programs_are_told_to_sign_in() {
    let front = Front::open().await;
    for path in ["/api/v1/slugs/acme", "/api/v1/tenants/acme/events"] {
        let page = front.browser().get(path).await;
        let data: Value = serde_json::from_slice(&page.body).expect("it is data");
        assert_eq!((page.status.as_u16(), &data["code"]), (401, &Value::from("signed_out")), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_yours_looks_like_what_is_not_there() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let (foreign, missing) = (ada.get("/tenants/foreign").await, ada.get("/tenants/missing").await);
    assert_eq!((foreign.status.as_u16(), missing.status.as_u16()), (404, 404));
    let form = ada.post("/tenants/foreign/steps/site/retry", &[]).await;
    assert_eq!(form.status, 404);
    assert!(front.desk.asked().is_empty());
}

#[tokio::test]
async fn a_slug_is_judged_as_data() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let page = olivia.send(Request::get("/api/v1/slugs/acme-2"), Body::empty()).await;
    let data: Value = serde_json::from_slice(&page.body).expect("it is data");
    assert_eq!(data["say"], "acme-2 is free.");
}
