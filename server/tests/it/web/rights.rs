//! The whole house over its real front: every route for every role, and that no route is missing. What a use case allows
//! is proven beside the use cases; this proves that no page, form, stream or program's door goes around them.

use super::{Front, browser::Browser, wired};
use crate::{
    portal::stage::{Books, Who},
    sim::idp_login::{Idp, Person},
};
use axum::body::Body;
use http::{Method, Request, header};
use secrecy::SecretString;
use slipway::{
    domain::Clock as _,
    mcp,
    systems::wordpress::rest::RestWordPress,
    web::{self, Web},
};
use std::{collections::BTreeSet, path::Path, sync::Arc};
use tokio::sync::{broadcast, watch};

/// Method, route as the router has it, fields, and what a stranger, an operator, an auditor, the tenant's admin, a member
/// and a person of another tenant get. A stranger's 303 leads to the sign-in, everybody else's to where the form says.
struct Row(&'static str, &'static str, &'static [(&'static str, &'static str)], [u16; 6]);

const EVERYBODY: [u16; 6] = [200; 6];
const SEES: [u16; 6] = [303, 200, 200, 200, 200, 404];
const OPERATES: [u16; 6] = [303, 303, 403, 403, 403, 404];
const MANAGES: [u16; 6] = [303, 303, 403, 303, 403, 404];
const SELF: [u16; 6] = [303; 6];
const ANYBODY_IN: [u16; 6] = [303, 200, 200, 200, 200, 200];
const READS_ALL: [u16; 6] = [303, 200, 200, 403, 403, 403];
/// A server's door: a person's session opens nothing there.
const SERVERS: [u16; 6] = [401; 6];
const MISSING: [u16; 6] = [404; 6];
const MALFORMED: [u16; 6] = [400; 6];

const ASK: &str = "tenant={slug}&state=a-state-of-the-site&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row("GET",  "/",                                  &[], SELF),
    Row("GET",  "/welcome",                           &[], EVERYBODY),
    Row("GET",  "/signed-out",                        &[], EVERYBODY),
    Row("GET",  "/tenants",                           &[], ANYBODY_IN),
    Row("GET",  "/live",                              &[("tenants", "{slug}")], ANYBODY_IN),
    Row("GET",  "/activity",                          &[], ANYBODY_IN),
    Row("GET",  "/account",                           &[], ANYBODY_IN),
    Row("GET",  "/tenants/new",                       &[], [303, 200, 403, 403, 403, 403]),
    Row("GET",  "/tenants/{slug}",                    &[], SEES),
    Row("GET",  "/audit",                             &[], READS_ALL),
    Row("GET",  "/systems",                           &[], READS_ALL),
    Row("GET",  "/sessions",                          &[], READS_ALL),
    Row("POST", "/sessions/end",                      &[("person", "sub-nobody")], [303, 303, 403, 403, 403, 403]),
    Row("POST", "/systems/databases/{cluster}/adopt", &[("typed", "{slug}")], [303, 409, 403, 403, 403, 403]),
    Row("GET",  "/connect/{intent}",                  &[], [303, 404, 404, 200, 200, 404]),
    Row("POST", "/connect/{intent}",                  &[("answer", "approve")], [303, 404, 404, 303, 303, 404]),
    Row("GET",  "/connect/sign-in",                   &[], [303, 403, 403, 302, 302, 404]),
    Row("POST", "/tenants/new",                       &[("name", "N")], [303, 422, 403, 403, 403, 403]),
    Row("POST", "/tenants/{slug}/steps/{step}/retry", &[], OPERATES),
    Row("POST", "/tenants/{slug}/steps/{step}/skip",  &[("reason", "Known.")], OPERATES),
    Row("POST", "/tenants/{slug}/remove",             &[("typed", "{slug}")], OPERATES),
    Row("POST", "/tenants/{slug}/members",            &[("email", "new@example.org"), ("role", "member")], MANAGES),
    Row("POST", "/tenants/{slug}/members/invite",     &[("email", "guest@example.org")], MANAGES),
    Row("POST", "/tenants/{slug}/members/remove",     &[("email", "mia@example.org")], MANAGES),
    Row("POST", "/tenants/{slug}/members/replaced",   &[("email", "mia@example.org"), ("typed", "mia@example.org")], OPERATES),
    Row("GET",  "/people",                            &[], [303, 200, 403, 403, 403, 403]),
    Row("POST", "/people",                            &[("map", "nobody@example.org,sub-new")], [303, 200, 403, 403, 403, 403]),
    Row("POST", "/tenants/{slug}/pairings/{id}/disconnect", &[], MANAGES),
    Row("POST", "/tenants/{slug}/accounts/{account}/end", &[], [303, 404, 403, 404, 403, 404]),
    Row("POST", "/account/pairings/{slug}/{id}/disconnect", &[], MANAGES),
    Row("POST", "/account/sessions/{session}/end",    &[], SELF),
    Row("POST", "/account/sessions/end-others",       &[], SELF),
    Row("POST", "/account/language",                  &[("language", "de")], SELF),
    Row("POST", "/account/theme",                     &[("theme", "dark")], SELF),
    Row("GET",  "/tokens",                            &[], ANYBODY_IN),
    Row("POST", "/tokens",                            &[("name", "N"), ("scope", "operator"), ("days", "7")], [303, 200, 403, 403, 403, 403]),
    Row("POST", "/tokens/{id}/revoke",                &[], [303, 404, 404, 404, 404, 404]),
    Row("GET",  "/sign-in",                           &[], SELF),
    Row("GET",  "/invitations/{sealed}",              &[], SELF),
    Row("GET",  "/sign-in/again",                     &[], ANYBODY_IN),
    Row("GET",  "/sign-in/form/{id}",                 &[], [303, 410, 410, 410, 410, 410]),
    Row("GET",  "/sign-in/callback",                  &[("code", "c"), ("state", "s")], MALFORMED),
    Row("POST", "/sign-in/back-channel",              &[("logout_token", "x")], MALFORMED),
    Row("POST", "/sign-out",                          &[], SELF),
    Row("GET",  "/connect/v1/status",                 &[], SERVERS),
    Row("POST", "/connect/v1/intents",                &[], SERVERS),
    Row("POST", "/connect/v1/complete",               &[], SERVERS),
    Row("GET",  "/connect/v1/pairings/{id}",          &[], SERVERS),
    Row("POST", "/connect/v1/disconnect",             &[], SERVERS),
    Row("POST", "/connect/v1/notices",                &[], SERVERS),
    Row("POST", "/connect/v1/sign-in",                &[], SERVERS),
    Row("GET",  "/connect/v1/{*rest}",                &[], SERVERS),
    Row("POST", "/mcp/{slug}",                        &[], SERVERS),
    Row("GET",  "/assets/{file}",                     &[], MISSING),
    Row("GET",  "/health/live",                       &[], EVERYBODY),
    Row("GET",  "/health/ready",                      &[], [503; 6]),
];

/// Routes that are not in the table, and why.
const ELSEWHERE: [&str; 1] = ["/metrics"]; // another port, without people

/// Every route that the program writes down: `.route("…")` in the server, `path!("…")` in the pages.
fn written() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("../app/src/pages.rs")];
    let mut folders = vec![root.join("src/web"), root.join("src/connect"), root.join("src/mcp"), root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() && folder != root.join("src") {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                files.push(path);
            }
        }
    }
    let mut routes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        for mark in [".route(\"", "path!(\""] {
            let found = product.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
            routes.extend(found.map(|route| route.replace("/:slug", "/{slug}").replace("/:intent", "/{intent}")));
        }
    }
    routes
}

#[test]
fn no_route_is_missing_from_the_table() {
    let tried: BTreeSet<String> = TABLE.iter().map(|row| row.1).chain(ELSEWHERE).map(str::to_owned).collect();
    // What programs may call is held to a table of its own, in api_rights.
    let pages = |route: &String| !route.starts_with("/api/v1/");
    assert_eq!(written().into_iter().filter(pages).collect::<BTreeSet<_>>(), tried);
}

/// The house with its real front.
pub(super) struct Whole {
    pub(super) books: Books,
    pub(super) front: Front,
}

impl Whole {
    pub(super) async fn open() -> Self {
        Self::over(Books::open().await).await
    }

    pub(super) async fn over(books: Books) -> Self {
        let stage = books.town.stage.clone();
        let idp = Idp::open(stage.clock.now().unix()).await;
        let (hints, (stop, stopping), desk) = (broadcast::Sender::new(1), watch::channel(false), Arc::default());
        let (house, bound) = (books.town.house.clone(), books.town.house.clone());
        let gateway = mcp::Gateway {
            ledger: Arc::new(house.clone()),
            desk: Arc::new(RestWordPress::new(crate::sim::http())),
            jwt_secret: SecretString::from(crate::stage::town::JWT),
            allowed_hosts: Vec::new(),
            pace: mcp::Pace::default(),
            clock: stage.clock.clone(),
        };
        let router = web::router(Web {
            portal_for: Arc::new(move |caller| bound.portal_for(caller)),
            people: Arc::new(house.clone()),
            connect: slipway::connect::router(house.clone()),
            mcp: gateway.router(),
            feed: Arc::new(house),
            ..wired(&stage, &idp, &desk, &hints, stopping)
        });
        Self { books, front: Front { router, stage, idp, desk, hints, _stop: stop } }
    }

    /// A browser of that person, or of nobody.
    pub(super) async fn browser(&self, who: Option<Who>) -> Browser {
        let person = match who {
            None => return self.front.browser(),
            Some(Who::Operator) => Person::olivia(),
            Some(Who::Auditor) => of("sub-ava", "ava@example.org", vec!["slipway-auditors"]),
            Some(Who::Admin) => Person::ada(),
            Some(Who::Member) => of("sub-mia", "mia@example.org", vec![]),
            Some(Who::Foreign) => of("sub-mallory", "mallory@example.org", vec![]),
        };
        self.front.signed_in(person).await
    }
}

fn of(subject: &'static str, email: &'static str, groups: Vec<&'static str>) -> Person {
    Person { subject, email: Some(email), groups, ..Person::ada() }
}

/// The address of a route: each cell has a tenant, a question and a pairing of its own.
async fn address(books: &Books, route: &str, slug: &str) -> (String, String) {
    let tenant = books.tenant(slug).await;
    let intent = books.question(&tenant).await.id.to_string();
    let pairing = books.pairing(&tenant, Who::Admin).await.id.to_string();
    let fill = |text: &str| {
        text.replace("{slug}", slug)
            .replace("{intent}", &intent)
            .replace("{id}", &pairing)
            .replace("{cluster}", "00000000-0000-4000-8000-000000000000")
            .replace("{account}", "7")
            .replace("{step}", "database")
            .replace("{session}", "0123456789abcdef")
            .replace("{sealed}", "nothing")
            .replace("{file}", "nothing.css")
            .replace("{*rest}", "nothing")
    };
    (fill(route), fill(ASK))
}

#[tokio::test]
async fn every_route_for_every_role() {
    let whole = Whole::open().await;
    let mut wrong = Vec::new();
    let roles = [None].into_iter().chain(Who::ALL.map(Some));
    for (column, who) in roles.enumerate() {
        for (number, Row(method, route, form, expected)) in TABLE.iter().enumerate() {
            // A fresh sign-in for each: one of them signs out, another ends sessions.
            let mut browser = whole.browser(who).await;
            let slug = format!("t{column}-{number}");
            let (address, ask) = address(&whole.books, route, &slug).await;
            let fields = form.iter().map(|(name, value)| (*name, value.replace("{slug}", &slug)));
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let query = if *route == "/connect/sign-in" { ask } else { query };
            let request = request(method, &address, &query);
            let answer = browser.open(request, if *method == "POST" { Body::from(query) } else { Body::empty() }).await;
            let (status, to) = (answer.status().as_u16(), answer.headers().get(header::LOCATION).cloned());
            if status != expected[column] {
                wrong.push(format!("{method} {route} by {who:?}: {status}, not {}", expected[column]));
            }
            let to = to.map(|to| to.to_str().expect("it is text").to_owned()).unwrap_or_default();
            let open = ["/", "/account/theme", "/sign-in", "/sign-out", "/connect/sign-in", "/invitations/{sealed}"];
            let open = open.contains(route);
            let asked_in = to.starts_with("/welcome?to=");
            if asked_in != (who.is_none() && status == 303 && !open) {
                wrong.push(format!("{method} {route} by {who:?} leads to {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn request(method: &str, address: &str, query: &str) -> http::request::Builder {
    let accept = if address.starts_with("/api/") { "application/json" } else { "text/html" };
    let post = method == "POST";
    let uri = if post || query.is_empty() { address.to_owned() } else { format!("{address}?{query}") };
    let request = Request::builder().method(if post { Method::POST } else { Method::GET }).uri(uri);
    let request = request.header(header::HOST, "localhost").header(header::ACCEPT, accept);
    let request = request.header("sec-fetch-site", "same-origin");
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}
