//! Driver: sites as processes of this host, by PHP's own server. For the demo and for development: all sites run as the
//! portal's user, and core files are hard links to one copy.
//!
//! A site is a folder and a loopback address of its own. The folder's file `env` is the commit point: it is written when
//! WordPress is installed, and from then on [`ProcessSites::tend`] keeps a server running for it, through restarts of the
//! portal too. A process is known by the tenant and folder in its own environment, never by its number alone.

use super::{Place, Sites, Trust, Wanted};
use crate::domain::{Fault, Gone, Health, Seen, SiteLanguage, Slug, TenantId};
use crate::systems::http::Http;
use async_trait::async_trait;
use sheet::Sheet;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as Turns;
use tree::Tree;

mod address;
mod install;
mod languages;
mod log;
mod probe;
mod server;
mod sheet;
mod tend;
mod tree;

/// How long a fresh server may take to its first right answer before the step looks again later.
const FIRST_ANSWER: Duration = Duration::from_secs(15);

/// Where things are and what sites must know of the portal.
#[derive(Debug, Clone)]
pub struct Config {
    /// WordPress's own files.
    pub core: PathBuf,
    /// This project's `wordpress` folder: `install.php`, `wp-config.php`, `mu-plugins`, `slipway-connect`.
    pub wordpress: PathBuf,
    /// Folder that holds `sites/`.
    pub data: PathBuf,
    /// Language that new sites begin with, where one is set.
    pub language: Option<SiteLanguage>,
    /// PHP's command-line program.
    pub php: PathBuf,
    /// TCP port of every site, each on its own address.
    pub port: u16,
    /// The portal as browsers reach it, without trailing slash.
    pub portal_url: String,
    /// The portal as sites reach it, without trailing slash.
    pub portal_api_url: String,
    /// Whom sites trust, and how they speak to their databases.
    pub trust: Trust,
    /// `app_id` of the chat's application passwords.
    pub app_id: uuid::Uuid,
    /// The mail server for the sites' letters.
    pub mail: Option<super::SiteMail>,
}

/// Sites on this host. One per data folder.
#[derive(Debug)]
pub struct ProcessSites {
    config: Config,
    http: Http,
    turns: Mutex<HashMap<TenantId, Arc<Turns<()>>>>,
    closing: AtomicBool,
}

impl ProcessSites {
    /// Sites as `config` says; `http` is used to look at them.
    pub fn new(config: Config, http: Http) -> Self {
        Self { config, http, turns: Mutex::default(), closing: AtomicBool::new(false) }
    }

    /// One turn per tenant, so that [`ProcessSites::tend`] never starts what a step is just taking apart.
    fn turn(&self, tenant: TenantId) -> Arc<Turns<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(tenant).or_default())
    }

    fn tree(&self, tenant: TenantId, slug: &Slug) -> Tree {
        Tree::of(&self.config.data, tenant, slug)
    }

    fn place(&self, sheet: &Sheet, pid: i32) -> Place {
        Place { address: sheet.address(), outside_id: format!("process {pid}") }
    }

    /// What is there, and the reason why it is not right.
    async fn seen(&self, tree: &Tree, wanted: &Sheet) -> Result<Seen<Place>, Fault> {
        let Some(written) = tree.sheet().await? else { return Ok(Seen::Absent) };
        if written.hash() != wanted.hash() {
            return Ok(Seen::Drifted { what: "The site runs with older settings or files.".to_owned() });
        }
        let Some(running) = server::running(tree).await? else {
            return Ok(Seen::Drifted { what: "The site's process has ended.".to_owned() });
        };
        if running.hash != wanted.hash() {
            return Ok(Seen::Drifted { what: "The site's process was started with older settings.".to_owned() });
        }
        Ok(match probe::trouble(&self.http, &wanted.address()).await {
            None => Seen::Ready(self.place(wanted, running.pid)),
            Some(what) => Seen::Drifted { what },
        })
    }

    async fn first_answer(&self, tree: &Tree, sheet: &Sheet) -> Result<Seen<Place>, Fault> {
        let until = tokio::time::Instant::now() + FIRST_ANSWER;
        loop {
            match self.seen(tree, sheet).await? {
                Seen::Drifted { .. } if server::running(tree).await?.is_none() => {
                    let last = log::last_words(&tree.log()).await;
                    return Err(Fault::retry(format!("PHP ended at once. It said: {last}")));
                }
                Seen::Drifted { what } if tokio::time::Instant::now() > until => {
                    return Ok(Seen::Working { note: what, again: Duration::from_secs(5) });
                }
                Seen::Drifted { .. } => tokio::time::sleep(Duration::from_millis(100)).await,
                other => return Ok(other),
            }
        }
    }
}

#[async_trait]
impl Sites for ProcessSites {
    fn address(&self, tenant: TenantId, _slug: &Slug) -> String {
        format!("http://{}:{}", address::of(tenant), self.config.port)
    }

    async fn languages(&self) -> Vec<SiteLanguage> {
        SiteLanguage::ALL.into_iter().filter(|language| languages::there(&self.config.core, *language)).collect()
    }

    async fn look(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        let sheet = Sheet::of(&self.config, wanted, &tree::fingerprint(&self.config, wanted.language).await?);
        self.seen(&self.tree(wanted.tenant, &wanted.slug), &sheet).await
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        let turn = self.turn(wanted.tenant).lock_owned().await;
        let tree = self.tree(wanted.tenant, &wanted.slug);
        let sheet = Sheet::of(&self.config, wanted, &tree::fingerprint(&self.config, wanted.language).await?);
        if let seen @ Seen::Ready(_) = self.seen(&tree, &sheet).await? {
            return Ok(seen);
        }
        address::takes(sheet.ip, sheet.port)?;
        tree.claim(wanted.tenant).await?;
        server::stop(&tree).await?;
        let _turn = tree.fill(&self.config, &sheet.files, turn).await?;
        install::run(&self.config, &tree, &sheet, &wanted.admin_password).await?;
        tree.write_sheet(&sheet).await?;
        server::start(&self.config.php, &tree, &sheet).await?;
        self.first_answer(&tree, &sheet).await
    }

    async fn remove(&self, tenant: TenantId, slug: &Slug) -> Result<Gone, Fault> {
        let turn = self.turn(tenant).lock_owned().await;
        let tree = self.tree(tenant, slug);
        tree.refuse_foreign(tenant).await?;
        tree.forget_sheet().await?;
        server::stop(&tree).await?;
        let _turn = tree.remove(turn).await?;
        if tree.exists().await? || !server::members(&tree).await?.is_empty() {
            return Err(Fault::retry("The site's folder or process is still there after its removal."));
        }
        Ok(Gone::Seen { what: format!("Site {} and its process are gone.", tree.name()) })
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (slug.to_string(), format!("A process of this host, below {}", self.config.data.join("sites").display()))
    }

    async fn health(&self) -> Health {
        if self.closing.load(Ordering::Relaxed) {
            return Health::bad("Sites are being stopped.", "Start the portal again.");
        }
        probe::host(&self.config).await
    }
}
