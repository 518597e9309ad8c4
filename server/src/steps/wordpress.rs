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

/// How often one call is made again because people came or went under it. After that the next look takes over: every
/// change wakes the engine.
const AGAIN: usize = 3;

impl WordPress {
    /// Looks, or sets the title and who may come in, with a list of people that was the same before and after. The site is
    /// told all of it in one call, so whoever joined while it was under way would be put out until the next look.
    async fn told(&self, cx: &Cx<'_>, title: Option<&str>) -> Result<Seen<About>, Fault> {
        let (site, port) = (site(cx).await?, &self.0.wordpress);
        let mut people = cx.people.people().await?;
        let mut tries = 0;
        loop {
            let seen = match title {
                None => port.look(&site, &people).await?,
                Some(title) => port.ensure(&site, title, &people, cx.now).await?,
            };
            let now = cx.people.people().await?;
            if now == people || tries == AGAIN {
                return Ok(seen);
            }
            (people, tries) = (now, tries + 1);
        }
    }
}

#[async_trait]
impl Step for WordPress {
    const NAME: &'static str = "wordpress";
    const TITLE: &'static str = "WordPress";
    /// All it sets is who may come in, and the title.
    const HEALS: bool = true;
    /// People read which accounts there are.
    const TELLS: bool = true;
    type Output = About;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<About>, Fault> {
        self.told(cx, None).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<About>, Fault> {
        self.told(cx, Some(&cx.tenant.name)).await
    }

    /// All it made is inside site and database, which go after it.
    async fn undo(&self, _cx: &Cx<'_>) -> Result<Gone, Fault> {
        Ok(Gone::Seen { what: "Its settings go with the site.".into() })
    }

    fn outside_id(output: &About) -> Option<String> {
        let version = format!("WordPress {}", output.wordpress);
        Some(match output.unknown_administrators() {
            0 => version,
            1 => format!("{version}, with an administrator whom nobody here knows"),
            many => format!("{version}, with {many} administrators whom nobody here knows"),
        })
    }
}
