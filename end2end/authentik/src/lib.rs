//! Authentik as its driver meets it: refusals are 403 whatever they mean, an account without rights over a kind is refused
//! even a look-up, what it makes is hidden from it until its permissions come, an invitation for a single use ends when its
//! flow is opened, bindings are made twice when asked twice, a provider and its application live apart, and new fields come
//! with new versions. Written from `docs/outside/authentik.md`; each exchange is held against the published description.

mod contract;
mod objects;
mod rights;
mod shapes;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{MatchedPath, Query, Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use contract::Contract;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock, Mutex, MutexGuard},
};

/// Name of the mapping that the blueprint makes.
pub const EMAIL: &str = "Slipway: verified e-mail address";

/// Before 2026.5, and since.
static CONTRACTS: LazyLock<[Contract; 2]> = LazyLock::new(|| [Contract::new(false), Contract::new(true)]);

/// A stored object and whether the account may see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// As it was given.
    pub value: Value,
    /// The account may see it although it has the smallest role.
    pub seen: bool,
}

/// What Authentik remembers. Kinds: flow, certificate, mapping, provider, application, group, binding, user.
#[derive(Debug, Default)]
pub struct Memory {
    /// As Authentik says it, such as `2026.2.2`.
    pub version: String,
    /// Objects by kind.
    pub rows: BTreeMap<String, Vec<Row>>,
    /// Keys of people by the key of their group.
    pub members: BTreeMap<String, BTreeSet<i64>>,
    /// The account has the smallest role: it sees what it made, and makes no mappings.
    pub narrow: bool,
    /// Kinds that the account makes and does not see: initial permissions are missing.
    pub blind: BTreeSet<&'static str>,
    /// Kinds whose next object stays without its permissions, because they are given in a second transaction that does
    /// not come.
    pub struck: BTreeSet<&'static str>,
    /// Kinds that the account may not make; `initial`: it may not look at initial permissions.
    pub forbidden: BTreeSet<&'static str>,
    /// Entries of one page, when fewer than the driver asks for.
    pub page: Option<usize>,
    /// What broke the contract, or left a door open.
    pub flaws: Vec<String>,
    next: u64,
}

/// What outlives a restart.
#[derive(Serialize, Deserialize)]
struct Kept {
    rows: BTreeMap<String, Vec<Row>>,
    members: BTreeMap<String, BTreeSet<i64>>,
    next: u64,
}

impl Memory {
    /// All objects and members, as JSON.
    pub fn keep(&self) -> Value {
        let Self { rows, members, next, .. } = self;
        json!({"rows": rows, "members": members, "next": next})
    }

    /// Takes up what [`Self::keep`] gave.
    ///
    /// # Errors
    /// It is of another shape.
    pub fn recall(&mut self, kept: Value) -> serde_json::Result<()> {
        Kept { rows: self.rows, members: self.members, next: self.next } = serde_json::from_value(kept)?;
        Ok(())
    }
}

/// Who is told of what comes and goes.
pub trait Witness: Send + Sync {
    /// An object came into being: a word for its kind, and what it is called.
    fn made(&self, kind: &str, name: &str);
    /// It is gone.
    fn gone(&self, kind: &str, name: &str);
}

/// The simulator's inside. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Inside {
    memory: Arc<Mutex<Memory>>,
    token: Arc<str>,
    witness: Arc<dyn Witness>,
}

impl Inside {
    /// Freshly set up, its blueprints applied. It takes this API token.
    pub fn new(token: &str, witness: Arc<dyn Witness>) -> Self {
        let mut memory = Memory { version: "2026.2.2".to_owned(), ..Memory::default() };
        memory.set_up();
        Self { memory: Arc::new(Mutex::new(memory)), token: token.into(), witness }
    }

    /// What it remembers, to look into or to change as its administrator could.
    ///
    /// # Panics
    /// Somebody else panicked while they held it.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("nobody panics while they hold this")
    }
}

impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inside").finish_non_exhaustive()
    }
}

/// The calls that the driver makes, below `/api/v3`.
pub fn routes(inside: Inside) -> Router {
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
        "/core/users/me/",
        "/rbac/initial_permissions/",
        "/stages/invitation/invitations/",
        "/stages/invitation/invitations/{invite_uuid}/",
    ];
    let app = paths.into_iter().fold(Router::new(), |app, path| app.route(&format!("/api/v3{path}"), any(answer)));
    app.with_state(inside)
}

/// One call, taken apart.
pub(crate) struct Ask {
    method: Method,
    /// "/core/groups/{group_uuid}/"
    template: String,
    /// What stands for `{…}`.
    key: Option<String>,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

/// Status and body.
pub(crate) type Said = (u16, Option<Value>);

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
    if token != format!("Bearer {}", inside.token) {
        return say((403, Some(json!({"detail": "Token invalid/expired"}))));
    }
    let mut memory = inside.memory();
    let contract = &CONTRACTS[usize::from(memory.typed())];
    let name = format!("{method} {template}");
    if let Some(flaw) = contract.question(&name, &query, body.as_ref()) {
        memory.flaws.push(flaw.clone());
        return say((400, Some(json!({"detail": flaw}))));
    }
    let said = memory.ask(&Ask { method, template, key, query, body }, &*inside.witness);
    if let Some(flaw) = contract.answer(&name, said.0, said.1.as_ref()) {
        let flaw = format!("the stand-in itself: {flaw}");
        memory.flaws.push(flaw.clone());
        return say((500, Some(json!({"detail": flaw}))));
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
