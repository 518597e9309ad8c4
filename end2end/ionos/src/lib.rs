//! IONOS's API for managed MariaDB as its driver meets it, in both versions: a cluster takes its time to come and to go, a
//! list may lag behind, errors have one shape, a proxy may answer with a page, and what is made is paid for until it is
//! gone. Written from `docs/outside/ionos.md`; each exchange is held against the descriptions in `openapi/`.

mod cloud;
mod contract;
mod memory;
mod v1;
mod v2;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{MatchedPath, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use contract::{Contract, Operation};
pub use memory::{Memory, Stored, Time, Version};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard},
};
use uuid::Uuid;

/// The data center that exists.
pub const DATACENTER: &str = "5a029f4a-72e5-11ec-90d6-0242ac120003";

/// When clusters are made, unless somebody tells the time.
const CREATED: &str = "2026-01-10T13:37:50Z";

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::new);

/// Who is told of clusters that come and go.
pub trait Witness: Send + Sync {
    /// It is paid for from now on.
    fn made(&self, cluster: Uuid);
    /// It is gone, and all that was in it.
    fn gone(&self, cluster: Uuid);
}

/// The simulator's inside. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Inside {
    memory: Arc<Mutex<Memory>>,
    witness: Arc<dyn Witness>,
}

impl Inside {
    /// Without any cluster. It takes this token.
    pub fn new(token: &str, time: Time, witness: Arc<dyn Witness>) -> Self {
        Self { memory: Arc::new(Mutex::new(Memory::new(token, time))), witness }
    }

    /// What it remembers, to look into or to change.
    ///
    /// # Panics
    /// Somebody else panicked while they held it.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("nobody panics while they hold this")
    }

    /// A second goes by, for all clusters.
    pub fn second(&self) {
        self.memory().second(&*self.witness);
    }
}

impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inside").finish_non_exhaustive()
    }
}

/// Both versions of the API: `/clusters`, `/v2/clusters` and what is beside them.
pub fn routes(inside: Inside) -> Router {
    let app = CONTRACT.paths().fold(Router::new(), |app, path| app.route(path, any(answer)));
    app.fallback(async || say(refuse(404, "Resource does not exist"))).with_state(inside)
}

/// One call, taken apart.
pub(crate) struct Ask {
    /// "PUT /v2/clusters/{clusterId}"
    name: String,
    /// What stands for each `{…}`.
    keys: Vec<String>,
    query: HashMap<String, String>,
    body: Option<Value>,
}

impl Ask {
    /// The cluster that it is about.
    fn id(&self) -> Uuid {
        self.key(0).parse().unwrap_or_default()
    }

    fn key(&self, place: usize) -> &str {
        self.keys.get(place).map_or("", String::as_str)
    }

    fn number(&self, key: &str, usual: usize) -> usize {
        self.query.get(key).and_then(|n| n.parse().ok()).unwrap_or(usual)
    }

    fn properties(&self) -> &Value {
        &self.body.as_ref().expect("it was checked")["properties"]
    }
}

/// Status and body.
pub(crate) type Said = (u16, Option<Value>);

pub(crate) fn refuse(status: u16, message: &str) -> Said {
    let code = format!("dbaas-{status}");
    (status, Some(json!({"httpStatus": status, "messages": [{"errorCode": code, "message": message}]})))
}

/// There is no such thing.
pub(crate) fn nothing() -> Said {
    refuse(404, "Resource does not exist")
}

async fn answer(
    State(inside): State<Inside>,
    matched: MatchedPath,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let method = request.method().to_string();
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if text(header::AUTHORIZATION) != format!("Bearer {}", inside.memory().token) {
        return say(refuse(401, "Unauthorized"));
    }
    let operation = match CONTRACT.find(matched.as_str(), &method) {
        Ok(operation) => operation,
        Err(methods) => return ([(header::ALLOW, methods)], say(refuse(405, "Method not allowed"))).into_response(),
    };
    let keys: Vec<String> = matched
        .as_str()
        .split('/')
        .zip(request.uri().path().split('/'))
        .filter(|(part, _)| part.starts_with('{'))
        .map(|(_, key)| key.to_owned())
        .collect();
    let (name, path) = (format!("{method} {}", matched.as_str()), request.uri().path().to_owned());
    let Ok(bytes): Result<Bytes, _> = axum::body::to_bytes(request.into_body(), 1 << 20).await else {
        return say(refuse(400, "the body did not arrive"));
    };
    let mut memory = inside.memory();
    if memory.closed.iter().any(|begin| path.starts_with(begin)) {
        return page();
    }
    let body = match operation.path(&keys).or_else(|| operation.query(&query)) {
        None => operation.body(text(header::CONTENT_TYPE), &bytes),
        Some(flaw) => Err(flaw),
    };
    let said = match body {
        Ok(body) => memory.ask(&Ask { name: name.clone(), keys, query, body }, &*inside.witness),
        Err((status, flaw)) => {
            memory.flaws.push(format!("{name}: {flaw}"));
            refuse(status, &flaw)
        }
    };
    checked(&mut memory, operation, &name, said)
}

/// Sends an answer, unless it is none that the description knows.
fn checked(memory: &mut Memory, operation: &Operation, name: &str, said: Said) -> Response {
    if !memory.strange
        && let Some(flaw) = operation.answer(said.0, said.1.as_ref())
    {
        let flaw = format!("the stand-in itself: {name}: {flaw}");
        memory.flaws.push(flaw.clone());
        return say(refuse(500, &flaw));
    }
    if said.0 == 404 && memory.pages {
        return page();
    }
    say(said)
}

/// What a proxy says.
fn page() -> Response {
    let page = "<!doctype html><title>404</title><p>Nothing here";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

fn say((status, body): Said) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    match body {
        Some(body) => (status, Json(body)).into_response(),
        None => status.into_response(),
    }
}
