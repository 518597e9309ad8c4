//! `ionos-simulator`: IONOS's API for managed MariaDB on an address, with time by the clock and, if wanted, a real MariaDB
//! behind each cluster. What comes and goes is said on standard error, and `GET /everything` lists what is there.

mod keep;
mod server;
mod servers;

use anyhow::Context as _;
use axum::{Json, middleware::from_fn_with_state, routing::get};
use clap::Parser;
use ionos_simulator::{Inside, Time, Witness, routes};
use keep::{Keep, kept};
use serde_json::{Value, json};
use servers::Servers;
use std::{io::Write as _, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::signal::unix::{SignalKind, signal};

/// IONOS's API for managed MariaDB, simulated: both versions of it, held against their descriptions.
#[derive(Parser)]
struct Args {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// File with the token that it takes.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// How long a cluster takes to come up; it takes a third of that to go.
    #[arg(long, value_name = "SECONDS", default_value_t = 45)]
    pace: u32,
    /// Id of the one data center that it knows; without it any is taken.
    #[arg(long, value_name = "UUID")]
    datacenter: Option<String>,
    /// Folder that keeps the clusters over a restart.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Script that starts a MariaDB (end2end/parts/mariadb/start): a real one is behind each cluster then, at the
    /// cluster's own address, which this machine must have.
    #[arg(long, value_name = "FILE", requires = "data")]
    mariadb: Option<PathBuf>,
}

/// Says what happens.
struct Aloud;

impl Witness for Aloud {
    fn made(&self, cluster: uuid::Uuid) {
        say(&format!("ordered {cluster}"));
    }

    fn gone(&self, cluster: uuid::Uuid) {
        say(&format!("gone {cluster}"));
    }
}

fn say(line: &str) {
    // A log that nobody reads any more ends nothing.
    let _closed = writeln!(std::io::stderr(), "{line}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let asked = stop()?;
    let inside = inside(&args)?;
    let keep = args.data.as_deref().map(Keep::open).transpose()?.map(Arc::new);
    if let Some(keep) = &keep {
        keep.recall(&inside)?;
    }
    let mut servers = args.mariadb.zip(args.data).map(|(script, data)| Servers::new(script, data));
    if let Some(servers) = &mut servers {
        servers.settle(&inside).await;
    }
    let all = inside.clone();
    let mut app = routes(inside.clone());
    if let Some(keep) = &keep {
        app = app.layer(from_fn_with_state((keep.clone(), inside.clone()), kept));
    }
    let app = app.route("/everything", get(async move || Json(everything(&all))));
    let listener = tokio::net::TcpListener::bind(args.listen).await?;
    say(&format!("listens on {}", args.listen));
    let done = tokio::select! {
        served = async { axum::serve(listener, app).await } => served.map_err(Into::into),
        broken = seconds(&inside, &mut servers, keep.as_deref()) => broken,
        () = asked => Ok(()),
    };
    if let Some(servers) = servers {
        servers.end().await;
    }
    done
}

fn inside(args: &Args) -> anyhow::Result<Inside> {
    let token = std::fs::read_to_string(&args.token_file).context("The file with the token cannot be read")?;
    let inside = Inside::new(token.trim(), Time::Clock, Arc::new(Aloud));
    let mut memory = inside.memory();
    (memory.making, memory.removing) = (args.pace, args.pace / 3);
    memory.datacenter.clone_from(&args.datacenter);
    memory.holding = args.mariadb.is_some();
    memory.now = now();
    drop(memory);
    Ok(inside)
}

/// Listens from now on; what comes of it waits until somebody asks it to end.
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let (mut a, mut b) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! { _ = a.recv() => {}, _ = b.recv() => {} }
    })
}

/// Time goes by, and the servers behind the clusters with it.
async fn seconds(inside: &Inside, servers: &mut Option<Servers>, keep: Option<&Keep>) -> anyhow::Result<()> {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        second.tick().await;
        inside.memory().now = now();
        inside.second();
        if let Some(servers) = servers {
            servers.round(inside).await;
        }
        if let Some(keep) = keep {
            keep.keep(inside)?;
        }
    }
}

/// The time, as the API writes it.
#[expect(clippy::disallowed_methods, reason = "here is where the clock comes from")]
fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Clusters without their credentials, and what broke the descriptions.
fn everything(inside: &Inside) -> Value {
    let memory = inside.memory();
    let clusters: Vec<Value> = memory
        .clusters
        .iter()
        .map(|(id, c)| {
            let name = c.properties.get("name").or(c.properties.get("displayName"));
            json!({"id": id, "name": name, "state": c.state, "address": c.address()})
        })
        .collect();
    json!({"clusters": clusters, "flaws": memory.flaws})
}
