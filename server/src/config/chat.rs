//! The chat that all tenants share.

use super::section::{WebAddress, choice, section};
use secrecy::SecretString;

choice! {
    /// The chat that all tenants share.
    Chat at "chat", default "openwebui";
    /// OpenWebUI 0.12.1 or newer.
    OpenWebui(OpenWebui) = "openwebui";
}

section! {
    /// OpenWebUI.
    OpenWebui at "chat.openwebui";
    /// Address as the portal reaches it.
    url: WebAddress;
    /// Address as people's browsers reach it; without it the same.
    public_url: Option<WebAddress>;
    /// API key of an administrator.
    api_key: SecretString;
    /// Model on which the tenants' presets are based.
    base_model: String;
    /// Secret with which OpenWebUI signs `X-OpenWebUI-User-Jwt`.
    jwt_secret: SecretString;
}
