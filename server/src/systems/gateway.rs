//! The portal's own gateway, asked from outside: by the address that OpenWebUI was given, through whatever proxy stands in
//! between. The chat's own check says only that something failed (`docs/outside/openwebui.md`), so what stands in the way
//! is named here, by the answer that comes in place of the gateway's.

use super::http::{Http, Reply};
use crate::domain::{Fault, Health};
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

/// The page that shows how proxies are set up.
const PAGE: &str = "docs/operations/behind-a-proxy.md";
/// No tenant has this name: the door is knocked at, not opened.
const NOBODY: &str = "-";

/// The way to the gateway.
#[derive(Debug, Clone)]
pub struct Gateway {
    http: Http,
    base: String,
}

/// A refusal of the gateway itself.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: String,
    #[serde(default)]
    host: String,
}

impl Gateway {
    /// The gateway at this address, without a slash at its end. Nothing is sent yet.
    pub fn new(http: Http, base: &str) -> Self {
        Self { http, base: base.to_owned() }
    }

    /// Address of a tenant's tools.
    pub fn url(&self, slug: &str) -> String {
        format!("{}/mcp/{slug}", self.base)
    }

    /// Does a request of the chat's kind arrive there?
    pub async fn health(&self) -> Health {
        self.ask(NOBODY, &SecretString::from("a-key-that-opens-nothing")).await
    }

    /// The same with a tenant's own key.
    pub async fn ask(&self, slug: &str, key: &SecretString) -> Health {
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
        let call = self.http.call("The gateway", Method::POST, &self.url(slug)).bearer(key).json(&list);
        match call.header("accept", "application/json, text/event-stream").send().await {
            Ok(reply) => self.judge(&reply),
            Err(Fault::Retry { why, .. } | Fault::Fail { say: why, .. }) => Health::bad(
                format!("{why} It was called at {}.", self.base),
                "Check that the portal runs and that mcp.gateway_url (else portal.internal_url) leads to it.",
            ),
        }
    }

    fn judge(&self, reply: &Reply) -> Health {
        let data = reply.content_type.contains("json");
        let told: Refusal = serde_json::from_slice(&reply.body).unwrap_or_default();
        let (base, status) = (&self.base, reply.status.as_u16());
        match (status, told.code.as_str()) {
            (200, _) if data => Health::good("Requests of the chat arrive"),
            (401, "wrong_key") => Health::good("Requests of the chat arrive"),
            (429, _) if data => Health::good("Requests of the chat arrive"),
            (401, "no_key") => Health::bad(
                format!("A proxy on the way to {base} takes the header Authorization away."),
                format!("Have it pass that header on for /mcp/: {PAGE}."),
            ),
            (403, "wrong_host") => Health::bad(
                format!(
                    "A proxy on the way to {base} writes the name {} into Host, and the gateway refuses it.",
                    told.host
                ),
                format!("Have the proxy keep the caller's name, or add this one to mcp.hosts: {PAGE}."),
            ),
            (300..=399, _) => Health::bad(
                format!("{base} leads elsewhere ({status}), and OpenWebUI does not follow."),
                format!("Set mcp.gateway_url to where it leads: {}.", reply.location.as_deref().unwrap_or("unknown")),
            ),
            (401 | 403, _) => Health::bad(
                format!("Something in front of {base} refuses requests without a sign-in of its own ({status})."),
                format!("Have it leave /mcp/ to the gateway, which asks for a key itself: {PAGE}."),
            ),
            (404 | 405, _) => Health::bad(
                format!("{base} answers, but /mcp/ does not lead to the gateway ({status})."),
                format!("Have the proxy pass /mcp/ on without changing the path: {PAGE}."),
            ),
            (502..=504, _) => Health::bad(
                format!("A proxy at {base} does not reach the portal ({status})."),
                "Check the address of the portal in the proxy, and that the portal runs.",
            ),
            _ => Health::bad(
                format!("{base} answers as no gateway does ({status})."),
                format!("Set mcp.gateway_url to an address that leads to the portal: {PAGE}."),
            ),
        }
    }
}
