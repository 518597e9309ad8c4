//! Step: the person's membership in the tenant's group in the chat. The group alone opens tool and model.

use super::{Systems, chat::Chat, person::Person};
use crate::{
    domain::{Fault, Gone, Pairing, Seen},
    saga::{Cx, Step},
    systems::chat::Held,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// See the table in [`super`].
pub struct Access(pub Systems);

/// The membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Chat user.
    pub user_id: String,
    /// Chat group.
    pub group_id: String,
}

fn wanted(cx: &Cx<'_>) -> Result<Membership, Fault> {
    Ok(Membership { user_id: cx.output::<Person>()?.id, group_id: cx.output::<Chat>()?.group_id })
}

#[async_trait]
impl Step for Access {
    const NAME: &'static str = "access";
    const TITLE: &'static str = "Access";
    const HEALS: bool = true;
    type Output = Membership;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Membership>, Fault> {
        let m = wanted(cx)?;
        held(&self.0, cx, m).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Membership>, Fault> {
        let m = wanted(cx)?;
        give(&self.0, cx, &m).await?;
        Ok(Seen::Ready(m))
    }

    /// Another pairing of the same person keeps the membership.
    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        let (Some(person), Some(chat)) = (cx.find::<Person>()?, cx.find::<Chat>()?) else {
            return Ok(Gone::Seen { what: "There was no membership.".into() });
        };
        let subject = &cx.pairing()?.subject;
        let needs = |p: &Pairing| p.subject == *subject && p.chat_user.as_ref().is_none_or(|id| *id == person.id);
        if cx.siblings.iter().any(needs) {
            return Ok(Gone::Seen { what: "The membership stays: another connection of this person needs it.".into() });
        }
        self.0.chat.take_access(&person.id, &chat.group_id).await?;
        Ok(Gone::Seen { what: "The person is no longer in the tenant's group.".into() })
    }
}

/// The membership as the chat shows it.
pub(super) async fn held(s: &Systems, cx: &Cx<'_>, m: Membership) -> Result<Seen<Membership>, Fault> {
    Ok(match s.chat.has_access(&m.user_id, &cx.pairing()?.subject, &m.group_id).await? {
        Held::Yes => Seen::Ready(m),
        Held::No => Seen::Absent,
        Held::ByAnother => Seen::Drifted { what: "The account in the tenant's group is not this person's.".into() },
    })
}

/// Gives the membership. An account that the connection stood on before loses it.
pub(super) async fn give(s: &Systems, cx: &Cx<'_>, m: &Membership) -> Result<(), Fault> {
    if let Some(before) = cx.find::<Access>()?.filter(|before| before.user_id != m.user_id) {
        s.chat.take_access(&before.user_id, &before.group_id).await?;
    }
    s.chat.give_access(&m.user_id, &cx.pairing()?.subject, &m.group_id).await
}
