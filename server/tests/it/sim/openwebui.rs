//! OpenWebUI as its driver meets it: the list of connections is one value, names of groups are not unique, a search is a
//! substring search, wrong addresses answer 200 with a page, refusals are 401 whatever they mean, and `verify` says no
//! more than that it failed. Written from `docs/outside/openwebui.md`.

mod models;
mod people;
mod tools;

use super::Wire;
use super::faults::{Effects, Faults};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, routing::post};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};

/// The administrator's API key.
pub(crate) const KEY: &str = "sk-admin";
/// The only model that the simulated provider offers.
pub(crate) const BASE: &str = "base-model";

/// What OpenWebUI remembers.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) version: String,
    pub(crate) users: Vec<Value>,
    pub(crate) groups: Vec<Value>,
    pub(crate) models: Vec<Value>,
    pub(crate) connections: Vec<Box<RawValue>>,
    /// How often somebody else writes the list back as it was before ours.
    pub(crate) overwrites: u32,
    /// `OAUTH_MERGE_ACCOUNTS_BY_EMAIL`
    pub(crate) joins: bool,
    /// `OAUTH_SUB_CLAIM`
    pub(crate) claim: Option<&'static str>,
    /// Not `ENABLE_OAUTH_SIGNUP`
    pub(crate) closed: bool,
    next: u64,
    now: i64,
}

impl Memory {
    fn id(&mut self) -> String {
        self.next += 1;
        format!("id-{:08}", self.next)
    }

    /// Seconds, at each call some later.
    fn tick(&mut self) -> i64 {
        self.now += 60;
        self.now
    }

    pub(crate) fn connection(&self, id: &str) -> Option<Value> {
        let parse = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).expect("it was checked");
        self.connections.iter().map(|raw| parse(raw)).find(|c| c["info"]["id"] == id)
    }
}

/// The simulator's inside, shared with its handlers.
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

/// A running simulator.
pub(crate) struct OpenWebUiSim {
    pub(crate) wire: Wire,
    pub(crate) faults: Faults,
    pub(crate) inside: Inside,
}

impl OpenWebUiSim {
    pub(crate) async fn start() -> Self {
        let memory = Memory { version: "0.12.4".to_owned(), ..Memory::default() };
        let inside = Inside { memory: Arc::new(Mutex::new(memory)), effects: Effects::default() };
        let faults = Faults::default();
        let app = Router::new()
            .route("/api/version", get(version))
            .route("/api/models/base", get(async || Json(json!({"data": [{"id": BASE}]}))))
            .merge(people::routes())
            .merge(models::routes())
            .merge(tools::routes())
            .fallback(page)
            .method_not_allowed_fallback(page)
            .layer(middleware::from_fn(admins_only))
            .with_state(inside.clone());
        Self { wire: Wire::serve(faults.over(app)).await, faults, inside }
    }
}

async fn version(State(inside): State<Inside>) -> Json<Value> {
    Json(json!({"version": inside.memory().version}))
}

/// The browser application answers every GET that nothing else answers.
async fn page(method: Method) -> Response {
    match method {
        Method::GET => Html("<!doctype html><title>Open WebUI</title>").into_response(),
        _ => no(405, "Method Not Allowed"),
    }
}

async fn admins_only(request: Request, next: Next) -> Response {
    let key = request.headers().get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if request.uri().path() == "/api/version" || key == format!("Bearer {KEY}") {
        return next.run(request).await;
    }
    no(401, "You do not have permission to access this resource.")
}

/// A body that lacks a field.
fn lacks(field: &str) -> Response {
    let flaw = json!({"type": "missing", "loc": ["body", field], "msg": "Field required"});
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"detail": [flaw]}))).into_response()
}

/// A refusal in FastAPI's form.
fn no(status: u16, detail: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Json(json!({"detail": detail}))).into_response()
}

fn yes(value: Value) -> Response {
    Json(value).into_response()
}

/// A route that is only posted to.
fn posted<H, T>(handler: H) -> axum::routing::MethodRouter<Inside>
where
    H: axum::handler::Handler<T, Inside>,
    T: 'static,
{
    post(handler)
}
