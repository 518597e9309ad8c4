//! Step: a WordPress that answers, knows its address and its portal, and takes application passwords.

use super::{Systems, purpose, site::Site};
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::wordpress::{About, Site as Address},
};
use async_trait::async_trait;

/// See the table in [`super`].
pub struct WordPress(pub Systems);

async fn site(cx: &Cx<'_>) -> Result<Address, Fault> {
    Ok(Address {
        address: cx.output::<Site>()?.address,
        site_url: cx.tenant.site_url.clone(),
        secret: cx.secrets.get_or_make(purpose::SITE).await?,
    })
}

#[async_trait]
impl Step for WordPress {
    const NAME: &'static str = "wordpress";
    const TITLE: &'static str = "WordPress";
    /// All it sets is who may come in, and the title.
    const HEALS: bool = true;
    type Output = About;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<About>, Fault> {
        self.0.wordpress.look(&site(cx).await?, cx.people).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<About>, Fault> {
        self.0.wordpress.ensure(&site(cx).await?, &cx.tenant.name, cx.people).await
    }

    /// All it made is inside site and database, which go after it.
    async fn undo(&self, _cx: &Cx<'_>) -> Result<Gone, Fault> {
        Ok(Gone::Seen { what: "Its settings go with the site.".into() })
    }

    fn outside_id(output: &About) -> Option<String> {
        Some(format!("WordPress {}", output.wordpress))
    }
}
