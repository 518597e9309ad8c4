//! Calls to Authentik's API, tolerant in what they take: unknown fields do not matter, a page of HTML is no data, and a
//! list has pages.
//!
//! 403 has three meanings there. A token that is wrong, expired or an app password is 403 (never 401). A right that the
//! account lacks is 403. And a look-up is 403 as long as the account may see no object of that kind at all, which is how a
//! narrow account begins. The version is told to every valid token, so it tells the first meaning from the others.
//!
//! A token is unknown too until Authentik's worker has made it, a minute or two after the installation. So one that was
//! never taken yet is waited for while the portal is young: both come up together.

use super::refusal::Refusal;
use crate::domain::{At, Clock, Fault};
use crate::systems::http::{Http, Reply};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How Authentik is called in sentences.
pub(super) const PEER: &str = "Authentik";

/// Entries of one page: the most that Authentik gives (`pagination_max_page_size`).
const PAGE: &str = "100";

/// More pages than this are no answer to a look-up.
const MAX_PAGES: u32 = 200;

/// From its start on the portal waits this long for an Authentik that is being set up beside it.
const YOUNG: Duration = Duration::from_secs(10 * 60);

/// Pause while Authentik sets itself up: its blueprints are ready about 75 seconds after its worker starts.
pub(super) const SETTING_UP: Duration = Duration::from_secs(15);

/// Authentik with the portal's token.
pub(super) struct Api {
    http: Http,
    base: String,
    token: SecretString,
    clock: Arc<dyn Clock>,
    /// When this process began to use it.
    born: At,
    /// The token was taken once since then.
    taken: AtomicBool,
}

#[derive(Deserialize)]
struct Page<T> {
    pagination: Pagination,
    results: Vec<T>,
}

#[derive(Deserialize)]
struct Pagination {
    /// Number of the next page; 0 at the end.
    #[serde(default)]
    next: f64,
}

#[derive(Deserialize)]
struct Running {
    version_current: String,
}

/// What became of a wish to make or to change something.
#[derive(Debug)]
pub(super) enum Written {
    /// It was taken.
    Taken,
    /// 400: it was refused, and why.
    Refused(Refusal),
    /// 404: it is not there any more.
    Vanished,
}

impl Api {
    /// `url` is Authentik's address as the portal reaches it.
    pub(super) fn new(http: Http, url: &str, token: SecretString, clock: Arc<dyn Clock>) -> Self {
        let (base, born) = (format!("{}/api/v3", url.trim_end_matches('/')), clock.now());
        Self { http, base, token, clock, born, taken: AtomicBool::new(false) }
    }

    /// Authentik may still be setting itself up beside this portal.
    pub(super) fn is_young(&self) -> bool {
        self.clock.now().since(self.born) < YOUNG
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Reply, Fault> {
        let call = self.http.call(PEER, method, &format!("{}{path}", self.base)).bearer(&self.token).query(query);
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    /// The running version, which every valid token may ask for.
    pub(super) async fn version(&self) -> Result<String, Fault> {
        let reply = self.send(Method::GET, "/admin/version/", &[], None).await?;
        if matches!(reply.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) {
            return Err(self.not_taken());
        }
        let version = reply.ok()?.json::<Running>()?.version_current;
        self.taken.store(true, Ordering::Relaxed);
        Ok(version)
    }

    fn not_taken(&self) -> Fault {
        if self.is_young() && !self.taken.load(Ordering::Relaxed) {
            return Fault::Retry {
                why: "Authentik does not know the portal's token yet (403). Right after its installation it needs a minute or two; if it stays so, the token is wrong, has expired, or is an app password.".to_owned(),
                after: Some(SETTING_UP),
            };
        }
        Fault::fail(
            "credential_refused",
            "Authentik does not take the portal's token (403): it is wrong, has expired, or is an app password.",
            "Put an API token that does not expire into identity.authentik.token, then press Retry now.",
        )
    }

    /// All entries of a list. `None`: the account may see nothing of this kind.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Option<Vec<T>>, Fault> {
        let mut found = Vec::new();
        for number in 1..=MAX_PAGES {
            let number = number.to_string();
            let paged = [query, &[("page", number.as_str()), ("page_size", PAGE)]].concat();
            let reply = self.send(Method::GET, path, &paged, None).await?;
            match reply.status {
                StatusCode::FORBIDDEN => return self.version().await.map(|_| None),
                // The list became shorter while it was read.
                StatusCode::NOT_FOUND if number != "1" => return Ok(Some(found)),
                _ => {}
            }
            let page: Page<T> = reply.ok()?.json()?;
            found.extend(page.results);
            if page.pagination.next < 1.0 {
                return Ok(Some(found));
            }
        }
        Err(Fault::retry("A list of Authentik does not end."))
    }

    /// One object; `None` when it is not there, or is not to be seen.
    pub(super) async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Fault> {
        let reply = self.send(Method::GET, path, &[], None).await?;
        match reply.status {
            StatusCode::FORBIDDEN => self.version().await.map(|_| None),
            StatusCode::NOT_FOUND => Ok(None),
            _ => reply.ok()?.json().map(Some),
        }
    }

    /// Makes something. Whoever calls looks it up afterwards: the answer may be lost, or somebody else was faster.
    pub(super) async fn create(&self, path: &str, body: &Value) -> Result<Written, Fault> {
        self.write(Method::POST, path, body).await
    }

    /// Changes the named fields and no others. There is no PUT here: one of a group without its people empties it.
    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<Written, Fault> {
        self.write(Method::PATCH, path, body).await
    }

    async fn write(&self, method: Method, path: &str, body: &Value) -> Result<Written, Fault> {
        let reply = self.send(method, path, &[], Some(body)).await?;
        match reply.status {
            StatusCode::BAD_REQUEST => Ok(Written::Refused(Refusal::read(&reply))),
            StatusCode::NOT_FOUND => Ok(Written::Vanished),
            StatusCode::FORBIDDEN => Err(self.forbidden(path).await),
            _ => reply.ok().map(|_| Written::Taken),
        }
    }

    /// Removes something; already gone is success.
    pub(super) async fn delete(&self, path: &str) -> Result<(), Fault> {
        let reply = self.send(Method::DELETE, path, &[], None).await?;
        match reply.status {
            StatusCode::NOT_FOUND => Ok(()),
            StatusCode::FORBIDDEN => Err(self.forbidden(path).await),
            _ => reply.ok().map(drop),
        }
    }

    /// May the account make objects of this kind? Asked with an empty object: rights are judged before fields, so the
    /// answer is 403 or 400, and nothing is made.
    pub(super) async fn may_create(&self, path: &str) -> Result<bool, Fault> {
        let reply = self.send(Method::POST, path, &[], Some(&serde_json::json!({}))).await?;
        match reply.status {
            StatusCode::FORBIDDEN => self.version().await.map(|_| false),
            StatusCode::BAD_REQUEST => Ok(true),
            _ => Err(reply.fault()),
        }
    }

    /// What Authentik has against a new object that must not come to be: `body` names something that does not exist, so
    /// it is refused, and among the reasons is whether its names are taken, by what this account sees and by what it does
    /// not (fields are judged one by one: Django REST framework, `Serializer.to_internal_value`). `None`: the account may
    /// not make such objects, and is told nothing.
    pub(super) async fn against(&self, path: &str, body: &Value) -> Result<Option<Refusal>, Fault> {
        let reply = self.send(Method::POST, path, &[], Some(body)).await?;
        match reply.status {
            StatusCode::FORBIDDEN => self.version().await.map(|_| None),
            StatusCode::BAD_REQUEST => Ok(Some(Refusal::read(&reply))),
            status if status.is_success() => Err(Fault::retry("Authentik answered in a way that it never should.")),
            _ => Err(reply.fault()),
        }
    }

    /// Why a write was 403.
    async fn forbidden(&self, path: &str) -> Fault {
        if let Err(fault) = self.version().await {
            return fault;
        }
        Fault::fail(
            "identity_forbidden",
            format!("Authentik does not let the portal's account write {}.", kind(path)),
            "Give its role the rights of docs/operations/authentik.md, then press Retry now.",
        )
    }
}

/// What lies under a path, in words.
fn kind(path: &str) -> &'static str {
    match path {
        p if p.starts_with("/providers/") => "OAuth2 providers",
        p if p.starts_with("/core/applications/") => "applications",
        p if p.contains("_user/") => "the members of groups",
        p if p.starts_with("/core/groups/") => "groups",
        p if p.starts_with("/policies/bindings/") => "policy bindings",
        p if p.starts_with("/stages/invitation/") => "invitations",
        _ => "scope mappings",
    }
}
