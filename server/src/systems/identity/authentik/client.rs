//! The OAuth2 provider of a tenant: what Authentik calls a sign-in client.
//!
//! Its client id holds the tenant's id, so the id is name and mark in one: a provider with another client id belongs to
//! somebody else, whatever it is called. Id and secret are chosen here and committed before the first call, so nothing in
//! an answer is needed, and making it anew after a loss gives the site the same client.

use super::super::Wanted;
use super::{
    Config,
    api::{Api, Written},
    ground::{Ground, Kept, REFERENCES},
    permissions,
    refusal::Refusal,
};
use crate::domain::Fault;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How long a code may be redeemed.
const CODE_VALIDITY: &str = "minutes=1";

/// A provider as Authentik shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Provider {
    pub(super) pk: i64,
    client_id: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// The tenant's client id.
pub(super) fn id(wanted: &Wanted) -> String {
    format!("slipway-{}", wanted.tenant)
}

/// Name of provider and application.
pub(super) fn name(wanted: &Wanted) -> String {
    format!("wp-{}", wanted.slug)
}

pub(super) async fn find(api: &Api, wanted: &Wanted) -> Result<Option<Provider>, Fault> {
    let id = id(wanted);
    let found: Option<Vec<Provider>> = api.list("/providers/oauth2/", &[("client_id", &id)]).await?;
    Ok(found.into_iter().flatten().find(|p| p.client_id == id))
}

/// Finds or makes the provider and puts right what differs. An id of the ground that is not there any more is found anew.
pub(super) async fn ensure(api: &Api, kept: &Kept, config: &Config, wanted: &Wanted) -> Result<Provider, Fault> {
    loop {
        let (ground, remembered) = super::ground(api, kept, config).await?;
        match write(api, &ground, config, wanted).await? {
            Written::Refused(refusal) if remembered && refusal.names(&REFERENCES) => kept.forget().await,
            Written::Refused(refusal) => return Err(refused(api, wanted, &refusal).await),
            Written::Taken | Written::Vanished => {
                let shown = find(api, wanted).await?;
                return shown.ok_or_else(|| Fault::retry("Authentik does not show the sign-in client it just made."));
            }
        }
    }
}

async fn write(api: &Api, ground: &Ground, config: &Config, wanted: &Wanted) -> Result<Written, Fault> {
    let right = fields(wanted, ground, config);
    let Some(found) = find(api, wanted).await? else {
        permissions::before_the_first(api, config.enrolment_flow.is_some()).await?;
        let written = api.create("/providers/oauth2/", &Value::Object(right)).await?;
        // An answer to an earlier try was lost, or somebody else was faster: it is there all the same.
        return Ok(match written {
            Written::Refused(refusal) if find(api, wanted).await?.is_none() => Written::Refused(refusal),
            _ => Written::Taken,
        });
    };
    let change = found.correction(right, ground);
    if change.is_empty() {
        return Ok(Written::Taken);
    }
    api.patch(&format!("/providers/oauth2/{}/", found.pk), &Value::Object(change)).await
}

/// Why a client was refused. Its id is this tenant's and nobody else's, so a taken id that was not found is hidden; its
/// name may be somebody else's.
async fn refused(api: &Api, wanted: &Wanted, refusal: &Refusal) -> Fault {
    let name = name(wanted);
    if refusal.names(&["client_id"]) {
        return super::hidden("provider", &name);
    }
    let rival: Result<Option<Vec<Provider>>, Fault> = api.list("/providers/oauth2/", &[("name", &name)]).await;
    let seen = rival.is_ok_and(|found| found.is_some_and(|found| !found.is_empty()));
    if seen || refusal.names(&["name"]) {
        return super::taken("provider", &name);
    }
    refusal.fault(&format!("the sign-in client {name}"))
}

pub(super) async fn remove(api: &Api, wanted: &Wanted) -> Result<(), Fault> {
    match find(api, wanted).await? {
        Some(found) => api.delete(&format!("/providers/oauth2/{}/", found.pk)).await,
        None => Ok(()),
    }
}

/// Is there a client with the tenant's id that the account does not see? `None`: nobody tells.
pub(super) async fn is_hidden(api: &Api, wanted: &Wanted) -> Result<Option<bool>, Fault> {
    let nobody = uuid::Uuid::nil();
    let body = json!({"name": name(wanted), "client_id": id(wanted), "authorization_flow": nobody,
        "invalidation_flow": nobody, "redirect_uris": [{"matching_mode": "strict", "url": wanted.site_url}]});
    Ok(api.against("/providers/oauth2/", &body).await?.map(|refusal| refusal.names(&["client_id"])))
}

/// The whole provider as it should be.
pub(super) fn fields(wanted: &Wanted, ground: &Ground, config: &Config) -> Map<String, Value> {
    let mappings: Vec<&String> = ground.mappings.iter().chain(&ground.email).collect();
    let body = json!({
        "name": name(wanted),
        "client_id": id(wanted),
        "client_secret": wanted.secret.expose_secret(),
        "client_type": "confidential",
        // Since 2026.5 a client without any can sign nobody in; older ones do not know the field.
        "grant_types": ["authorization_code"],
        "redirect_uris": redirects(wanted, ground),
        "property_mappings": mappings,
        "authorization_flow": ground.authorization_flow,
        "invalidation_flow": ground.invalidation_flow,
        // Without it tokens are signed with the client's secret (HS256), and nobody can check them by a key.
        "signing_key": ground.signing_key,
        // The same subject for every client, so that portal, chat and sites mean the same person.
        "sub_mode": "user_uuid",
        "include_claims_in_id_token": true,
        "issuer_mode": "per_provider",
        "access_code_validity": CODE_VALIDITY,
        "access_token_validity": config.access_token_validity,
        "refresh_token_validity": config.refresh_token_validity,
    });
    match body {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Exact addresses. Never an empty list: older Authentiks then take the first caller's.
fn redirects(wanted: &Wanted, ground: &Ground) -> Vec<Value> {
    let typed = ground.version.types_redirects();
    let entry = |url: &String, kind: &str| {
        let mut entry = json!({"matching_mode": "strict", "url": url});
        if typed {
            entry["redirect_uri_type"] = json!(kind);
        }
        entry
    };
    let mut entries: Vec<Value> = wanted.redirect_uris.iter().map(|url| entry(url, "authorization")).collect();
    if typed {
        entries.extend(wanted.logout_uris.iter().map(|url| entry(url, "logout")));
    }
    entries
}

impl Provider {
    /// The fields that differ, as they should be. What this Authentik does not show, it does not know.
    pub(super) fn correction(&self, right: Map<String, Value>, ground: &Ground) -> Map<String, Value> {
        let lasts = |have: &BTreeSet<&str>| ground.lasting.iter().any(|pk| have.contains(pk.as_str()));
        let differs = |(key, want): &(String, Value)| match (key.as_str(), self.fields.get(key.as_str())) {
            (_, None) => false,
            ("redirect_uris", Some(have)) => addresses(have) != addresses(want),
            // Mappings that somebody added stay, since they tell more and open nothing; but for those of refresh tokens.
            ("property_mappings", Some(have)) => !texts(have).is_superset(&texts(want)) || lasts(&texts(have)),
            ("grant_types", Some(have)) => texts(have) != texts(want),
            (_, Some(have)) => have != want,
        };
        right.into_iter().filter(differs).collect()
    }
}

fn texts(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// (type, mode, address) of each entry; entries have no type before 2026.5.
fn addresses(list: &Value) -> BTreeSet<(&str, &str, &str)> {
    fn part(entry: &Value) -> (&str, &str, &str) {
        let text = |key: &str| entry[key].as_str();
        let kind = text("redirect_uri_type").unwrap_or("authorization");
        (kind, text("matching_mode").unwrap_or_default(), text("url").unwrap_or_default())
    }
    list.as_array().into_iter().flatten().map(part).collect()
}
