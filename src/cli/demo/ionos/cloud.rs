//! As much of the Cloud API as is asked: the data center, its LANs, the contract's limits.

use super::{DATACENTER, LANS, Simulator};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::json;

pub(super) async fn datacenter(Path(id): Path<String>) -> Response {
    if id != DATACENTER {
        return super::wire::refuse(404, "Resource does not exist");
    }
    let body = json!({"id": id, "type": "datacenter", "properties": {"name": "simulated", "location": "de/txl"}});
    Json(body).into_response()
}

pub(super) async fn lan(Path((id, lan)): Path<(String, String)>) -> Response {
    match LANS.iter().find(|(number, _)| id == DATACENTER && *number == lan) {
        None => super::wire::refuse(404, "Resource does not exist"),
        Some((_, network)) => {
            let properties = json!({"name": "databases", "public": false, "ipv4CidrBlock": format!("{network}.0/24")});
            Json(json!({"id": lan, "type": "lan", "properties": properties})).into_response()
        }
    }
}

pub(super) async fn contracts(State(simulator): State<Simulator>) -> Response {
    let memory = simulator.memory();
    let used = 6 + memory.clusters.len() as u64;
    let limits = json!({
        "coresPerContract": memory.cores, "coresProvisioned": used,
        "ramPerContract": 4096 * memory.cores, "ramProvisioned": 4096 * used,
    });
    let contract = json!({"type": "contract", "properties": {"contractNumber": 1, "resourceLimits": limits}});
    (StatusCode::OK, Json(json!({"id": "contracts", "type": "collection", "items": [contract]}))).into_response()
}
