//! Asking: a person pressed Connect, or wants to sign in.

use super::{
    complete::revoke,
    site::Site,
    wire::{Ask, Asked, Refusal, Said, SignIn, SignedIn, bad_code, nobodys, refuse},
};
use crate::{
    domain::{
        At, IntentId, Tenant,
        person::wordpress_role,
        secret::{SiteState, TokenHash, is_challenge, pkce_matches},
        tenant::Status,
    },
    portal::House,
    store::intent::{Intent, IntentKind, Redeemed},
};
use axum::{Extension, Json, extract::State, http::StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a question stays open.
const QUESTION_LIFE: Duration = Duration::from_secs(300);

/// Why a code of somebody who left is refused.
pub(super) const NOT_OURS: &str = "Its person does not belong to the tenant any more.";

/// Open questions a tenant may have at the same time.
const MAX_OPEN: u32 = 10;

pub(super) async fn status(State(house): State<House>, Extension(Site(tenant)): Extension<Site>) -> Json<Value> {
    Json(json!({
        "tenant": { "slug": tenant.slug, "name": tenant.name },
        "issuer": house.systems.public_url,
        "time": house.clock.now().unix(),
        "chat_name": "OpenWebUI",
    }))
}

pub(super) async fn ask(
    State(house): State<House>,
    Extension(Site(tenant)): Extension<Site>,
    Said(ask): Said<Ask>,
) -> Result<(StatusCode, Json<Asked>), Refusal> {
    if ask.site_url.trim_end_matches('/') != tenant.site_url {
        return Err(moved(&house, &tenant, &ask.site_url).await?);
    }
    if ask.code_challenge_method != "S256" || !is_challenge(&ask.code_challenge) {
        return Err(refuse(422, "challenge_missing", "A code challenge by S256 is needed.", "Update Slipway Connect."));
    }
    let plausible = |s: &str, max: usize| !s.is_empty() && s.len() <= max && !s.chars().any(char::is_control);
    let fine = ask.wp_user_id >= 1 && plausible(&ask.wp_login, 60) && ask.wp_email.len() <= 254;
    let Some(state) = SiteState::parse(&ask.state).filter(|_| fine) else {
        return Err(refuse(
            422,
            "intent_refused",
            "The site asked in a way Slipway does not know.",
            "Update Slipway Connect.",
        ));
    };
    if !matches!(tenant.status, Status::Ready | Status::Degraded) {
        return Err(refuse(
            409,
            "tenant_not_ready",
            "This tenant is not ready yet.",
            "Wait until its page says Ready.",
        ));
    }
    // Said before the person goes on to a question that must end in a refusal.
    if ask.wp_subject.as_deref() == Some("") {
        return Err(nobodys());
    }
    let now = house.clock.now();
    let life = i64::try_from(QUESTION_LIFE.as_micros()).unwrap_or(i64::MAX);
    let intent = open_question(&house, &tenant, ask, state);
    if !house.store.ask_intent(&intent, At(now.0.saturating_sub(life)), MAX_OPEN).await? {
        return Err(refuse(
            429,
            "too_many",
            "Too many questions are open.",
            "Wait five minutes, then press Connect again.",
        ));
    }
    let authorize_url = format!("{}/connect/{}", house.systems.public_url, intent.id);
    Ok((StatusCode::CREATED, Json(Asked { authorize_url, expires_in: QUESTION_LIFE.as_secs() })))
}

fn open_question(house: &House, tenant: &Tenant, ask: Ask, state: SiteState) -> Intent {
    let version: String =
        ask.versions.plugin.chars().filter(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).take(20).collect();
    let id = IntentId(house.dice.uuid());
    let proof = (state, ask.code_challenge);
    Intent {
        wp_user: ask.wp_user_id,
        wp_login: ask.wp_login,
        wp_email: ask.wp_email,
        asked_by: format!("Slipway Connect {version}").trim_end().to_owned(),
        ..Intent::open(id, IntentKind::Connect, tenant.id, proof, house.clock.now(), QUESTION_LIFE)
    }
}

/// A site that has the secret calls itself by another address: a copy, or the site itself has moved. It is not connected,
/// and the audit tells. Its word changes nothing for the registered address: the portal looks there itself, and soon. A
/// site that has really moved is found out by that look, and its connections rest; a copy leaves the original alone.
async fn moved(house: &House, tenant: &Tenant, seen: &str) -> Result<Refusal, Refusal> {
    let seen: String = seen.chars().filter(|c| !c.is_control()).take(200).collect();
    house.store.wake(tenant.id, house.clock.now()).await?;
    let say = "This site calls itself by another address than the registered one, so nothing is connected here.";
    let refusal = refuse(409, "site_moved", say, "Restore the address, or order a new tenant for the copy.");
    let why = format!("A site with the secret of this one asked to be connected as {seen}: a copy, or it has moved.");
    Ok(refusal.noted("site.moved", why))
}

/// Redeems a code: right tenant, right kind, in time, with its verifier. A wrong use spends the code as well, and a code
/// that comes twice, at whatever door, ends what the first one began.
pub(super) async fn redeem(
    house: &House,
    tenant: &Tenant,
    kind: IntentKind,
    code: &str,
    verifier: &str,
) -> Result<Intent, Refusal> {
    let now = house.clock.now();
    let intent = match house.store.redeem(&TokenHash::of(code), now).await? {
        Redeemed::Ok(intent) => intent,
        Redeemed::Again(intent) => {
            revoke(house, &intent).await?;
            return Err(bad_code("It was redeemed before; what came of it ends."));
        }
        Redeemed::Unknown => return Err(bad_code("There is no such code.")),
    };
    let why = match () {
        () if intent.tenant != tenant.id => "It was made for another tenant's site.",
        () if intent.kind != kind || intent.answered != Some(true) => "It was made for another purpose.",
        () if intent.code_expires_at.is_none_or(|end| end <= now) => "It came too late.",
        () if !pkce_matches(verifier, &intent.challenge) => "Its verifier is wrong.",
        () => return Ok(intent),
    };
    Err(bad_code(why))
}

pub(super) async fn sign_in(
    State(house): State<House>,
    Extension(Site(tenant)): Extension<Site>,
    Said(body): Said<SignIn>,
) -> Result<Json<SignedIn>, Refusal> {
    let intent = redeem(&house, &tenant, IntentKind::SignIn, &body.code, &body.code_verifier).await?;
    let (Some(subject), Some(email)) = (intent.subject, intent.email) else {
        return Err(bad_code("Nobody answered its question."));
    };
    // The role as it is now: it may have changed since the code was made.
    let at = house.clock.now().0;
    let role = house.store.role_of(tenant.id, &subject, &email).await?.ok_or_else(|| bad_code(NOT_OURS))?;
    let members = house.store.members(tenant.id).await?;
    let was = members.into_iter().find(|m| m.subject.as_ref() == Some(&subject)).map(|m| m.was).unwrap_or_default();
    let (name, role) = (intent.name.unwrap_or_default(), wordpress_role(role));
    Ok(Json(SignedIn { subject, email: email.into(), email_verified: true, name, role, at, was }))
}
