//! Accounts and groups.

use super::{Inside, no, posted, yes};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

const PAGE: usize = 30;

pub(super) fn routes() -> Router<Inside> {
    Router::new()
        .route("/api/v1/users/", get(search))
        .route("/api/v1/users/{id}", get(person).delete(remove))
        .route("/api/v1/users/{id}/update", posted(update))
        .route("/api/v1/auths/add", posted(add))
        .route("/api/v1/groups/", get(groups))
        .route("/api/v1/groups/create", posted(create))
        .route("/api/v1/groups/id/{id}/update", posted(rename))
        .route("/api/v1/groups/id/{id}/users/add", posted(enrol))
        .route("/api/v1/groups/id/{id}/users/remove", posted(dismiss))
        .route("/api/v1/groups/id/{id}/delete", delete(dissolve))
}

#[derive(Deserialize)]
struct Search {
    query: Option<String>,
    page: Option<usize>,
}

/// A substring of name or address, in any case; `_` is any character.
fn matches(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.to_lowercase().chars().collect(), pattern.to_lowercase().chars().collect());
    text.windows(pattern.len().max(1)).any(|w| w.iter().zip(&pattern).all(|(t, p)| p == &'_' || t == p))
}

async fn search(State(inside): State<Inside>, Query(search): Query<Search>) -> Response {
    let memory = inside.memory();
    let query = search.query.unwrap_or_default();
    let found: Vec<&Value> = memory
        .users
        .iter()
        .filter(|u| ["email", "name"].iter().any(|f| matches(u[*f].as_str().unwrap_or_default(), &query)))
        .collect();
    let from = (search.page.unwrap_or(1).max(1) - 1) * PAGE;
    let page: Vec<_> = found.iter().skip(from).take(PAGE).collect();
    yes(json!({"users": page, "total": found.len()}))
}

async fn person(State(inside): State<Inside>, Path(id): Path<String>) -> Response {
    let memory = inside.memory();
    let Some(user) = memory.users.iter().find(|u| u["id"] == id.as_str()) else { return no(400, "User not found") };
    let is_in = |group: &&Value| group["members"].as_array().is_some_and(|m| m.contains(&json!(id)));
    let groups: Vec<_> =
        memory.groups.iter().filter(is_in).map(|g| json!({"id": g["id"], "name": g["name"]})).collect();
    let mut user = user.clone();
    user["groups"] = json!(groups);
    yes(user)
}

async fn update(State(inside): State<Inside>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let Some(user) = memory.users.iter_mut().find(|u| u["id"] == id.as_str()) else { return no(400, "User not found") };
    if let Some(role) = body.get("role") {
        user["role"] = role.clone(); // whatever it is: roles are not validated
    }
    yes(user.clone())
}

async fn add(State(inside): State<Inside>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let email = body["email"].as_str().unwrap_or_default().to_lowercase();
    if body["password"].as_str().is_none_or(|p| p.len() > 72) {
        return no(400, "Uh-oh! The password you entered is too long!");
    }
    let rival = memory.rival.take();
    if rival.is_none() && memory.users.iter().any(|u| u["email"] == email.as_str()) {
        return no(400, "Uh-oh! This email is already registered.");
    }
    let id = memory.id();
    let picture = if rival.is_some() { &json!("/user.png") } else { &body["profile_image_url"] };
    let role = body.get("role").cloned().unwrap_or(json!("pending"));
    memory
        .users
        .push(json!({"id": id, "email": email, "name": body["name"], "role": role, "profile_image_url": picture}));
    inside.effects.made("account", &email);
    if let Some(status) = rival {
        return no(status, "An internal error occurred while adding the user.");
    }
    yes(json!({"id": id, "email": email, "token": "a-session-of-the-new-person", "token_type": "Bearer"}))
}

async fn remove(State(inside): State<Inside>, Path(id): Path<String>) -> Response {
    let mut memory = inside.memory();
    if memory.users.first().is_some_and(|u| u["id"] == id.as_str()) {
        return no(403, "This action is not allowed");
    }
    for user in memory.users.iter().filter(|u| u["id"] == id.as_str()) {
        inside.effects.gone("account", user["email"].as_str().unwrap_or_default());
    }
    memory.users.retain(|u| u["id"] != id.as_str());
    yes(json!(true))
}

async fn groups(State(inside): State<Inside>) -> Response {
    yes(json!(inside.memory().groups))
}

async fn create(State(inside): State<Inside>, Json(body): Json<Value>) -> Response {
    if !body["description"].is_string() {
        return no(422, "description is missing");
    }
    let mut memory = inside.memory();
    let (id, order) = (memory.id(), memory.groups.len());
    let group =
        json!({"id": id, "name": body["name"], "description": body["description"], "created_at": order, "members": []});
    memory.groups.insert(0, group.clone());
    inside.effects.made("group", body["name"].as_str().unwrap_or_default());
    yes(group)
}

async fn rename(State(inside): State<Inside>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let Some(group) = memory.groups.iter_mut().find(|g| g["id"] == id.as_str()) else { return no(400, "not found") };
    (group["name"], group["description"]) = (body["name"].clone(), body["description"].clone());
    yes(group.clone())
}

async fn enrol(State(inside): State<Inside>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let known: Vec<Value> = memory.users.iter().map(|u| u["id"].clone()).collect();
    let Some(group) = memory.groups.iter_mut().find(|g| g["id"] == id.as_str()) else { return no(400, "not found") };
    let members = group["members"].as_array_mut().expect("a list");
    for user in body["user_ids"].as_array().into_iter().flatten() {
        if known.contains(user) && !members.contains(user) {
            members.push(user.clone()); // unknown ones are dropped in silence
        }
    }
    yes(group.clone())
}

async fn dismiss(State(inside): State<Inside>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let Some(group) = memory.groups.iter_mut().find(|g| g["id"] == id.as_str()) else { return no(400, "not found") };
    let out = body["user_ids"].as_array().cloned().unwrap_or_default();
    group["members"].as_array_mut().expect("a list").retain(|m| !out.contains(m));
    yes(group.clone())
}

async fn dissolve(State(inside): State<Inside>, Path(id): Path<String>) -> Response {
    let mut memory = inside.memory();
    let Some(at) = memory.groups.iter().position(|g| g["id"] == id.as_str()) else {
        return no(404, "Group not found.");
    };
    let group = memory.groups.remove(at);
    for model in &mut memory.models {
        model["access_grants"].as_array_mut().expect("a list").retain(|g| g["principal_id"] != id.as_str());
    }
    inside.effects.gone("group", group["name"].as_str().unwrap_or_default());
    yes(json!(true))
}
