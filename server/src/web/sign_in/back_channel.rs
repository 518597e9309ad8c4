//! The provider says that somebody signed out there. Their sessions here end too.
//! Source: OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8.

use crate::web::front::Front;
use axum::{
    Json,
    extract::{Form, State},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Logout {
    logout_token: String,
}

/// `POST /sign-in/back-channel`.
pub(super) async fn end(State(front): State<Front>, Form(logout): Form<Logout>) -> Response {
    let ended = match front.sign_in.signed_out(&logout.logout_token).await {
        Ok(ended) => ended,
        Err(trouble) => {
            tracing::warn!(%trouble, "a back-channel logout was refused");
            let body = json!({ "error": "invalid_request", "error_description": trouble.to_string() });
            return (StatusCode::BAD_REQUEST, Json(body)).into_response();
        }
    };
    match front.people.end_sessions(&ended).await {
        Ok(count) => {
            tracing::info!(?ended, count, "signed out by the provider");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "sessions could not be ended");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
