//! What the ways to other systems have in common.

use super::section::{Setting, section};
use serde::Deserialize;
use std::path::PathBuf;

section! {
    /// What the ways to other systems have in common.
    Network at "network";
    /// File with the certificates (PEM) of authorities to trust besides the well-known ones, such as the company's own. The portal's calls, databases (its own too) and mail server take it, and sites are told it.
    ca_file: Option<PathBuf>;
    /// Systems that are reached through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, with commas between them, of `sign_in`, `identity`, `chat`, `gateway`, `database` (the API where servers are ordered) and `sites`; without it none. A proxy at `http://` may carry a user and a password; they are in no log.
    proxied: Option<Proxied>;
}

/// A system that may be behind an outgoing proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The people's sign-in.
    SignIn,
    /// The API where sign-in clients are made.
    Identity,
    /// OpenWebUI.
    Chat,
    /// The portal's own gateway, from outside.
    Gateway,
    /// The API where databases are ordered.
    Database,
    /// WordPress.
    Sites,
}

/// Some of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Proxied(pub Vec<Way>);

impl Setting for Proxied {}

impl TryFrom<String> for Proxied {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let way = |one: &str| Way::deserialize(toml::Value::String(one.trim().to_owned())).ok();
        let all: Option<Vec<_>> = text.split(',').map(way).collect();
        all.map(Self).ok_or("write some of sign_in, identity, chat, gateway, database, sites, with commas between them")
    }
}

impl Network {
    /// Is this one reached through the environment's proxy?
    pub fn is_proxied(&self, way: Way) -> bool {
        self.proxied.as_ref().is_some_and(|all| all.0.contains(&way))
    }
}
