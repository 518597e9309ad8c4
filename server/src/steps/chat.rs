//! Step: the tenant's corner in the chat.

use super::{Systems, purpose};
use crate::{
    domain::{Fault, Gone, McpMode, Seen},
    saga::{Cx, Step},
    systems::chat::{Corner, Tools, Wanted},
};
use async_trait::async_trait;

/// See the table in [`super`].
pub struct Chat(pub Systems);

/// The corner that should exist; where the gateway has the tools, the pairing's proof looks at the same one.
pub(super) async fn wanted(s: &Systems, cx: &Cx<'_>) -> Result<Wanted, Fault> {
    let tools = match s.mcp {
        McpMode::Gateway => Tools::Gateway {
            url: s.gateway.url(cx.tenant.slug.as_str()),
            key: cx.secrets.get_or_make(purpose::GATEWAY).await?,
        },
        McpMode::Direct => Tools::None,
    };
    let (group, key) = (cx.tenant.group(), cx.tenant.chat_key());
    Ok(Wanted { owner: cx.tenant.id.0, name: cx.tenant.name.clone(), group, key, tools })
}

#[async_trait]
impl Step for Chat {
    const NAME: &'static str = "chat";
    const TITLE: &'static str = "Chat";
    const HEALS: bool = true;
    type Output = Corner;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Corner>, Fault> {
        self.0.chat.look(&wanted(&self.0, cx).await?).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Corner>, Fault> {
        self.0.chat.ensure(&wanted(&self.0, cx).await?).await
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.chat.remove(&wanted(&self.0, cx).await?).await
    }

    fn outside_id(output: &Corner) -> Option<String> {
        Some(output.connection_id.clone())
    }
}
