//! Step: the same person in the chat. Who they are is the provider's subject, and only their own sign-in ties that to an
//! account: the step waits for their first visit, and never makes or deletes an account.

use super::Systems;
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::chat::{ChatUser, Who},
};
use async_trait::async_trait;
use std::time::Duration;

/// How long a new pairing waits for the person's first visit to the chat.
pub const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// See the table in [`super`].
pub struct Person(pub Systems);

/// The accounts that stood in connections of this person, this one's own first. Ended ones and those of other tenants count:
/// somebody whom the chat's administrators suspended does not come back in by connecting anew.
fn known(cx: &Cx<'_>) -> Result<Vec<String>, Fault> {
    let own = cx.find::<Person>()?.map(|user| user.id);
    Ok(own.into_iter().chain(cx.chat_accounts.iter().cloned()).collect())
}

impl Person {
    fn please(&self) -> String {
        format!("Sign in to the chat once, at {}. Slipway does the rest.", self.0.chat.sign_in())
    }

    /// Waits for the first visit: closely at first, and not for ever.
    fn waiting(&self, cx: &Cx<'_>) -> Result<Seen<ChatUser>, Fault> {
        let age = cx.now.since(cx.pairing()?.made_at);
        if age > PATIENCE {
            let say = "Nobody signed in to the chat within half an hour.";
            return Err(Fault::fail("chat_visit_missing", say, "Press Connect again, then sign in to the chat."));
        }
        let again = Duration::from_secs(if age < Duration::from_secs(120) { 3 } else { 15 });
        Ok(Seen::Working { note: self.please(), again })
    }
}

#[async_trait]
impl Step for Person {
    const NAME: &'static str = "person";
    const TITLE: &'static str = "Person";
    /// The account's data is the person's and stays as it is; what heals is which account is theirs, and its address.
    const HEALS: bool = true;
    type Output = ChatUser;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<ChatUser>, Fault> {
        let (pairing, known) = (cx.pairing()?, known(cx)?);
        let who = Who { subject: &pairing.subject, email: &pairing.email, known: &known, people: &**cx.people };
        let before = cx.find::<Self>()?;
        Ok(match (self.0.chat.look_at_person(&who).await?, before) {
            (Seen::Ready(user), Some(before)) if user != before => Seen::Drifted {
                what: "This person signs in to another account in the chat than the connected one.".into(),
            },
            (Seen::Absent, Some(_)) => Seen::Drifted {
                what: format!("The connected account in the chat is not this person's. {}", self.please()),
            },
            (seen, _) => seen,
        })
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<ChatUser>, Fault> {
        let (pairing, known) = (cx.pairing()?, known(cx)?);
        let who = Who { subject: &pairing.subject, email: &pairing.email, known: &known, people: &**cx.people };
        match self.0.chat.ensure_person(&who).await? {
            Seen::Absent => self.waiting(cx),
            seen => Ok(seen),
        }
    }

    /// The account is the person's, with all that they wrote there.
    async fn undo(&self, _cx: &Cx<'_>) -> Result<Gone, Fault> {
        Ok(Gone::Seen { what: "The person's account in the chat stays, with all their conversations.".into() })
    }

    fn outside_id(output: &ChatUser) -> Option<String> {
        Some(output.id.clone())
    }
}
