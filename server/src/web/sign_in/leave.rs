//! The sign-out. The portal's session ends first and for certain; then the provider is asked to end its own. That
//! request leads to another origin, which the page's policy forbids for forms, so a small page leads there.

use crate::web::{
    dress::{PLAIN_POLICY, Problem},
    front::Front,
    session,
};
use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use http::header::CONTENT_SECURITY_POLICY;
use tower_sessions::Session;

#[derive(Template)]
#[template(path = "oops/leaving.html")]
struct Leaving<'a> {
    href: &'a str,
    style: &'a str,
}

/// `POST /sign-out`.
pub(super) async fn sign_out(State(front): State<Front>, session: Session) -> Result<Response, Problem> {
    let presence = session::presence(&session, front.now()).await.map_err(super::silent)?;
    session.flush().await.map_err(super::silent)?;
    let Some(presence) = presence else { return Ok(Redirect::to("/signed-out").into_response()) };
    tracing::info!(subject = presence.caller.subject, "signed out");
    let id_token = match &presence.stay.hint {
        Some(hint) => front.people.unseal(super::HINT, hint).await.ok(),
        None => None,
    };
    let Some(href) = front.sign_in.way_out(id_token.as_ref()).await else {
        return Ok(Redirect::to("/signed-out").into_response());
    };
    let style = front.files.get("slipway.css").cloned().unwrap_or_else(|| "/assets/slipway.css".into());
    let page = Leaving { href: &href, style: &style }.render().map_err(super::silent)?;
    Ok(([(CONTENT_SECURITY_POLICY, PLAIN_POLICY)], Html(page)).into_response())
}
