//! The tenant's two groups: everybody in `tenant-<slug>`, admins in `tenant-<slug>-admins` too. Each carries the tenant's id
//! and its part in its attributes and is found by them, so a renamed one is still found; one of the same name without them
//! belongs to somebody else.
//!
//! A group inherits the rights of its parents, so no parent and no group id that did not come from here is ever sent.

use super::super::Wanted;
use super::api::{Api, Written};
use crate::domain::Fault;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Attribute with the tenant's id.
const TENANT: &str = "slipway_tenant";

/// Attribute with the group's part in the tenant.
const PART: &str = "slipway_part";

/// Whom a group holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Members,
    Admins,
}

/// A group as Authentik shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Group {
    pub(super) pk: String,
    pub(super) name: String,
    #[serde(default)]
    attributes: Map<String, Value>,
}

/// The ids of both groups.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) members: String,
    pub(super) admins: String,
}

impl Part {
    pub(super) const ALL: [Self; 2] = [Self::Members, Self::Admins];

    fn word(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Admins => "admins",
        }
    }

    pub(super) fn name(self, wanted: &Wanted) -> String {
        match self {
            Self::Members => format!("tenant-{}", wanted.slug),
            Self::Admins => format!("tenant-{}-admins", wanted.slug),
        }
    }
}

impl Groups {
    pub(super) fn pks(&self) -> [&str; 2] {
        [&self.members, &self.admins]
    }

    pub(super) fn of(&self, part: Part) -> &str {
        match part {
            Part::Members => &self.members,
            Part::Admins => &self.admins,
        }
    }
}

/// The tenant's groups, at most one of each part.
pub(super) async fn find(api: &Api, wanted: &Wanted) -> Result<Vec<(Part, Group)>, Fault> {
    let ours = json!({TENANT: wanted.tenant.to_string()}).to_string();
    let query = [("attributes", ours.as_str()), ("include_users", "false")];
    let found: Option<Vec<Group>> = api.list("/core/groups/", &query).await?;
    let found = found.unwrap_or_default();
    let one = |part: Part| {
        let ours = |g: &&Group| g.says(TENANT, &wanted.tenant.to_string()) && g.says(PART, part.word());
        found.iter().position(|g| ours(&g)).map(|at| (part, at))
    };
    let places: Vec<(Part, usize)> = Part::ALL.into_iter().filter_map(one).collect();
    let mut found: Vec<Option<Group>> = found.into_iter().map(Some).collect();
    Ok(places.into_iter().filter_map(|(part, at)| Some((part, found[at].take()?))).collect())
}

/// Finds or makes both groups and gives them back their names.
pub(super) async fn ensure(api: &Api, wanted: &Wanted) -> Result<Groups, Fault> {
    let found = find(api, wanted).await?;
    let mut refused = None;
    for part in Part::ALL {
        let name = part.name(wanted);
        let written = match found.iter().find(|(p, _)| *p == part) {
            Some((_, group)) if group.name == name => continue,
            Some((_, group)) => api.patch(&format!("/core/groups/{}/", group.pk), &json!({"name": name})).await?,
            None => {
                let attributes = json!({TENANT: wanted.tenant.to_string(), PART: part.word()});
                let body = json!({"name": name, "is_superuser": false, "attributes": attributes});
                api.create("/core/groups/", &body).await?
            }
        };
        if let Written::Refused(refusal) = written {
            refused = Some((name, refusal));
        }
    }
    let found = find(api, wanted).await?;
    let pk = |part| found.iter().find(|(p, g)| *p == part && g.name == part.name(wanted)).map(|(_, g)| g.pk.clone());
    match (pk(Part::Members), pk(Part::Admins), refused) {
        (Some(members), Some(admins), _) => Ok(Groups { members, admins }),
        (_, _, Some((name, refusal))) if refusal.names(&["name"]) => Err(match is_seen(api, &name).await? {
            true => super::taken("group", &name),
            false => super::hidden("group", &name),
        }),
        (_, _, Some((name, refusal))) => Err(refusal.fault(&format!("the group {name}"))),
        _ => Err(Fault::retry("Authentik does not show the groups it just made.")),
    }
}

/// Does the account see a group of this name, whosever it is?
async fn is_seen(api: &Api, name: &str) -> Result<bool, Fault> {
    let query = [("name", name), ("include_users", "false")];
    let found: Option<Vec<Group>> = api.list("/core/groups/", &query).await?;
    Ok(found.unwrap_or_default().iter().any(|g| g.name == name))
}

/// Is there a group with the name of this part that the account does not see? It may be somebody else's. `None`: nobody
/// tells.
pub(super) async fn is_hidden(api: &Api, name: &str) -> Result<Option<bool>, Fault> {
    if is_seen(api, name).await? {
        return Ok(Some(false));
    }
    // No account has this number, and being in a group that is not made gives nobody anything.
    let body = json!({"name": name, "users": [0]});
    Ok(api.against("/core/groups/", &body).await?.map(|refusal| refusal.names(&["name"])))
}

/// Removes both groups. Their memberships go with them, people stay.
pub(super) async fn remove(api: &Api, wanted: &Wanted) -> Result<(), Fault> {
    for (_, group) in find(api, wanted).await? {
        api.delete(&format!("/core/groups/{}/", group.pk)).await?;
    }
    Ok(())
}

impl Group {
    fn says(&self, key: &str, text: &str) -> bool {
        self.attributes.get(key).and_then(Value::as_str) == Some(text)
    }
}
