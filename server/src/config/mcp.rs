//! Who has the tools of the chat.

use super::section::{Setting, WebAddress, section};
use crate::domain::McpMode;
use http::uri::Authority;
use serde::Deserialize;

impl Setting for McpMode {}

section! {
    /// Who has the tools of the chat.
    Mcp at "mcp";
    /// `gateway`: the portal has them, the chat holds no credential, and every call is in the audit. `direct`: the plugin wordpress-mcp in each site has them, and OpenWebUI's connections hold the application passwords.
    mode: McpMode = "gateway";
    /// Address under which OpenWebUI's server reaches the gateway, without `/mcp`; without it that of `portal.internal_url` or `portal.public_url`. The doctor asks there, as OpenWebUI does.
    gateway_url: Option<WebAddress>;
    /// Further names (the header `Host`) under which requests for the gateway may arrive, with commas between them, each with or without a port; `*` for any. For a proxy that writes another name there, see [behind a proxy](operations/behind-a-proxy.md).
    hosts: Option<Hosts>;
}

/// Names of hosts, each with or without a port, or `*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Hosts(pub Vec<String>);

impl Setting for Hosts {}

impl TryFrom<String> for Hosts {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let all: Vec<String> = text.split(',').map(|one| one.trim().to_owned()).collect();
        let fits = |one: &String| one == "*" || one.parse::<Authority>().is_ok_and(|one| !one.as_str().contains('@'));
        if all.iter().all(fits) {
            Ok(Self(all))
        } else {
            Err("write names such as portal.example.org, with commas between them")
        }
    }
}
