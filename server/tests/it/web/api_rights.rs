//! The whole API for every role, over the real use cases: by a session's cookie and by a token, the answer is what the
//! table of rights says, and no operation is missing here.

use super::{Desk, PUBLIC, wired};
use crate::{
    portal::stage::{Books, Who},
    sim::idp_login::Idp,
};
use app::model::token::TokenForm;
use axum::{Router, body::Body};
use http::{Method, Request, StatusCode, header};
use serde_json::json;
use slipway::{
    domain::{Caller, Clock as _},
    store::session::Sessions,
    web,
};
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::{broadcast, watch};
use tower::ServiceExt as _;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

/// A portal with real use cases.
pub(super) struct Desked {
    pub(super) books: Books,
    pub(super) router: Router,
    pub(super) _ends: (broadcast::Sender<slipway::domain::Hint>, watch::Sender<bool>),
}

impl Desked {
    pub(super) async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let books = Books::open().await;
        let idp = Idp::open(books.stage().clock.now().unix()).await;
        let (hints, (stop, stopping)) = (broadcast::Sender::new(1), watch::channel(false));
        let mut front = wired(books.stage(), &idp, &Arc::new(Desk::default()), &hints, stopping);
        let house = books.town.house.clone();
        front.tokens = Arc::new(house.clone());
        front.people = Arc::new(house.clone());
        front.portal_for = Arc::new(move |caller| house.portal_for(caller));
        Self { books, router: web::router(front), _ends: (hints, stop) }
    }

    /// A cookie of that person's session.
    pub(super) async fn cookie(&self, caller: &Caller) -> String {
        let now = self.books.stage().clock.now();
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(now.unix() + 3600).expect("a moment");
        let data = [("caller", json!(caller)), ("stay", json!({ "since": now, "seen": now }))];
        let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let mut record = Record { id: Id::default(), data, expiry_date };
        let sessions = Sessions::new(self.books.stage().store.clone(), self.books.stage().clock.clone());
        sessions.create(&mut record).await.expect("the store works");
        format!("{}={}", web::session::HOST_COOKIE, record.id)
    }

    /// A token that this person made.
    pub(super) async fn token(&self, who: Who, scope: &str, tenant: &str, name: &str) -> String {
        let form = TokenForm { name: name.into(), scope: scope.into(), tenant: tenant.into(), days: String::new() };
        self.books.portal(who).make_token(form).await.expect("they may").text
    }

    /// Sends; the body is left to the caller.
    pub(super) async fn send(&self, request: http::request::Builder, body: Body) -> http::Response<Body> {
        self.router.clone().oneshot(request.body(body).expect("it is a request")).await.expect("a router answers")
    }
}

/// Method, path, body, and what member, tenant admin, foreign person, auditor and operator get. `{…}` is filled in.
struct Row(&'static str, &'static str, &'static str, [u16; 5]);

const ALL: [u16; 5] = [200; 5];
const SEE: [u16; 5] = [200, 200, 404, 200, 200];
const READ_ALL: [u16; 5] = [403, 403, 403, 200, 200];
const ORDER: [u16; 5] = [403, 403, 403, 403, 200];
const OPERATE: [u16; 5] = [403, 403, 404, 403, 202];
const PEOPLE: [u16; 5] = [403, 204, 404, 403, 204];

const TABLE: [Row; 25] = [
    Row("GET", "/me", "", ALL),
    Row("GET", "/activity", "", ALL),
    Row("GET", "/tenants", "", ALL),
    Row("GET", "/audit", "", READ_ALL),
    Row("GET", "/audit.jsonl", "", READ_ALL),
    Row("GET", "/audit.csv", "", READ_ALL),
    Row("GET", "/systems", "", READ_ALL),
    Row("GET", "/sessions", "", READ_ALL),
    Row("POST", "/sessions/end", r#"{"subject":"sub-nobody"}"#, [403, 403, 403, 403, 204]),
    Row("POST", "/systems/databases/{cluster}/adopt", r#"{"slug":"{slug}"}"#, [403, 403, 403, 403, 409]),
    Row("GET", "/plans", "", ORDER),
    Row("GET", "/slugs/{slug}", "", ORDER),
    Row("POST", "/order-preview", r#"{"name":"New"}"#, ORDER),
    Row(
        "POST",
        "/tenants",
        r#"{"name":"New","slug":"{new}","admin_email":"ada@example.org"}"#,
        [403, 403, 403, 403, 201],
    ),
    Row("GET", "/tenants/{slug}", "", SEE),
    Row("GET", "/tenants/{slug}/timeline", "", SEE),
    Row("GET", "/tenants/{slug}/events", "", SEE),
    Row("POST", "/tenants/{slug}/remove", r#"{"slug":"{slug}"}"#, OPERATE),
    Row("POST", "/tenants/{slug}/steps/{step}/retry", "", OPERATE),
    Row("POST", "/tenants/{slug}/steps/{step}/skip", r#"{"reason":"Known."}"#, OPERATE),
    Row("PUT", "/tenants/{slug}/members/{email}", r#"{"role":"member"}"#, PEOPLE),
    Row("DELETE", "/tenants/{slug}/members/{email}", "", PEOPLE),
    Row("DELETE", "/tenants/{slug}/accounts/{account}", "", [403, 404, 404, 403, 404]),
    Row("DELETE", "/tenants/{slug}/pairings/{pairing}", "", [403, 202, 404, 403, 202]),
    Row("GET", "/openapi.json", "", ALL),
];

#[test]
fn no_operation_is_missing_from_the_table() {
    let described = web::openapi();
    let paths = described["paths"].as_object().expect("there are paths");
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("operations").keys();
        methods.map(move |method| (method.to_uppercase(), path.trim_start_matches("/api/v1").to_owned()))
    });
    let described: BTreeSet<_> = operations.collect();
    let tried = TABLE.iter().filter(|row| row.1 != "/openapi.json").map(|row| (row.0.to_owned(), row.1.to_owned()));
    assert_eq!(described, tried.collect());
}

const PEOPLE_IN_ORDER: [Who; 5] = [Who::Member, Who::Admin, Who::Foreign, Who::Auditor, Who::Operator];

/// Each cell has a tenant of its own, so that no cell changes another one.
#[tokio::test]
async fn every_operation_for_every_role() {
    let desk = Desked::open().await;
    desk.books.tenant("elsewhere").await;
    let foreign = desk.token(Who::Admin, "tenant-admin", "elsewhere", "elsewhere").await;
    let auditor = desk.token(Who::Operator, "auditor", "", "reader").await;
    let operator = desk.token(Who::Operator, "operator", "", "doer").await;
    for (number, Row(method, path, body, expected)) in TABLE.iter().enumerate() {
        for (column, who) in PEOPLE_IN_ORDER.into_iter().enumerate() {
            let slug = format!("{who:?}-{number}").to_lowercase();
            let cookie = (header::COOKIE, desk.cookie(&who.caller()).await);
            let got = cell(&desk, &slug, (method, path, body), Some(cookie)).await;
            assert_eq!(got.as_u16(), expected[column], "{method} {path} by {who:?} with a cookie");

            let slug = format!("{slug}-token");
            let text = match who {
                Who::Member => continue,
                Who::Admin => String::new(),
                Who::Foreign => foreign.clone(),
                Who::Auditor => auditor.clone(),
                Who::Operator => operator.clone(),
            };
            let got = cell(&desk, &slug, (method, path, body), Some((header::AUTHORIZATION, text))).await;
            assert_eq!(got.as_u16(), expected[column], "{method} {path} by {who:?} with a token");
        }
        let open = if *path == "/openapi.json" { 200 } else { 401 };
        let got = cell(&desk, &format!("nobody-{number}"), (method, path, body), None).await;
        assert_eq!(got.as_u16(), open, "{method} {path} by nobody");
    }
}

/// One request at a fresh tenant. An empty token stands for one of this tenant's admin.
async fn cell(
    desk: &Desked,
    slug: &str,
    (method, path, body): (&str, &str, &str),
    credential: Option<(header::HeaderName, String)>,
) -> StatusCode {
    let tenant = desk.books.tenant(slug).await;
    let pairing = desk.books.pairing(&tenant, Who::Admin).await.id.to_string();
    let fill = |text: &str| {
        let text = text.replace("{cluster}", "00000000-0000-4000-8000-000000000000");
        let text = text.replace("{slug}", slug).replace("{step}", "database").replace("{pairing}", &pairing);
        let text = text.replace("{account}", "7");
        text.replace("{email}", "mia@example.org").replace("{new}", &format!("{slug}-new"))
    };
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).expect("a method"));
    request = request.uri(format!("/api/v1{}", fill(path)));
    let mut cookie = false;
    if let Some((name, mut value)) = credential {
        cookie = name == header::COOKIE;
        if !cookie && value.is_empty() {
            value = desk.token(Who::Admin, "tenant-admin", slug, slug).await;
        }
        request = request.header(name, if cookie { value } else { format!("Bearer {value}") });
    }
    // A token needs no word of where the request comes from; not even a foreign page's word matters.
    let (site, origin) = if cookie { ("same-origin", PUBLIC) } else { ("cross-site", "https://evil.example") };
    request = request.header("sec-fetch-site", site).header(header::ORIGIN, origin);
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let anonymous = !cookie && !request.headers_ref().is_some_and(|h| h.contains_key(header::AUTHORIZATION));
    if anonymous {
        let headers = request.headers_mut().expect("it is sound");
        headers.remove("sec-fetch-site");
        headers.remove(header::ORIGIN);
    }
    let answer = desk.send(request, Body::from(fill(body))).await;
    assert!(cookie || answer.headers().get(header::SET_COOKIE).is_none(), "{method} {path} gave a cookie");
    if answer.status().as_u16() >= 400 {
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
    }
    answer.status()
}
