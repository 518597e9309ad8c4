//! The door: key, pace and size, before anything of the request is read as a message.

use super::Gateway;
use super::names::Names;
use super::server::Server;
use super::visitor::{Passport, Visitor};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post_service;
use axum::{Json, Router};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Largest request, bytes.
const SMALL: usize = 1024 * 1024;
/// Largest request with a picture, bytes: 8 MB are 10.7 MB in base64.
const LARGE: usize = 12 * 1024 * 1024;
/// Time for a whole request. Calls to WordPress end earlier and say so.
const LIMIT: Duration = Duration::from_secs(60);

/// What the door needs.
struct Door {
    gateway: Arc<Gateway>,
    passport: Passport,
    names: Names,
}

pub(super) fn router(gateway: Arc<Gateway>) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(LARGE)
        .disable_allowed_hosts() // the door has looked, and says more
        .enforce_origin_validation();
    let names = Names::new(&gateway.allowed_hosts);
    let server = Server::new(gateway.clone());
    let service =
        StreamableHttpService::new(move || Ok(server.clone()), Arc::new(NeverSessionManager::default()), config);
    let passport = Passport::new(gateway.jwt_secret.expose_secret().as_bytes());
    let door = Arc::new(Door { gateway, passport, names });
    Router::new().route("/mcp/{slug}", post_service(service)).route_layer(middleware::from_fn_with_state(door, enter))
}

async fn enter(State(door): State<Arc<Door>>, Path(slug): Path<String>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(LIMIT, pass(&door, &slug, request, next)).await {
        Ok(Ok(response) | Err(response)) => response,
        Err(_) => refuse(StatusCode::GATEWAY_TIMEOUT, "This took too long."),
    }
}

/// `Err` is a refusal.
async fn pass(door: &Door, slug: &str, request: Request, next: Next) -> Result<Response, Response> {
    let (mut parts, body) = request.into_parts();
    if let Some(refusal) = door.names.refusal(&parts) {
        return Err(refusal);
    }
    let visitor = door.greet(slug, &parts.headers).await?;
    let paced = door.gateway.count_tenant(visitor.tenant.id).await.map_err(|error| {
        tracing::error!(%error, "the gateway cannot count a request");
        refuse(StatusCode::SERVICE_UNAVAILABLE, "Not now.")
    })?;
    if let Err(wait) = paced {
        let seconds = (wait.as_secs() + 1).to_string();
        let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
        response.headers_mut().extend(seconds.parse().map(|value| (header::RETRY_AFTER, value)));
        return Err(response);
    }
    let bytes = measured(&parts.headers, body).await?;
    parts.extensions.insert(visitor);
    Ok(next.run(Request::from_parts(parts, Body::from(bytes))).await)
}

impl Door {
    /// The key opens; unknown tenants and wrong keys look alike.
    async fn greet(&self, slug: &str, headers: &HeaderMap) -> Result<Visitor, Response> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let key = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let key = key.ok_or_else(|| closed("no_key", "The request brought no key."))?;
        let who = self.passport.read(text("x-openwebui-user-jwt"), self.gateway.clock.now());
        let chat = text("x-openwebui-chat-id").filter(|id| !id.is_empty() && id.len() <= 200).map(str::to_owned);
        match self.gateway.ledger.open(slug, key).await {
            Ok(Some(tenant)) => Ok(Visitor { tenant, who, chat }),
            Ok(None) => {
                metrics::counter!("slipway_gateway_refused_total").increment(1);
                Err(closed("wrong_key", "The key does not open this door."))
            }
            Err(error) => {
                tracing::error!(%error, "the gateway cannot look its key up");
                Err(refuse(StatusCode::SERVICE_UNAVAILABLE, "Not now."))
            }
        }
    }
}

#[derive(Deserialize)]
struct Message {
    params: Option<Params>,
}

#[derive(Deserialize)]
struct Params {
    name: Option<String>,
}

/// Reads the body. Only a picture may be large. Clients of 2026-07-28 name the tool in a header, which rmcp compares with
/// the body; of older ones the message itself is asked.
async fn measured(headers: &HeaderMap, body: Body) -> Result<Bytes, Response> {
    let large = || refuse(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.");
    let named = headers.get("mcp-name").map(|name| name.as_bytes() == b"upload_image");
    let limit = if named == Some(false) { SMALL } else { LARGE };
    let bytes = to_bytes(body, limit).await.map_err(|_| large())?;
    if bytes.len() > SMALL && named.is_none() {
        let message: Option<Message> = serde_json::from_slice(&bytes).ok();
        let name = message.and_then(|m| m.params).and_then(|p| p.name);
        if name.as_deref() != Some("upload_image") {
            return Err(large());
        }
    }
    Ok(bytes)
}

/// The code tells the doctor that this is the gateway, and whether a proxy took the key away.
fn closed(code: &str, say: &str) -> Response {
    (StatusCode::UNAUTHORIZED, Json(serde_json::json!({"error": say, "code": code}))).into_response()
}

fn refuse(status: StatusCode, say: &str) -> Response {
    (status, Json(serde_json::json!({"error": say}))).into_response()
}
