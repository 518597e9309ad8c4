//! Step: the tenant's sign-in client.

use super::{Systems, purpose};
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::identity::{Client, Wanted},
};
use async_trait::async_trait;

/// See the table in [`super`].
pub struct Identity(pub Systems);

/// Addresses of WordPress, to the letter: that of the plugin "OpenID Connect Generic", and where WordPress leads after
/// signing out.
async fn wanted(cx: &Cx<'_>) -> Result<Wanted, Fault> {
    let site = &cx.tenant.site_url;
    Ok(Wanted {
        tenant: cx.tenant.id,
        slug: cx.tenant.slug.clone(),
        name: format!("{} (WordPress)", cx.tenant.name),
        redirect_uris: vec![format!("{site}/wp-admin/admin-ajax.php?action=openid-connect-authorize")],
        logout_uris: ["/", "/wp-login.php?loggedout=true", "/wp-login.php?loggedout=true&wp_lang=en_US"]
            .map(|path| format!("{site}{path}"))
            .into(),
        site_url: site.clone(),
        people: cx.people.clone(),
        secret: cx.secrets.get_or_make(purpose::CLIENT).await?,
        handle: cx.secrets.get(purpose::CLIENT_HANDLE).await?,
    })
}

#[async_trait]
impl Step for Identity {
    const NAME: &'static str = "identity";
    const TITLE: &'static str = "Identity";
    type Output = Client;

    fn heals(&self) -> bool {
        self.0.identity.heals()
    }

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Client>, Fault> {
        self.0.identity.look(&wanted(cx).await?).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Client>, Fault> {
        let made = match self.0.identity.ensure(&wanted(cx).await?).await? {
            Seen::Ready(made) => made,
            Seen::Absent => return Ok(Seen::Absent),
            Seen::Working { note, again } => return Ok(Seen::Working { note, again }),
            Seen::Drifted { what } => return Ok(Seen::Drifted { what }),
        };
        cx.secrets.put(purpose::CLIENT, &made.secret).await?;
        if let Some(handle) = &made.handle {
            cx.secrets.put(purpose::CLIENT_HANDLE, handle).await?;
        }
        Ok(Seen::Ready(made.client))
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.identity.remove(&wanted(cx).await?).await
    }

    fn outside_id(output: &Client) -> Option<String> {
        Some(output.client_id.clone())
    }
}
