//! The routes: questions in, answers out, in both versions' shapes.

use super::{Memory, Simulator, Stored, cloud, rules};
use crate::domain::At;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Words = BTreeMap<String, String>;

pub(super) fn router(simulator: Simulator) -> Router {
    let one = |version| get(move |s, p| read(version, s, p)).delete(move |s, p| remove(version, s, p));
    Router::new()
        .route("/clusters", get(|s, q| list(1, s, q)).post(create))
        .route("/clusters/{id}", one(1))
        .route("/v2/clusters", get(|s, q| list(2, s, q)))
        .route("/v2/clusters/{id}", one(2).put(put))
        .route("/v2/versions", get(|| async { offers("version", &["10.11", "11.4"]) }))
        .route("/v2/backup-locations", get(|| async { offers("location", &["eu-central-3", "eu-central-4"]) }))
        .route("/v2/backups", get(|| async { collection(Vec::new(), 0, 100) }))
        .route("/cloudapi/v6/datacenters/{id}", get(cloud::datacenter))
        .route("/cloudapi/v6/datacenters/{id}/lans/{lan}", get(cloud::lan))
        .route("/cloudapi/v6/contracts", get(cloud::contracts))
        .fallback(|| async { refuse(404, "no such path") })
        .method_not_allowed_fallback(|| async { refuse(405, "not allowed here") })
        .layer(middleware::from_fn_with_state(simulator.clone(), guard))
        .with_state(simulator)
}

/// The token first, then time passes, then the call.
async fn guard(State(simulator): State<Simulator>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if given != format!("Bearer {}", simulator.memory().token) {
        return refuse(401, "Unauthorized");
    }
    simulator.pass_time().await;
    next.run(request).await
}

pub(super) fn refuse(status: u16, words: &str) -> Response {
    let body = json!({"httpStatus": status, "messages": [{"errorCode": format!("simulated-{status}"), "message": words}]});
    (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body)).into_response()
}

fn body(headers: &HeaderMap, bytes: &Bytes) -> Result<Value, Response> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(refuse(415, "only JSON"));
    }
    serde_json::from_slice(bytes).map_err(|_| refuse(400, "the body is no JSON"))
}

impl Simulator {
    fn shown(&self, c: &Stored, memory: &Memory, now: At) -> Value {
        let state = self.state(c, memory, now);
        let host = c.host.clone().filter(|_| c.leaving_at.is_none());
        let made = jiff::Timestamp::from_microsecond(c.made_at.0).map(|t| t.to_string()).unwrap_or_default();
        let mut metadata = json!({"state": state, "createdDate": made, "createdBy": "portal@example.org"});
        let mut properties = c.properties.clone();
        let place = if c.version == 1 { &mut properties } else { &mut metadata };
        if let Some(host) = host {
            place["dnsName"] = Value::from(host);
        }
        if let Some(message) = c.message.as_ref().filter(|_| c.version == 2 && state == "FAILED") {
            metadata["statusMessage"] = Value::from(message.clone());
        }
        if c.version == 1 {
            return json!({"id": c.id, "metadata": metadata, "properties": properties});
        }
        let href = format!("/clusters/{}", c.id);
        json!({"id": c.id, "type": "cluster", "href": href, "metadata": metadata, "properties": properties})
    }

    fn store(&self, version: u8, id: String, asked: rules::Asked) -> Stored {
        let mut memory = self.memory();
        let message = (!memory.fail.is_empty()).then(|| memory.fail.remove(0));
        let stored = Stored {
            version,
            id,
            properties: asked.properties,
            login: asked.login,
            made_at: self.clock.now(),
            host: None,
            fixed: message.is_some().then(|| "FAILED".to_owned()),
            message,
            leaving_at: None,
        };
        memory.clusters.push(stored.clone());
        drop(memory);
        self.behind.ordered(stored.name());
        stored
    }
}

async fn create(State(s): State<Simulator>, headers: HeaderMap, bytes: Bytes) -> Response {
    let asked = match body(&headers, &bytes) {
        Ok(body) => rules::judge(1, &body, &s.memory(), None),
        Err(answer) => return answer,
    };
    match asked {
        Err((status, words)) => refuse(status, &words),
        Ok(asked) => {
            let stored = s.store(1, uuid::Uuid::new_v4().to_string(), asked);
            (StatusCode::CREATED, Json(s.shown(&stored, &s.memory(), s.clock.now()))).into_response()
        }
    }
}

/// Makes what is not there; what is there is changed, and keeps its credentials.
async fn put(State(s): State<Simulator>, Path(id): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let body = match body(&headers, &bytes) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    if uuid::Uuid::parse_str(&id).is_err() || body["id"] != *id {
        return refuse(400, "the ids differ, or are none");
    }
    let asked = match rules::judge(2, &body, &s.memory(), Some(&id)) {
        Ok(asked) => asked,
        Err((status, words)) => return refuse(status, &words),
    };
    let now = s.clock.now();
    let mut memory = s.memory();
    match memory.clusters.iter_mut().find(|c| c.version == 2 && c.id == id) {
        Some(found) if found.leaving_at.is_some() => refuse(409, "it is being removed"),
        Some(found) => {
            found.properties = asked.properties;
            let found = found.clone();
            Json(s.shown(&found, &memory, now)).into_response()
        }
        None => {
            drop(memory);
            let stored = s.store(2, id, asked);
            (StatusCode::CREATED, Json(s.shown(&stored, &s.memory(), now))).into_response()
        }
    }
}

async fn read(version: u8, State(s): State<Simulator>, Path(id): Path<String>) -> Response {
    let memory = s.memory();
    match memory.clusters.iter().find(|c| c.version == version && c.id == id) {
        Some(found) => Json(s.shown(found, &memory, s.clock.now())).into_response(),
        None => refuse(404, "the cluster does not exist"),
    }
}

async fn remove(version: u8, State(s): State<Simulator>, Path(id): Path<String>) -> Response {
    let now = s.clock.now();
    let mut memory = s.memory();
    let Some(found) = memory.clusters.iter_mut().find(|c| c.version == version && c.id == id) else {
        return refuse(404, "the cluster does not exist");
    };
    found.leaving_at.get_or_insert(now);
    let found = found.clone();
    if version == 1 { Json(s.shown(&found, &memory, now)).into_response() } else { StatusCode::ACCEPTED.into_response() }
}

async fn list(version: u8, State(s): State<Simulator>, Query(query): Query<Words>) -> Response {
    let number = |key: &str, default: usize| query.get(key).map_or(Ok(default), |text| text.parse::<usize>());
    let (Ok(offset), Ok(limit)) = (number("offset", 0), number("limit", 100)) else {
        return refuse(400, "offset and limit are numbers");
    };
    let part = query.get("filter.name").cloned().unwrap_or_default();
    if !(1..=1_000).contains(&limit) || version == 2 && !part.is_empty() && !(2..=63).contains(&part.len()) {
        return refuse(400, "limit or filter.name is out of range");
    }
    let now = s.clock.now();
    let memory = s.memory();
    let states = ["PROVISIONING", "AVAILABLE", "UPDATING", "DESTROYING", "FAILED"];
    let wanted = query.get("filter.state").filter(|_| version == 2);
    if wanted.is_some_and(|w| !states.contains(&w.as_str())) {
        return refuse(400, "filter.state is not one of the states");
    }
    let fits = |c: &&Stored| {
        let named = match version {
            1 => c.name().to_lowercase().contains(&part.to_lowercase()),
            _ => c.name().contains(&part),
        };
        let listed = now.since(c.made_at) >= memory.lag;
        c.version == version && named && listed && wanted.is_none_or(|w| *w == s.state(c, &memory, now))
    };
    let limit = limit.min(memory.page);
    let all = memory.clusters.iter().filter(fits).skip(offset).take(limit);
    collection(all.map(|c| s.shown(c, &memory, now)).collect(), offset, limit)
}

fn collection(items: Vec<Value>, offset: usize, limit: usize) -> Response {
    let id = "00000000-0000-4000-8000-000000000000";
    let body = json!({"id": id, "type": "collection", "href": "/", "offset": offset, "limit": limit, "items": items});
    Json(body).into_response()
}

fn offers(key: &str, all: &[&str]) -> Response {
    let one = |value: &&str| json!({"id": value, "type": key, "href": "/", "properties": {key: value}});
    collection(all.iter().map(one).collect(), 0, 1_000)
}
