//! A stand-in for any number of WordPress sites with this project's plugin: the contract between portal and site, and of
//! core's REST routes those that the narrowing lets through, as `docs/outside/wordpress.md` restates them. Every site lies
//! at `/t/<tenant>` of one server.

use super::Wire;
use super::faults::{Effects, Faults};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::any;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use posts::Shelf;
use secrecy::SecretString;
use serde_json::{Value, json};
use slipway::domain::TenantId;
use slipway::systems::wordpress::{Login, Site as Wanted};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use uuid::Uuid;

mod mcp;
mod plugin;
mod posts;

/// Route of wordpress-mcp.
const MCP: &str = "wp/v2/wpmcp/streamable";

/// An application password.
#[derive(Debug, Clone)]
struct Key {
    uuid: Uuid,
    user: i64,
    login: String,
    password: String,
}

/// One site.
#[derive(Debug, Default)]
pub(crate) struct Site {
    secret: String,
    pub(crate) title: String,
    keys: Vec<Key>,
    shelf: Shelf,
    /// Subject, address and role of those who came by single sign-on; no role for those who are out.
    pub(crate) guests: Vec<[String; 3]>,
    /// When the portal sent each here, by subject, in its microseconds.
    pub(crate) seen: BTreeMap<String, i64>,
    /// Accounts of the site itself.
    pub(crate) locals: Vec<Value>,
    /// Another address that the site believes in: a restored database.
    pub(crate) believes: Option<String>,
    /// Application passwords are switched off.
    pub(crate) no_passwords: bool,
    /// The narrowing is gone: a credential may do all that its person may.
    pub(crate) wide: bool,
    /// Permalinks are plain: there is no `/wp-json/`.
    pub(crate) plain: bool,
    made: u128,
}

type Houses = HashMap<TenantId, Site>;

/// All sites. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(crate) struct Sites {
    url: String,
    effects: Effects,
    sites: Arc<Mutex<Houses>>,
}

/// The server that the sites live on.
#[derive(Debug)]
pub(crate) struct WordPress {
    pub(crate) sites: Sites,
    pub(crate) faults: Faults,
    _wire: Wire,
}

impl WordPress {
    /// A server without sites.
    pub(crate) async fn serve(faults: Faults, effects: Effects) -> Self {
        let sites: Arc<Mutex<Houses>> = Arc::default();
        let inner = Sites { url: String::new(), effects: effects.clone(), sites: Arc::clone(&sites) };
        let app = axum::Router::new()
            .route("/t/{tenant}/wp-json/{*route}", any(pretty))
            .route("/t/{tenant}/", any(plain))
            .with_state(inner);
        let wire = Wire::serve(faults.over(app)).await;
        Self { sites: Sites { url: wire.url.clone(), effects, sites }, faults, _wire: wire }
    }
}

impl Sites {
    fn lock(&self) -> MutexGuard<'_, Houses> {
        self.sites.lock().expect("no test panics while it holds this")
    }

    /// Where a tenant's site is.
    pub(crate) fn address(&self, tenant: TenantId) -> String {
        format!("{}/t/{tenant}", self.url)
    }

    /// A site begins to answer, or gets another secret.
    pub(crate) fn open(&self, tenant: TenantId, secret: &str) {
        secret.clone_into(&mut self.lock().entry(tenant).or_default().secret);
    }

    /// A site is gone with all in it.
    pub(crate) fn close(&self, tenant: TenantId) {
        if let Some(site) = self.lock().remove(&tenant) {
            site.keys.iter().for_each(|k| self.effects.gone("password", k.uuid));
            site.shelf.forget(&self.effects);
        }
    }

    /// Looks into a site, or changes it as its administrator could.
    pub(crate) fn with<T>(&self, tenant: TenantId, work: impl FnOnce(&mut Site) -> T) -> T {
        work(self.lock().entry(tenant).or_default())
    }

    /// What the portal knows of a site.
    pub(crate) fn wanted(&self, tenant: TenantId) -> Wanted {
        let secret = SecretString::from(self.with(tenant, |s| s.secret.clone()));
        Wanted { address: self.address(tenant), site_url: self.address(tenant), secret }
    }

    /// Makes an application password for a person, as the plugin does after Connect.
    pub(crate) fn connect(&self, tenant: TenantId, user: i64, login: &str) -> (Login, Uuid) {
        let base = if self.with(tenant, |s| s.plain) { "/?rest_route=/" } else { "/wp-json/" };
        let rest_url = format!("{}{base}", self.address(tenant));
        let (uuid, password) = self.with(tenant, |site| {
            site.made += 1;
            let uuid = Uuid::from_u128(tenant.0.as_u128() ^ (site.made << 64));
            let password = format!("pass {} word", site.made);
            site.keys.push(Key { uuid, user, login: login.to_owned(), password: password.clone() });
            (uuid, password)
        });
        self.effects.made("password", uuid);
        (
            Login {
                site_url: self.address(tenant),
                rest_url,
                user: login.to_owned(),
                password: SecretString::from(password),
            },
            uuid,
        )
    }

    /// Somebody revokes a password in their profile.
    pub(crate) fn revoke(&self, tenant: TenantId, uuid: Uuid) {
        self.with(tenant, |site| site.keys.retain(|k| k.uuid != uuid));
        self.effects.gone("password", uuid);
    }
}

/// A request, taken apart.
struct Asked<'a> {
    method: Method,
    route: &'a str,
    query: &'a BTreeMap<String, String>,
    headers: &'a HeaderMap,
    body: &'a Bytes,
}

impl Asked<'_> {
    fn json(&self) -> Value {
        serde_json::from_slice(self.body).unwrap_or(Value::Null)
    }
}

/// WordPress's error.
fn no(status: u16, code: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Json(json!({"code": code, "message": message, "data": {"status": status.as_u16()}}))).into_response()
}

async fn pretty(
    State(sites): State<Sites>,
    Path((tenant, route)): Path<(TenantId, String)>,
    Query(query): Query<BTreeMap<String, String>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if sites.lock().get(&tenant).is_some_and(|s| s.plain) {
        // As WordPress 7.1 does with plain permalinks: to the same with a slash, where a page is.
        return axum::response::Redirect::permanent(&format!("/t/{tenant}/wp-json/{route}/")).into_response();
    }
    sites.answer(tenant, &Asked { method, route: &route, query: &query, headers: &headers, body: &body })
}

async fn plain(
    State(sites): State<Sites>,
    Path(tenant): Path<TenantId>,
    Query(query): Query<BTreeMap<String, String>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match query.get("rest_route").and_then(|r| r.strip_prefix('/')) {
        None => Html("<!doctype html><p>The front page").into_response(),
        Some(route) => sites.answer(tenant, &Asked { method, route, query: &query, headers: &headers, body: &body }),
    }
}

impl Sites {
    fn answer(&self, tenant: TenantId, asked: &Asked<'_>) -> Response {
        let host = asked.headers["host"].to_str().expect("a host");
        let address = format!("http://{host}/t/{tenant}");
        let mut houses = self.lock();
        let Some(site) = houses.get_mut(&tenant) else {
            return (StatusCode::BAD_GATEWAY, Html("<!doctype html><p>No such site")).into_response();
        };
        match asked.route.strip_prefix("slipway/v1/") {
            Some(rest) => site.plugin(rest, asked, tenant, &address),
            None => site.core(asked, &self.effects, &address),
        }
    }
}

impl Site {
    /// Core's routes, as a narrowed application password sees them.
    fn core(&mut self, asked: &Asked<'_>, effects: &Effects, address: &str) -> Response {
        if self.no_passwords && asked.route.ends_with("introspect") {
            return no(501, "application_passwords_disabled", "Application passwords are not available.");
        }
        let Some(key) = self.signed_in(asked.headers) else {
            if asked.route == MCP {
                return mcp::shut();
            }
            let code = if asked.query.get("context").is_some_and(|c| c == "edit") && asked.route.contains("/posts/") {
                "rest_forbidden_context"
            } else {
                "rest_not_logged_in"
            };
            return no(401, code, "You are not currently logged in.");
        };
        if asked.route == MCP {
            return self.mcp(asked, &key, effects, address);
        }
        let route = asked.route.strip_prefix("wp/v2/").unwrap_or_default();
        match (asked.method.as_str(), route) {
            ("GET", "users/me/application-passwords/introspect") => Json(json!({
                "uuid": key.uuid, "app_id": "51b37a00-0000-4000-8000-000000000001", "name": "Slipway", "last_used": null
            }))
            .into_response(),
            ("GET", "users/me") => Json(self.person(&key)).into_response(),
            ("DELETE", _) => match route.strip_prefix("users/me/application-passwords/").and_then(|u| u.parse().ok()) {
                Some(uuid) => self.delete(uuid, effects),
                None => not_allowed(),
            },
            _ => self.shelf.answer(asked, route, key.user, effects, address),
        }
    }

    fn signed_in(&self, headers: &HeaderMap) -> Option<Key> {
        let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
        let given = String::from_utf8(STANDARD.decode(given).ok()?).ok()?;
        let (login, password) = given.split_once(':')?;
        self.keys.iter().find(|k| !self.no_passwords && k.login == login && k.password == password).cloned()
    }

    fn person(&self, key: &Key) -> Value {
        let mut may = json!({"read": true, "edit_posts": true, "upload_files": true});
        if self.wide {
            may["manage_options"] = json!(true);
        }
        json!({"id": key.user, "username": key.login, "name": key.login, "capabilities": may})
    }

    fn delete(&mut self, uuid: Uuid, effects: &Effects) -> Response {
        let before = self.keys.len();
        self.keys.retain(|k| k.uuid != uuid);
        if self.keys.len() == before {
            return no(404, "rest_application_password_not_found", "Application password not found.");
        }
        effects.gone("password", uuid);
        Json(json!({"deleted": true, "previous": {"uuid": uuid}})).into_response()
    }
}

fn not_allowed() -> Response {
    no(403, "slipway_not_allowed", "This connection may only read posts and write drafts.")
}
