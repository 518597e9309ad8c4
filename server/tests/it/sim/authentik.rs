//! Authentik as its driver meets it: refusals are 403 whatever they mean, an account without rights over a kind is refused
//! even a look-up, bindings are made twice when asked twice, a provider and its application live apart, and new fields come
//! with new versions. Written from `docs/outside/authentik.md`; each exchange is held against the published description.

mod contract;
mod objects;
mod shapes;

use super::{
    Wire,
    faults::{Effects, Faults},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{MatchedPath, Query, Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use contract::Contract;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock, Mutex, MutexGuard},
};

/// The API token that it takes.
pub(crate) const TOKEN: &str = "an-api-token-of-the-portal";
/// Name of the mapping that the blueprint makes.
pub(crate) const EMAIL: &str = "Slipway: verified e-mail address";

/// Before 2026.5, and since.
static CONTRACTS: LazyLock<[Contract; 2]> = LazyLock::new(|| [Contract::new(false), Contract::new(true)]);

/// A stored object and whether the account may see it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) value: Value,
    pub(crate) seen: bool,
}

/// What Authentik remembers. Kinds: flow, certificate, mapping, provider, application, group, binding, user.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) version: String,
    pub(crate) rows: BTreeMap<&'static str, Vec<Row>>,
    pub(crate) members: BTreeMap<String, BTreeSet<i64>>,
    /// The account has the smallest role: it sees what it made, and makes no mappings.
    pub(crate) narrow: bool,
    /// Kinds that the account makes and does not see: initial permissions are missing.
    pub(crate) blind: BTreeSet<&'static str>,
    /// Kinds that the account may not make.
    pub(crate) forbidden: BTreeSet<&'static str>,
    /// Entries of one page, when fewer than the driver asks for.
    pub(crate) page: Option<usize>,
    /// What broke the contract, or left a door open.
    pub(crate) flaws: Vec<String>,
    next: u64,
}

/// The simulator's inside.
#[derive(Clone)]
pub(crate) struct Inside {
    memory: Arc<Mutex<Memory>>,
    pub(crate) effects: Effects,
}

impl Inside {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("no test panics while it holds this")
    }
}

/// A running simulator. Dropping it fails the test when the contract was broken.
pub(crate) struct AuthentikSim {
    pub(crate) wire: Wire,
    pub(crate) faults: Faults,
    pub(crate) inside: Inside,
}

impl AuthentikSim {
    /// Freshly set up, its blueprints applied.
    pub(crate) async fn serve(faults: Faults, effects: Effects) -> Self {
        let mut memory = Memory { version: "2026.2.2".to_owned(), ..Memory::default() };
        memory.set_up();
        let inside = Inside { memory: Arc::new(Mutex::new(memory)), effects };
        let paths = [
            "/admin/version/",
            "/flows/instances/",
            "/crypto/certificatekeypairs/",
            "/propertymappings/provider/scope/",
            "/providers/oauth2/",
            "/providers/oauth2/{id}/",
            "/core/applications/",
            "/core/applications/{slug}/",
            "/core/groups/",
            "/core/groups/{group_uuid}/",
            "/core/groups/{group_uuid}/add_user/",
            "/core/groups/{group_uuid}/remove_user/",
            "/policies/bindings/",
            "/policies/bindings/{policy_binding_uuid}/",
            "/core/users/",
        ];
        let app = paths.into_iter().fold(Router::new(), |app, path| app.route(&format!("/api/v3{path}"), any(answer)));
        let app = app.with_state(inside.clone());
        Self { wire: Wire::serve(faults.over(app)).await, faults, inside }
    }
}

impl Drop for AuthentikSim {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let flaws = &self.inside.memory().flaws;
            assert!(flaws.is_empty(), "{flaws:#?}");
        }
    }
}

/// One call, taken apart.
pub(super) struct Ask {
    method: Method,
    /// "/core/groups/{group_uuid}/"
    template: String,
    /// What stands for `{…}`.
    key: Option<String>,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

/// Status and body.
pub(super) type Said = (u16, Option<Value>);

async fn answer(
    State(inside): State<Inside>,
    matched: MatchedPath,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let template = matched.as_str().trim_start_matches("/api/v3").to_owned();
    let place = template.split('/').position(|part| part.starts_with('{'));
    let path = request.uri().path().trim_start_matches("/api/v3").to_owned();
    let key = place.and_then(|at| path.split('/').nth(at)).map(str::to_owned);
    let method = request.method().clone();
    let bytes: Bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.expect("a body");
    let body = (!bytes.is_empty()).then(|| serde_json::from_slice(&bytes).expect("JSON"));
    let token = headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if token != format!("Bearer {TOKEN}") {
        return say((403, Some(json!({"detail": "Token invalid/expired"}))));
    }
    let mut memory = inside.memory();
    let contract = &CONTRACTS[usize::from(memory.typed())];
    let name = format!("{method} {template}");
    if let Some(flaw) = contract.question(&name, &query, body.as_ref()) {
        memory.flaws.push(flaw.clone());
        return say((400, Some(json!({"detail": flaw}))));
    }
    let said = memory.ask(&Ask { method, template, key, query, body }, &inside.effects);
    if let Some(flaw) = contract.answer(&name, said.0, said.1.as_ref()) {
        memory.flaws.push(format!("the stand-in itself: {flaw}"));
    }
    say(said)
}

fn say((status, body): Said) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    match body {
        Some(body) => (status, Json(body)).into_response(),
        None => status.into_response(),
    }
}
