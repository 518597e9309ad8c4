//! Records of models and their grants.

use super::{Inside, no, posted, yes};
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Router<Inside> {
    Router::new()
        .route("/api/v1/models/model", get(one))
        .route("/api/v1/models/all", get(all))
        .route("/api/v1/models/create", posted(create))
        .route("/api/v1/models/model/update", posted(update))
        .route("/api/v1/models/model/access/update", posted(access))
        .route("/api/v1/models/model/delete", posted(delete))
}

#[derive(Deserialize)]
struct Which {
    id: String,
}

/// A record of somebody else is refused, as with `BYPASS_ADMIN_ACCESS_CONTROL=false`.
async fn one(State(inside): State<Inside>, Query(which): Query<Which>) -> Response {
    let memory = inside.memory();
    match memory.models.iter().find(|m| m["id"] == which.id.as_str()) {
        None => no(404, "We could not find what you're looking for :/"),
        Some(model) if model["user_id"] == "somebody-else" => no(401, "Access prohibited"),
        Some(model) => {
            let mut model = model.clone();
            model["write_access"] = json!(true);
            yes(model)
        }
    }
}

async fn all(State(inside): State<Inside>) -> Response {
    yes(json!(inside.memory().models))
}

async fn create(State(inside): State<Inside>, Json(mut body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    if memory.models.iter().any(|m| m["id"] == body["id"]) {
        return no(401, "Uh-oh! This model id is already registered. Please choose another model id string.");
    }
    inside.effects.made("model", body["id"].as_str().unwrap_or_default());
    body["user_id"] = json!("portal");
    memory.models.push(body.clone());
    yes(body)
}

/// Grants are not among what this changes.
async fn update(State(inside): State<Inside>, Json(mut body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let Some(model) = memory.models.iter_mut().find(|m| m["id"] == body["id"]) else { return no(401, "not found") };
    body["user_id"] = model["user_id"].clone();
    body["access_grants"] = model["access_grants"].clone();
    *model = body.clone();
    yes(body)
}

/// Makes a record for any id that has none.
async fn access(State(inside): State<Inside>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    if !memory.models.iter().any(|m| m["id"] == body["id"]) {
        let (id, grants) = (&body["id"], json!([]));
        let record = json!({"id": id, "base_model_id": null, "name": id, "meta": {}, "params": {}, "is_active": true,
            "access_grants": grants, "user_id": "portal"});
        memory.models.push(record);
    }
    let model = memory.models.iter_mut().find(|m| m["id"] == body["id"]).expect("it was made");
    model["access_grants"] = body["access_grants"].clone();
    yes(model.clone())
}

async fn delete(State(inside): State<Inside>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let Some(at) = memory.models.iter().position(|m| m["id"] == body["id"]) else { return no(401, "not found") };
    memory.models.remove(at);
    inside.effects.gone("model", body["id"].as_str().unwrap_or_default());
    yes(json!(true))
}
