//! Accounts and groups. Nothing here writes `oauth`: in a real one only a sign-in does.

use super::{Inside, lacks, no, posted, yes};
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
        .route("/api/v1/users/{id}", get(person))
        .route("/api/v1/users/{id}/update", posted(update))
        .route("/api/v1/auths/admin/config/oauth", get(rules))
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
    order_by: Option<String>,
    direction: Option<String>,
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
    let mut found: Vec<&Value> = memory
        .users
        .iter()
        .filter(|u| ["email", "name"].iter().any(|f| matches(u[*f].as_str().unwrap_or_default(), &query)))
        .collect();
    if let Some(field) = search.order_by.as_deref() {
        let key = |user: &Value| (user[field].as_i64(), user[field].as_str().map(str::to_owned));
        found.sort_by_key(|user| key(user));
        if search.direction.as_deref() != Some("asc") {
            found.reverse();
        }
    }
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
    let taken = |u: &Value| u["id"] != id.as_str() && u["email"] == body["email"];
    if !body["email"].is_null() && memory.users.iter().any(taken) {
        return no(400, "Uh-oh! This email is already registered.");
    }
    let Some(user) = memory.users.iter_mut().find(|u| u["id"] == id.as_str()) else { return no(400, "User not found") };
    // Whatever they are: roles are not validated.
    for field in ["role", "name", "email"].into_iter().filter(|f| !body[*f].is_null()) {
        user[field] = body[field].clone();
    }
    yes(user.clone())
}

async fn rules(State(inside): State<Inside>) -> Response {
    let memory = inside.memory();
    yes(
        json!({"ENABLE_OAUTH": true, "OAUTH_MERGE_ACCOUNTS_BY_EMAIL": memory.joins, "ENABLE_OAUTH_SIGNUP": !memory.closed,
        "OAUTH_SUB_CLAIM": memory.claim}),
    )
}

impl Inside {
    /// Somebody comes from the provider: `handle_callback` in OpenWebUI's `utils/oauth.py`. Nobody looks at whether the
    /// address is verified. Gives the account they are in, or what they read.
    pub(crate) fn sign_in(&self, subject: &str, email: &str) -> Result<String, &'static str> {
        let mut memory = self.memory();
        let (joins, now) = (memory.joins, memory.tick());
        let by_subject = |u: &Value| u["oauth"]["oidc"]["sub"] == subject;
        let by_address = |u: &Value| u["email"] == email;
        let at = memory.users.iter().position(by_subject);
        let at = at.or_else(|| memory.users.iter().position(by_address).filter(|_| joins));
        if let Some(at) = at {
            let user = &mut memory.users[at];
            (user["oauth"], user["last_active_at"]) = (json!({"oidc": {"sub": subject}}), json!(now));
            return Ok(user["id"].as_str().expect("an id").to_owned());
        }
        if memory.closed {
            return Err("You do not have permission to access this resource.");
        }
        if memory.users.iter().any(by_address) {
            return Err("Uh-oh! This email is already registered.");
        }
        let id = memory.id();
        memory
            .users
            .push(json!({"id": id, "email": email, "name": email, "role": "pending", "profile_image_url": "/user.png",
            "oauth": {"oidc": {"sub": subject}}, "created_at": now, "last_active_at": now}));
        Ok(id)
    }

    /// An account as an earlier version of the portal made it, before the person's first visit.
    pub(crate) fn made_before(&self, email: &str) -> String {
        let mut memory = self.memory();
        let (id, now) = (memory.id(), memory.tick());
        memory
            .users
            .push(json!({"id": id, "email": email, "name": email, "role": "user", "oauth": null, "created_at": now,
            "profile_image_url": "/api/v1/users/slipway/profile/image", "last_active_at": now}));
        id
    }

    /// A field of an account; null where there is no such account.
    pub(crate) fn account(&self, id: &str, field: &str) -> Value {
        self.memory().users.iter().find(|u| u["id"] == id).map_or(Value::Null, |u| u[field].clone())
    }
}

/// A group as it is answered: how many are in it, and not who.
fn shown(group: &Value) -> Value {
    let mut shown = group.clone();
    let members = shown.as_object_mut().and_then(|group| group.remove("members"));
    shown["member_count"] = json!(members.and_then(|all| all.as_array().map(Vec::len)));
    shown
}

fn no_group() -> Response {
    no(404, "Group not found.")
}

async fn groups(State(inside): State<Inside>) -> Response {
    yes(inside.memory().groups.iter().map(shown).collect())
}

async fn create(State(inside): State<Inside>, Json(body): Json<Value>) -> Response {
    if !body["description"].is_string() {
        return lacks("description");
    }
    let mut memory = inside.memory();
    let (id, order) = (memory.id(), memory.groups.len());
    let group =
        json!({"id": id, "name": body["name"], "description": body["description"], "created_at": order, "members": []});
    inside.effects.made("group", body["name"].as_str().unwrap_or_default());
    let answer = shown(&group);
    memory.groups.insert(0, group);
    yes(answer)
}

async fn rename(State(inside): State<Inside>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let Some(group) = memory.groups.iter_mut().find(|g| g["id"] == id.as_str()) else { return no_group() };
    (group["name"], group["description"]) = (body["name"].clone(), body["description"].clone());
    yes(shown(group))
}

async fn enrol(State(inside): State<Inside>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let known: Vec<Value> = memory.users.iter().map(|u| u["id"].clone()).collect();
    let Some(group) = memory.groups.iter_mut().find(|g| g["id"] == id.as_str()) else { return no_group() };
    let members = group["members"].as_array_mut().expect("a list");
    for user in body["user_ids"].as_array().into_iter().flatten() {
        if known.contains(user) && !members.contains(user) {
            members.push(user.clone()); // unknown ones are dropped in silence
        }
    }
    yes(shown(group))
}

async fn dismiss(State(inside): State<Inside>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = inside.memory();
    let Some(group) = memory.groups.iter_mut().find(|g| g["id"] == id.as_str()) else { return no_group() };
    let out = body["user_ids"].as_array().cloned().unwrap_or_default();
    group["members"].as_array_mut().expect("a list").retain(|m| !out.contains(m));
    yes(shown(group))
}

async fn dissolve(State(inside): State<Inside>, Path(id): Path<String>) -> Response {
    let mut memory = inside.memory();
    let Some(at) = memory.groups.iter().position(|g| g["id"] == id.as_str()) else {
        return no_group();
    };
    let group = memory.groups.remove(at);
    for model in &mut memory.models {
        model["access_grants"].as_array_mut().expect("a list").retain(|g| g["principal_id"] != id.as_str());
    }
    inside.effects.gone("group", group["name"].as_str().unwrap_or_default());
    yes(json!(true))
}
