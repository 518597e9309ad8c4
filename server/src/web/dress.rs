//! How failures look. A handler answers with a [`Problem`]; out here it becomes a page for people or JSON for programs,
//! with the number of the request. Bare answers of the framework (413, 405, …) and panics get the same clothes, and
//! never show internals.

use super::{api::Told, front::Front, trace::Trace};
use app::model::oops::Oops;
use askama::Template;
use axum::{
    Json,
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use futures::FutureExt as _;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};
use std::panic::AssertUnwindSafe;

/// The policy of the plain pages made here.
pub(super) const PLAIN_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A failure on its way out.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    oops: Oops,
    action: Option<(&'static str, String)>,
}

impl Problem {
    /// With the one button of the page: its label and where it leads.
    pub(super) fn with_action(oops: Oops, label: &'static str, href: impl Into<String>) -> Self {
        Self { oops, action: Some((label, href.into())) }
    }
}

impl From<Oops> for Problem {
    fn from(oops: Oops) -> Self {
        Self { oops, action: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.oops.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = status.into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

#[derive(Template)]
#[template(path = "oops/page.html")]
struct Page<'a> {
    oops: &'a Oops,
    label: &'a str,
    href: &'a str,
    style: &'a str,
    icon: &'a str,
    trace: &'a str,
    moment: String,
    clock: String,
    support: &'a str,
}

/// Turns a panic of a handler into a failure. The text of the panic goes to the log only.
pub(super) async fn panics(State(_): State<Front>, request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(cause) => {
            let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
            tracing::error!(panic = text, "a handler panicked");
            Problem::from(Oops::internal()).into_response()
        }
    }
}

/// Dresses failures.
pub(super) async fn errors(State(front): State<Front>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let data = wants_data(&path, request.headers());
    let again = if request.method() == Method::GET { path.clone() } else { "/tenants".to_owned() };
    let trace = request.extensions().get::<Trace>().map(|trace| trace.0.clone()).unwrap_or_default();
    let mut answer = next.run(request).await;
    let problem = match answer.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if bare(&answer) && !speaks_for_itself(&path) => Problem::from(plain(answer.status(), data)),
        None => return answer,
    };
    let told = || Json(Told::of(&problem.oops, &trace)).into_response();
    let body = if data { told() } else { page(&front, &problem, &again, &trace) };
    dressed(answer, body.into_body(), data)
}

/// Keeps status and headers of the answer (cookies, `Allow`, `Retry-After`) and changes its body.
fn dressed(answer: Response, body: axum::body::Body, data: bool) -> Response {
    let (mut head, _) = answer.into_parts();
    let kind = if data { "application/problem+json" } else { "text/html; charset=utf-8" };
    head.headers.remove(http::header::CONTENT_LENGTH);
    head.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if !data {
        head.headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PLAIN_POLICY));
    }
    Response::from_parts(head, body)
}

fn page(front: &Front, problem: &Problem, again: &str, trace: &str) -> Response {
    let (label, href) = match &problem.action {
        Some((label, href)) => (*label, href.as_str()),
        None if problem.oops.status >= 500 => ("Try again", again),
        None => ("Go to your tenants", "/tenants"),
    };
    let file = |name: &str| front.files.get(name).cloned().unwrap_or_else(|| format!("/assets/{name}"));
    let now = jiff::Timestamp::from_microsecond(front.now().0).unwrap_or_default();
    let page = Page {
        oops: &problem.oops,
        label,
        href,
        style: &file("slipway.css"),
        icon: &file("favicon.svg"),
        trace,
        moment: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        clock: now.strftime("%H:%M:%S UTC").to_string(),
        support: &front.support,
    };
    Html(page.render().unwrap_or_else(|_| problem.oops.say.clone())).into_response()
}

/// Does the asker want data instead of a page?
pub(super) fn wants_data(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let data = accept.contains("application/json") || accept.contains("text/event-stream");
    path.starts_with("/api/") || speaks_for_itself(path) || (data && !accept.contains("text/html"))
}

/// These paths have error shapes of their own; only panics are dressed for them.
fn speaks_for_itself(path: &str) -> bool {
    ["/connect/v1/", "/mcp/", "/health/", "/sign-in/back-channel"].iter().any(|own| path.starts_with(own))
}

/// An answer that the framework made: no body worth keeping.
fn bare(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("text/plain");
    (answer.status().is_client_error() || answer.status().is_server_error()) && kind.starts_with("text/plain")
}

fn plain(status: StatusCode, data: bool) -> Oops {
    let (code, say, next) = match status.as_u16() {
        404 => return Oops::not_found(),
        405 => (
            "wrong_method",
            "This address does not take that kind of request.",
            "Go back and use the page's own buttons.",
        ),
        408 => ("too_slow", "The request took too long to arrive.", "Send it again."),
        413 => (
            "too_large",
            "What was sent is larger than this form takes. Nothing was changed.",
            "Shorten it, then send it again.",
        ),
        415 => ("wrong_type", "What was sent is not a form.", "Open the page and send its form again."),
        400..=499 => (
            "unreadable",
            "Slipway could not read this request. Nothing was changed.",
            "Go back, check the fields, then send it again.",
        ),
        _ => return Oops { status: status.as_u16(), ..Oops::internal() },
    };
    let next = if data { "Look at /api/v1/openapi.json for what this address takes." } else { next };
    Oops::new(status.as_u16(), code, say, next)
}
