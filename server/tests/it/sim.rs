//! Stand-ins for outside systems. Those that are spoken to over HTTP are small servers with state; a database and a site
//! are in-memory implementations of their ports. All take their faults from one [`faults::Faults`] and write what they
//! made into one [`faults::Effects`], so that a test can compare whole worlds exactly.

pub(crate) mod authentik;
pub(crate) mod database;
pub(crate) mod faults;
pub(crate) mod idp;
pub(crate) mod idp_login;
pub(crate) mod ionos;
pub(crate) mod kubernetes;
pub(crate) mod openwebui;
pub(crate) mod site;
pub(crate) mod smtp;
pub(crate) mod tls;
pub(crate) mod wordpress;

use slipway::systems::http::Http;
use std::time::Duration;

/// A simulator that listens on a loopback port until it is dropped.
#[derive(Debug)]
pub(crate) struct Wire {
    /// Its address, without trailing slash.
    pub(crate) url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Wire {
    /// Serves `app` on a port of its own.
    pub(crate) async fn serve(app: axum::Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        Self::on(listener, app)
    }

    /// Serves `app` where a test listens already.
    pub(crate) fn on(listener: tokio::net::TcpListener, app: axum::Router) -> Self {
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, task }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The drivers' client, with a time limit for tests.
pub(crate) fn http() -> Http {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Http::new(Duration::from_secs(10)).expect("the TLS provider is there")
}
