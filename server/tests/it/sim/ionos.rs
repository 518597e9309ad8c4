//! IONOS's database API as its driver meets it: a cluster takes its time to come and to go, a list may lag behind, errors
//! have one shape, a proxy may answer with a page, and what is made is paid for until it is gone. Time goes by with each
//! look at a cluster. Written from `docs/outside/ionos.md`; each exchange is held against the shapes in `contract`.

mod contract;
mod offers;
mod reach;
mod v1;
mod v2;

use super::{
    Wire,
    faults::{Effects, Faults},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{MatchedPath, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use contract::Contract;
pub(crate) use reach::MemoryReach;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, Mutex, MutexGuard},
};
use uuid::Uuid;

/// The token that it takes, until a test changes it.
pub(crate) const TOKEN: &str = "a-token-of-the-portal";
/// The data center that exists.
pub(crate) const DATACENTER: &str = "5a029f4a-72e5-11ec-90d6-0242ac120003";

/// When every cluster says it was made.
pub(crate) const CREATED: &str = "2026-01-10T13:37:50Z";

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::new);

/// A cluster that is paid for.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// As it was sent, credentials and all.
    pub(crate) properties: Value,
    pub(crate) state: String,
    pub(crate) message: Option<String>,
    pub(crate) dns: String,
    /// Looks until the state moves on.
    looks: u32,
    /// Lists that do not show it yet.
    hidden: u32,
}

/// What IONOS remembers, and how it behaves.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) clusters: BTreeMap<Uuid, Stored>,
    pub(crate) token: String,
    /// Looks until a new cluster is usable, and until one that goes is gone.
    pub(crate) making: u32,
    pub(crate) removing: u32,
    /// Lists that do not show a new cluster.
    pub(crate) lag: u32,
    /// Why the next clusters fail.
    pub(crate) failing: Vec<String>,
    /// So many orders are stored and answered with 503.
    pub(crate) unwell_after: u32,
    /// Orders are refused with these words.
    pub(crate) refusal: Option<String>,
    /// What is not there is answered with a page, as a proxy does.
    pub(crate) pages: bool,
    /// Beginnings of paths at which nothing answers.
    pub(crate) closed: Vec<&'static str>,
    /// Networks of the data center: whether each is public, and its addresses.
    pub(crate) lans: BTreeMap<String, (bool, String)>,
    /// Databases inside of clusters: their site's user and password.
    pub(crate) databases: HashMap<(Uuid, String), (String, String)>,
    /// Dumps that were written.
    pub(crate) dumps: Vec<String>,
    /// Clusters of the first version so far.
    born: u32,
    /// What broke the contract.
    pub(crate) flaws: Vec<String>,
}

/// The simulator's inside.
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

/// A running simulator. Dropping it fails the test when the contract was broken.
pub(crate) struct IonosSim {
    pub(crate) wire: Wire,
    pub(crate) faults: Faults,
    pub(crate) inside: Inside,
}

impl IonosSim {
    pub(crate) async fn serve(faults: Faults, effects: Effects) -> Self {
        let lans = BTreeMap::from([("2".to_owned(), (false, "10.7.222.0/24".to_owned()))]);
        let memory = Memory { token: TOKEN.to_owned(), making: 2, removing: 2, lans, ..Memory::default() };
        let inside = Inside { memory: Arc::new(Mutex::new(memory)), effects };
        let paths = ["/clusters", "/clusters/{id}", "/v2/clusters", "/v2/clusters/{id}"];
        let app = paths.into_iter().chain(offers::PATHS).fold(Router::new(), |app, path| app.route(path, any(answer)));
        Self { wire: Wire::serve(faults.over(app.with_state(inside.clone()))).await, faults, inside }
    }

    /// The only cluster.
    pub(crate) fn one(&self) -> (Uuid, Stored) {
        let memory = self.inside.memory();
        assert_eq!(memory.clusters.len(), 1, "{:?}", memory.clusters);
        memory.clusters.iter().next().map(|(id, c)| (*id, c.clone())).expect("there is one")
    }

    /// Changes the only cluster.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Stored)) {
        let (id, _) = self.one();
        change(self.inside.memory().clusters.get_mut(&id).expect("it is there"));
    }
}

impl Drop for IonosSim {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let flaws = &self.inside.memory().flaws;
            assert!(flaws.is_empty(), "{flaws:#?}");
        }
    }
}

/// One call, taken apart.
struct Ask {
    /// "PUT /v2/clusters/{id}"
    name: String,
    id: Option<Uuid>,
    path: String,
    query: HashMap<String, String>,
    body: Option<Value>,
}

impl Ask {
    fn number(&self, key: &str, usual: usize) -> usize {
        self.query.get(key).map_or(usual, |n| n.parse().expect("a number"))
    }
}

/// Status and body.
type Said = (u16, Option<Value>);

fn refuse(status: u16, message: &str) -> Said {
    let code = format!("dbaas-{status}");
    (status, Some(json!({"httpStatus": status, "messages": [{"errorCode": code, "message": message}]})))
}

async fn answer(
    State(inside): State<Inside>,
    matched: MatchedPath,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let name = format!("{} {}", request.method(), matched.as_str());
    let path = request.uri().path().to_owned();
    let last = path.rsplit('/').next().unwrap_or_default().parse().ok();
    let bytes: Bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.expect("a body");
    let body = (!bytes.is_empty()).then(|| serde_json::from_slice(&bytes).expect("JSON"));
    let ask = Ask { name, id: last, path, query, body };
    let mut memory = inside.memory();
    let token = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if token != format!("Bearer {}", memory.token) {
        return say(refuse(401, "Unauthorized"));
    }
    if let Some(flaw) = CONTRACT.question(&ask.name, &ask.query, ask.body.as_ref()) {
        memory.flaws.push(flaw.clone());
        return say(refuse(422, &flaw));
    }
    let said = memory.ask(&ask, &inside.effects);
    if let Some(flaw) = CONTRACT.answer(&ask.name, said.0, said.1.as_ref()) {
        memory.flaws.push(format!("the stand-in itself: {flaw}"));
    }
    let closed = memory.closed.iter().any(|begin| ask.path.starts_with(begin));
    if closed || said.0 == 404 && memory.pages {
        let page = "<!doctype html><title>404</title><p>Nothing here";
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], page).into_response();
    }
    say(said)
}

fn say((status, body): Said) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    match body {
        Some(body) => (status, Json(body)).into_response(),
        None => status.into_response(),
    }
}

impl Memory {
    fn ask(&mut self, ask: &Ask, effects: &Effects) -> Said {
        if let Some(said) = self.offers(ask) {
            return said;
        }
        if ask.name.contains(" /v2/") { self.v2(ask, effects) } else { self.v1(ask, effects) }
    }

    /// A look lets time go by; what is gone is answered as never having been.
    fn look(&mut self, id: Uuid, effects: &Effects) -> Option<&Stored> {
        let cluster = self.clusters.get_mut(&id)?;
        if cluster.looks > 0 {
            cluster.looks -= 1;
        } else if let "PROVISIONING" | "CREATING" | "BUSY" = cluster.state.as_str() {
            cluster.state = if cluster.message.is_some() { "FAILED" } else { "AVAILABLE" }.to_owned();
        } else if cluster.state == "DESTROYING" {
            self.clusters.remove(&id);
            effects.gone("cluster", id);
            self.databases.retain(|(of, name), _| {
                if *of == id {
                    effects.gone("database", name);
                }
                *of != id
            });
        }
        self.clusters.get(&id)
    }

    /// Stores an order; two clusters at one address are a flaw of the driver.
    fn store(&mut self, id: Uuid, properties: &Value, (place, state): (&str, &str), effects: &Effects) {
        if let Some((other, _)) = self.clusters.iter().find(|(_, c)| c.properties[place] == properties[place]) {
            self.flaws.push(format!("{id} and {other} are at one address"));
        }
        let message = if self.failing.is_empty() { None } else { Some(self.failing.remove(0)) };
        let dns = format!("ma-{}.mariadb.de-txl.ionos.com", &id.simple().to_string()[..8]);
        let (looks, hidden, state) = (self.making, self.lag, state.to_owned());
        self.clusters.insert(id, Stored { properties: properties.clone(), state, message, dns, looks, hidden });
        effects.made("cluster", id);
    }

    /// Lets it go; `false` when it is not there.
    fn destroy(&mut self, id: Uuid) -> bool {
        let looks = self.removing;
        let Some(cluster) = self.clusters.get_mut(&id) else { return false };
        if cluster.state != "DESTROYING" {
            (cluster.state, cluster.looks) = ("DESTROYING".to_owned(), looks);
        }
        true
    }

    /// Ids that a list shows now, by a part of their name.
    fn listed(&mut self, ask: &Ask, key: &str, effects: &Effects) -> Vec<Uuid> {
        let part = ask.query.get("filter.name").map(|p| p.to_lowercase()).unwrap_or_default();
        // Each version shows its own: the other's clusters have no such member.
        let named = |c: &Stored| c.properties[key].as_str().is_some_and(|name| name.to_lowercase().contains(&part));
        let mut shown = Vec::new();
        for (id, cluster) in &mut self.clusters {
            if cluster.hidden > 0 {
                cluster.hidden -= 1;
            } else if named(cluster) {
                shown.push(*id);
            }
        }
        shown.retain(|id| self.look(*id, effects).is_some());
        shown.into_iter().skip(ask.number("offset", 0)).take(ask.number("limit", 100)).collect()
    }
}
