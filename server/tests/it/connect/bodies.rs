//! What a site may send at all: sizes, shapes, pace. Every refusal has the one shape that the plugin can show.

use super::plugin::{Plugin, Said, ada, said, town};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

/// Posts bytes as they are.
async fn raw(site: &Plugin<'_>, path: &str, kind: &str, body: Vec<u8>) -> Said {
    let url = format!("{}{path}", site.town.house.systems.public_url);
    let call = site.http.call("the portal", Method::POST, &url).bearer(&site.secret).body(kind, body);
    said(call.send().await.expect("the portal answers"))
}

/// A code, a sentence and one next action, and nothing of the framework's.
fn assert_shape(answer: &Said, what: &str) {
    let text = |name: &str| answer.data[name].as_str().unwrap_or_default();
    let code = text("code");
    assert!(
        !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
        "{what}: {} {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    assert!(text("message").ends_with('.') && text("next").ends_with('.'), "{what}: {}", answer.data);
    let words = String::from_utf8_lossy(&answer.body).to_lowercase();
    for inside in ["serde", "axum", "deserialize", "expected", "missing field", "line 1", "column"] {
        assert!(!words.contains(inside), "{what}: {words}");
    }
}

const POSTS: [&str; 5] = [
    "/connect/v1/intents",
    "/connect/v1/complete",
    "/connect/v1/disconnect",
    "/connect/v1/notices",
    "/connect/v1/sign-in",
];

#[tokio::test]
async fn bodies_that_are_too_large_are_not_read() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let large = json!({"code": "x".repeat(17 * 1024)}).to_string().into_bytes();
    for path in POSTS {
        let answer = raw(&site, path, "application/json", large.clone()).await;
        assert_eq!(answer.status, 413, "{path}");
        assert_shape(&answer, path);
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_or_of_another_shape_are_refused_in_our_words() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for path in POSTS {
        for (kind, body) in [
            ("application/json", "{"),
            ("application/json", ""),
            ("application/json", "[]"),
            ("application/json", "{\"code\": 5, \"wp_user_id\": \"x\", \"pairing\": 1, \"event\": 1}"),
            ("application/json", "\u{0}"),
            ("text/plain", "{}"),
            ("application/x-www-form-urlencoded", "code=1"),
        ] {
            let answer = raw(&site, path, kind, body.into()).await;
            assert!((400..500).contains(&answer.status), "{path} {body}: {}", answer.status);
            assert_shape(&answer, &format!("{path} {kind} {body:?}"));
        }
    }
    let deep = "[".repeat(4000) + &"]".repeat(4000);
    assert_shape(&raw(&site, POSTS[0], "application/json", deep.into()).await, "deep");
}

#[tokio::test]
async fn unknown_addresses_and_methods_answer_in_the_same_shape() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for (method, path) in [
        (Method::GET, "/connect/v1/nothing"),
        (Method::DELETE, "/connect/v1/intents"),
        (Method::PUT, "/connect/v1/status"),
    ] {
        let answer = site.call(method.clone(), path, None).await;
        assert!(matches!(answer.status, 404 | 405), "{method} {path}: {}", answer.status);
        assert_shape(&answer, path);
    }
}

#[tokio::test]
async fn questions_with_nonsense_in_them_are_refused() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for (field, value) in [
        ("wp_user_id", json!(0)),
        ("wp_user_id", json!(-7)),
        ("wp_login", json!("")),
        ("wp_login", json!("a\u{0}b")),
        ("wp_login", json!("a\r\nb")),
        ("wp_login", json!("x".repeat(61))),
        ("wp_email", json!("x".repeat(255))),
        ("state", json!("")),
    ] {
        let (mut body, _) = site.asking();
        body[field] = value;
        let answer = site.post("/connect/v1/intents", &body).await;
        assert_eq!((answer.status, answer.code()), (422, "intent_refused"), "{body}");
        assert_shape(&answer, field);
    }
    // A newer plugin says more; it is not refused for that.
    let (mut body, _) = site.asking();
    body["something_new"] = json!({"a": [1, 2]});
    assert_eq!(site.post("/connect/v1/intents", &body).await.status, 201);
}

#[tokio::test]
async fn p18_a_tenant_has_ten_open_questions_at_most() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(site.press().await);
        town.stage.clock.by(Duration::from_secs(1));
    }
    let answer = site.post("/connect/v1/intents", &site.asking().0).await;
    assert_eq!((answer.status, answer.code()), (429, "too_many"));
    assert_shape(&answer, "too many");
    other.press().await;
    // An answered question makes room, and so does one whose time is over.
    site.approve(&open[9], ada()).await;
    site.press().await;
    assert_eq!(site.post("/connect/v1/intents", &site.asking().0).await.code(), "too_many");
    town.stage.clock.by(Duration::from_secs(300));
    site.press().await;
}

#[tokio::test]
async fn p18_a_site_that_calls_too_often_is_slowed_down_and_no_other() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let mut last = site.get("/connect/v1/status").await;
    for _ in 0..20 {
        if last.status == 429 {
            break;
        }
        let all = (0..100).map(|_| site.get("/connect/v1/status"));
        last = futures::future::join_all(all).await.pop().expect("a hundred");
    }
    assert_eq!((last.status, last.code()), (429, "too_many"));
    assert_shape(&last, "pace");
    assert_eq!(other.get("/connect/v1/status").await.status, 200);
}

#[tokio::test]
async fn p18_guessing_secrets_is_slowed_down_without_hurting_known_sites() {
    let town = town().await;
    let mut thief = Plugin::of(&town, "acme").await;
    let site = Plugin::of(&town, "globex").await;
    thief.secret = "B".repeat(43).into();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let all = futures::future::join_all((0..50).map(|_| thief.get("/connect/v1/status"))).await;
        seen.extend(all.iter().map(|answer| (answer.status, answer.code().to_owned())));
        if seen.len() > 1 {
            break;
        }
    }
    assert_eq!(seen, [(401, "site_unknown".to_owned()), (429, "too_many".to_owned())].into());
    assert_eq!(site.get("/connect/v1/status").await.status, 200);
}

#[tokio::test]
async fn the_portal_tells_a_site_about_itself() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let told = site.get("/connect/v1/status").await;
    assert_eq!(told.data["tenant"], json!({"slug": "acme", "name": "acme"}));
    assert_eq!(told.data["issuer"], town.house.systems.public_url);
    assert_eq!(told.data["chat_name"], "OpenWebUI");
    assert!(told.data["time"].is_i64() && told.data.get("id").is_none(), "{}", told.data);
}
