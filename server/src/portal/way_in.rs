//! The link of an invitation's letter. Who opens it is known by nobody yet, so it says nothing of itself: it leads to where
//! its person makes their account, and everybody else, and everything that is over, to the sign-in.

use super::House;
use crate::{
    domain::{
        Tenant,
        invitation::{Newcomer, Way},
        tenant::Status,
    },
    store, vault,
};

/// Longest sealed text that is looked at, in characters.
const LONGEST: usize = 2048;

impl House {
    /// Where the link with this sealed text leads: a path of the portal, or the provider's address for a newcomer.
    ///
    /// # Errors
    /// The portal's database or the provider did not answer.
    pub async fn follow_invitation(&self, sealed: &str) -> anyhow::Result<String> {
        let Some(way) = self.opened(sealed).await? else { return Ok("/".to_owned()) };
        let Some(tenant) = self.tenant_of(&way).await? else { return Ok("/".to_owned()) };
        let page = format!("/tenants/{}", tenant.slug);
        let waits = async || -> store::Result<bool> {
            let members = self.store.members(tenant.id).await?;
            Ok(members.iter().any(|m| m.email == way.email && m.subject.is_none()))
        };
        if way.until <= self.now() || !waits().await? {
            return Ok(page);
        }
        let who = Newcomer { email: &way.email, mark: &way.mark, until: way.until };
        Ok(self.systems.identity.way_in(&who).await?.unwrap_or(page))
    }

    async fn opened(&self, sealed: &str) -> anyhow::Result<Option<Way>> {
        if sealed.len() > LONGEST {
            return Ok(None);
        }
        match self.vault.unseal(Way::PURPOSE, sealed).await {
            Ok(text) => Ok(Way::read(&text)),
            Err(vault::Error::Broken | vault::Error::OtherKey) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn tenant_of(&self, way: &Way) -> store::Result<Option<Tenant>> {
        let tenant = self.store.tenant(way.tenant).await?;
        Ok(tenant.filter(|t| !matches!(t.status, Status::Deleting | Status::Deleted)))
    }
}
