//! The proof: OpenWebUI itself, from where it stands in the network, opens the stored connection and lists the tools.
//! Its `verify` sends no user token (seen on 0.12.4), so the request carries a short one of ours as a header of the
//! connection; the gateway lets that subject list and nothing else.

use super::super::{PROBE, ToolsSeen};
use super::{Wanted, api::Api, connection};
use crate::domain::{At, Fault};
use crate::systems::chat::Tools;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

/// `verify` itself gives up after 20 s (seen on 0.12.4).
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iss: &'a str,
    name: &'a str,
    iat: i64,
    exp: i64,
}

/// A token for one look, good for a minute.
pub(super) fn probe(secret: &SecretString, now: At) -> Result<String, Fault> {
    let now = now.unix();
    let claims = Claims { sub: PROBE, iss: "open-webui", name: "Slipway", iat: now, exp: now + 60 };
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .map_err(|_| Fault::fail("probe_unsigned", "The probe could not be signed.", "Check the JWT secret."))
}

#[derive(Deserialize)]
struct Answer {
    specs: Vec<Spec>,
}

#[derive(Deserialize)]
struct Spec {
    name: String,
}

pub(super) async fn tools(api: &Api, wanted: &Wanted, pass: &str) -> Result<ToolsSeen, Fault> {
    let list = connection::read(api).await?;
    let Some(mut connection) = list.ours(wanted) else {
        return Err(Fault::retry(format!("The connection {} is not in OpenWebUI.", wanted.key)));
    };
    if matches!(wanted.tools, Tools::Gateway { .. }) {
        connection["headers"] = json!({"X-OpenWebUI-User-Jwt": pass});
    }
    let reply = api.post_slow("/api/v1/configs/tool_servers/verify", &connection, LIMIT).await?;
    if reply.status == StatusCode::BAD_REQUEST {
        // The one answer to a wrong key, a refused host and an unreachable address alike.
        return Err(Fault::retry(format!(
            "OpenWebUI cannot list the tools at {}: it reaches nothing there, or is refused.",
            wanted.tools.url().unwrap_or_default()
        )));
    }
    let reply = reply.ok()?;
    let answer: Answer = reply.json()?;
    let tools: Vec<String> = answer.specs.into_iter().map(|spec| spec.name).collect();
    if tools.is_empty() {
        return Err(Fault::retry("OpenWebUI got an answer and saw no tools."));
    }
    Ok(ToolsSeen { tools, ms: i64::try_from(reply.took.as_millis()).unwrap_or(i64::MAX) })
}
