//! What the account may do with the objects that it makes: *initial permissions* of its role, which Authentik gives in a
//! second transaction. Without them it makes objects that it cannot see afterwards, so they are asked for before the first.

use super::api::{Api, SETTING_UP};
use crate::domain::Fault;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Rights over each kind, as "app.codename".
const NEEDED: [&str; 14] = [
    "authentik_providers_oauth2.view_oauth2provider",
    "authentik_providers_oauth2.change_oauth2provider",
    "authentik_providers_oauth2.delete_oauth2provider",
    "authentik_core.view_application",
    "authentik_core.change_application",
    "authentik_core.delete_application",
    "authentik_core.view_group",
    "authentik_core.change_group",
    "authentik_core.delete_group",
    "authentik_core.add_user_to_group",
    "authentik_core.remove_user_from_group",
    "authentik_policies.view_policybinding",
    "authentik_policies.change_policybinding",
    "authentik_policies.delete_policybinding",
];

/// The same over invitations, where people are invited.
const INVITING: [&str; 2] =
    ["authentik_stages_invitation.view_invitation", "authentik_stages_invitation.delete_invitation"];

/// What is known of the account's initial permissions.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Initial {
    /// It is an administrator's and sees everything.
    Everything,
    /// These are missing; none when all is well.
    Missing(Vec<&'static str>),
    /// It may not look at initial permissions.
    Hidden,
}

#[derive(Deserialize)]
struct Session {
    user: Me,
}

#[derive(Deserialize)]
struct Me {
    #[serde(default)]
    is_superuser: bool,
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct Role {
    pk: String,
}

#[derive(Deserialize)]
struct Given {
    role: String,
    #[serde(default)]
    permissions_obj: Vec<Permission>,
}

#[derive(Deserialize)]
struct Permission {
    codename: String,
    #[serde(default)]
    app_label: String,
}

/// Asks.
pub(super) async fn initial(api: &Api, inviting: bool) -> Result<Initial, Fault> {
    let Some(Session { user }) = api.find("/core/users/me/").await? else { return Ok(Initial::Hidden) };
    if user.is_superuser {
        return Ok(Initial::Everything);
    }
    let Some(given) = api.list::<Given>("/rbac/initial_permissions/", &[]).await? else { return Ok(Initial::Hidden) };
    let mine = |g: &&Given| user.roles.iter().any(|role| role.pk == g.role);
    let names = given.iter().filter(mine).flat_map(|g| &g.permissions_obj);
    let have: BTreeSet<String> = names.map(|p| format!("{}.{}", p.app_label, p.codename)).collect();
    let needed = NEEDED.into_iter().chain(INVITING.into_iter().filter(|_| inviting));
    Ok(Initial::Missing(needed.filter(|name| !have.contains(*name)).collect()))
}

/// Lets the account make its first object, or says why it should not: it would be hidden from it for good. Where the
/// account may not look, its own look at what it made tells.
pub(super) async fn before_the_first(api: &Api, inviting: bool) -> Result<(), Fault> {
    match initial(api, inviting).await? {
        Initial::Missing(names) if !names.is_empty() => Err(lacking(api, &names)),
        _ => Ok(()),
    }
}

fn lacking(api: &Api, names: &[&str]) -> Fault {
    let say = format!("Authentik would not show the portal's account what it makes: its role lacks {}.", told(names));
    match api.is_young() {
        // Blueprints are applied one after the other.
        true => Fault::Retry { why: say, after: Some(SETTING_UP) },
        false => Fault::fail(
            "identity_hidden",
            say,
            "Give its role the initial permissions of docs/operations/authentik.md, step 6, then press Retry now.",
        ),
    }
}

/// At most three of them, and how many more there are.
pub(super) fn told(names: &[&str]) -> String {
    let first = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(3) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
