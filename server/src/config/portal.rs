//! Where the portal listens and how others reach it.

use super::section::{Setting, WebAddress, section};
use crate::domain::Language;
use std::net::SocketAddr;

section! {
    /// The portal itself.
    Portal at "portal";
    /// Address and port to listen on.
    listen: SocketAddr = "127.0.0.1:8000";
    /// Address and port of `/metrics`, apart from the public one.
    metrics_listen: SocketAddr = "127.0.0.1:9000";
    /// Address under which people's browsers reach the portal.
    public_url: WebAddress = "http://127.0.0.1:8000";
    /// Address under which sites and the chat's server reach the portal; without it the public one.
    internal_url: Option<WebAddress>;
    /// E-mail address that people who need help are shown.
    support: String = "platform@example.org";
    /// Language of letters to people who chose none: `en` or `de`.
    language: Language = "en";
}

impl Setting for Language {}

impl Portal {
    /// The address for sites and the chat's server, without a slash at its end.
    pub fn internal_base(&self) -> &str {
        self.internal_url.as_ref().unwrap_or(&self.public_url).base()
    }
}
