//! `slipway serve`: the portal, its engine, and on this host the sites.

use crate::{
    boot,
    config::{Config, LogFormat},
    web,
};
use anyhow::Context as _;
use std::{process::ExitCode, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// Pause between two sweeps of rows whose time is over.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// How long answered questions, ended sessions and old claims are kept.
const KEEP: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    log(&config);
    let metrics = web::metrics::router()?;
    tokio::spawn(web::metrics::tend(web::metrics::UPKEEP));
    let built = boot::house(&config).await?;
    let store = built.house.store.clone();
    if store.kind() == "sqlite" {
        // One process only: whatever held a lease before is dead.
        store.end_leases().await?;
    }
    let (stop, stopped) = watch::channel(false);
    let router = built.router(&config, stopped.clone())?;
    let listener = listen(config.portal.listen).await?;
    let aside = listen(config.portal.metrics_listen).await?;
    tracing::info!(url = config.portal.public_url.as_str(), "the portal is open");

    let engine = tokio::spawn(built.engine.clone().run(stopped.clone()));
    let tending = built.processes.clone().map(|sites| tokio::spawn(async move { sites.tend().await }));
    let sweeping = tokio::spawn(sweep(built.house.clone()));
    let post = tokio::spawn(built.house.clone().carry());
    tokio::spawn(web::serve(aside, metrics, stopped.clone()));
    tokio::spawn(async move {
        let sign = wait().await;
        tracing::info!(?sign, "closing");
        let _nobody_listens = stop.send(true);
    });
    web::serve(listener, router, stopped).await?;
    if let Some(tending) = tending {
        tending.abort();
    }
    sweeping.abort();
    post.abort();
    let _finished = tokio::time::timeout(Duration::from_secs(20), engine).await;
    if let Some(sites) = built.processes {
        sites.stop_all().await;
    }
    Ok(ExitCode::SUCCESS)
}

async fn listen(at: std::net::SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}; is another portal running?"))
}

fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Json => lines.json().init(),
        LogFormat::Pretty => lines.with_target(false).init(),
    }
}

async fn sweep(house: crate::portal::House) {
    loop {
        let before = crate::domain::At(house.clock.now().0 - i64::try_from(KEEP.as_micros()).unwrap_or(0));
        let swept = match house.may_sweep().await {
            Ok(true) => house.store.sweep(before).await.map(drop),
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = swept {
            tracing::warn!(%error, "old rows stay");
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

/// Ctrl-C or SIGTERM.
async fn wait() -> &'static str {
    let Ok(mut term) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = term.recv() => "SIGTERM",
        _ = tokio::signal::ctrl_c() => "Ctrl-C",
    }
}
