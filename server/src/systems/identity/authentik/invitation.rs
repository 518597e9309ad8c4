//! The way in for somebody who has no account yet: an invitation into the enrolment flow. The address is fixed by the
//! invitation, so that flow must not ask for it: an address is called verified, and here it is, because the link arrives there.
//!
//! It is not for a single use: Authentik ends such a one when its flow is opened, before anybody has an account. It ends
//! here, once its person has an account, and otherwise with the place in the tenant, because whoever has an account may
//! come in wherever no group is asked for. Its address reaches the person through the portal and stands in no letter, so
//! one that came too early or ended is made anew when they come.
//!
//! Groups are not set by it (authentik issue 2098): the groups follow the members at a look, as for everybody.

use super::super::Wanted;
use super::api::{Api, Written};
use super::{Config, ground, people};
use crate::domain::{Email, Fault, invitation::Newcomer};
use serde::Deserialize;
use serde_json::json;

const PATH: &str = "/stages/invitation/invitations/";

#[derive(Deserialize)]
pub(super) struct Invitation {
    pk: String,
    name: String,
    #[serde(default)]
    fixed_data: Fixed,
}

/// What the flow does not ask for.
#[derive(Deserialize, Default)]
struct Fixed {
    #[serde(default)]
    email: String,
}

/// Address at which the person makes their account; `None` when there is nothing to make, or no flow for it.
pub(super) async fn link(api: &Api, config: &Config, who: &Newcomer<'_>) -> Result<Option<String>, Fault> {
    let Some(slug) = &config.enrolment_flow else { return Ok(None) };
    if people::is_known(api, who.email).await? {
        return Ok(None);
    }
    let found = match find(api, who.mark).await? {
        Some(found) => found,
        None => make(api, slug, who).await?,
    };
    Ok(Some(format!("{}/if/flow/{slug}/?itoken={}", config.public_url, found.pk)))
}

/// The invitations of this tenant that the account sees, also where none are made any more.
pub(super) async fn all(api: &Api, wanted: &Wanted) -> Result<Vec<Invitation>, Fault> {
    // Each mark names its tenant.
    let tenant = wanted.tenant.to_string();
    let found: Option<Vec<Invitation>> = api.list(PATH, &[("search", &tenant)]).await?;
    Ok(found.unwrap_or_default().into_iter().filter(|i| i.name.contains(&tenant)).collect())
}

/// Says so when the account may neither see nor make any: whoever may make them sees those that it made.
pub(super) async fn untold(api: &Api) -> Result<Option<String>, Fault> {
    let seen: Option<Vec<Invitation>> = api.list(PATH, &[("name", "none")]).await?;
    if seen.is_some() || api.against(PATH, &json!({})).await?.is_some() {
        return Ok(None);
    }
    Ok(Some(
        "The portal's account may neither see nor make invitations in Authentik, so it cannot tell whether one of this \
        tenant is open."
            .to_owned(),
    ))
}

/// Those of them that have no purpose any more: their person has an account by now, or no place. The people are asked for
/// after the invitations, so that one of somebody who was added meanwhile is never among them.
pub(super) async fn over(api: &Api, wanted: &Wanted) -> Result<Vec<Invitation>, Fault> {
    let found = all(api, wanted).await?;
    if found.is_empty() {
        return Ok(found);
    }
    let people = wanted.people.people().await?;
    let mut over = Vec::new();
    for invitation in found {
        let of = |email: &Email| email.as_str() == invitation.fixed_data.email;
        let waits = people.iter().find(|m| of(&m.email) && m.subject.is_none());
        let ended = match waits {
            Some(member) => people::is_known(api, &member.email).await?,
            None => true,
        };
        if ended {
            over.push(invitation);
        }
    }
    Ok(over)
}

/// Takes them back: their links open nothing any more.
pub(super) async fn withdraw(api: &Api, invitations: &[Invitation]) -> Result<(), Fault> {
    for invitation in invitations {
        api.delete(&format!("{PATH}{}/", invitation.pk)).await?;
    }
    Ok(())
}

async fn find(api: &Api, mark: &str) -> Result<Option<Invitation>, Fault> {
    let found: Option<Vec<Invitation>> = api.list(PATH, &[("name", mark)]).await?;
    Ok(found.unwrap_or_default().into_iter().find(|i| i.name == mark))
}

async fn make(api: &Api, slug: &str, who: &Newcomer<'_>) -> Result<Invitation, Fault> {
    let until = jiff::Timestamp::from_microsecond(who.until.0).unwrap_or(jiff::Timestamp::MAX);
    let body = json!({
        "name": who.mark,
        "single_use": false,
        "expires": until.to_string(),
        "flow": ground::flow(api, slug).await?,
        "fixed_data": {"email": who.email.as_str(), "username": who.email.as_str()},
    });
    match (api.create(PATH, &body).await?, find(api, who.mark).await?) {
        (_, Some(found)) => Ok(found),
        (Written::Refused(refusal), None) => Err(refusal.fault(&format!("an invitation for {}", who.email))),
        (_, None) => Err(Fault::fail(
            "identity_hidden",
            "Authentik does not show the portal's account the invitation that it just made.",
            "Give initial permissions (view) of invitations to its role: docs/operations/authentik.md.",
        )),
    }
}
