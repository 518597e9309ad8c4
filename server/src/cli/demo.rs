//! `slipway demo`: a whole Slipway on this machine, with real servers behind it, each on a loopback address of its own
//! (browsers share cookies between ports).
//!
//! One process watches over all of it. It starts the servers side by side, tells the portal where they are in an
//! ordinary configuration file, and starts the portal as an ordinary `slipway serve`: nothing in the house knows of the
//! demo. Everything it starts carries the demo's folder in its environment, so that a demo whose watcher was killed is
//! found and ended by the next one.

mod bench;
mod chat;
mod cluster;
mod folder;
mod leftovers;
mod model;
mod part;
mod parts;
mod probe;
mod settings;
mod table;
mod voice;
mod watch;

use crate::domain::Dice;
use crate::systems::http::Http;
use anyhow::Context as _;
use bench::Bench;
use cluster::Cluster;
use folder::Folder;
use model::Model;
use parts::Plan;
use std::{collections::BTreeMap, net::Ipv4Addr, path::PathBuf, process::ExitCode, time::Duration};
use voice::Voice;
use watch::Running;

/// Variables of the environment that the demo was started in.
type Vars = BTreeMap<String, String>;

/// A whole Slipway on this machine, with real servers behind it, on loopback addresses.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Begin anew: ends what runs and removes the demo's folder first.
    #[arg(long)]
    reset: bool,
    /// Folder of the demo [default: slipway-demo in the folder for user data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// First three numbers of its addresses [default: 127.0.0, with --cluster those that its pods reach].
    #[arg(long, value_parser = net)]
    net: Option<Net>,
    /// Sites as pods of the cluster in this folder, which end2end/cluster/up has started.
    #[arg(long, value_name = "DIR", value_parser = Cluster::open)]
    cluster: Option<Cluster>,
    /// Where sites' sign-in clients are made: at the provider itself, or at a simulated Authentik beside it.
    #[arg(long, value_enum, default_value = "provider")]
    identity: Identity,
    /// A database server of its own for each tenant, made by a simulated IONOS in place of the shared MariaDB.
    #[arg(long, value_enum, conflicts_with = "cluster")]
    ionos: Option<Ionos>,
    /// The servers' scripts.
    #[arg(long, value_name = "DIR", default_value = "end2end/parts")]
    parts: PathBuf,
    /// Written, as JSON, when everything is up.
    #[arg(long, value_name = "FILE")]
    json_ready: Option<PathBuf>,
    /// Start everything but the portal, for one that you start yourself.
    #[arg(long)]
    no_portal: bool,
}

impl Args {
    fn net(&self) -> Net {
        self.net.or(self.cluster.as_ref().map(|c| c.net)).unwrap_or(Net([127, 0, 0]))
    }
}

/// Where sites' sign-in clients are made. People sign in at the demo's OpenID provider in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Identity {
    /// By dynamic registration.
    Provider,
    /// By Authentik's API, which is simulated: its server cannot be brought onto every machine.
    Authentik,
}

/// Which IONOS makes the tenants' databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Ionos {
    /// A stand-in whose time is scaled, with a real MariaDB behind each cluster.
    Simulated,
}

/// The first three numbers of the demo's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Net([u8; 3]);

impl Net {
    /// Address of one server.
    fn host(self, last: u8) -> Ipv4Addr {
        let [a, b, c] = self.0;
        Ipv4Addr::new(a, b, c, last)
    }
}

impl std::fmt::Display for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c] = self.0;
        write!(f, "{a}.{b}.{c}")
    }
}

fn net(text: &str) -> Result<Net, String> {
    let say = || "write three numbers of a loopback or private address, such as 127.0.5".to_owned();
    let address: Ipv4Addr = format!("{text}.1").parse().map_err(|_| say())?;
    let [a, b, c, _] = address.octets();
    // From 127.64 on the addresses belong to the tenants' sites.
    if a == 127 && b < 64 || address.is_private() { Ok(Net([a, b, c])) } else { Err(say()) }
}

/// Runs the demo until somebody stops it or one of its servers ends.
pub(super) async fn demo(args: Args, vars: Vars, dice: &dyn Dice) -> anyhow::Result<ExitCode> {
    let voice = Voice::new();
    let mut stop = watch::Stop::listen()?;
    let folder = Folder::open(&args, &vars)?;
    if leftovers::end(folder.root()).await? {
        voice.say("An earlier demo in this folder was still running. It has been stopped.")?;
    }
    if args.reset {
        folder.clear()?;
        if let Some(cluster) = &args.cluster {
            cluster.clear(&args.parts).await?;
        }
    }
    folder.lay_out(dice)?;
    let demo = Demo::new(args, folder, &vars)?;
    let mut running = Running::new();
    let done = tokio::select! {
        done = demo.run(&mut running, &voice) => done,
        () = stop.asked() => Ok(()),
    };
    voice.say(if done.is_ok() { "Stopping …" } else { "Something is missing. Stopping the rest …" })?;
    running.end(&mut stop).await;
    leftovers::end(demo.folder.root()).await?;
    voice.say("Stopped.")?;
    done.map(|()| ExitCode::SUCCESS)
}

/// A demo that could start.
struct Demo {
    args: Args,
    folder: Folder,
    cache: PathBuf,
    model: Model,
    plan: Plan,
    http: Http,
    /// Where people find the portal.
    public: String,
}

impl Demo {
    fn new(args: Args, folder: Folder, vars: &Vars) -> anyhow::Result<Self> {
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let http = Http::new(Duration::from_secs(60))?;
        let model = Model::choose(&folder, args.net(), vars)?;
        let bench = Bench::new(&args, &folder, vars)?;
        let plan = Plan::new(&args, &bench, &model)?;
        plan.free()?;
        let public = settings::public(args.net(), vars);
        settings::clients(&folder, args.net(), &public)?;
        let cache = bench.cache().to_owned();
        Ok(Self { args, folder, cache, model, plan, http, public })
    }

    /// Brings everything up, says where it is, and watches until something ends.
    async fn run(&self, running: &mut Running, voice: &Voice) -> anyhow::Result<()> {
        let Self { args, folder, model, http, public, .. } = self;
        if let Some(file) = &args.json_ready {
            let _there_was_none = std::fs::remove_file(file);
        }
        running.start(&self.plan.servers, folder.root(), http, voice).await?;
        chat::prepare(http, folder, args.net(), model).await.context("OpenWebUI runs, but is of no use yet")?;
        settings::portal(folder, args, &self.cache, model)?;
        if !args.no_portal {
            running.start(std::slice::from_ref(&self.plan.portal), folder.root(), http, voice).await?;
        }
        voice.say(&table::table(folder, args, model, public, running))?;
        if let Some(file) = &args.json_ready {
            folder::replace(file, &table::json(folder, args, model, public, running).to_string(), 0o600)?;
        }
        Err(running.one_is_missing().await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_loopback_addresses_that_are_not_the_sites() {
        assert_eq!(net("127.0.9").map(|n| n.host(4).to_string()), Ok("127.0.9.4".to_owned()));
        assert_eq!(net("10.101.1"), Ok(Net([10, 101, 1])), "of a cluster on this machine");
        for wrong in ["127.64.0", "11.0.0", "127.0", "127.0.0.1", "127.0.x", ""] {
            assert!(net(wrong).is_err(), "{wrong}");
        }
    }
}
