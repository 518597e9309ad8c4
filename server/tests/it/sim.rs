//! Stand-ins for outside systems.

pub(crate) mod idp_login;

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
