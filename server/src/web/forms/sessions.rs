//! The form that ends other people's sessions.

use super::{Posted, done};
use crate::web::{bound::Caller, front::Front, pages};
use app::context::Refused;
use axum::{extract::State, response::Response};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Person {
    #[serde(default)]
    person: String,
}

/// `POST /sessions/end`.
pub(super) async fn end(State(front): State<Front>, Caller(portal): Caller, posted: Posted<Person>) -> Response {
    match portal.end_sessions_of(posted.form.person).await {
        Ok(()) => done("/sessions", "person-ended"),
        Err(oops) => pages::again(&front, posted.parts, "/sessions", Refused { oops, order: None }).await,
    }
}
