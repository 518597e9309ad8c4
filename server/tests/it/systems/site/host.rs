//! A host for tests, on which sites can be put.

use crate::real::{self, Part};
use crate::sim;
use secrecy::SecretString;
use slipway::domain::{Email, Fault, Plan, Seen, SiteLanguage, Slug, TenantId, TimeZone};
use slipway::systems::database::{self, Databases, server::ServerDatabases};
use slipway::systems::identity;
use slipway::systems::site::process::{Config, ProcessSites};
use slipway::systems::site::{Place, Sites, Trust, Wanted};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

/// A host with MariaDB, PHP and WordPress, on which sites can be put.
pub(in crate::systems) struct Host {
    pub(in crate::systems) databases: ServerDatabases,
    pub(in crate::systems) sites: Arc<ProcessSites>,
    pub(in crate::systems) mariadb: Part,
    pub(in crate::systems) config: Config,
    _data: TempDir,
}

impl Drop for Host {
    /// A test that failed must not leave servers behind.
    fn drop(&mut self) {
        let trees = std::fs::read_dir(self.config.data.join("sites")).into_iter().flatten().flatten();
        for pid in trees.filter_map(|tree| std::fs::read_to_string(tree.path().join("pid")).ok()?.parse().ok()) {
            let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
    }
}

pub(in crate::systems) const APP_ID: Uuid = Uuid::from_u128(0x51b3_7a00_0000_4000_8000_0000_0000_0001);

impl Host {
    pub(in crate::systems) async fn new() -> Option<Self> {
        let mariadb = Part::mariadb().await?;
        let databases = ServerDatabases::new(&mariadb.host, mariadb.port, "root", &Part::master(), None);
        Self::over(mariadb, databases, Trust::default()).await
    }

    /// The same with a server and a way to it of the test's own.
    pub(in crate::systems) async fn over(mariadb: Part, databases: ServerDatabases, trust: Trust) -> Option<Self> {
        let wordpress = real::root().join("wordpress");
        if !real::works("php", &["-r", "exit(extension_loaded('mysqli') ? 0 : 1);"]).await {
            real::skipped("sites", "PHP with mysqli is not on this machine");
            return None;
        }
        let Some(core) = real::core().await else {
            real::skipped("sites", "WordPress's files are not in the cache");
            return None;
        };
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            core,
            wordpress,
            data: data.path().to_owned(),
            language: None,
            php: PathBuf::from("php"),
            port: real::free_port(),
            portal_url: "http://127.0.0.1:1".to_owned(),
            trust,
            portal_api_url: "http://127.0.0.1:1".to_owned(),
            app_id: APP_ID,
            mail: None,
        };
        let sites = Arc::new(ProcessSites::new(config.clone(), sim::http()));
        Some(Self { databases, sites, mariadb, config, _data: data })
    }

    /// The site of a tenant, whose database is made here.
    pub(in crate::systems) async fn wanted(&self, n: u128, slug: &str) -> Wanted {
        let tenant = TenantId(Uuid::from_u128(n << 64 | n));
        let slug = Slug::parse(slug).expect("a slug");
        let password = SecretString::from(format!("database-canary-{n}"));
        let database = database::Wanted {
            tenant,
            slug: slug.clone(),
            password: password.clone(),
            owner_password: None,
            plan: None,
        };
        let Ok(Seen::Ready(database)) = self.databases.ensure(&database).await else { panic!("no database") };
        Wanted {
            tenant,
            name: "Acme & \"Söhne\"\n$(id)".to_owned(),
            site_url: self.sites.address(tenant, &slug),
            slug,
            language: SiteLanguage::En,
            time_zone: TimeZone::utc(),
            plan: plan(),
            database,
            database_password: password,
            client: identity::Client { client_id: "c".to_owned(), issuer: "http://127.0.0.1:1".to_owned() },
            client_secret: SecretString::from("client-canary"),
            site_secret: SecretString::from("site-canary-0000000000000000000000000000000"),
            salt: SecretString::from("salt-canary"),
            admin_email: Email::parse("ada@example.org").expect("an address"),
            admin_password: SecretString::from("admin-canary"),
        }
    }

    /// The only site's folder.
    pub(in crate::systems) fn tree(&self) -> PathBuf {
        let mut found = std::fs::read_dir(self.config.data.join("sites")).expect("a folder");
        found.next().expect("one site").expect("readable").path()
    }
}

fn plan() -> Plan {
    Plan {
        key: "small".to_owned(),
        label: "Small".to_owned(),
        about: String::new(),
        cost: None,
        php_workers: 2,
        upload_mb: 3,
        memory_mb: 512,
        cpu_millicores: 100,
        disk_gb: 5,
        database_instances: None,
        database_cores: None,
        database_ram_gb: None,
        database_storage_gb: None,
    }
}

/// Converges as the engine does: what heals by itself is tried again.
pub(in crate::systems) async fn steady(host: &Host, wanted: &Wanted) -> Place {
    for _ in 0..5 {
        match host.sites.ensure(wanted).await {
            Err(Fault::Retry { .. }) => tokio::time::sleep(std::time::Duration::from_millis(300)).await,
            seen => return ready(seen),
        }
    }
    ready(host.sites.ensure(wanted).await)
}

pub(in crate::systems) fn ready(seen: Result<Seen<Place>, Fault>) -> Place {
    match seen {
        Ok(Seen::Ready(place)) => place,
        other => panic!("not ready: {other:?}"),
    }
}
