//! wordpress-mcp 0.2.2 as the image has it: behind the guard of the must-use plugins, which admits this project's
//! credential only, to five tools, and mends the plugin's errors. `docs/outside/wordpress.md` has the exchange.

use super::{Asked, Key, Site, no};
use crate::sim::faults::Effects;
use axum::Json;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const TOOLS: [(&str, &[&str]); 5] = [
    ("wp_add_post", &["title", "content"]),
    ("wp_posts_search", &[]),
    ("wp_get_post", &["id"]),
    ("wp_list_categories", &[]),
    ("wp_list_tags", &[]),
];

impl Site {
    pub(super) fn mcp(&mut self, asked: &Asked<'_>, key: &Key, effects: &Effects, address: &str) -> Response {
        if asked.method != Method::POST {
            return (StatusCode::METHOD_NOT_ALLOWED, Json(error(json!(0), -32600, "Method not allowed")))
                .into_response();
        }
        let accept = asked.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !accept.contains("application/json") || !accept.contains("text/event-stream") {
            return (StatusCode::BAD_REQUEST, Json(error(json!(0), -32006, "Not Acceptable"))).into_response();
        }
        let message = asked.json();
        let (Some(id), Some(method)) = (message.get("id").cloned(), message["method"].as_str()) else {
            return StatusCode::ACCEPTED.into_response();
        };
        let params = &message["params"];
        Json(match method {
            "initialize" => result(id, hello()),
            "ping" => result(id, json!({})),
            "tools/list" => result(id, json!({ "tools": TOOLS.map(tool) })),
            "tools/call" => self.call(id, params, key, effects, address),
            _ => error(id, -32601, "Method not found"),
        })
        .into_response()
    }

    fn call(&mut self, id: Value, params: &Value, key: &Key, effects: &Effects, address: &str) -> Value {
        let body = match params["name"].as_str() {
            Some("wp_add_post") => self.shelf.add(&params["arguments"], key.user, effects, address),
            Some("wp_list_categories" | "wp_list_tags") => Ok(json!([{"id": 1, "name": "Tips", "count": 4}])),
            Some("wp_posts_search" | "wp_get_post") => Ok(json!([])),
            _ => return error(id, -32602, "Unknown tool"),
        };
        match body {
            Ok(body) => result(id, json!({ "content": [{ "type": "text", "text": body.to_string() }] })),
            // The plugin's own error is no result that a client can read; the guard makes it one.
            Err(why) => result(id, json!({ "content": [{ "type": "text", "text": why }], "isError": true })),
        }
    }
}

/// Who does not come in gets WordPress's error, which is no JSON-RPC.
pub(super) fn shut() -> Response {
    no(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
}

fn hello() -> Value {
    json!({
        "protocolVersion": "2025-03-26", "capabilities": { "tools": { "list": true, "call": true } },
        "serverInfo": { "name": "WordPress MCP Server", "version": "0.1.9" },
    })
}

/// With the fields of the plugin's own that clients are to overlook.
fn tool((name, required): (&str, &[&str])) -> Value {
    let properties: serde_json::Map<String, Value> =
        required.iter().map(|field| ((*field).to_owned(), json!({ "type": "string" }))).collect();
    json!({
        "name": name, "description": name, "type": "create", "tool_enabled": true, "tool_type_enabled": true,
        "inputSchema": { "type": "object", "properties": properties, "required": required },
    })
}

fn result(id: Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn error(id: Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
