//! `slipway serve`: the portal, its engine, and on this host the sites.

use super::tasks::Tasks;
use crate::{
    boot,
    config::{Config, LogFormat},
    web,
};
use anyhow::Context as _;
use std::{process::ExitCode, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// The task that is waited for on the way out.
const ENGINE: &str = "engine";

/// Pause between two sweeps of rows whose time is over.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// How long a portal that is told to end still answers, so that a cluster can take it off its lists first.
const GRACE: Duration = Duration::from_secs(3);

/// How long the steps under way may take to finish.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long answered questions, ended sessions and old claims are kept.
const KEEP: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn serve(config: impl FnOnce() -> anyhow::Result<Config>) -> anyhow::Result<ExitCode> {
    // Before anything else: as a container's first process a signal that nobody handles yet would be lost.
    let mut bell = Bell::hang()?;
    let config = config()?;
    log(&config);
    let metrics = web::metrics::router()?;
    // Whoever cannot listen, or is not alone where it must be, touches nothing.
    let listener = listen(config.portal.listen).await?;
    let aside = listen(config.portal.metrics_listen).await?;
    let _alone = boot::alone(&config)?;
    let built = tokio::select! {
        built = boot::house(&config) => built?,
        sign = bell.rings() => {
            tracing::info!(?sign, "closing before it opened");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let store = built.house.store.clone();
    if store.kind() == "sqlite" {
        // The file is this process's alone, so whoever had leases by this name before is dead.
        store.end_leases(boot::ALONE).await?;
    }
    let (closing, closes) = watch::channel(false);
    let (stop, stopped) = watch::channel(false);
    let router = built.router(&config, closes.clone())?;
    tracing::info!(url = config.portal.public_url.as_str(), "the portal is open");

    let mut tasks = Tasks::default();
    tasks.spawn(ENGINE, built.engine.clone().run(closes));
    tasks.spawn("invitation letters", built.house.clone().carry());
    tasks.spawn("sweep of old rows", sweep(built.house.clone()));
    tasks.spawn("metrics", web::metrics::tend(web::metrics::UPKEEP));
    if let Some(sites) = built.processes.clone() {
        tasks.spawn("site processes", async move { sites.tend().await });
    }
    tokio::spawn(web::serve(aside, metrics, stopped.clone()));
    let supervisor = tokio::spawn(async move {
        let why = tokio::select! {
            sign = bell.rings() => End::Asked(sign),
            ended = tasks.next_end() => End::Broken(ended.unwrap_or("every task")),
        };
        why.tell();
        let _nobody_listens = closing.send(true);
        drain(&mut tasks, &why, &mut bell).await;
        let _nobody_listens = stop.send(true);
        why
    });
    web::serve(listener, router, stopped).await?;
    if let Some(sites) = built.processes {
        sites.stop_all().await;
    }
    Ok(match supervisor.await? {
        End::Asked(_) => ExitCode::SUCCESS,
        End::Broken(_) => ExitCode::FAILURE,
    })
}

/// Why a portal closes.
enum End {
    /// By this signal.
    Asked(&'static str),
    /// This task ended, and none of them should.
    Broken(&'static str),
}

impl End {
    fn tell(&self) {
        match self {
            Self::Asked(sign) => tracing::info!(?sign, "closing"),
            Self::Broken(task) => {
                tracing::error!(task, "closing, because a task ended that should not; start the portal again")
            }
        }
    }
}

/// The portal says that it is not ready, begins nothing new and finishes what its engine has in hand; meanwhile it still
/// answers, because others need a moment to learn that they should ask elsewhere. A second signal ends the wait.
async fn drain(tasks: &mut Tasks, why: &End, bell: &mut Bell) {
    let grace = if matches!(why, End::Asked(Bell::TERM)) { GRACE } else { Duration::ZERO };
    let finished = async {
        let engine = tokio::time::timeout(PATIENCE, tasks.end_of(ENGINE));
        let (_finished, ()) = tokio::join!(engine, tokio::time::sleep(grace));
    };
    tokio::select! {
        () = finished => {}
        sign = bell.rings() => tracing::info!(?sign, "closing at once"),
    }
}

async fn listen(at: std::net::SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}; is another portal running?"))
}

fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // Where a line cannot be written (a full disk, a reader that is gone) it would be told on the same stderr by a macro that
    // panics, and with it whatever was at work.
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
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

/// Rings at Ctrl-C and SIGTERM.
struct Bell {
    term: Signal,
    interrupt: Signal,
}

impl Bell {
    const TERM: &str = "SIGTERM";

    fn hang() -> anyhow::Result<Self> {
        let hang = |kind| signal(kind).context("signals cannot be heard");
        Ok(Self { term: hang(SignalKind::terminate())?, interrupt: hang(SignalKind::interrupt())? })
    }

    async fn rings(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => Self::TERM,
            _ = self.interrupt.recv() => "Ctrl-C",
        }
    }
}
