//! Step: the place where the tenant's WordPress runs.

use super::{Systems, database::Database, identity::Identity, purpose};
use crate::{
    domain::{Email, Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::site::{Place, Wanted},
};
use async_trait::async_trait;

/// See the table in [`super`].
pub struct Site(pub Systems);

impl Site {
    async fn wanted(&self, cx: &Cx<'_>) -> Result<Wanted, Fault> {
        Ok(Wanted {
            tenant: cx.tenant.id,
            slug: cx.tenant.slug.clone(),
            name: cx.tenant.name.clone(),
            language: cx.tenant.language,
            time_zone: cx.tenant.time_zone.clone(),
            site_url: cx.tenant.site_url.clone(),
            plan: self.0.plan_of(cx.tenant)?.clone(),
            database: cx.output::<Database>()?,
            database_password: cx.secrets.get_or_make(purpose::DATABASE).await?,
            client: cx.output::<Identity>()?,
            client_secret: cx.secrets.get_or_make(purpose::CLIENT).await?,
            site_secret: cx.secrets.get_or_make(purpose::SITE).await?,
            salt: cx.secrets.get_or_make(purpose::SALT).await?,
            admin_email: break_glass(cx)?,
            admin_password: cx.secrets.get_or_make(purpose::ADMIN).await?,
        })
    }
}

/// The break-glass account belongs to nobody, so its address is one that nobody can have (RFC 2606): whoever reads the
/// mail of an address can have WordPress send them a new password there.
fn break_glass(cx: &Cx<'_>) -> Result<Email, Fault> {
    Email::ours("break-glass", cx.tenant.slug.as_str())
        .map_err(|why| Fault::fail("address_refused", why.to_string(), "Report this."))
}

#[async_trait]
impl Step for Site {
    const NAME: &'static str = "site";
    const TITLE: &'static str = "Site";
    type Output = Place;

    fn heals(&self) -> bool {
        self.0.sites.heals()
    }

    async fn heal(&self, cx: &Cx<'_>) -> Result<Seen<Place>, Fault> {
        self.0.sites.heal(&self.wanted(cx).await?).await
    }

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Place>, Fault> {
        self.0.sites.look(&self.wanted(cx).await?).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Place>, Fault> {
        self.0.sites.ensure(&self.wanted(cx).await?).await
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.sites.remove(cx.tenant.id, &cx.tenant.slug).await
    }

    fn outside_id(output: &Place) -> Option<String> {
        Some(output.outside_id.clone())
    }
}
