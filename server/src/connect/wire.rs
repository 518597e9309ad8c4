//! Bodies of the protocol. Unknown fields are ignored, so that an older portal and a newer plugin get along.

use app::model::oops::Oops;
use axum::{
    Json,
    extract::{FromRequest, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A body as JSON; what is none is refused in our words.
pub(super) struct Said<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(no) if no.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(refuse(413, "too_large", "The site sent more than this address takes.", "Update Slipway Connect."))
            }
            Err(no) => {
                let say = "The site asked in a way Slipway does not know.";
                Err(refuse(no.status().as_u16(), "body_refused", say, "Update Slipway Connect."))
            }
        }
    }
}

/// An address that is none of the protocol's.
pub(super) async fn nowhere() -> Refusal {
    refuse(404, "not_found", "The portal has no such address.", "Update Slipway Connect.")
}

/// An address of the protocol, asked in another way.
pub(super) async fn wrong_method() -> Refusal {
    refuse(405, "wrong_method", "This address does not take that kind of request.", "Update Slipway Connect.")
}

/// A refusal on the wire.
pub(super) struct Refusal {
    oops: Oops,
    noted: Option<Box<Noted>>,
}

/// What the audit is to say of a refusal. It goes with the answer to the gate, and no further.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    /// "code.refused", "site.moved", …
    pub(super) what: &'static str,
    /// One sentence without secrets.
    pub(super) why: String,
}

impl Refusal {
    /// A refusal that the audit should know of.
    pub(super) fn noted(self, what: &'static str, why: impl Into<String>) -> Self {
        Self { noted: Some(Box::new(Noted { what, why: why.into() })), ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.oops.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.oops)).into_response();
        if let Some(noted) = self.noted {
            response.extensions_mut().insert(*noted);
        }
        response
    }
}

impl From<crate::store::Error> for Refusal {
    fn from(error: crate::store::Error) -> Self {
        Self { oops: crate::portal::internal(error), noted: None }
    }
}

/// A refusal in words.
pub(super) fn refuse(status: u16, code: &str, say: &str, next: &str) -> Refusal {
    Refusal { oops: Oops::new(status, code, say, next), noted: None }
}

/// Who approves in Slipway and whose account it is are one person, and an account of the site itself is nobody's.
pub(super) fn nobodys() -> Refusal {
    let say = "This WordPress account does not come by single sign-on, so it is nobody's here.";
    let next = "Sign in to WordPress by SSO as yourself, then press Connect again.";
    refuse(409, "account_of_nobody", say, next).noted("code.refused", say)
}

/// The same answer for every code that cannot be redeemed, whatever the reason; only the audit is told `why`.
pub(super) fn bad_code(why: &str) -> Refusal {
    let refusal = refuse(400, "code_refused", "This code is not valid, or not any more.", "Press Connect again.");
    refusal.noted("code.refused", why)
}

#[derive(Deserialize)]
pub(super) struct Ask {
    pub(super) wp_user_id: i64,
    pub(super) wp_login: String,
    #[serde(default)]
    pub(super) wp_email: String,
    /// Whose account it is by single sign-on; empty for one of the site itself, none from older plugins.
    #[serde(default)]
    pub(super) wp_subject: Option<String>,
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
    /// Whose account it is by single sign-on; empty for one of the site itself.
    #[serde(default)]
    pub(super) wp_subject: String,
    #[serde(default)]
    pub(super) rest_url: String,
    #[serde(default)]
    pub(super) mcp_url: String,
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
    /// When the role was read, in microseconds since 1970: a list of people that is older does not know of it.
    pub(super) at: i64,
    /// Subjects they had before: an account of theirs that still carries one of them is theirs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) was: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Disconnect {
    pub(super) pairing: String,
}

#[derive(Deserialize)]
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
