//! Step: the person's membership in the tenant's group in the chat. The group alone opens tool and model.

use super::{Systems, chat::Chat, person::Person};
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
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
        Ok(if self.0.chat.has_access(&m.user_id, &m.group_id).await? { Seen::Ready(m) } else { Seen::Absent })
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Membership>, Fault> {
        let m = wanted(cx)?;
        self.0.chat.set_access(&m.user_id, &m.group_id, true).await?;
        Ok(Seen::Ready(m))
    }

    /// Another pairing of the same person keeps the membership.
    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        let email = &cx.pairing()?.email;
        let (Some(person), Some(chat)) = (cx.find::<Person>()?, cx.find::<Chat>()?) else {
            return Ok(Gone::Seen { what: "There was no membership.".into() });
        };
        if cx.siblings.iter().any(|p| p.email == *email) {
            return Ok(Gone::Seen { what: "The membership stays: another connection of this person needs it.".into() });
        }
        self.0.chat.set_access(&person.id, &chat.group_id, false).await?;
        Ok(Gone::Seen { what: "The person is no longer in the tenant's group.".into() })
    }
}
