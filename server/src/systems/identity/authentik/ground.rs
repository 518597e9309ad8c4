//! What every client stands on: the version, two flows, the signing key and the scope mappings. Their ids differ from one
//! installation to the next, so they are found by slug and managed name, and kept for a while.
//!
//! Authentik's worker makes them some time after the server answers, so what is missing is waited for.

use super::{
    Config,
    api::{Api, SETTING_UP, Written},
    version::Version,
};
use crate::domain::{At, Fault};
use serde::Deserialize;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// How long found ids count.
const KEEP: Duration = Duration::from_secs(600);

/// The mappings that Authentik brings, by their managed names.
const MANAGED: [&str; 2] =
    ["goauthentik.io/providers/oauth2/scope-openid", "goauthentik.io/providers/oauth2/scope-profile"];

/// The scope that asks for refresh tokens. Sites keep people by their own sessions and use none, and one that was given
/// out works on after its person has left the group.
const LASTING: &str = "offline_access";

/// What the mapping of addresses runs. Authentik's own one says `email_verified: false` of everybody since 2025.10.
const VERIFIED: &str = "return {\"email\": request.user.email, \"email_verified\": True}";

/// The fields of a client that hold ids from here.
pub(super) const REFERENCES: [&str; 4] =
    ["authorization_flow", "invalidation_flow", "property_mappings", "signing_key"];

/// Ids at one Authentik.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) version: Version,
    pub(super) authorization_flow: String,
    pub(super) invalidation_flow: String,
    pub(super) signing_key: String,
    pub(super) mappings: Vec<String>,
    /// Mappings that let a client have refresh tokens: no client of a site has any of them.
    pub(super) lasting: Vec<String>,
    /// The mapping of verified addresses; `None` when it is not there.
    pub(super) email: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    pk: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    managed: Option<String>,
    #[serde(default)]
    scope_name: String,
}

/// The ids, kept.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<(At, Arc<Ground>)>>);

impl Kept {
    /// The ids, from memory or found anew; the second half says that they are from memory.
    pub(super) async fn get(&self, api: &Api, config: &Config) -> Result<(Arc<Ground>, bool), Fault> {
        let mut kept = self.0.lock().await;
        let now = config.clock.now();
        if let Some((at, ground)) = &*kept
            && now.since(*at) < KEEP
        {
            return Ok((ground.clone(), true));
        }
        let ground = Arc::new(find(api, config).await?);
        *kept = Some((now, ground.clone()));
        Ok((ground, false))
    }

    /// Forgets them: one of them was not there any more.
    pub(super) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

async fn find(api: &Api, config: &Config) -> Result<Ground, Fault> {
    Ok(Ground {
        version: Version::check(&api.version().await?)?,
        authorization_flow: flow(api, &config.authorization_flow).await?,
        invalidation_flow: flow(api, &config.invalidation_flow).await?,
        signing_key: key(api, &config.signing_key).await?,
        mappings: managed(api).await?,
        lasting: lasting(api).await?,
        email: email(api, &config.email_mapping).await?,
    })
}

/// A flow by its slug.
pub(super) async fn flow(api: &Api, slug: &str) -> Result<String, Fault> {
    let found: Option<Vec<Named>> = api.list("/flows/instances/", &[("slug", slug)]).await?;
    let found = found.ok_or_else(|| hidden("flows", "authentik_flows.view_flow"))?;
    found.into_iter().find(|f| f.slug == slug).map(|f| f.pk).ok_or_else(|| missing(&format!("flow {slug}")))
}

/// A certificate with its key, by name.
pub(super) async fn key(api: &Api, name: &str) -> Result<String, Fault> {
    let query = [("has_key", "true"), ("name", name)];
    let found: Option<Vec<Named>> = api.list("/crypto/certificatekeypairs/", &query).await?;
    let found = found.ok_or_else(|| hidden("certificates", "authentik_crypto.view_certificatekeypair"))?;
    found.into_iter().find(|c| c.name == name).map(|c| c.pk).ok_or_else(|| missing(&format!("certificate {name}")))
}

/// The mappings that Authentik brings.
pub(super) async fn managed(api: &Api) -> Result<Vec<String>, Fault> {
    let found = mappings(api, &MANAGED.map(|name| ("managed", name))).await?;
    let pick = |name: &&str| {
        let one = found.iter().find(|m| m.managed.as_deref() == Some(name));
        one.map(|m| m.pk.clone()).ok_or_else(|| missing(&format!("scope mapping {name}")))
    };
    MANAGED.iter().map(pick).collect()
}

/// All mappings of the scope for refresh tokens.
async fn lasting(api: &Api) -> Result<Vec<String>, Fault> {
    Ok(mappings(api, &[("scope_name", LASTING)]).await?.into_iter().map(|m| m.pk).collect())
}

/// The mapping of verified addresses, by name.
pub(super) async fn email(api: &Api, name: &str) -> Result<Option<String>, Fault> {
    let found = mappings(api, &[("name", name)]).await?;
    Ok(found.into_iter().find(|m| m.name == name && m.scope_name == "email").map(|m| m.pk))
}

/// Makes the mapping of verified addresses where the account may: one for all tenants, and it stays. A mapping is a
/// program that Authentik runs, so a narrow account may not make one; then the blueprint does, and it is waited for.
pub(super) async fn make_email(api: &Api, name: &str) -> Result<(), Fault> {
    let path = "/propertymappings/provider/scope/";
    let body = json!({"name": name, "scope_name": "email", "description": "E-mail address", "expression": VERIFIED});
    match api.create(path, &body).await {
        Err(Fault::Fail { code: "identity_forbidden", .. }) => Err(missing(&format!("scope mapping {name}"))),
        Err(fault) => Err(fault),
        Ok(written) => match (email(api, name).await?, written) {
            (Some(_), _) => Ok(()),
            (None, Written::Refused(refusal)) => Err(refusal.fault(&format!("the scope mapping {name}"))),
            (None, _) => Err(Fault::retry("Authentik does not show the scope mapping it just made.")),
        },
    }
}

async fn mappings(api: &Api, query: &[(&str, &str)]) -> Result<Vec<Named>, Fault> {
    let found = api.list("/propertymappings/provider/scope/", query).await?;
    found.ok_or_else(|| hidden("scope mappings", "authentik_providers_oauth2.view_scopemapping"))
}

fn missing(what: &str) -> Fault {
    Fault::Retry {
        why: format!(
            "Authentik has no {what} yet. Right after its installation it needs a minute or two; if it stays so, run slipway doctor --identity."
        ),
        after: Some(SETTING_UP),
    }
}

fn hidden(what: &str, right: &str) -> Fault {
    Fault::fail(
        "identity_forbidden",
        format!("Authentik does not let the portal's account see {what} ({right})."),
        "Give its role the rights of docs/operations/authentik.md, then press Retry now.",
    )
}
