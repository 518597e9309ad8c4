//! Forms of the tenant pages.

use super::{Posted, done};
use crate::web::{bound::Caller, front::Front, pages};
use app::{
    context::Refused,
    model::{
        oops::{FieldError, Oops},
        person::Role,
        tenant::OrderForm,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::request::Parts;
use serde::Deserialize;

/// The order form; the button `preview` only shows what ordering would make.
#[derive(Deserialize)]
pub(super) struct Order {
    #[serde(default)]
    name: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    plan: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    time_zone: String,
    #[serde(default)]
    admin_email: String,
    #[serde(default)]
    key: String,
    preview: Option<String>,
}

pub(super) async fn order(State(front): State<Front>, Caller(portal): Caller, posted: Posted<Order>) -> Response {
    let Order { name, slug, plan, language, time_zone, admin_email, key, preview } = posted.form;
    let form = OrderForm { name, slug, plan, language, time_zone, admin_email, key };
    if preview.is_some() {
        return Redirect::to(&filled(&form)).into_response();
    }
    match portal.order(form.clone()).await {
        Ok(slug) => done(&format!("/tenants/{slug}"), "ordered"),
        Err(oops) => pages::again(&front, posted.parts, "/tenants/new", Refused { oops, order: Some(form) }).await,
    }
}

/// The order page with the fields filled in.
fn filled(form: &OrderForm) -> String {
    let fields = [
        ("name", &form.name),
        ("slug", &form.slug),
        ("plan", &form.plan),
        ("language", &form.language),
        ("time_zone", &form.time_zone),
        ("admin_email", &form.admin_email),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!("/tenants/new?{query}")
}

/// A form without fields.
#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn retry(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path((slug, step)): Path<(String, String)>,
    posted: Posted<Nothing>,
) -> Response {
    let answer = portal.retry(slug.clone(), step).await;
    back(&front, posted.parts, &slug, answer, "retried").await
}

#[derive(Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

pub(super) async fn skip(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path((slug, step)): Path<(String, String)>,
    posted: Posted<Reason>,
) -> Response {
    let answer = portal.skip(slug.clone(), step, posted.form.reason).await;
    back(&front, posted.parts, &slug, answer, "skipped").await
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    typed: String,
}

pub(super) async fn remove(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(slug): Path<String>,
    posted: Posted<Typed>,
) -> Response {
    let answer = portal.remove(slug.clone(), posted.form.typed).await;
    back(&front, posted.parts, &slug, answer, "removing").await
}

#[derive(Deserialize)]
pub(super) struct MemberForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
}

pub(super) async fn put_member(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(slug): Path<String>,
    posted: Posted<MemberForm>,
) -> Response {
    let answer = match posted.form.role.as_str() {
        "admin" => portal.put_member(slug.clone(), posted.form.email, Role::Admin).await,
        "member" => portal.put_member(slug.clone(), posted.form.email, Role::Member).await,
        _ => Err(no_role()),
    };
    back(&front, posted.parts, &slug, answer, "member-saved").await
}

fn no_role() -> Oops {
    let mut oops = Oops::new(422, "role_unknown", "There is no such role.", "Choose Admin or Member.");
    oops.fields.push(FieldError { field: "role".into(), say: "Choose Admin or Member.".into() });
    oops
}

pub(super) async fn invite(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(slug): Path<String>,
    posted: Posted<MemberForm>,
) -> Response {
    let answer = portal.invite(slug.clone(), posted.form.email).await;
    back(&front, posted.parts, &slug, answer, "member-invited").await
}

pub(super) async fn remove_member(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(slug): Path<String>,
    posted: Posted<MemberForm>,
) -> Response {
    let answer = portal.remove_member(slug.clone(), posted.form.email).await;
    back(&front, posted.parts, &slug, answer, "member-removed").await
}

#[derive(Deserialize)]
pub(super) struct ReplacedForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    typed: String,
}

pub(super) async fn let_rebind(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(slug): Path<String>,
    posted: Posted<ReplacedForm>,
) -> Response {
    let answer = portal.let_rebind(slug.clone(), posted.form.email, posted.form.typed).await;
    back(&front, posted.parts, &slug, answer, "member-rebinds").await
}

pub(super) async fn disconnect(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path((slug, pairing)): Path<(String, String)>,
    posted: Posted<Nothing>,
) -> Response {
    let answer = portal.disconnect(slug.clone(), pairing).await;
    back(&front, posted.parts, &slug, answer, "disconnected").await
}

pub(super) async fn end_account(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path((slug, account)): Path<(String, String)>,
    posted: Posted<Nothing>,
) -> Response {
    let answer = portal.end_account(slug.clone(), account).await;
    back(&front, posted.parts, &slug, answer, "account-ended").await
}

/// To the tenant's page, or that page again with the refusal. The slug came decoded, so it is encoded once more.
async fn back(front: &Front, parts: Parts, slug: &str, answer: Result<(), Oops>, key: &'static str) -> Response {
    let encoded: String = url::form_urlencoded::byte_serialize(slug.as_bytes()).collect();
    let page = format!("/tenants/{encoded}");
    match answer {
        Ok(()) => done(&page, key),
        Err(oops) => pages::again(front, parts, &page, Refused { oops, order: None }).await,
    }
}
