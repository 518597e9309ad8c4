//! Step: a letter to the first admin that says where to go.

use super::Systems;
use crate::{
    domain::{
        Fault, Gone, Seen,
        invitation::{HOLDS, Newcomer, Way},
    },
    saga::{Cx, Step},
    systems::letters,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// See the table in [`super`].
pub struct Welcome(pub Systems);

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Id of the letter.
    pub letter: String,
}

fn id(cx: &Cx<'_>) -> String {
    format!("welcome-{}", cx.tenant.id)
}

#[async_trait]
impl Step for Welcome {
    const NAME: &'static str = "welcome";
    const TITLE: &'static str = "Welcome";
    type Output = Sent;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Sent>, Fault> {
        // A mail server keeps no books: that the letter is on its way, the log knows.
        let sent = cx.find::<Self>()?.is_some() || self.0.mail.sent(&id(cx)).await?;
        Ok(if sent { Seen::Ready(Sent { letter: id(cx) }) } else { Seen::Absent })
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Sent>, Fault> {
        let page = format!("{}/tenants/{}", self.0.public_url, cx.tenant.slug);
        let (mark, until) = (id(cx), cx.now.plus(HOLDS));
        let email = &cx.tenant.admin;
        let account = match self.0.identity.way_in(&Newcomer { email, mark: &mark, until }).await? {
            None => None,
            Some(_) => {
                let way = Way { tenant: cx.tenant.id, email: email.clone(), mark: mark.clone(), until };
                Some(Way::link(&self.0.public_url, &cx.secrets.seal(Way::PURPOSE, &way.text()).await?))
            }
        };
        let letter = letters::welcome(mark, cx.tenant, page, account.as_deref(), self.0.language)?;
        self.0.mail.send(&letter).await?;
        Ok(Seen::Ready(Sent { letter: id(cx) }))
    }

    /// A letter cannot be called back; it holds no secret and its links end at a sign-in.
    async fn undo(&self, _cx: &Cx<'_>) -> Result<Gone, Fault> {
        Ok(Gone::Seen { what: "An e-mail cannot be called back; it holds no secret.".into() })
    }
}
