//! Step: the tenant's database.

use super::{Systems, purpose};
use crate::{
    domain::{Fault, Gone, Seen},
    saga::{Cx, Step},
    systems::database::{Details, Wanted},
};
use async_trait::async_trait;
use secrecy::ExposeSecret;

/// See the table in [`super`].
pub struct Database(pub Systems);

impl Database {
    /// Passwords are committed before anybody outside hears of them.
    async fn wanted(&self, cx: &Cx<'_>) -> Result<Wanted, Fault> {
        let password = cx.secrets.get_or_make(purpose::DATABASE).await?;
        let owner_password = match self.0.databases.has_owner() {
            true => Some(cx.secrets.get_or_make(purpose::DATABASE_OWNER).await?),
            false => None,
        };
        let plan = self.0.plan_of(cx.tenant).ok().cloned();
        Ok(Wanted { tenant: cx.tenant.id, slug: cx.tenant.slug.clone(), password, owner_password, plan })
    }

    /// The same with a password that the place gives: it is kept like one of our own, since the site reads it there.
    async fn wanted_as_given(&self, cx: &Cx<'_>) -> Result<Wanted, Fault> {
        if let Some(given) = self.0.databases.given_password(&cx.tenant.slug).await? {
            let kept = cx.secrets.get(purpose::DATABASE).await?;
            if kept.is_none_or(|kept| kept.expose_secret() != given.expose_secret()) {
                cx.secrets.put(purpose::DATABASE, &given).await?;
            }
        }
        self.wanted(cx).await
    }
}

#[async_trait]
impl Step for Database {
    const NAME: &'static str = "database";
    const TITLE: &'static str = "Database";
    type Output = Details;

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Details>, Fault> {
        self.0.databases.look(&self.wanted_as_given(cx).await?).await
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Details>, Fault> {
        // What is made has the plan's size; to look and to remove none is needed.
        self.0.plan_of(cx.tenant)?;
        self.0.databases.ensure(&self.wanted_as_given(cx).await?).await
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        self.0.databases.remove(&self.wanted(cx).await?).await
    }

    fn outside_id(output: &Details) -> Option<String> {
        Some(output.name.clone())
    }
}
