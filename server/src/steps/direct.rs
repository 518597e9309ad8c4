//! Step `access` where the chat speaks with sites directly: a corner of the person's own in the chat. OpenWebUI keeps no
//! credential for a single person, so the connection itself holds the application password and is granted to a group of
//! one.

use super::{Systems, access, access::Membership, credential, person::Person, wordpress::WordPress};
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::{
        chat::{Tools, Wanted},
        wordpress::About,
    },
};
use async_trait::async_trait;

/// See the table in [`super`].
pub struct Direct(pub Systems);

/// The person's corner; without tools where there is no credential or no site any more.
pub(super) async fn wanted(s: &Systems, cx: &Cx<'_>) -> Result<Wanted, Fault> {
    let pairing = cx.pairing()?;
    let tools = match cx.find::<WordPress>()? {
        Some(site) => tools(s, cx, &site).await?,
        None => Tools::None,
    };
    Ok(Wanted {
        owner: pairing.id.0,
        name: cx.tenant.name.clone(),
        group: pairing.chat_group(cx.tenant),
        key: pairing.chat_key(cx.tenant),
        tools,
    })
}

async fn tools(s: &Systems, cx: &Cx<'_>, site: &About) -> Result<Tools, Fault> {
    let Some(login) = credential::login(cx).await? else { return Ok(Tools::None) };
    Ok(Tools::Site { url: s.wordpress.tools_url(site)?, user: login.user, password: login.password })
}

#[async_trait]
impl Step for Direct {
    const NAME: &'static str = super::access::Access::NAME;
    const TITLE: &'static str = super::access::Access::TITLE;
    const HEALS: bool = true;
    type Output = Membership;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Membership>, Fault> {
        let corner = match self.0.chat.look(&wanted(&self.0, cx).await?).await? {
            Seen::Ready(corner) => corner,
            Seen::Absent => return Ok(Seen::Absent),
            Seen::Working { note, again } => return Ok(Seen::Working { note, again }),
            Seen::Drifted { what } => return Ok(Seen::Drifted { what }),
        };
        let m = Membership { user_id: cx.output::<Person>()?.id, group_id: corner.group_id };
        Ok(match access::held(&self.0, cx, m).await? {
            Seen::Absent => Seen::Drifted { what: "In OpenWebUI the person is not in their own group.".into() },
            seen => seen,
        })
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Membership>, Fault> {
        let wanted = wanted(&self.0, cx).await?;
        let Seen::Ready(corner) = self.0.chat.ensure(&wanted).await? else {
            return Err(Fault::retry("OpenWebUI does not show the person's corner yet."));
        };
        let m = Membership { user_id: cx.output::<Person>()?.id, group_id: corner.group_id };
        access::give(&self.0, cx, &m).await?;
        Ok(Seen::Ready(m))
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.chat.remove(&wanted(&self.0, cx).await?).await
    }
}
