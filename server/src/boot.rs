//! The composition root: from the configuration to the house. The only place that names drivers.

mod addresses;
mod alone;
mod databases;
mod identity;
mod ionos;
mod machine;
mod mail;
mod network;
mod sites;
mod turn;

pub use addresses::StoredAddresses;
pub use alone::{Alone as OnlyOne, alone};
pub use machine::{Urandom, Watch};

use crate::{
    config::{self, Config, Way},
    domain::{Clock, Dice, McpMode, TlsTrouble},
    mcp,
    portal::House,
    saga::{
        engine::{Calm, Engine, Settings},
        journal::Journal,
    },
    steps::{self, Systems},
    store::{Sessions, Store},
    systems::{
        chat::openwebui::{self, Alone, OpenWebUi},
        gateway::Gateway,
        http::Dates,
        site::process::ProcessSites,
        wordpress::rest::RestWordPress,
    },
    vault::Vault,
    web,
};
use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};
use tokio::sync::watch;

/// Marks the application passwords that are ours, at every site and for ever.
pub const APP_ID: uuid::Uuid = uuid::uuid!("5b0c1c6e-2f4a-4f0b-9d57-51a0f5c3a7de");

/// How long a claim on a tenant lasts without renewal.
const LEASE: Duration = Duration::from_secs(30);

/// Name on the leases of the one portal that a SQLite file has, whichever process it is.
pub const ALONE: &str = "the portal of this file";

/// A house with what only `serve` needs.
pub struct Built {
    /// Use cases.
    pub house: House,
    /// Does the work.
    pub engine: Arc<Engine>,
    /// The process manager of this host's sites, if they are processes.
    pub processes: Option<Arc<ProcessSites>>,
    /// What other sides' clocks say.
    pub dates: Arc<Dates>,
    wordpress: Arc<RestWordPress>,
    jwt_secret: SecretString,
}

/// Builds the house. Nothing is asked of the outside yet.
///
/// # Errors
/// The database cannot be opened, or the vault not with its master key.
pub async fn house(config: &Config) -> anyhow::Result<Built> {
    crypto();
    let (clock, dice): (Arc<dyn Clock>, Arc<dyn Dice>) = (Arc::new(machine::Watch), Arc::new(machine::Urandom));
    let store = open_store(config).await?;
    let store = store.at_issuer(config.sign_in.issuer.as_str()).await.context("the database")?;
    let vault = Vault::open(store.clone(), &config.vault.master_key_file, dice.clone()).await.context("the vault")?;
    let ways = network::Ways::open(config)?;
    let wordpress = Arc::new(RestWordPress::new(ways.http(Way::Sites)?));
    let (sites, processes) = sites::sites(config, &ways).await.context("the place for sites")?;
    let config::Chat::OpenWebui(owui) = &config.chat;
    let systems = Systems {
        databases: databases::databases(config, &ways, &store, &clock).await.context("the databases")?,
        identity: identity::identity(config, ways.http(Way::Identity)?, &clock)?,
        sites,
        wordpress: wordpress.clone(),
        chat: Arc::new(OpenWebUi::new(ways.http(Way::Chat)?, chat(owui, &store, &clock, &dice))),
        mail: mail::mail(config, &clock)?,
        sizes: Arc::new(config.plans.clone()),
        site_language: config.site_defaults.language,
        site_time_zone: config.site_defaults.time_zone.clone(),
        prices: config.prices.clone(),
        gateway: Gateway::new(ways.http(Way::Gateway)?, gateway_url(config)),
        public_url: config.portal.public_url.base().to_owned(),
        language: config.portal.language,
        app_id: APP_ID,
        mcp: config.mcp.mode,
    };
    let plans = Arc::new(steps::plans(&systems));
    let engine = Engine {
        store: store.clone(),
        vault: vault.clone(),
        plans: plans.clone(),
        clock: clock.clone(),
        dice: dice.clone(),
        probe: Arc::new(Calm),
        settings: Settings {
            owner: match store.kind() {
                "sqlite" => ALONE.to_owned(),
                _ => format!("{} {}", machine::name(), dice.uuid()),
            },
            workers: config.engine.workers.get().into(),
            lease: LEASE,
            look_every: Duration::from_secs(config.engine.look_every_secs.get().into()),
        },
        closing: AtomicBool::new(false),
    };
    let journal = Journal::new(store.clone(), plans);
    let house = House { store, vault, journal, systems, clock, dice, drivers: Arc::new(drivers(config)) };
    let dates = ways.dates();
    Ok(Built { house, engine: Arc::new(engine), processes, dates, wordpress, jwt_secret: owui.jwt_secret.clone() })
}

/// Opens the portal's own database and brings its schema up to date.
///
/// # Errors
/// See [`Store::open_trusting`]; what is wrong with TLS is told apart.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let (url, authorities) = (config.store.url.expose_secret(), config.network.ca_file.as_deref());
    Store::open_trusting(url, authorities).await.map_err(|error| match TlsTrouble::among(&error) {
        Some(trouble) => anyhow::anyhow!("the database: {}", trouble.tell("PostgreSQL")),
        None => anyhow::Error::new(error).context("the database"),
    })
}

/// One TLS provider for the whole process; a second call changes nothing.
fn crypto() {
    let _already_there = rustls::crypto::ring::default_provider().install_default();
}

fn chat(o: &config::OpenWebui, store: &Store, clock: &Arc<dyn Clock>, dice: &Arc<dyn Dice>) -> openwebui::Config {
    let turns = turn::Turns {
        here: Alone::default(),
        store: store.clone(),
        clock: clock.clone(),
        dice: dice.clone(),
        portal: machine::name(),
    };
    openwebui::Config {
        url: o.url.base().to_owned(),
        public_url: o.public_url.as_ref().unwrap_or(&o.url).base().to_owned(),
        api_key: o.api_key.clone(),
        base_model: o.base_model.clone(),
        jwt_secret: o.jwt_secret.clone(),
        clock: clock.clone(),
        lock: Arc::new(turns),
    }
}

/// Where OpenWebUI's server reaches the gateway, without a slash at its end.
fn gateway_url(config: &Config) -> &str {
    config.mcp.gateway_url.as_ref().map_or_else(|| config.portal.internal_base(), config::WebAddress::base)
}

/// Driver and address of each system, for people; no credentials.
fn drivers(config: &Config) -> Vec<(&'static str, String)> {
    let config::Chat::OpenWebui(c) = &config.chat;
    vec![
        ("Store", store(&config.store)),
        ("Database", databases::driver(&config.database)),
        ("Identity", identity::driver(&config.identity)),
        ("Site", sites::driver(&config.site)),
        ("Chat", format!("OpenWebUI at {}", c.url.as_str())),
        ("Gateway", gateway_url(config).to_owned()),
        ("Mail", mail::driver(&config.mail)),
    ]
}

/// The portal's own database, without account and password.
fn store(store: &config::Store) -> String {
    let url = store.url.expose_secret();
    match url.strip_prefix("sqlite:") {
        Some(path) => format!("SQLite in {}", path.trim_start_matches("//")),
        None => {
            let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
            format!("PostgreSQL at {}", host.unwrap_or_else(|| "a socket of this host".to_owned()))
        }
    }
}

impl Built {
    /// All routes. Once `stop` is true the portal calls itself not ready and live pages close, while it still answers.
    ///
    /// # Errors
    /// An address in the configuration is none.
    pub fn router(&self, config: &Config, stop: watch::Receiver<bool>) -> anyhow::Result<axum::Router> {
        let house = self.house.clone();
        let public = web::PublicOrigin::parse(config.portal.public_url.as_str())?;
        let s = &config.sign_in;
        let settings = web::oidc::Settings {
            issuer: s.issuer.as_str().to_owned(),
            client_id: s.client_id.clone(),
            client_secret: s.client_secret.clone(),
            operator_group: s.operator_group.clone(),
            auditor_group: s.auditor_group.clone(),
            groups_claim: s.groups_claim.clone(),
            way: network::Ways::open(config)?.sign_in(),
        };
        let sign_in = web::oidc::SignIn::new(settings, public.clone(), house.clock.clone(), house.dice.clone())?;
        let (asked, bound) = (house.clone(), house.clone());
        let closing = stop.clone();
        let ready: web::Ready = Arc::new(move || {
            let (house, closing) = (asked.clone(), *closing.borrow());
            Box::pin(async move {
                if closing {
                    return Err("This portal is closing.".to_owned());
                }
                house.store.pulse(house.clock.now()).await.map_or(Ok(()), |unwell| Err(unwell.say))
            })
        });
        let sessions = Sessions::new(house.store.clone(), house.clock.clone());
        let front = web::Web {
            portal_for: Arc::new(move |caller| bound.portal_for(caller)),
            sign_in,
            sessions: web::session::Sessions(Arc::new(sessions)),
            people: Arc::new(house.clone()),
            tokens: Arc::new(house.clone()),
            clock: house.clock.clone(),
            dice: house.dice.clone(),
            public,
            connect: crate::connect::router(house.clone()),
            mcp: self.gateway(config)?,
            feed: Arc::new(house.clone()),
            ready,
            assets: web::assets::Assets::embedded(),
            support: config.portal.support.clone(),
            stop,
        };
        Ok(web::one_host(web::router(front)))
    }

    /// Nothing where sites have the tools themselves.
    fn gateway(&self, config: &Config) -> anyhow::Result<axum::Router> {
        if config.mcp.mode == McpMode::Direct {
            return Ok(axum::Router::new());
        }
        let host = |url: &str| anyhow::Ok(url::Url::parse(url)?.host_str().unwrap_or_default().to_owned());
        let own = [config.portal.internal_base(), config.portal.public_url.as_str(), gateway_url(config)];
        let mut allowed_hosts = own.into_iter().map(host).collect::<anyhow::Result<Vec<_>>>()?;
        allowed_hosts.extend(config.mcp.hosts.clone().map(|hosts| hosts.0).unwrap_or_default());
        let gateway = mcp::Gateway {
            ledger: Arc::new(self.house.clone()),
            desk: self.wordpress.clone(),
            jwt_secret: self.jwt_secret.clone(),
            allowed_hosts,
            pace: mcp::Pace::default(),
            clock: self.house.clock.clone(),
        };
        Ok(gateway.router())
    }
}
