//! Tenants: order, look, and what is done to one.

use super::{
    asked::{Asked, Sent, idempotency_key, no_key},
    wire,
};
use crate::web::{bound::Caller, dress::Problem};
use app::{
    model::{
        oops::Oops,
        tenant::{ListQuery, OrderForm},
    },
    portal::Portal,
};
use axum::{
    Json,
    extract::Path,
    response::{AppendHeaders, IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, header::LOCATION};
use std::{num::NonZeroU32, sync::Arc};

type Given<T> = Result<(StatusCode, Json<T>), Problem>;

pub(super) async fn plans(Caller(portal): Caller) -> Result<Json<wire::Plans>, Problem> {
    Ok(Json(portal.order_page(OrderForm::default()).await?.into()))
}

pub(super) async fn judge(Caller(portal): Caller, Path(slug): Path<String>) -> Result<Json<wire::Verdict>, Problem> {
    Ok(Json(portal.judge_slug(slug).await?.into()))
}

pub(super) async fn preview(
    Caller(portal): Caller,
    Sent(draft): Sent<wire::Draft>,
) -> Result<Json<wire::Preview>, Problem> {
    Ok(Json(portal.order_page(draft.into()).await?.into()))
}

pub(super) async fn list(
    Caller(portal): Caller,
    Asked(asked): Asked<wire::TenantFilter>,
) -> Result<Json<wire::TenantList>, Problem> {
    let state = asked.status.map_or("", |status| app::model::tenant::Status::from(status).key()).to_owned();
    let query = ListQuery { q: asked.q.unwrap_or_default(), state, page: asked.page.map_or(1, NonZeroU32::get) };
    Ok(Json(portal.tenants(query).await?.into()))
}

pub(super) async fn order(
    Caller(portal): Caller,
    headers: HeaderMap,
    Sent(order): Sent<wire::Order>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers).ok_or_else(no_key)?;
    let mut form = OrderForm { key, ..order.into() };
    if form.plan.is_empty() {
        form.plan = portal.order_page(OrderForm::default()).await?.form.plan;
    }
    let typed = form.slug.trim().to_owned();
    let slug = portal.order(form).await?;
    let tenant = portal.tenant(slug.clone()).await?;
    if !(typed.is_empty() || typed == slug) {
        return Err(Oops::reused_key().into());
    }
    let place = AppendHeaders([(LOCATION, format!("/api/v1/tenants/{slug}"))]);
    Ok((StatusCode::CREATED, place, Json(wire::Tenant::from(tenant))).into_response())
}

pub(super) async fn show(Caller(portal): Caller, Path(slug): Path<String>) -> Result<Json<wire::Tenant>, Problem> {
    Ok(Json(portal.tenant(slug).await?.into()))
}

pub(super) async fn timeline(
    Caller(portal): Caller,
    Path(slug): Path<String>,
) -> Result<Json<wire::Timeline>, Problem> {
    Ok(Json(portal.tenant(slug).await?.timeline.into()))
}

pub(super) async fn remove(
    Caller(portal): Caller,
    Path(slug): Path<String>,
    Sent(typed): Sent<wire::Typed>,
) -> Given<wire::Tenant> {
    portal.remove(slug.clone(), typed.slug).await?;
    Ok((StatusCode::ACCEPTED, Json(portal.tenant(slug).await?.into())))
}

/// What the steps are after a wish.
async fn wished(portal: Arc<dyn Portal>, slug: String) -> Given<wire::Timeline> {
    Ok((StatusCode::ACCEPTED, Json(portal.tenant(slug).await?.timeline.into())))
}

pub(super) async fn retry(Caller(portal): Caller, Path((slug, step)): Path<(String, String)>) -> Given<wire::Timeline> {
    portal.retry(slug.clone(), step).await?;
    wished(portal, slug).await
}

pub(super) async fn skip(
    Caller(portal): Caller,
    Path((slug, step)): Path<(String, String)>,
    Sent(sent): Sent<wire::Reason>,
) -> Given<wire::Timeline> {
    portal.skip(slug.clone(), step, sent.reason).await?;
    wished(portal, slug).await
}

pub(super) async fn put_member(
    Caller(portal): Caller,
    Path((slug, email)): Path<(String, String)>,
    Sent(sent): Sent<wire::RoleOf>,
) -> Result<StatusCode, Problem> {
    portal.put_member(slug, email, sent.role.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove_member(
    Caller(portal): Caller,
    Path((slug, email)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    portal.remove_member(slug, email).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn end_account(
    Caller(portal): Caller,
    Path((slug, account)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    portal.end_account(slug, account).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn disconnect(
    Caller(portal): Caller,
    Path((slug, pairing)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    portal.disconnect(slug, pairing).await?;
    Ok(StatusCode::ACCEPTED)
}
