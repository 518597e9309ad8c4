//! Step: the same person in the chat, by verified e-mail address.

use super::Systems;
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::chat::ChatUser,
};
use async_trait::async_trait;

/// See the table in [`super`].
pub struct Person(pub Systems);

#[async_trait]
impl Step for Person {
    const NAME: &'static str = "person";
    const TITLE: &'static str = "Person";
    type Output = ChatUser;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<ChatUser>, Fault> {
        let found = self.0.chat.find_person(&cx.pairing()?.email).await?;
        Ok(found.map_or(Seen::Absent, Seen::Ready))
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<ChatUser>, Fault> {
        let pairing = cx.pairing()?;
        self.0.chat.ensure_person(&pairing.email, &pairing.name).await.map(Seen::Ready)
    }

    /// Removes only an account that we made and that no other pairing needs.
    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        let email = &cx.pairing()?.email;
        let Some(user) = self.0.chat.find_person(email).await? else {
            return Ok(Gone::Seen { what: "There is no such account in the chat.".into() });
        };
        if !user.made || cx.siblings.iter().any(|p| p.email == *email) {
            return Ok(Gone::Seen {
                what: "The chat account stays: it is needed elsewhere or was there before.".into(),
            });
        }
        self.0.chat.remove_person(&user.id).await?;
        Ok(Gone::Seen { what: "The chat account is gone, or stays because another group has it.".into() })
    }

    fn outside_id(output: &ChatUser) -> Option<String> {
        Some(output.id.clone())
    }
}
