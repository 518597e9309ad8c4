//! The tenant's people, mirrored into its groups. The portal's table decides: who is in it and has an account in Authentik
//! is put in, everybody else is taken out. No account is made here: the right to make accounts is as strong as an
//! administrator's.
//!
//! A person who signed in is their subject, which Authentik shows as `uuid` or, in its standard mode, as `uid`; their address
//! only narrows a search then. Before that they are their address, when exactly one active account has it: addresses are
//! not unique there, and have the case in which somebody wrote them, so they are searched and compared here.

use super::super::Wanted;
use super::api::{Api, Written};
use super::group::{Groups, Part};
use crate::domain::{Email, Fault, Role, person::Member};
use serde::Deserialize;
use serde_json::json;

/// An account as Authentik shows it.
#[derive(Debug, Clone, Deserialize)]
struct Account {
    pk: i64,
    #[serde(default)]
    uuid: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    is_active: bool,
}

/// What has to happen to one group.
#[derive(Debug)]
struct Change {
    part: Part,
    add: Vec<i64>,
    remove: Vec<i64>,
}

/// Names of the groups that hold other people than they should.
pub(super) async fn differences(api: &Api, wanted: &Wanted, groups: &Groups) -> Result<Vec<String>, Fault> {
    let changes = changes(api, wanted, groups).await?;
    let wrong = changes.iter().filter(|c| !c.add.is_empty() || !c.remove.is_empty());
    Ok(wrong.map(|c| c.part.name(wanted)).collect())
}

/// Makes the groups hold exactly the tenant's people. Taking out comes first: it must not wait for a stranger's account.
pub(super) async fn mirror(api: &Api, wanted: &Wanted, groups: &Groups) -> Result<(), Fault> {
    for change in changes(api, wanted, groups).await? {
        let group = groups.of(change.part);
        for pk in change.remove {
            put(api, &format!("/core/groups/{group}/remove_user/"), pk).await?;
        }
        for pk in change.add {
            put(api, &format!("/core/groups/{group}/add_user/"), pk).await?;
        }
    }
    Ok(())
}

/// 404 is an account or a group that went meanwhile; the look that follows sees what is left to do.
async fn put(api: &Api, path: &str, pk: i64) -> Result<(), Fault> {
    match api.create(path, &json!({"pk": pk})).await? {
        Written::Refused(refusal) => Err(refusal.fault("a change of a group's members")),
        Written::Taken | Written::Vanished => Ok(()),
    }
}

async fn changes(api: &Api, wanted: &Wanted, groups: &Groups) -> Result<Vec<Change>, Fault> {
    let mut now = Vec::new();
    for part in Part::ALL {
        now.push(accounts(api, &[("groups_by_pk", groups.of(part)), ("include_groups", "false")]).await?);
    }
    let mut changes = Part::ALL.map(|part| Change { part, add: Vec::new(), remove: Vec::new() });
    let mut right: [Vec<i64>; 2] = Default::default();
    // Asked for after the accounts, so that somebody who was put in meanwhile is not taken out.
    let people = wanted.people.people().await?;
    for member in &people {
        let there = now.iter().flatten().find(|a| a.is(member)).cloned();
        let Some(account) = (match there {
            Some(account) => Some(account),
            None => account(api, member).await?,
        }) else {
            continue;
        };
        right[0].push(account.pk);
        if member.role == Role::Admin {
            right[1].push(account.pk);
        }
    }
    for ((change, right), now) in changes.iter_mut().zip(right).zip(&now) {
        change.add = right.iter().copied().filter(|pk| now.iter().all(|a| a.pk != *pk)).collect();
        change.remove = now.iter().map(|a| a.pk).filter(|pk| !right.contains(pk)).collect();
    }
    Ok(changes.into())
}

/// The account of a person, if there is exactly one.
async fn account(api: &Api, member: &Member) -> Result<Option<Account>, Fault> {
    let uuid = member.subject.as_deref().filter(|s| uuid::Uuid::parse_str(s).is_ok());
    let query = match uuid {
        Some(uuid) => ("uuid", uuid),
        // `?email=` compares to the letter, capitals included; a search does not.
        None => ("search", member.email.as_str()),
    };
    let mut found = accounts(api, &[query, ("include_groups", "false")]).await?;
    found.retain(|a| a.is(member));
    if found.len() > 1 {
        let accounts: Vec<i64> = found.iter().map(|a| a.pk).collect();
        tracing::warn!(
            ?accounts,
            "several active accounts in Authentik have one address, so a person is in no group until their first sign-in"
        );
        return Ok(None);
    }
    Ok(found.pop())
}

/// Has somebody with this address an account, active or not? Then they sign in, or are let in again by an administrator.
pub(super) async fn is_known(api: &Api, email: &Email) -> Result<bool, Fault> {
    let found = accounts(api, &[("search", email.as_str()), ("include_groups", "false")]).await?;
    Ok(found.iter().any(|account| account.has(email)))
}

async fn accounts(api: &Api, query: &[(&str, &str)]) -> Result<Vec<Account>, Fault> {
    api.list("/core/users/", query).await?.ok_or_else(|| {
        Fault::fail(
            "identity_forbidden",
            "Authentik does not let the portal's account see people (authentik_core.view_user).",
            "Give its role the rights of docs/operations/authentik.md, then press Retry now.",
        )
    })
}

impl Account {
    fn has(&self, email: &Email) -> bool {
        Email::parse(&self.email).is_ok_and(|address| address == *email)
    }

    fn is(&self, member: &Member) -> bool {
        self.is_active
            && match &member.subject {
                Some(subject) => [&self.uuid, &self.uid].contains(&subject),
                None => self.has(&member.email),
            }
    }
}
