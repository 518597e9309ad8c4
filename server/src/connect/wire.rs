//! Bodies of the protocol. Unknown fields are ignored, so that an older portal and a newer plugin get along.

use crate::domain::Role;
use app::model::oops::Oops;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

/// A refusal on the wire.
pub(super) struct Refusal(pub(super) Oops);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0)).into_response()
    }
}

impl From<crate::store::Error> for Refusal {
    fn from(error: crate::store::Error) -> Self {
        Self(crate::portal::internal(error))
    }
}

/// A refusal in words.
pub(super) fn refuse(status: u16, code: &str, say: &str, next: &str) -> Refusal {
    Refusal(Oops::new(status, code, say, next))
}

/// The same answer for every code that cannot be redeemed, whatever the reason.
pub(super) fn bad_code() -> Refusal {
    refuse(400, "code_refused", "This code is not valid, or not any more.", "Press Connect again.")
}

#[derive(Deserialize)]
pub(super) struct Ask {
    pub(super) wp_user_id: i64,
    pub(super) wp_login: String,
    #[serde(default)]
    pub(super) wp_email: String,
    pub(super) site_url: String,
    pub(super) state: String,
    #[serde(default)]
    pub(super) code_challenge: String,
    #[serde(default)]
    pub(super) code_challenge_method: String,
    #[serde(default)]
    pub(super) versions: Versions,
}

#[derive(Deserialize, Default)]
pub(super) struct Versions {
    #[serde(default)]
    pub(super) plugin: String,
}

#[derive(Serialize)]
pub(super) struct Asked {
    pub(super) authorize_url: String,
    pub(super) expires_in: u64,
}

#[derive(Deserialize)]
pub(super) struct Complete {
    pub(super) code: String,
    pub(super) code_verifier: String,
    pub(super) password: secrecy::SecretString,
    pub(super) password_uuid: String,
    pub(super) wp_user_id: i64,
    pub(super) wp_login: String,
    #[serde(default)]
    pub(super) rest_url: String,
}

#[derive(Deserialize)]
pub(super) struct SignIn {
    pub(super) code: String,
    pub(super) code_verifier: String,
}

#[derive(Serialize)]
pub(super) struct SignedIn {
    pub(super) subject: String,
    pub(super) email: String,
    pub(super) email_verified: bool,
    pub(super) name: String,
    pub(super) role: &'static str,
}

/// WordPress's role for a role in the tenant.
pub(super) fn wordpress_role(role: Role) -> &'static str {
    match role {
        Role::Admin => "administrator",
        Role::Member => "author",
    }
}

#[derive(Deserialize)]
pub(super) struct Disconnect {
    pub(super) pairing: String,
}

#[derive(Deserialize)]
    #[serde(default)]
    pub(super) mcp_url: String,
pub(super) struct Notice {
    pub(super) event: String,
    pub(super) password_uuid: String,
}

#[derive(Serialize)]
pub(super) struct Standing {
    pub(super) status: &'static str,
    pub(super) pairing: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chat_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proof: Option<Proof>,
}

#[derive(Serialize)]
pub(super) struct Proof {
    pub(super) at: i64,
    pub(super) latency_ms: i64,
}
