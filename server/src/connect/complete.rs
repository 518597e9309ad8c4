//! Completing, watching and ending a pairing.

use super::{
    intents::{NOT_OURS, redeem},
    site::Site,
    wire::{Complete, Disconnect, Notice, Proof, Refusal, Said, Standing, bad_code, nobodys, refuse},
};
use crate::{
    domain::{Actor, Fact, Flow, IntentId, Pairing, PairingId, Tenant, address::is_below, pairing::PairingStatus},
    portal::{House, live_pair},
    saga::{Secrets as _, journal::Entry, state::State as Log},
    store::{
        Held,
        intent::{Intent, IntentKind},
    },
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use std::time::Duration;

/// How long the plugin's call is held while the steps run; it gives up after 15 s.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn complete(
    State(house): State<House>,
    Extension(Site(tenant)): Extension<Site>,
    Said(body): Said<Complete>,
) -> Result<(StatusCode, Json<Standing>), Refusal> {
    let intent = redeem(&house, &tenant, IntentKind::Connect, &body.code, &body.code_verifier).await?;
    judge(&tenant, &intent, &body)?;
    let id = pairing_of(&intent);
    begin(&house, &tenant, id, intent, body).await?;
    let settled = |p: &Pairing| p.status != PairingStatus::Working && p.status != PairingStatus::Leaving;
    let pairing = wait(&house, id, PATIENCE, settled).await?;
    let standing = standing(&house, &tenant, &pairing);
    match pairing.status {
        PairingStatus::Connected => Ok((StatusCode::OK, Json(standing))),
        PairingStatus::Working | PairingStatus::Leaving => Ok((StatusCode::ACCEPTED, Json(standing))),
        _ => Err(refuse(502, "pairing_failed", &pairing.note, "Press Connect again.")),
    }
}

/// The pairing that comes of a question has the question's id, so that a second redeem can name it before it is there.
fn pairing_of(intent: &Intent) -> PairingId {
    PairingId(intent.id.0)
}

/// A code that comes twice was seen by somebody else: what the first one began ends, whoever brought the second. A flow
/// that is not open yet is turned around in advance, so that it never opens.
pub(super) async fn revoke(house: &House, intent: &Intent) -> Result<(), Refusal> {
    let tenant = house.store.tenant(intent.tenant).await?;
    let Some(tenant) = tenant.filter(|_| intent.kind == IntentKind::Connect) else { return Ok(()) };
    let id = pairing_of(intent);
    let stoppable = |state: &Log| match state.flows.get(&Flow::Pair(id)) {
        None => !state.leaving(),
        Some(_) => live_pair(state, Flow::Pair(id)),
    };
    turn(house, &tenant, id, "Its code was presented a second time.", stoppable).await
}

/// The person who pressed Connect is the one who comes back, and the site speaks of itself.
fn judge(tenant: &Tenant, intent: &Intent, body: &Complete) -> Result<(), Refusal> {
    let same_person = body.wp_user_id == intent.wp_user && body.wp_login == intent.wp_login;
    if ![&body.rest_url, &body.mcp_url]
        .into_iter()
        .all(|address| address.is_empty() || is_below(&tenant.site_url, address))
    {
        return Err(refuse(
            422,
            "address_refused",
            "The site named an address that is not its own.",
            "Restore the site's address.",
        )
        .noted("code.refused", "The site named an address that is not its own."));
    }
    if uuid::Uuid::parse_str(&body.password_uuid).is_err() {
        return Err(bad_code("It came with a password that has no id."));
    }
    if body.wp_subject.is_empty() {
        return Err(nobodys());
    }
    if intent.subject.as_ref() != Some(&body.wp_subject) {
        // Both sessions are in one browser: the drafts of the one would carry the name of the other.
        let say = "This WordPress account belongs to somebody else than the person who approved in Slipway.";
        let next = "Sign in to WordPress by SSO as yourself, then press Connect again.";
        return Err(refuse(409, "account_of_another", say, next).noted("code.refused", say));
    }
    if same_person { Ok(()) } else { Err(bad_code("Another WordPress user brought it than the one who asked.")) }
}

/// Seals the credential, then writes the record and opens the flow in one transaction, in which the person still belongs to
/// the tenant. A crash before that leaves a credential that the sweep forgets, and a plugin without an answer, which deletes
/// its password.
async fn begin(house: &House, tenant: &Tenant, id: PairingId, intent: Intent, body: Complete) -> Result<(), Refusal> {
    let (Some(subject), Some(email)) = (intent.subject, intent.email) else {
        return Err(bad_code("Nobody answered its question."));
    };
    let sealed = house.vault.of(tenant.id).put(&Pairing::credential(id), &body.password).await;
    sealed.map_err(|_| {
        refuse(503, "vault_away", "The portal cannot keep the credential now.", "Press Connect again in a minute.")
    })?;
    let pairing = Pairing {
        id,
        tenant: tenant.id,
        subject,
        name: intent.name.unwrap_or_else(|| email.to_string()),
        email,
        wp_user: body.wp_user_id,
        wp_login: body.wp_login,
        password_uuid: body.password_uuid,
        chat_user: None,
        status: PairingStatus::Gone,
        note: String::new(),
        made_at: house.clock.now(),
        proof_at: None,
        proof_ms: None,
    };
    match open(house, tenant, intent.id, &pairing).await? {
        true => Ok(()),
        false => Err(unopened(house, tenant, &pairing).await?),
    }
}

/// Opens the flow; `false`: the tenant leaves, the person left, or the connection was ended in advance.
async fn open(house: &House, tenant: &Tenant, asked: IntentId, pairing: &Pairing) -> Result<bool, Refusal> {
    let Some(mut held) = house.store.hold(tenant.id).await? else { return Ok(false) };
    if held.role_of(&pairing.subject, &pairing.email).await?.is_none() {
        return Ok(false);
    }
    let pairing = &as_they_are(&mut held, pairing.clone()).await?;
    // The person's other pairings there, whatever their address was then.
    let before = held.pairings().await?.into_iter().filter(|p| p.subject == pairing.subject && p.id != pairing.id);
    let before: Vec<_> = before.map(|p| p.id).collect();
    held.put_pairing(pairing).await?;
    held.set_intent_pairing(asked, pairing.id).await?;
    let (by, flow) = (Actor::Person(pairing.email.clone()), Flow::Pair(pairing.id));
    let open = |state: &Log| {
        let free = !state.leaving() && !state.flows.contains_key(&flow);
        let live = before.iter().copied().filter(|old| live_pair(state, Flow::Pair(*old))).collect();
        free.then(|| opening(pairing.id, &by, live))
    };
    if house.journal.add(&mut held, pairing.made_at, open).await?.is_none() {
        return Ok(false);
    }
    let detail = format!("WordPress user {}.", pairing.login_shown());
    held.commit(Some(&house.entry(&by, "pairing.begin", Some(tenant), true, detail))).await?;
    Ok(true)
}

/// The address and name of the person's place: the browser in which they approved may not know of their last change.
async fn as_they_are(held: &mut Held, pairing: Pairing) -> Result<Pairing, Refusal> {
    let mut members = held.members().await?.into_iter();
    let Some(member) = members.find(|m| m.subject.as_ref() == Some(&pairing.subject)) else { return Ok(pairing) };
    let name = if member.name.is_empty() { pairing.name } else { member.name };
    Ok(Pairing { email: member.email, name, ..pairing })
}

/// What opens a flow that replaces these others once it is proven.
fn opening(id: PairingId, by: &Actor, others: Vec<PairingId>) -> Vec<Entry> {
    let facts = [Fact::Opened { by: by.to_string() }, Fact::Replaces { pairings: others }];
    facts.into_iter().map(|fact| Entry::new(Flow::Pair(id), "", fact)).collect()
}

/// The flow could not be opened: forgets the credential and says why.
async fn unopened(house: &House, tenant: &Tenant, pairing: &Pairing) -> Result<Refusal, Refusal> {
    if let Err(error) = house.vault.of(tenant.id).forget(&Pairing::credential(pairing.id)).await {
        tracing::warn!(?error, "an unused credential stays in the vault");
    }
    if house.store.role_of(tenant.id, &pairing.subject, &pairing.email).await?.is_none() {
        return Ok(bad_code(NOT_OURS));
    }
    let leaving = house.journal.state(tenant.id).await?.leaving();
    let gone = || refuse(409, "tenant_not_ready", "This tenant is being removed.", "Ask your operator.");
    Ok(if leaving { gone() } else { bad_code("Its connection was ended before it began.") })
}

/// Waits until the pairing is as wished, or for as long as given.
async fn wait(
    house: &House,
    id: PairingId,
    patience: Duration,
    wished: impl Fn(&Pairing) -> bool,
) -> Result<Pairing, Refusal> {
    let mut changes = house.store.changes();
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let pairing =
            house.store.pairing(id).await?.ok_or_else(|| bad_code("Its connection is not there any more."))?;
        if wished(&pairing) || tokio::time::Instant::now() >= deadline {
            return Ok(pairing);
        }
        // Another replica's engine may do the work: then no hint comes, and a look each second must do.
        let pause = deadline.min(tokio::time::Instant::now() + Duration::from_secs(1));
        let _hint = tokio::time::timeout_at(pause, changes.changed()).await;
    }
}

/// The site's own pairing of that id; nobody else's.
async fn own(house: &House, tenant: &Tenant, id: &str) -> Result<Option<Pairing>, Refusal> {
    let Ok(id) = id.parse::<PairingId>() else { return Ok(None) };
    Ok(house.store.pairing(id).await?.filter(|p| p.tenant == tenant.id))
}

fn standing(house: &House, tenant: &Tenant, p: &Pairing) -> Standing {
    let status = match p.status {
        PairingStatus::Leaving => "gone",
        other => other.key(),
    };
    let broken = matches!(
        p.status,
        PairingStatus::Broken | PairingStatus::SafeMode | PairingStatus::Gone | PairingStatus::Leaving
    );
    Standing {
        status,
        pairing: p.id.to_string(),
        message: ((broken || p.status == PairingStatus::Working) && !p.note.is_empty()).then(|| p.note.clone()),
        next: broken.then_some("Press Connect to connect again."),
        chat_url: (p.status == PairingStatus::Connected).then(|| house.systems.chat_link(tenant, p)),
        status_url: (p.status == PairingStatus::Working).then(|| format!("/connect/v1/pairings/{}", p.id)),
        proof: p.proof_at.zip(p.proof_ms).map(|(at, latency_ms)| Proof { at: at.unix(), latency_ms }),
    }
}

pub(super) async fn pairing(
    State(house): State<House>,
    Extension(Site(tenant)): Extension<Site>,
    Path(id): Path<String>,
) -> Result<Json<Standing>, Refusal> {
    let found = own(&house, &tenant, &id).await?;
    let gone = refuse(404, "not_found", "There is no such connection.", "Press Connect.");
    found.map(|p| Json(standing(&house, &tenant, &p))).ok_or(gone)
}

pub(super) async fn disconnect(
    State(house): State<House>,
    Extension(Site(tenant)): Extension<Site>,
    Said(body): Said<Disconnect>,
) -> Result<Json<Standing>, Refusal> {
    let Some(pairing) = own(&house, &tenant, &body.pairing).await? else {
        let (pairing, next, message) = (body.pairing.chars().take(40).collect(), None, None);
        return Ok(Json(Standing {
            status: "gone",
            pairing,
            message,
            next,
            chat_url: None,
            status_url: None,
            proof: None,
        }));
    };
    end(&house, &tenant, pairing.id, "Disconnected in WordPress.").await?;
    let pairing = wait(&house, pairing.id, Duration::from_secs(5), |p| p.status == PairingStatus::Gone).await?;
    Ok(Json(standing(&house, &tenant, &pairing)))
}

pub(super) async fn notice(
    State(house): State<House>,
    Extension(Site(tenant)): Extension<Site>,
    Said(body): Said<Notice>,
) -> Result<StatusCode, Refusal> {
    if body.event == "password_revoked" {
        let pairings = house.store.pairings(tenant.id).await?;
        for p in pairings.iter().filter(|p| p.password_uuid == body.password_uuid) {
            end(&house, &tenant, p.id, "The password was revoked in WordPress.").await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Turns the pairing around, once.
async fn end(house: &House, tenant: &Tenant, id: PairingId, why: &str) -> Result<(), Refusal> {
    turn(house, tenant, id, why, |state| live_pair(state, Flow::Pair(id))).await
}

/// Turns the pairing's flow around if the log lets it.
async fn turn(
    house: &House,
    tenant: &Tenant,
    id: PairingId,
    why: &str,
    can: impl Fn(&Log) -> bool + Send + Sync,
) -> Result<(), Refusal> {
    let flow = Flow::Pair(id);
    let by = Actor::Site(tenant.slug.clone());
    let fact = Fact::Reversed { by: by.to_string(), why: why.into() };
    let wish = |state: &Log| can(state).then(|| vec![Entry::new(flow, "", fact.clone())]);
    let Some(mut held) = house.store.hold(tenant.id).await? else { return Ok(()) };
    if house.journal.add(&mut held, house.clock.now(), wish).await?.is_some() {
        held.commit(Some(&house.entry(&by, "pairing.end", Some(tenant), true, why))).await?;
    }
    Ok(())
}
