//! What is said to the provider about a client, and what its answers mean.

use super::Wanted;
use crate::domain::Fault;
use crate::systems::http::Reply;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

/// The token of the client's registration is of no use any more.
pub(super) fn unmanaged(client_id: &str) -> String {
    format!("The sign-in provider does not take the token of the client {client_id} any more.")
}

/// The client is there, and the portal cannot manage it.
pub(super) fn locked(client_id: &str) -> Fault {
    Fault::fail(
        "registration_token_refused",
        format!("{} It still has the client.", unmanaged(client_id)),
        "Remove the client at the provider, then press Retry now.",
    )
}

/// Client metadata (RFC 7591, section 2). WordPress is a confidential web client with the code flow.
pub(super) fn metadata(wanted: &Wanted) -> Value {
    json!({
        "client_name": wanted.name,
        "redirect_uris": wanted.redirect_uris,
        // No refresh tokens: one works on after its person has left the tenant, and no site needs any.
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "application_type": "web",
        "software_id": format!("slipway:{}", wanted.tenant),
    })
}

/// What differs between the provider's client and the wanted one. A provider may leave the secret out of its answer.
pub(super) fn difference(found: &Value, wanted: &Wanted, secret: &str) -> Option<String> {
    let mut there: Vec<&str> = found["redirect_uris"].as_array()?.iter().filter_map(Value::as_str).collect();
    let mut right: Vec<&str> = wanted.redirect_uris.iter().map(String::as_str).collect();
    there.sort_unstable();
    right.sort_unstable();
    if there != right {
        return Some("The sign-in client has other redirect addresses.".to_owned());
    }
    if found["client_name"].as_str().is_some_and(|name| name != wanted.name) {
        return Some("The sign-in client has another name.".to_owned());
    }
    found["client_secret"]
        .as_str()
        .filter(|s| *s != secret)
        .map(|_| "The sign-in client has another secret.".to_owned())
}

/// RFC 7591, section 3.2.2: a refused registration is a 400 with `error` and `error_description`.
pub(super) fn refused(reply: Reply) -> Result<Reply, Fault> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    if reply.status != StatusCode::BAD_REQUEST {
        return reply.ok();
    }
    let refusal: Refusal = reply.json()?;
    let words: String = refusal.error_description.chars().filter(|c| !c.is_control()).take(200).collect();
    Err(Fault::fail(
        "registration_refused",
        format!("The sign-in provider refused the client: {} {words}", refusal.error).trim_end().to_owned(),
        "Check the site's address and the provider's rules for clients, then press Retry now.",
    ))
}
