//! One's own account. The theme is a cookie, because it is the browser's and needs no sign-in.

use super::{Posted, done, tenant::Nothing};
use crate::web::{
    Destination,
    bound::{Caller, THEME},
    front::Front,
    pages,
};
use app::{
    context::{Here, Refused},
    model::{oops::Oops, person::Language},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use http::{header::SET_COOKIE, request::Parts};
use serde::Deserialize;

const PAGE: &str = "/account";

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    theme: String,
    back: Option<String>,
}

pub(super) async fn theme(State(front): State<Front>, posted: Posted<Choice>) -> Response {
    let Choice { theme, back } = posted.form;
    let kept = match theme.as_str() {
        "light" => "light; Max-Age=31536000",
        "dark" => "dark; Max-Age=31536000",
        _ => "; Max-Age=0",
    };
    let back = back.as_deref().and_then(Destination::parse);
    let back = back.as_ref().map_or(PAGE, Destination::as_str);
    let (name, secure) = match front.public.secure() {
        true => (format!("__Host-{THEME}"), "; Secure"),
        false => (THEME.to_owned(), ""),
    };
    let cookie = AppendHeaders([(SET_COOKIE, format!("{name}={kept}; Path=/; SameSite=Lax; HttpOnly{secure}"))]);
    (cookie, Redirect::to(back)).into_response()
}

pub(super) async fn end_session(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(session): Path<String>,
    posted: Posted<Nothing>,
) -> Response {
    back(&front, posted.parts, portal.end_session(session).await, "session-ended").await
}

pub(super) async fn end_other_sessions(
    State(front): State<Front>,
    Caller(portal): Caller,
    Extension(Here(here)): Extension<Here>,
    posted: Posted<Nothing>,
) -> Response {
    back(&front, posted.parts, portal.end_other_sessions(here).await, "sessions-ended").await
}

pub(super) async fn disconnect(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path((slug, pairing)): Path<(String, String)>,
    posted: Posted<Nothing>,
) -> Response {
    back(&front, posted.parts, portal.disconnect(slug, pairing).await, "disconnected").await
}

#[derive(Deserialize)]
pub(super) struct Letters {
    #[serde(default)]
    language: String,
}

pub(super) async fn language(State(front): State<Front>, Caller(portal): Caller, posted: Posted<Letters>) -> Response {
    let answer = match Language::from_key(&posted.form.language) {
        Some(language) => portal.choose_language(language).await,
        None => Err(Oops::new(422, "language_unknown", "There is no such language.", "Choose one of those shown.")),
    };
    back(&front, posted.parts, answer, "language-saved").await
}

async fn back(front: &Front, parts: Parts, answer: Result<(), Oops>, key: &'static str) -> Response {
    match answer {
        Ok(()) => done(PAGE, key),
        Err(oops) => pages::again(front, parts, PAGE, Refused { oops, order: None }).await,
    }
}
