//! Who has the tools of the chat.

use super::section::{Setting, section};
use crate::domain::McpMode;

impl Setting for McpMode {}

section! {
    /// Who has the tools of the chat.
    Mcp at "mcp";
    /// `gateway`: the portal has them, the chat holds no credential, and every call is in the audit. `direct`: the plugin wordpress-mcp in each site has them, and OpenWebUI's connections hold the application passwords.
    mode: McpMode = "gateway";
}
