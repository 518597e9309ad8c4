//! The list of connections, and `verify`, which really calls the server behind one.

use super::{Inside, lacks, no, posted, yes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) fn routes() -> Router<Inside> {
    Router::new()
        .route("/api/v1/configs/tool_servers", posted(replace).get(list))
        .route("/api/v1/configs/tool_servers/verify", posted(verify))
}

#[derive(Serialize, Deserialize)]
struct List {
    #[serde(rename = "TOOL_SERVER_CONNECTIONS")]
    connections: Vec<Box<RawValue>>,
}

async fn list(State(inside): State<Inside>) -> Response {
    let connections = inside.memory().connections.clone();
    Json(List { connections }).into_response()
}

fn ids(connections: &[Box<RawValue>]) -> BTreeSet<String> {
    let id = |raw: &RawValue| {
        let value: Value = serde_json::from_str(raw.get()).expect("it was checked");
        value["info"]["id"].as_str().unwrap_or_default().to_owned()
    };
    connections.iter().map(|raw| id(raw)).collect()
}

/// The whole list at once; required fields are required of every entry.
async fn replace(State(inside): State<Inside>, Json(list): Json<List>) -> Response {
    for raw in &list.connections {
        let entry: Value = serde_json::from_str(raw.get()).expect("raw JSON is JSON");
        if let Some(field) = ["url", "path", "auth_type", "key", "config"].iter().find(|f| entry.get(f).is_none()) {
            return lacks(field);
        }
    }
    let mut memory = inside.memory();
    let (before, after) = (ids(&memory.connections), ids(&list.connections));
    let old = std::mem::replace(&mut memory.connections, list.connections);
    after.difference(&before).for_each(|id| inside.effects.made("connection", id));
    before.difference(&after).for_each(|id| inside.effects.gone("connection", id));
    let answer = Json(List { connections: memory.connections.clone() }).into_response();
    if memory.overwrites > 0 {
        memory.overwrites -= 1;
        memory.connections = old;
        after.difference(&before).for_each(|id| inside.effects.gone("connection", id));
    }
    answer
}

/// Asks the server for its tools, with the key and the connection's headers and nothing else; never says why not.
async fn verify(Json(connection): Json<Value>) -> Response {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let http = crate::sim::http();
    let mut call = http
        .call("the server", reqwest::Method::POST, &text(&connection["url"]))
        .header("accept", "application/json, text/event-stream");
    if connection["auth_type"] == "bearer" {
        call = call.bearer(&SecretString::from(text(&connection["key"])));
    }
    for name in ["Authorization", "X-OpenWebUI-User-Jwt"] {
        if let Some(value) = connection["headers"][name].as_str() {
            call = call.header(name, value);
        }
    }
    let ask = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    let answer = call.json(&ask).send().await;
    let result = answer.and_then(|reply| reply.ok()?.json::<Value>());
    match result {
        Ok(result) => yes(json!({"status": true, "specs": result["result"]["tools"]})),
        Err(_) => no(400, "Failed to create MCP client"),
    }
}
