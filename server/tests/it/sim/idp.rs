//! A stand-in for an OpenID provider with dynamic registration: RFC 7591 and 7592 as `docs/outside/openid-provider.md`
//! restates them. It checks each request and answers as strictly as a strict provider.

use super::Wire;
use super::faults::{Effects, Faults};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// The initial access token it takes.
pub(crate) const TOKEN: &str = "an-initial-access-token";

/// What a registration may say; the members that a server chooses are refused.
const MEMBERS: [&str; 9] = [
    "client_name",
    "redirect_uris",
    "grant_types",
    "response_types",
    "token_endpoint_auth_method",
    "application_type",
    "software_id",
    "client_id",
    "client_secret",
];

/// How the provider may differ from another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Habits {
    /// The same `software_id` gets the same client again.
    pub(crate) keyed: bool,
    /// Each update ends the old registration access token (RFC 7592, section 5).
    pub(crate) rotates: bool,
    /// The answer names a management address at another host.
    pub(crate) elsewhere: bool,
    /// It names no token endpoint.
    pub(crate) mute: bool,
}

#[derive(Debug, Default)]
struct Clients {
    by_id: BTreeMap<String, Value>,
    tokens: BTreeMap<String, String>,
    count: u64,
}

/// The provider.
#[derive(Debug)]
pub(crate) struct Idp {
    pub(crate) wire: Wire,
    pub(crate) faults: Faults,
    pub(crate) effects: Effects,
    house: Arc<House>,
}

#[derive(Debug)]
struct House {
    clients: Mutex<Clients>,
    habits: Habits,
    effects: Effects,
}

impl House {
    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().expect("no test panics while it holds this")
    }
}

impl Idp {
    /// A provider with these habits that writes its clients into `effects`.
    pub(crate) async fn serve(habits: Habits, faults: Faults, effects: Effects) -> Self {
        let house = Arc::new(House { clients: Mutex::default(), habits, effects: effects.clone() });
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/reg", post(register))
            .route("/token", post(token))
            .route("/authorize", get(authorize))
            .route("/reg/{id}", get(read).put(update).delete(remove))
            .with_state(Arc::clone(&house));
        Self { wire: Wire::serve(faults.over(app)).await, faults, effects, house }
    }

    /// Redirect addresses of all clients.
    pub(crate) fn redirects(&self) -> Vec<Value> {
        self.house.clients().by_id.values().map(|c| c["redirect_uris"].clone()).collect()
    }

    /// Removes all clients, as an administrator may.
    pub(crate) fn clear(&self) {
        let mut clients = self.house.clients();
        for id in std::mem::take(&mut clients.by_id).into_keys() {
            self.effects.gone("client", &id);
        }
    }

    /// Ends all registration access tokens, as some providers end one that was used at another client's address.
    pub(crate) fn revoke(&self) {
        self.house.clients().tokens.clear();
    }

    /// Gives a client another secret, as an administrator may.
    pub(crate) fn new_secret(&self, secret: &str) {
        for client in self.house.clients().by_id.values_mut() {
            client["client_secret"] = json!(secret);
        }
    }
}

fn origin(headers: &HeaderMap) -> String {
    format!("http://{}", headers["host"].to_str().expect("a host"))
}

fn bearer(headers: &HeaderMap) -> &str {
    headers.get("authorization").and_then(|v| v.to_str().ok()?.strip_prefix("Bearer ")).unwrap_or_default()
}

fn no(status: StatusCode, error: &str, words: &str) -> Response {
    (status, Json(json!({"error": error, "error_description": words}))).into_response()
}

async fn discovery(State(house): State<Arc<House>>, headers: HeaderMap) -> Json<Value> {
    let origin = origin(&headers);
    let mut said = json!({"issuer": origin, "registration_endpoint": format!("{origin}/reg")});
    if !house.habits.mute {
        said["token_endpoint"] = json!(format!("{origin}/token"));
        said["authorization_endpoint"] = json!(format!("{origin}/authorize"));
    }
    Json(said)
}

/// RFC 6749, section 5.2: who the client is comes first, then what it wants. No code was ever given out here.
async fn token(State(house): State<Arc<House>>, headers: HeaderMap) -> Response {
    let clients = house.clients();
    let mut all = clients.by_id.iter();
    let basic = |id: &str, secret: &Value| {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(id), encode(secret.as_str().unwrap_or_default()));
        format!("Basic {}", STANDARD.encode(pair))
    };
    match all.any(|(id, client)| headers["authorization"] == basic(id, &client["client_secret"])[..]) {
        true => no(StatusCode::BAD_REQUEST, "invalid_grant", "no such code"),
        false => no(StatusCode::UNAUTHORIZED, "invalid_client", "no such client"),
    }
}

/// OpenID Connect Core, section 3.1.2.6: nobody is signed in here, and nobody is sent to an address that is not the client's.
async fn authorize(State(house): State<Arc<House>>, Query(ask): Query<BTreeMap<String, String>>) -> Response {
    let clients = house.clients();
    let redirects = clients.by_id.get(&ask["client_id"]).map(|client| &client["redirect_uris"]);
    let back = redirects.and_then(Value::as_array).is_some_and(|all| all.contains(&json!(ask["redirect_uri"])));
    if !back || ask["prompt"] != "none" {
        return (StatusCode::BAD_REQUEST, Html("<!doctype html><p>No such client")).into_response();
    }
    let to = format!("{}?error=login_required&state={}", ask["redirect_uri"], ask["state"]);
    (StatusCode::SEE_OTHER, [("location", to)]).into_response()
}

/// RFC 7591, section 2: addresses are absolute and without fragment; nothing unknown, nothing contradictory.
fn flaw(metadata: &Value) -> Option<Response> {
    let members = metadata.as_object()?;
    if let Some(unknown) = members.keys().find(|k| !MEMBERS.contains(&k.as_str())) {
        return Some(no(StatusCode::BAD_REQUEST, "invalid_client_metadata", &format!("{unknown} is not known")));
    }
    let redirects = metadata["redirect_uris"].as_array().cloned().unwrap_or_default();
    let absolute = |u: &Value| url::Url::parse(u.as_str().unwrap_or_default()).is_ok_and(|u| u.fragment().is_none());
    if redirects.is_empty() || !redirects.iter().all(absolute) {
        return Some(no(StatusCode::BAD_REQUEST, "invalid_redirect_uri", "redirect_uris must hold web addresses"));
    }
    None
}

async fn register(State(house): State<Arc<House>>, headers: HeaderMap, Json(metadata): Json<Value>) -> Response {
    if bearer(&headers) != TOKEN {
        return no(StatusCode::UNAUTHORIZED, "invalid_token", "no such initial access token");
    }
    if metadata.get("client_id").is_some() || metadata.get("client_secret").is_some() {
        return no(StatusCode::BAD_REQUEST, "invalid_client_metadata", "the server chooses id and secret");
    }
    if let Some(flaw) = flaw(&metadata) {
        return flaw;
    }
    let mut clients = house.clients();
    clients.count += 1;
    let n = clients.count;
    let software = metadata["software_id"].as_str().unwrap_or_default().to_owned();
    let id = if house.habits.keyed { format!("sw-{software}") } else { format!("client-{n}") };
    let secret = clients.by_id.get(&id).map_or_else(|| json!(format!("secret-{n}")), |c| c["client_secret"].clone());
    if !clients.by_id.contains_key(&id) {
        house.effects.made("client", &id);
    }
    let mut client = metadata;
    client["client_id"] = json!(id);
    client["client_secret"] = secret;
    clients.by_id.insert(id.clone(), client);
    clients.tokens.insert(id.clone(), format!("manage-{n}"));
    let answer = whole(&house, &clients, &id, &headers);
    (StatusCode::CREATED, Json(answer)).into_response()
}

fn whole(house: &House, clients: &Clients, id: &str, headers: &HeaderMap) -> Value {
    let mut answer = clients.by_id[id].clone();
    let origin = if house.habits.elsewhere { "http://192.0.2.1".to_owned() } else { origin(headers) };
    answer["client_id_issued_at"] = json!(1);
    answer["client_secret_expires_at"] = json!(0);
    answer["registration_client_uri"] = json!(format!("{origin}/reg/{id}"));
    answer["registration_access_token"] = json!(clients.tokens[id]);
    answer
}

/// RFC 7592: whoever has no valid token, and whoever asks for a client that is gone, gets 401.
fn known(clients: &Clients, id: &str, headers: &HeaderMap) -> Option<Response> {
    let right = clients.by_id.contains_key(id) && clients.tokens.get(id).is_some_and(|t| t == bearer(headers));
    (!right).then(|| no(StatusCode::UNAUTHORIZED, "invalid_token", "no such registration access token"))
}

async fn read(State(house): State<Arc<House>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let clients = house.clients();
    known(&clients, &id, &headers).unwrap_or_else(|| Json(whole(&house, &clients, &id, &headers)).into_response())
}

async fn update(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(metadata): Json<Value>,
) -> Response {
    let mut clients = house.clients();
    if let Some(refusal) = known(&clients, &id, &headers).or_else(|| flaw(&metadata)) {
        return refusal;
    }
    let before = &clients.by_id[&id];
    if metadata["client_id"] != before["client_id"] || metadata["client_secret"] != before["client_secret"] {
        return no(StatusCode::BAD_REQUEST, "invalid_request", "id and secret must be as they are");
    }
    clients.by_id.insert(id.clone(), metadata);
    if house.habits.rotates {
        clients.count += 1;
        let token = format!("manage-{}", clients.count);
        clients.tokens.insert(id.clone(), token);
    }
    Json(whole(&house, &clients, &id, &headers)).into_response()
}

async fn remove(State(house): State<Arc<House>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let mut clients = house.clients();
    if let Some(refusal) = known(&clients, &id, &headers) {
        return refusal;
    }
    clients.by_id.remove(&id);
    clients.tokens.remove(&id);
    house.effects.gone("client", &id);
    StatusCode::NO_CONTENT.into_response()
}
