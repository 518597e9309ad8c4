//! Posts, terms and files of one site.

use super::{Asked, no, not_allowed};
use crate::sim::faults::Effects;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[derive(Debug, Clone)]
struct Post {
    id: i64,
    author: i64,
    status: String,
    fields: Value,
    key: String,
}

/// What was written at a site.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    posts: Vec<Post>,
    /// Names of files, with who sent them by which key, and what was answered.
    files: Vec<(String, (i64, String), Value)>,
    /// Tags that were made, with their ids.
    tags: Vec<(i64, String)>,
    last: i64,
}

impl Shelf {
    pub(super) fn forget(&self, effects: &Effects) {
        self.posts.iter().for_each(|p| effects.gone("post", &p.key));
        self.files.iter().for_each(|(name, ..)| effects.gone("file", name));
    }

    pub(super) fn answer(
        &mut self,
        asked: &Asked<'_>,
        route: &str,
        user: i64,
        effects: &Effects,
        at: &str,
    ) -> Response {
        match (asked.method.as_str(), route, route.strip_prefix("posts/").map(str::parse::<i64>)) {
            ("GET", "posts", _) => self.list(asked, user, at),
            ("POST", "posts", _) => self.create(&asked.json(), user, effects, at),
            ("GET", _, Some(Ok(id))) => self.read(id, user, asked.query.get("context").map(String::as_str), at),
            ("POST", _, Some(Ok(id))) => self.update(id, &asked.json(), user, at),
            ("POST", "media", _) => self.upload(asked, user, effects, at),
            ("GET", "categories", _) => listed(asked, &[(1, "Tips &amp; Tricks".to_owned())]),
            ("GET", "tags", _) => listed(asked, &self.tags),
            ("POST", "tags", _) => self.tag(&asked.json()),
            _ => not_allowed(),
        }
    }

    fn tag(&mut self, body: &Value) -> Response {
        let name = body["name"].as_str().unwrap_or_default().to_owned();
        if let Some((id, _)) = self.tags.iter().find(|(_, known)| known.eq_ignore_ascii_case(&name)) {
            let said = json!({"code": "term_exists", "message": "A term with the name provided already exists.",
                "data": {"status": 400, "term_id": id}});
            return (StatusCode::BAD_REQUEST, Json(said)).into_response();
        }
        self.last += 1;
        self.tags.push((self.last, name.clone()));
        (StatusCode::CREATED, Json(json!({"id": self.last, "name": name, "count": 0}))).into_response()
    }

    fn create(&mut self, body: &Value, author: i64, effects: &Effects, at: &str) -> Response {
        if !drafts_only(body) {
            return refused();
        }
        let key = body["slipway_key"].as_str().unwrap_or_default().to_owned();
        if !key.is_empty() && (key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit())) {
            return no(400, "slipway_bad_key", "slipway_key is 64 hexadecimal digits.");
        }
        if let Some(post) = self.posts.iter().find(|p| !key.is_empty() && p.key == key && p.author == author) {
            return Json(shown(post, true, at)).into_response();
        }
        if body["title"].as_str().unwrap_or_default().is_empty()
            && body["content"].as_str().unwrap_or_default().is_empty()
        {
            return no(400, "empty_content", "Content, title, and excerpt are <strong>empty</strong>.");
        }
        self.last += 1;
        let status = body["status"].as_str().unwrap_or("draft").to_owned();
        let post = Post { id: self.last, author, status, fields: body.clone(), key: key.clone() };
        effects.made("post", if key.is_empty() { post.id.to_string() } else { key });
        self.posts.push(post.clone());
        (StatusCode::CREATED, Json(shown(&post, true, at))).into_response()
    }

    /// A draft by wordpress-mcp: the same, asked for inside of WordPress.
    pub(super) fn add(
        &mut self,
        body: &Value,
        author: i64,
        effects: &Effects,
        at: &str,
    ) -> Result<Value, &'static str> {
        if !drafts_only(body) {
            return Err("This connection may only write drafts. Publish the post in WordPress.");
        }
        self.last += 1;
        let status = body["status"].as_str().unwrap_or("draft").to_owned();
        let post = Post { id: self.last, author, status, fields: body.clone(), key: String::new() };
        effects.made("post", post.id);
        self.posts.push(post.clone());
        Ok(shown(&post, true, at))
    }

    fn update(&mut self, id: i64, body: &Value, user: i64, at: &str) -> Response {
        let Some(post) = self.posts.iter_mut().find(|p| p.id == id) else { return missing() };
        if post.author != user {
            return no(403, "slipway_not_allowed", "This connection may only change drafts of its own person.");
        }
        if post.status == "publish" || !drafts_only(body) {
            return refused();
        }
        let stored = post.fields["content"].as_str().unwrap_or_default();
        if body.get("slipway_base").is_some_and(|base| *base != sha256(stored)) {
            return no(409, "slipway_changed", "The text was changed in the meantime.");
        }
        for (name, value) in body.as_object().into_iter().flatten() {
            post.fields[name] = value.clone();
        }
        Json(shown(post, true, at)).into_response()
    }

    fn read(&self, id: i64, user: i64, context: Option<&str>, at: &str) -> Response {
        let Some(post) = self.posts.iter().find(|p| p.id == id) else { return missing() };
        let own = post.author == user && post.status != "publish";
        match context {
            Some("edit") if !own => no(403, "rest_forbidden_context", "Sorry, you are not allowed to edit this post."),
            Some("edit") => Json(shown(post, true, at)).into_response(),
            _ if own || post.status == "publish" => Json(shown(post, false, at)).into_response(),
            _ => no(403, "rest_forbidden", "Sorry, you are not allowed to do that."),
        }
    }

    fn list(&self, asked: &Asked<'_>, user: i64, at: &str) -> Response {
        let want = |name: &str| asked.query.get(name).map_or("", String::as_str);
        let edit = want("context") == "edit";
        let statuses: Vec<&str> =
            if want("status").is_empty() { vec!["publish"] } else { want("status").split(',').collect() };
        let words = want("search").to_lowercase();
        let hits = self.posts.iter().rev().filter(|p| {
            statuses.contains(&p.status.as_str())
                && (p.status == "publish" || p.author == user)
                && (want("author").is_empty() || want("author") == p.author.to_string())
                && p.fields.to_string().to_lowercase().contains(&words)
        });
        let (page, size) = (want("page").parse().unwrap_or(1_usize), want("per_page").parse().unwrap_or(10_usize));
        let all = hits.clone().count();
        let shown: Vec<Value> = hits.skip((page - 1) * size).take(size).map(|p| shown(p, edit, at)).collect();
        if page > 1 && shown.is_empty() {
            return no(
                400,
                "rest_post_invalid_page_number",
                "The page number requested is larger than the number of pages.",
            );
        }
        ([("x-wp-total", all.to_string())], Json(shown)).into_response()
    }

    fn upload(&mut self, asked: &Asked<'_>, user: i64, effects: &Effects, at: &str) -> Response {
        let key = (user, asked.query.get("slipway_key").cloned().unwrap_or_default());
        if let Some((.., known)) = self.files.iter().find(|(_, by, _)| !key.1.is_empty() && *by == key) {
            return Json(known.clone()).into_response();
        }
        let text = |name| asked.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let place = text(header::CONTENT_DISPOSITION);
        let name = place.split_once("filename=\"").and_then(|(_, n)| n.strip_suffix('"')).unwrap_or_default();
        if name.is_empty() {
            return no(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.");
        }
        if !text(header::CONTENT_TYPE).starts_with("image/") {
            return no(415, "slipway_no_picture", "This connection may only upload JPEG, PNG and WebP pictures.");
        }
        self.last += 1;
        let name = format!("{}-{name}", self.last);
        effects.made("file", &name);
        let url = format!("{at}/wp-content/uploads/{name}");
        let answer = json!({"id": self.last, "source_url": url});
        self.files.push((name, key, answer.clone()));
        (StatusCode::CREATED, Json(answer)).into_response()
    }

    /// The site's people publish a post at their desk.
    pub(super) fn publish(&mut self, id: i64) {
        for post in self.posts.iter_mut().filter(|p| p.id == id) {
            "publish".clone_into(&mut post.status);
        }
    }
}

impl super::Site {
    /// A person publishes a post at their desk.
    pub(crate) fn publish(&mut self, id: i64) {
        self.shelf.publish(id);
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Terms whose id is asked for, or whose name contains the words.
fn listed(asked: &Asked<'_>, terms: &[(i64, String)]) -> Response {
    let want = |name: &str| asked.query.get(name).map(|v| v.to_lowercase());
    let named = |(id, name): &&(i64, String)| match (want("include"), want("search")) {
        (Some(ids), _) => ids.split(',').any(|one| one == id.to_string()),
        (None, Some(words)) => name.replace("&amp;", "&").to_lowercase().contains(&words),
        (None, None) => true,
    };
    let found: Vec<Value> =
        terms.iter().filter(named).map(|(id, name)| json!({"id": id, "name": name, "count": 4})).collect();
    ([("x-wp-total", found.len().to_string())], Json(found)).into_response()
}

fn drafts_only(body: &Value) -> bool {
    body.get("status").is_none_or(|s| s == "draft" || s == "pending")
}

fn refused() -> Response {
    no(403, "slipway_drafts_only", "This connection may only write drafts. Publish the post in WordPress.")
}

fn missing() -> Response {
    no(404, "rest_post_invalid_id", "Invalid post ID.")
}

/// A post as REST shows it: `raw` for those who may edit, `rendered` with entities for all.
fn shown(post: &Post, edit: bool, at: &str) -> Value {
    let text = |name: &str| {
        let raw = post.fields[name].as_str().unwrap_or_default();
        let rendered = raw.replace("&amp;", "&#038;");
        if edit { json!({"raw": raw, "rendered": rendered}) } else { json!({"rendered": rendered}) }
    };
    json!({
        "id": post.id, "status": post.status, "title": text("title"), "content": text("content"),
        "modified_gmt": "2026-01-02T03:04:05", "link": format!("{at}/?p={}", post.id),
        "featured_media": post.fields["featured_media"].as_i64().unwrap_or(0),
    })
}
