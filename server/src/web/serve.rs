//! Listening. Each connection sends at once: an answer in several writes on a reused connection would otherwise wait
//! 40 ms for the acknowledgement of the first (`docs/outside` knows the measurement).

use axum::{
    Router,
    serve::{Listener, ListenerExt as _},
};
use std::{io, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How long open connections may take to finish after `stop`.
const PATIENCE: Duration = Duration::from_secs(10);

/// The listener with TCP_NODELAY on all its connections.
pub fn quick(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = std::net::SocketAddr> {
    listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::warn!(%error, "a connection stays slow: TCP_NODELAY was refused");
        }
    })
}

/// Serves until `stop` becomes `true`, then lets open requests finish, for ten seconds at most.
///
/// # Errors
/// The listener broke.
pub async fn serve(listener: TcpListener, router: Router, stop: watch::Receiver<bool>) -> io::Result<()> {
    let server = axum::serve(quick(listener), router).with_graceful_shutdown(stopped(stop.clone()));
    tokio::select! {
        ended = server.into_future() => ended,
        () = async { stopped(stop).await; tokio::time::sleep(PATIENCE).await } => Ok(()),
    }
}

/// Waits until `stop` is `true`; a sender that is gone never stops anything.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}
