//! Step: the tenant's corner in the chat.

use super::{Systems, purpose};
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::chat::{Corner, Wanted},
};
use async_trait::async_trait;

/// See the table in [`super`].
pub struct Chat(pub Systems);

/// The corner that should exist; the pairing's proof looks at the same one.
pub(super) async fn wanted(s: &Systems, cx: &Cx<'_>) -> Result<Wanted, Fault> {
    Ok(Wanted {
        tenant: cx.tenant.id,
        slug: cx.tenant.slug.clone(),
        name: cx.tenant.name.clone(),
        group: cx.tenant.group(),
        key: cx.tenant.chat_key(),
        gateway_url: format!("{}/mcp/{}", s.internal_url, cx.tenant.slug),
        gateway_key: cx.secrets.get_or_make(purpose::GATEWAY).await?,
    })
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
