//! Tokens: the answer to the form is the page itself, because the text is shown once and must not be in an address.

use super::{Posted, done};
use crate::web::{bound::Caller, front::Front, pages};
use app::{context::Refused, model::token::TokenForm};
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use leptos::prelude::provide_context;
use serde::Deserialize;

/// `POST /tokens`.
pub(super) async fn make(State(front): State<Front>, Caller(portal): Caller, posted: Posted<TokenForm>) -> Response {
    match portal.make_token(posted.form.clone()).await {
        Ok(made) => {
            let given = move || provide_context(made.clone());
            pages::shown(&front, posted.parts, "/tokens", StatusCode::OK, given).await
        }
        Err(oops) => {
            let form = posted.form;
            let typed = move || provide_context(form.clone());
            pages::refused(&front, posted.parts, "/tokens", Refused { oops, order: None }, typed).await
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// `POST /tokens/{id}/revoke`.
pub(super) async fn revoke(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(id): Path<String>,
    posted: Posted<Nothing>,
) -> Response {
    match portal.revoke_token(id).await {
        Ok(()) => done("/tokens", "revoked"),
        Err(oops) => pages::again(&front, posted.parts, "/tokens", Refused { oops, order: None }).await,
    }
}
