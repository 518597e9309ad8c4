//! Numbers for Prometheus. Served on an address of its own, so that nobody reads them through the public one.

use axum::{Router, routing::get};
use http::{Method, StatusCode, header::CONTENT_TYPE};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    sync::{Mutex, OnceLock},
    time::Duration,
};

/// Bounds of the latency histogram, seconds.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The recorder is the process's own; whoever asks first installs it.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// `GET /metrics`. The first call installs the recorder of the process.
///
/// # Errors
/// Another recorder was installed before.
pub fn router() -> anyhow::Result<Router> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock();
    let handle = match RECORDER.get() {
        Some(handle) => handle.clone(),
        None => RECORDER
            .get_or_init({
                let fresh =
                    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BOUNDS)?;
                let fresh = fresh.install_recorder()?;
                || fresh
            })
            .clone(),
    };
    drop(turn);
    let page = async move || ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render());
    Ok(Router::new().route("/metrics", get(page)))
}

/// Counts one answer. Labels are route templates, never addresses: their number stays small.
pub(super) fn count(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let labels = [("method", method.to_string()), ("route", route.to_owned()), ("status", status.as_u16().to_string())];
    metrics::counter!("slipway_http_requests_total", &labels).increment(1);
    metrics::histogram!("slipway_http_request_seconds", &labels).record(took);
}
