//! The tenant's group. Names are not unique in OpenWebUI, so the group is the one with our mark in its description; a
//! group of the same name without the mark belongs to somebody else and stays as it is.

use super::{Wanted, api::Api, mark};
use crate::domain::Fault;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::json;

/// A group, as listed.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    created_at: i64,
}

/// All groups with the tenant's mark, the one that counts first: the oldest, so that everyone picks the same.
async fn ours(api: &Api, wanted: &Wanted) -> Result<Vec<Group>, Fault> {
    let mark = mark(wanted);
    let mut groups: Vec<Group> = api.get("/api/v1/groups/", &[]).await?.ok()?.json()?;
    groups.retain(|g| g.description.split_whitespace().any(|word| word == mark));
    groups.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(groups)
}

pub(super) async fn find(api: &Api, wanted: &Wanted) -> Result<Option<Group>, Fault> {
    Ok(ours(api, wanted).await?.into_iter().next())
}

/// Finds or makes the group. A second group with the mark (an answer was lost, and somebody else made it meanwhile) is
/// removed: nobody was ever put into it, because everyone picks the first.
pub(super) async fn ensure(api: &Api, wanted: &Wanted) -> Result<Group, Fault> {
    let mut groups = ours(api, wanted).await?;
    if groups.is_empty() {
        let body = json!({"name": wanted.group, "description": description(wanted)});
        api.post("/api/v1/groups/create", &body).await?.ok()?;
        groups = ours(api, wanted).await?;
    }
    let mut groups = groups.into_iter();
    let Some(mut group) = groups.next() else {
        return Err(Fault::retry("OpenWebUI does not show the group it just made."));
    };
    for surplus in groups {
        delete(api, &surplus.id).await?;
    }
    if group.name != wanted.group {
        let body = json!({"name": wanted.group, "description": group.description});
        api.post(&format!("/api/v1/groups/id/{}/update", group.id), &body).await?.ok()?;
        group.name.clone_from(&wanted.group);
    }
    Ok(group)
}

/// Removes every group with the mark. OpenWebUI removes its memberships and its grants on models with it.
pub(super) async fn remove(api: &Api, wanted: &Wanted) -> Result<(), Fault> {
    for group in ours(api, wanted).await? {
        delete(api, &group.id).await?;
    }
    Ok(())
}

async fn delete(api: &Api, id: &str) -> Result<(), Fault> {
    let reply = api.delete(&format!("/api/v1/groups/id/{id}/delete")).await?;
    if reply.status == StatusCode::NOT_FOUND { Ok(()) } else { reply.ok().map(drop) }
}

fn description(wanted: &Wanted) -> String {
    format!("May write drafts for the WordPress site of {}. Kept by Slipway. {}", wanted.name, mark(wanted))
}
