//! Forms of the systems page.

use super::{Posted, done};
use crate::web::{bound::Caller, front::Front, pages};
use app::context::Refused;
use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    typed: String,
}

/// `POST /systems/databases/{cluster}/adopt`.
pub(super) async fn adopt(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(cluster): Path<String>,
    posted: Posted<Typed>,
) -> Response {
    match portal.adopt(cluster, posted.form.typed).await {
        Ok(()) => done("/systems", "adopted"),
        Err(oops) => pages::again(&front, posted.parts, "/systems", Refused { oops, order: None }).await,
    }
}
