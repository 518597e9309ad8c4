//! Listening. Each connection sends at once: an answer in several writes on a reused connection would otherwise wait
//! 40 ms for the acknowledgement of the first (`docs/outside` knows the measurement). And each has an end: one on which
//! nothing moves is closed, and there are so many at once.

use super::lively::Lively;
use axum::{
    Router,
    body::Body,
    serve::{Listener, ListenerExt as _},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::{io, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};
use tower::ServiceExt as _;

/// How long open connections may take to finish after `stop`.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection on which not a byte moves for so long is closed. Longer than proxies keep an idle one (nginx 60 s, Traefik
/// 90 s, Caddy 120 s), so that they close it and not we, under the next request; live streams send something every 15 s.
const IDLE: Duration = Duration::from_secs(125);
/// The head of a request arrives within this time, the pause before it included.
const HEAD: Duration = IDLE;
/// Connections at once; more wait to be accepted.
const MOST: u32 = 2_000;

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
    serve_within(listener, router, stop, IDLE).await
}

/// The same with another time for connections on which nothing moves.
///
/// # Errors
/// The listener broke.
pub async fn serve_within(
    listener: TcpListener,
    router: Router,
    stop: watch::Receiver<bool>,
    idle: Duration,
) -> io::Result<()> {
    let most = room();
    let places = Arc::new(Semaphore::new(most as usize));
    let mut listener = quick(listener);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await.0)
        };
        let (place, stream) = tokio::select! {
            (Ok(place), stream) = accepted => (place, stream),
            () = stopped(stop.clone()) => break,
            else => break,
        };
        let (router, stop) = (router.clone(), stop.clone());
        tokio::spawn(async move {
            converse(stream, router, stop, idle).await;
            drop(place);
        });
    }
    drop(listener);
    let _all_gone = tokio::time::timeout(PATIENCE, places.acquire_many(most)).await;
    Ok(())
}

/// One connection, to its end.
async fn converse(stream: TcpStream, router: Router, stop: watch::Receiver<bool>, idle: Duration) {
    let service = TowerToHyperService::new(router.map_request(|request: http::Request<_>| request.map(Body::new)));
    let mut protocol = Builder::new(TokioExecutor::new());
    protocol.http1().timer(TokioTimer::new()).header_read_timeout(HEAD.min(idle));
    protocol.http2().timer(TokioTimer::new()).max_concurrent_streams(100);
    let mut talk = pin!(protocol.serve_connection(TokioIo::new(Lively::new(stream, idle)), service));
    let ended = tokio::select! {
        ended = talk.as_mut() => ended,
        () = stopped(stop) => {
            talk.as_mut().graceful_shutdown();
            talk.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(error, "a connection ended");
    }
}

/// How many connections this process can have beside its other files. Most systems let a process open 1,024 files unless it
/// asks for more, and allow far more.
fn room() -> u32 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return MOST / 4 };
    let wanted = u64::from(MOST) * 2;
    let files = if soft < wanted && setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard).is_ok() {
        wanted.min(hard)
    } else {
        soft
    };
    u32::try_from(files / 2).unwrap_or(MOST).clamp(1, MOST)
}

/// Waits until `stop` is `true`; a sender that is gone never stops anything.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}
