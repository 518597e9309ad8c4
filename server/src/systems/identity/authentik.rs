//! Driver for Authentik 2025.12 and newer, by its own API. For each tenant there are an OAuth2 provider, an application, two
//! groups, a binding of the application to each of them, and the tenant's people in the groups.
//!
//! There are no transactions over these and no key against doing things twice, so everything is found by a mark, compared
//! field by field, made when it is missing, and looked up again whatever the answer was. What carries no mark is never
//! touched. The token is as strong as an administrator's: it stays here, and no id from outside is ever passed on. The
//! facts are in `docs/outside/authentik.md`.

mod api;
mod application;
mod checkup;
mod client;
mod ground;
mod group;
mod invitation;
mod people;
mod permissions;
mod refusal;
mod unseen;
mod version;

use super::{Check, Client, Identity, Registration, Wanted};
use crate::domain::{Clock, Fault, Gone, Health, Seen, Slug, invitation::Newcomer};
use crate::systems::http::Http;
use api::Api;
use async_trait::async_trait;
use ground::{Ground, Kept};
use group::{Group, Groups, Part};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::sync::Arc;

/// What the driver needs to know.
pub struct Config {
    /// Address under which the portal reaches Authentik, without trailing slash.
    pub url: String,
    /// Address under which browsers reach it, without trailing slash: issuers are built from it.
    pub public_url: String,
    /// API token of the portal's account.
    pub token: SecretString,
    /// Slug of the flow that authorizes a client.
    pub authorization_flow: String,
    /// Slug of the flow that ends a client's session.
    pub invalidation_flow: String,
    /// Name of the certificate whose key signs tokens.
    pub signing_key: String,
    /// Name of the scope mapping that calls addresses verified.
    pub email_mapping: String,
    /// Slug of the flow in which somebody who was invited makes their account; without it nobody is invited to Authentik.
    pub enrolment_flow: Option<String>,
    /// Life of access and id tokens, as `minutes=10`.
    pub access_token_validity: String,
    /// Life of refresh tokens, as `days=30`.
    pub refresh_token_validity: String,
    /// Time, for how long found ids count.
    pub clock: Arc<dyn Clock>,
}

/// Sign-in clients at a real Authentik.
pub struct Authentik {
    api: Api,
    config: Config,
    kept: Kept,
}

/// The tenant's objects, part by part.
struct Parts {
    provider: Option<client::Provider>,
    application: Option<application::Application>,
    groups: Vec<(Part, Group)>,
}

impl Parts {
    fn nothing(&self) -> bool {
        self.provider.is_none() && self.application.is_none() && self.groups.is_empty()
    }

    /// Both groups, under their names.
    fn groups(&self, wanted: &Wanted) -> Option<Groups> {
        let pk = |part: Part| {
            let named = self.groups.iter().find(|(p, g)| *p == part && g.name == part.name(wanted));
            named.map(|(_, g)| g.pk.clone())
        };
        Some(Groups { members: pk(Part::Members)?, admins: pk(Part::Admins)? })
    }
}

impl Authentik {
    /// A driver; nothing is sent yet.
    pub fn new(http: Http, config: Config) -> Self {
        let api = Api::new(http, &config.url, config.token.clone(), config.clock.clone());
        Self { api, config, kept: Kept::default() }
    }

    async fn parts(&self, wanted: &Wanted) -> Result<Parts, Fault> {
        let provider = client::find(&self.api, wanted).await?;
        let pk = provider.as_ref().map(|p| p.pk);
        let application = application::find(&self.api, wanted, pk).await?;
        let groups = group::find(&self.api, wanted).await?;
        Ok(Parts { provider, application, groups })
    }

    /// What differs from what is wanted, half a sentence each.
    async fn differences(&self, wanted: &Wanted, parts: &Parts) -> Result<Vec<String>, Fault> {
        let (ground, _) = self.kept.get(&self.api, &self.config).await?;
        let mut what = Vec::new();
        if ground.email.is_none() {
            what.push(format!("the scope mapping {} is missing", self.config.email_mapping));
        }
        let right = client::fields(wanted, &ground, &self.config);
        what.extend(differs("provider", parts.provider.as_ref().map(|p| p.correction(right, &ground))));
        if !invitation::over(&self.api, wanted).await?.is_empty() {
            what.push("an invitation is open whose time is over".to_owned());
        }
        let right = application::fields(wanted, parts.provider.as_ref().map(|p| p.pk));
        what.extend(differs("application", parts.application.as_ref().map(|a| a.correction(right))));
        match parts.groups(wanted) {
            None => what.push("a group is missing or was renamed".to_owned()),
            Some(groups) => what.extend(self.doors(wanted, parts, &groups).await?),
        }
        Ok(what)
    }

    /// Who may come in: bindings and people.
    async fn doors(&self, wanted: &Wanted, parts: &Parts, groups: &Groups) -> Result<Vec<String>, Fault> {
        let mut what = Vec::new();
        if let Some(application) = &parts.application {
            let bindings = application::bindings(&self.api, application).await?.unwrap_or_default();
            if !groups.pks().iter().all(|g| application::is_bound(&bindings, g)) {
                what.push("the application is not bound once to each of its groups".to_owned());
            }
        }
        let wrong = people::differences(&self.api, wanted, groups).await?;
        what.extend(wrong.iter().map(|name| format!("the group {name} holds other people than the portal")));
        Ok(what)
    }

    fn client(&self, wanted: &Wanted) -> Client {
        let issuer = format!("{}/application/o/{}/", self.config.public_url, client::name(wanted));
        Client { client_id: client::id(wanted), issuer }
    }
}

#[async_trait]
impl Identity for Authentik {
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Client>, Fault> {
        let parts = self.parts(wanted).await?;
        if parts.nothing() {
            return Ok(Seen::Absent);
        }
        let what = self.differences(wanted, &parts).await?;
        Ok(match what.is_empty() {
            true => Seen::Ready(self.client(wanted)),
            false => Seen::Drifted { what: format!("In Authentik {}.", what.join(", ")) },
        })
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Registration>, Fault> {
        let provider = client::ensure(&self.api, &self.kept, &self.config, wanted).await?;
        let groups = group::ensure(&self.api, wanted).await?;
        application::ensure(&self.api, wanted, provider.pk, &groups).await?;
        people::mirror(&self.api, wanted, &groups).await?;
        invitation::withdraw(&self.api, &invitation::over(&self.api, wanted).await?).await?;
        Ok(match self.look(wanted).await? {
            Seen::Ready(client) => Seen::Ready(Registration { client, secret: wanted.secret.clone(), handle: None }),
            Seen::Absent => Seen::Absent,
            Seen::Working { note, again } => Seen::Working { note, again },
            Seen::Drifted { what } => Seen::Drifted { what },
        })
    }

    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        let provider = client::find(&self.api, wanted).await?.map(|p| p.pk);
        application::remove(&self.api, wanted, provider).await?;
        client::remove(&self.api, wanted).await?;
        group::remove(&self.api, wanted).await?;
        let open = async || invitation::all(&self.api, wanted).await;
        invitation::withdraw(&self.api, &open().await?).await?;
        if !self.parts(wanted).await?.nothing() || !open().await?.is_empty() {
            return Err(Fault::retry("Authentik still shows something of the tenant after it was removed."));
        }
        let mut unseen = unseen::left(&self.api, wanted).await?;
        if self.config.enrolment_flow.is_some() {
            unseen.extend(invitation::untold(&self.api).await?);
        }
        if !unseen.is_empty() {
            return Ok(Gone::Unseen { what: unseen.join(" ") });
        }
        let (name, group) = (client::name(wanted), Part::Members.name(wanted));
        Ok(Gone::Seen {
            what: format!("Provider and application {name} and the groups {group} and {group}-admins are gone."),
        })
    }

    async fn way_in(&self, who: &Newcomer<'_>) -> Result<Option<String>, Fault> {
        invitation::link(&self.api, &self.config, who).await
    }

    fn heals(&self) -> bool {
        true
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (
            format!("wp-{slug}, groups tenant-{slug} and tenant-{slug}-admins"),
            format!("Authentik at {}", self.config.public_url),
        )
    }

    async fn health(&self) -> Health {
        checkup::health(&self.api, &self.config).await
    }

    async fn examine(&self) -> Vec<Check> {
        checkup::examine(&self.api, &self.config).await
    }
}

/// Half a sentence about an object: it is missing, or some of its fields differ. Only their names are told.
fn differs(what: &str, correction: Option<Map<String, Value>>) -> Option<String> {
    let Some(correction) = correction else { return Some(format!("the {what} is missing")) };
    let fields: Vec<String> = correction.into_iter().map(|(key, _)| key).collect();
    (!fields.is_empty()).then(|| format!("the {what} has another {}", fields.join(" and another ")))
}

/// The ids to build a client from, with the mapping of addresses made if it has to be. The second half says that they are
/// from memory.
async fn ground(api: &Api, kept: &Kept, config: &Config) -> Result<(Arc<Ground>, bool), Fault> {
    let (ground, remembered) = kept.get(api, config).await?;
    if ground.email.is_some() {
        return Ok((ground, remembered));
    }
    ground::make_email(api, &config.email_mapping).await?;
    kept.forget().await;
    kept.get(api, config).await
}

/// The mark that ties an object to its tenant.
fn mark(wanted: &Wanted) -> String {
    format!("slipway:{}", wanted.tenant)
}

/// Somebody else's object has the name that the tenant needs.
fn taken(what: &str, name: &str) -> Fault {
    Fault::fail(
        "identity_name_taken",
        format!("In Authentik the name {name} belongs to a {what} that is not this tenant's."),
        "Rename or remove it in Authentik, then press Retry now.",
    )
}

/// The name that the tenant needs is taken by what the account does not see. Most often the account made it itself.
fn hidden(what: &str, name: &str) -> Fault {
    Fault::fail(
        "identity_hidden",
        format!(
            "Authentik does not show the portal's account the {what} {name}. The account made it and was stopped before it got its permissions on it, or somebody else did."
        ),
        "In Authentik give the account's role the permissions of docs/operations/authentik.md, step 6, on it, or remove it; then press Retry now.",
    )
}
