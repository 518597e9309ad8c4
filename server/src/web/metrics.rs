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

/// Pause between two rounds of [`tend`].
pub const UPKEEP: Duration = Duration::from_secs(5);

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

/// Empties what histograms took in, for as long as the process lives: they keep every single value until somebody asks for the
/// numbers, and nobody may ever ask (`install_recorder` in metrics-exporter-prometheus 0.18 leaves this to its caller).
pub async fn tend(every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        if let Some(recorder) = RECORDER.get() {
            recorder.run_upkeep();
        }
    }
}

/// The name of a method that HTTP knows (RFC 9110, section 9; RFC 5789). Anybody can make up others, without end.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "other",
    }
}

/// Counts one answer. Labels are known methods and route templates, never what somebody wrote: their number stays small.
pub(super) fn count(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let labels =
        [("method", known(method).to_owned()), ("route", route.to_owned()), ("status", status.as_u16().to_string())];
    metrics::counter!("slipway_http_requests_total", &labels).increment(1);
    metrics::histogram!("slipway_http_request_seconds", &labels).record(took);
}
