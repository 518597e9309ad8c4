//! The configuration: a TOML file, overlaid by the environment. Every key is declared once, with its words, type and
//! default (`section!`); reading, the check for misspelt keys and `docs/configuration.md` all follow from that.
//!
//! All problems are reported at once, in words that name the key and the cure. No problem repeats a value, because
//! any value may be a secret.

mod chat;
mod database;
mod engine;
mod identity;
mod ionos;
mod log;
mod mail;
mod mcp;
mod network;
mod plan;
mod portal;
mod prices;
mod reference;
mod section;
mod sign_in;
mod site;
mod site_defaults;
mod site_mail;
mod store;
mod table;
mod vault;

pub use chat::{Chat, OpenWebui};
pub use database::{
    Database, DatabaseDump, DatabaseExisting, DatabaseReach, DatabaseServer, DatabaseTls, SiteUser, TlsMode, Via,
};
pub use engine::Engine;
pub use identity::{Authentik, Identity, Rfc7591};
pub use ionos::{DatabaseIonosV1, DatabaseIonosV2};
pub use log::{Log, LogFormat};
pub use mail::{Mail, MailLog, MailSmtp, Security};
pub use mcp::Mcp;
pub use network::{Network, Way};
pub use portal::Portal;
pub use prices::PriceList;
pub use reference::reference;
pub use section::WebAddress;
pub use sign_in::SignIn;
pub use site::{PullPolicy, Reach, Site, SiteKubernetes, SiteProcess};
pub use site_defaults::SiteDefaults;
pub use site_mail::Letters;
pub use store::Store;
pub use vault::Vault;

use crate::domain::{Plan, Prices};
use section::Section;
use std::path::Path;
use table::Tables;

/// Every section, in the order of the reference.
const SECTIONS: &[Section] = &[
    Portal::SECTION,
    Network::SECTION,
    Store::SECTION,
    Vault::SECTION,
    SignIn::SECTION,
    Database::SECTION,
    DatabaseServer::SECTION,
    DatabaseExisting::SECTION,
    DatabaseIonosV2::SECTION,
    DatabaseIonosV1::SECTION,
    DatabaseTls::SECTION,
    DatabaseReach::SECTION,
    DatabaseDump::SECTION,
    Identity::SECTION,
    Rfc7591::SECTION,
    Authentik::SECTION,
    Site::SECTION,
    SiteDefaults::SECTION,
    SiteProcess::SECTION,
    SiteKubernetes::SECTION,
    Letters::SECTION,
    Chat::SECTION,
    OpenWebui::SECTION,
    Mcp::SECTION,
    Mail::SECTION,
    MailLog::SECTION,
    MailSmtp::SECTION,
    Engine::SECTION,
    Log::SECTION,
    prices::PriceList::SECTION,
];

/// What the house is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[portal]`
    pub portal: Portal,
    /// `[network]`
    pub network: Network,
    /// `[store]`
    pub store: Store,
    /// `[vault]`
    pub vault: Vault,
    /// `[sign_in]`
    pub sign_in: SignIn,
    /// `[database]`
    pub database: Database,
    /// `[database.tls]`
    pub database_tls: DatabaseTls,
    /// `[database.reach]`
    pub reach: DatabaseReach,
    /// `[database.dump]`
    pub dump: DatabaseDump,
    /// `[identity]`
    pub identity: Identity,
    /// `[site]`
    pub site: Site,
    /// `[site.defaults]`
    pub site_defaults: SiteDefaults,
    /// `[site.mail]`
    pub letters: Letters,
    /// `[chat]`
    pub chat: Chat,
    /// `[mcp]`
    pub mcp: Mcp,
    /// `[mail]`
    pub mail: Mail,
    /// `[engine]`
    pub engine: Engine,
    /// `[log]`
    pub log: Log,
    /// `[[plan]]`, at least one, keys unique.
    pub plans: Vec<Plan>,
    /// `[prices]`, if they are set.
    pub prices: Option<Prices>,
}

/// All that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The configuration cannot be used:\n  {}", .problems.join("\n  "))]
pub struct ConfigError {
    /// One sentence each; never a value.
    pub problems: Vec<String>,
}

impl Config {
    /// Reads the file, if one is named, and the environment, which wins. Files named by `…_file` keys are read as well.
    ///
    /// # Errors
    /// Everything that is misspelt, missing or of the wrong kind.
    pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut tables = Tables::default();
        if let Some(path) = path {
            tables.read(path);
        }
        tables.overlay(env);
        tables.check_names();
        tables.open_files();
        let config = Self::from(&mut tables);
        match config {
            Some(config) if tables.problems.is_empty() => Ok(config),
            _ => Err(ConfigError { problems: tables.problems }),
        }
    }

    fn from(tables: &mut Tables) -> Option<Self> {
        // Every section is read before the first missing one ends it, so that all problems are found.
        let (portal, network, store) = (Portal::read(tables), Network::read(tables), Store::read(tables));
        let (vault, sign_in) = (Vault::read(tables), SignIn::read(tables));
        let (database, identity, site) = (Database::choose(tables), Identity::choose(tables), Site::choose(tables));
        tables.problems.extend(site.iter().flat_map(Site::contradictions));
        let (database_tls, reach) = (DatabaseTls::read(tables), DatabaseReach::read(tables));
        let (dump, site_defaults) = (DatabaseDump::read(tables), SiteDefaults::read(tables));
        let letters = Letters::read(tables);
        let (chat, mcp, mail) = (Chat::choose(tables), Mcp::read(tables), Mail::choose(tables));
        let (engine, log) = (Engine::read(tables), Log::read(tables));
        let (plans, prices) = (plan::read(tables), prices::read(tables));
        Some(Self {
            portal: portal?,
            network: network?,
            store: store?,
            vault: vault?,
            sign_in: sign_in?,
            database: database?,
            database_tls: database_tls?,
            reach: reach?,
            dump: dump?,
            identity: identity?,
            site: site?,
            site_defaults: site_defaults?,
            letters: letters?,
            chat: chat?,
            mcp: mcp?,
            mail: mail?,
            engine: engine?,
            log: log?,
            plans,
            prices: prices?,
        })
    }
}
