//! Is Authentik there, and may we work with it? Each question by itself, with what to do about a bad answer.

use super::api::Api;
use super::permissions::{self, Initial};
use super::version::Version;
use super::{Config, ground};
use crate::domain::{Check, Fault, Health};
use serde_json::Value;

/// Kinds of objects the account has to make, and the right that each takes.
const MAKES: [(&str, &str); 4] = [
    ("/providers/oauth2/", "authentik_providers_oauth2.add_oauth2provider"),
    ("/core/applications/", "authentik_core.add_application"),
    ("/core/groups/", "authentik_core.add_group"),
    ("/policies/bindings/", "authentik_policies.add_policybinding"),
];

/// The looks that a tenant's set-up begins with, in one sentence.
pub(super) async fn health(api: &Api, config: &Config) -> Health {
    let mut checks = reach(api).await;
    if checks.iter().all(|c| c.health.ok) {
        checks.extend(references(api, config).await);
    }
    match checks.iter().find(|c| !c.health.ok) {
        Some(bad) => bad.health.clone(),
        None => Health::good(checks.into_iter().next().map(|c| c.health.say).unwrap_or_default()),
    }
}

/// All checks. Nothing is made by them. Those that stand on a bad one are left out.
pub(super) async fn examine(api: &Api, config: &Config) -> Vec<Check> {
    let mut checks = reach(api).await;
    if checks.iter().all(|c| c.health.ok) {
        checks.extend(references(api, config).await);
        checks.push(Check::new("People", people(api).await));
        checks.push(Check::new("Rights", rights(api).await));
        checks.push(initial(api, config.enrolment_flow.is_some()).await);
        if let Some(slug) = &config.enrolment_flow {
            checks.push(Check::new("Invitations", invitations(api, slug).await));
        }
    }
    checks
}

/// Reached, token taken, version right: one call tells all three.
async fn reach(api: &Api) -> Vec<Check> {
    let version = match api.version().await.and_then(|text| Ok((Version::check(&text)?, text))) {
        Ok((version, text)) if version.is_unknown() => {
            Health::good(format!("Authentik {text}, newer than what this Slipway knows"))
        }
        Ok((_, text)) => Health::good(format!("Authentik {text}")),
        Err(fault) => Health::fault(
            &fault,
            "Check that Authentik runs, its address in identity.authentik.url, and the token beside it.",
        ),
    };
    vec![Check::new("Address, token, version", version)]
}

/// What every client is built from.
async fn references(api: &Api, config: &Config) -> Vec<Check> {
    let wait = "Wait until Authentik's worker has applied its blueprints, or correct the name in [identity.authentik].";
    let told = |say: String, found: Result<(), Fault>| match found {
        Ok(()) => Health::good(say),
        Err(fault) => Health::fault(&fault, wait),
    };
    let mut checks = Vec::new();
    for (what, slug) in
        [("Authorization flow", &config.authorization_flow), ("Invalidation flow", &config.invalidation_flow)]
    {
        checks.push(Check::new(what, told(slug.clone(), ground::flow(api, slug).await.map(drop))));
    }
    let key = ground::key(api, &config.signing_key).await.map(drop);
    checks.push(Check::new("Signing key", told(config.signing_key.clone(), key)));
    let managed = ground::managed(api).await.map(drop);
    checks.push(Check::new("Scope mappings", told("openid, profile".to_owned(), managed)));
    checks.push(Check::new("Verified address", email(api, &config.email_mapping).await));
    checks
}

/// The mapping of verified addresses, or the right to make it.
async fn email(api: &Api, name: &str) -> Health {
    let next = "Apply the blueprint of docs/operations/authentik.md, or name your own mapping in identity.authentik.email_mapping.";
    match ground::email(api, name).await {
        Ok(Some(_)) => Health::good(name),
        Ok(None) => match api.may_create("/propertymappings/provider/scope/").await {
            Ok(true) => Health::good(format!("{name}, made with the first tenant")),
            Ok(false) => Health::bad(format!("Authentik has no scope mapping {name}."), next),
            Err(fault) => Health::fault(&fault, next),
        },
        Err(fault) => Health::fault(&fault, next),
    }
}

async fn people(api: &Api) -> Health {
    let next = "Give the account's role the right authentik_core.view_user.";
    match api.list::<Value>("/core/users/", &[("username", "slipway-looks-for-nobody")]).await {
        Ok(Some(_)) => Health::good("may be looked up"),
        Ok(None) => Health::bad("Authentik does not let the portal's account see people.", next),
        Err(fault) => Health::fault(&fault, next),
    }
}

/// Rights are judged before fields, so an empty object asks for them and makes nothing.
async fn rights(api: &Api) -> Health {
    let next = "Give the account's role these rights: docs/operations/authentik.md.";
    let mut missing = Vec::new();
    for (path, right) in MAKES {
        match api.may_create(path).await {
            Ok(true) => {}
            Ok(false) => missing.push(right),
            Err(fault) => return Health::fault(&fault, next),
        }
    }
    if missing.is_empty() {
        return Health::good("may make providers, applications, groups and bindings");
    }
    Health::bad(format!("The portal's account lacks {}.", missing.join(", ")), next)
}

/// May it work with what it makes? Without that it makes what it cannot see.
async fn initial(api: &Api, inviting: bool) -> Check {
    let what = "Initial permissions";
    let next = "Give the account's role initial permissions: docs/operations/authentik.md, step 6.";
    let health = match permissions::initial(api, inviting).await {
        Ok(Initial::Everything) => Health::good("not needed: the account is an administrator's"),
        Ok(Initial::Missing(names)) if names.is_empty() => Health::good("on what it makes"),
        Ok(Initial::Missing(names)) => Health::bad(
            format!(
                "The portal's account would not see or change what it makes: its role lacks {}.",
                permissions::told(&names)
            ),
            next,
        ),
        Ok(Initial::Hidden) => {
            return Check::open(
                what,
                "could not be looked at: the role lacks authentik_rbac.view_initialpermissions (docs/operations/authentik.md, steps 4 and 6)",
            );
        }
        Err(fault) => Health::fault(&fault, next),
    };
    Check::new(what, health)
}

/// The flow for newcomers, and the right to invite into it.
async fn invitations(api: &Api, slug: &str) -> Health {
    let next = "Apply the enrolment blueprint of docs/operations/authentik.md, or take enrolment_flow out of [identity.authentik].";
    let found = match ground::flow(api, slug).await {
        Ok(_) => api.may_create("/stages/invitation/invitations/").await,
        Err(fault) => return Health::fault(&fault, next),
    };
    match found {
        Ok(true) => Health::good(format!("{slug}, may invite")),
        Ok(false) => {
            let say = "The portal's account lacks authentik_stages_invitation.add_invitation.";
            Health::bad(say, "Give the account's role this right: docs/operations/authentik.md.")
        }
        Err(fault) => Health::fault(&fault, next),
    }
}
