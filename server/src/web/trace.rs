//! One number per request: in the log, in the answer and on error pages, so that a person can name what went wrong.
//! The log knows routes, never addresses: queries carry codes and states.

use super::front::Front;
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderValue;
use std::time::Instant;
use tracing::Instrument as _;

/// The number of a request, 32 hex digits.
#[derive(Debug, Clone)]
pub(super) struct Trace(pub(super) String);

/// Gives the request its number, logs and counts the answer.
pub(super) async fn record(State(front): State<Front>, mut request: Request, next: Next) -> Response {
    let trace = front.dice.uuid().simple().to_string();
    request.extensions_mut().insert(Trace(trace.clone()));
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", trace, %method, route);
    let begun = Instant::now();
    let mut answer = next.run(request).instrument(span.clone()).await;
    let (took, status) = (begun.elapsed(), answer.status());
    span.in_scope(|| tracing::info!(status = status.as_u16(), us = took.as_micros(), "answered"));
    super::metrics::count(&method, &route, status, took);
    if let Ok(value) = HeaderValue::from_str(&trace) {
        answer.headers_mut().insert("x-request-id", value);
    }
    answer
}
