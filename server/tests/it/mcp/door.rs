//! Who gets in, and what they see there.

use super::house::{Door, KEY, call};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::num::NonZeroU32;

fn list() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}})
}

#[tokio::test]
async fn looks_alike_for_unknown_tenants_and_wrong_keys() {
    let door = Door::open().await;
    let mut answers = Vec::new();
    for (slug, authorization) in [
        ("acme", "Bearer wrong"),
        ("nobody", "Bearer wrong"),
        ("nobody", format!("Bearer {KEY}").as_str()),
        ("ACME", "Bearer wrong"),
    ] {
        let url = format!("{}/mcp/{slug}", door.wire.url);
        let http = crate::sim::http();
        let call = http.call("the gateway", reqwest::Method::POST, &url).header("authorization", authorization);
        let reply = call.json(&list()).send().await.expect("it answers");
        answers.push((reply.status, reply.body));
    }
    assert!(answers.iter().all(|a| *a == answers[0] && a.0 == StatusCode::UNAUTHORIZED), "{answers:?}");
}

#[tokio::test]
async fn lists_eight_tools_to_old_and_new_clients() {
    let door = Door::open().await;
    let key = format!("Bearer {KEY}");
    let old = door.post(&[("authorization", &key)], &list()).await;
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "mcp", "version": "0.1.0"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let headers =
        [("authorization", key.as_str()), ("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/list")];
    let new = door.post(&headers, &message).await;
    for (reply, scope) in [(old, Value::Null), (new, json!("private"))] {
        let answer: Value = reply.ok().expect("200").json().expect("JSON");
        assert_eq!(answer["result"]["cacheScope"], scope, "{answer}");
        let tools = answer["result"]["tools"].as_array().expect("tools");
        assert_eq!(tools.len(), 8);
        let text = answer.to_string();
        assert!(!text.contains("\"format\"") && !text.contains("null"), "{text}");
    }
}

#[tokio::test]
async fn describes_its_tools_the_same_way_every_time() {
    let door = Door::open().await;
    let reply = door.post(&[("authorization", &format!("Bearer {KEY}"))], &list()).await;
    let answer: Value = reply.json().expect("JSON");
    let tools = serde_json::to_string_pretty(&answer["result"]["tools"]).expect("JSON");
    insta::assert_snapshot!(tools);
}

#[tokio::test]
async fn refuses_browsers_foreign_hosts_and_other_methods() {
    let door = Door::open().await;
    let key = format!("Bearer {KEY}");
    for header in [("origin", "https://evil.example"), ("host", "evil.example")] {
        let reply = door.post(&[("authorization", &key), header], &list()).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{header:?}");
    }
    let http = crate::sim::http();
    let url = format!("{}/mcp/acme", door.wire.url);
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let reply = http.call("the gateway", method, &url).header("authorization", &key).send().await;
        assert_eq!(reply.expect("it answers").status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn takes_large_requests_for_pictures_only() {
    let door = Door::open().await;
    let key = format!("Bearer {KEY}");
    let large = "x".repeat(2 * 1024 * 1024);
    let text = call("create_draft", json!({"title": "t", "markdown": large}));
    let reply = door.post(&[("authorization", &key)], &text).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    let reply = door.post(&[("authorization", &key), ("mcp-name", "create_draft")], &text).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    let picture = call("upload_image", json!({"data": large, "filename": "a.png"}));
    let reply = door.post(&[("authorization", &key)], &picture).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn slows_a_person_and_a_tenant_down() {
    let pace = slipway::mcp::Pace { person: NonZeroU32::new(8).expect("8"), tenant: NonZeroU32::new(40).expect("40") };
    let door = Door::with_pace(pace).await;
    for n in 0..3 {
        let (error, text, _) = door.ada("list_drafts", json!({})).await;
        assert_eq!(error, n == 2, "{text}");
        assert!(n < 2 || text.contains("too many calls"), "{text}");
    }
    door.clock.by(std::time::Duration::from_secs(8));
    assert!(!door.ada("list_drafts", json!({})).await.0);

    let key = format!("Bearer {KEY}");
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        let reply = door.post(&[("authorization", &key)], &list()).await;
        last = reply.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert!(reply.retry_after.is_some());
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}
