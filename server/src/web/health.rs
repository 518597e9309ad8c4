//! Two questions of a cluster: does the process live, and can it work now?

use super::Ready;
use axum::{Json, Router, routing::get};
use http::StatusCode;
use serde_json::{Value, json};

/// `/health/live` and `/health/ready`.
pub(super) fn routes(ready: Ready) -> Router {
    Router::new()
        .route("/health/live", get(async || Json(json!({ "live": true }))))
        .route("/health/ready", get(async move || answer(ready().await)))
}

fn answer(ready: Result<(), String>) -> (StatusCode, Json<Value>) {
    match ready {
        Ok(()) => (StatusCode::OK, Json(json!({ "ready": true }))),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "why": why }))),
    }
}
