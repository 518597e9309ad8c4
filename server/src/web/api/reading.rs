//! Reading across tenants.

use super::{
    asked::{Asked, Sent},
    wire,
};
use crate::web::{bound::Caller, dress::Problem};
use app::model::{audit::AuditQuery, oops::Oops, session::SessionQuery};
use axum::{Json, extract::Path};
use http::StatusCode;
use std::num::NonZeroU32;

pub(super) async fn me(Caller(portal): Caller) -> Json<wire::Me> {
    Json(portal.me().into())
}

pub(super) async fn activity(
    Caller(portal): Caller,
    Asked(asked): Asked<wire::ActivityFilter>,
) -> Result<Json<wire::Activity>, Problem> {
    let query = AuditQuery { tenant: asked.tenant.unwrap_or_default(), ..AuditQuery::default() };
    Ok(Json(portal.activity(query).await?.into()))
}

pub(super) async fn audit(
    Caller(portal): Caller,
    Asked(asked): Asked<wire::AuditPage>,
) -> Result<Json<wire::Audit>, Problem> {
    Ok(Json(portal.audit(asked.into()).await?.into()))
}

pub(super) async fn systems(Caller(portal): Caller) -> Result<Json<wire::Systems>, Problem> {
    Ok(Json(portal.systems().await?.into()))
}

pub(super) async fn sessions(
    Caller(portal): Caller,
    Asked(asked): Asked<wire::SessionFilter>,
) -> Result<Json<wire::Sessions>, Problem> {
    let query = SessionQuery { q: asked.q.unwrap_or_default(), page: asked.page.map_or(1, NonZeroU32::get) };
    Ok(Json(portal.sessions(query).await?.into()))
}

pub(super) async fn end_sessions(
    Caller(portal): Caller,
    Sent(sent): Sent<wire::PersonOf>,
) -> Result<StatusCode, Problem> {
    if !(1..=255).contains(&sent.subject.chars().count()) {
        let say = "The body does not fit: a subject has 1 to 255 characters.";
        return Err(Oops::new(422, "body_unfit", say, "Take it from the list of sessions.").into());
    }
    portal.end_sessions_of(sent.subject).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn adopt(
    Caller(portal): Caller,
    Path(cluster): Path<String>,
    Sent(typed): Sent<wire::Typed>,
) -> Result<StatusCode, Problem> {
    portal.adopt(cluster, typed.slug).await?;
    Ok(StatusCode::NO_CONTENT)
}
