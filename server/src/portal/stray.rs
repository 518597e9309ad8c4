//! Database clusters that fit nobody: what the systems page tells of them, and taking one in for the tenant whose marks it
//! carries. Removing one stays with its owner, at the provider: the portal cannot know what is in it.

use super::{Bound, internal};
use crate::{
    domain::{Fault, Slug, Stray, StrayKind, Tenant},
    saga::state::State,
};
use app::{
    model::{
        oops::{FieldError, Oops},
        systems::{Removal, StrayKind as Kind, StrayView},
    },
    portal::Answer,
};
use uuid::Uuid;

impl Bound {
    /// What a look found, with the names of tenants.
    pub(super) async fn strays(&self, found: Vec<Stray>) -> Answer<Vec<StrayView>> {
        let mut shown = Vec::new();
        for stray in found {
            let tenant = match stray.tenant {
                Some(id) => self.house.store.tenant(id).await.map_err(internal)?,
                None => None,
            };
            shown.push(view(stray, tenant));
        }
        Ok(shown)
    }

    /// Writes the cluster into the books for the tenant of this slug. The place compares every mark before.
    pub(super) async fn adopt_cluster(&self, cluster: &str, typed: &str) -> Answer<()> {
        let tenant = match self.adopter(typed).await? {
            Ok(tenant) => tenant,
            Err((tenant, oops)) => return self.refuse(tenant.as_ref(), oops).await,
        };
        let Ok(id) = cluster.parse::<Uuid>() else { return self.refuse(Some(&tenant), Oops::not_found()).await };
        match self.house.systems.databases.adopt(id, tenant.id, &tenant.slug).await {
            Ok(said) => {
                let entry = self.house.entry(&self.actor, "database.adopt", Some(&tenant), true, said);
                self.note(entry.changed("No entry", "An entry for this cluster")).await
            }
            Err(Fault::Fail { code, say, next }) => self.refuse(Some(&tenant), Oops::new(409, code, say, next)).await,
            Err(Fault::Retry { why, .. }) => {
                let oops = Oops::new(503, "database_silent", why, "Try again in a while. Nothing was changed.");
                self.refuse(Some(&tenant), oops).await
            }
        }
    }

    /// The living tenant of this slug, or why there is none.
    async fn adopter(&self, typed: &str) -> Answer<Result<Tenant, (Option<Tenant>, Oops)>> {
        let found = match Slug::parse(typed.trim()) {
            Ok(slug) => self.house.store.tenant_by_slug(&slug).await.map_err(internal)?,
            Err(_) => None,
        };
        let Some(tenant) = found.filter(|tenant| tenant.gone_at.is_none()) else {
            let say = "The typed name is not that of a tenant. Nothing was changed.";
            let mut oops = Oops::new(422, "slug_mismatch", say, "Type the short name exactly.");
            oops.fields = vec![FieldError { field: "typed".into(), say: "Type the short name exactly.".into() }];
            return Ok(Err((None, oops)));
        };
        let state = State::fold(&self.house.store.log(tenant.id).await.map_err(internal)?);
        if state.leaving() {
            let say = "The tenant is being removed, so it takes nothing in.";
            return Ok(Err((Some(tenant), Oops::new(409, "adopt_leaving", say, "Order a new tenant."))));
        }
        Ok(Ok(tenant))
    }

    async fn refuse(&self, tenant: Option<&Tenant>, oops: Oops) -> Answer<()> {
        self.audit("database.adopt", tenant, false, oops.say.clone()).await?;
        Err(oops)
    }
}

fn view(stray: Stray, tenant: Option<Tenant>) -> StrayView {
    let kind = match stray.kind {
        StrayKind::Orphan => Kind::Orphan,
        StrayKind::Lost => Kind::Lost,
        StrayKind::Abandoned => Kind::Abandoned,
    };
    // Only then may the row go: until the cluster is gone, its address is in use.
    let release = stray.tenant.filter(|_| stray.kind == StrayKind::Abandoned);
    StrayView {
        kind,
        name: stray.name.unwrap_or_default(),
        cluster: stray.cluster.map(|id| id.to_string()),
        since: stray.since.map(|at| at.0),
        size: stray.size.map(|size| size.to_string()).unwrap_or_default(),
        place: stray.place,
        tenant: tenant.map(|tenant| (tenant.slug.to_string(), tenant.name)),
        removal: stray.commands.map(|commands| Removal { look: commands.look, remove: commands.remove }),
        release: release.map(|id| format!("DELETE FROM address WHERE tenant = '{id}';")),
    }
}
