//! The driver for sites on this host, with WordPress and MariaDB as they are; and the driver for WordPress on such a site.

use crate::real::{self, Part};
use crate::sim;
use reqwest::Method;
use secrecy::SecretString;
use slipway::domain::{Email, Fault, Gone, Plan, Seen, Slug, TenantId};
use slipway::systems::database::{self, Databases, server::ServerDatabases};
use slipway::systems::identity;
use slipway::systems::site::process::{Config, ProcessSites};
use slipway::systems::site::{Place, Sites, Wanted};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// A host with MariaDB, PHP and WordPress, on which sites can be put.
pub(super) struct Host {
    pub(super) databases: ServerDatabases,
    pub(super) sites: Arc<ProcessSites>,
    pub(super) mariadb: Part,
    pub(super) config: Config,
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

pub(super) const APP_ID: Uuid = Uuid::from_u128(0x51b3_7a00_0000_4000_8000_0000_0000_0001);

impl Host {
    pub(super) async fn new() -> Option<Self> {
        let wordpress = real::root().join("wordpress");
        if !real::works("php", &["-r", "exit(extension_loaded('mysqli') ? 0 : 1);"]).await {
            real::skipped("sites", "PHP with mysqli is not on this machine");
            return None;
        }
        let Some(core) = real::core().await else {
            real::skipped("sites", "WordPress's files are not in the cache");
            return None;
        };
        let mariadb = Part::mariadb().await?;
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            core,
            wordpress,
            data: data.path().to_owned(),
            php: PathBuf::from("php"),
            port: real::free_port(),
            portal_url: "http://127.0.0.1:1".to_owned(),
            portal_api_url: "http://127.0.0.1:1".to_owned(),
            app_id: APP_ID,
        };
        let databases = ServerDatabases::new("127.0.0.1", mariadb.port, "root", &Part::master(), None);
        let sites = Arc::new(ProcessSites::new(config.clone(), sim::http()));
        Some(Self { databases, sites, mariadb, config, _data: data })
    }

    /// The site of a tenant, whose database is made here.
    pub(super) async fn wanted(&self, n: u128, slug: &str) -> Wanted {
        let tenant = TenantId(Uuid::from_u128(n << 64 | n));
        let slug = Slug::parse(slug).expect("a slug");
        let password = SecretString::from(format!("database-canary-{n}"));
        let database = database::Wanted { tenant, slug: slug.clone(), password: password.clone() };
        let Ok(Seen::Ready(database)) = self.databases.ensure(&database).await else { panic!("no database") };
        Wanted {
            tenant,
            name: "Acme & \"Söhne\"\n$(id)".to_owned(),
            site_url: self.sites.address(tenant, &slug),
            slug,
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
    pub(super) fn tree(&self) -> PathBuf {
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
    }
}

pub(super) fn ready(seen: Result<Seen<Place>, Fault>) -> Place {
    match seen {
        Ok(Seen::Ready(place)) => place,
        other => panic!("not ready: {other:?}"),
    }
}

fn pid(place: &Place) -> i32 {
    place.outside_id.strip_prefix("process ").expect("a process").parse().expect("a number")
}

fn kill(pid: i32) {
    let all = nix::unistd::Pid::from_raw(pid);
    nix::sys::signal::kill(all, nix::sys::signal::Signal::SIGKILL).expect("it is ours");
}

async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    for _ in 0..200 {
        if done().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came to this: {what}");
}

#[tokio::test]
async fn runs_a_real_wordpress_through_all_its_days() {
    let Some(host) = Host::new().await else { return };
    assert!(host.sites.health().await.ok, "{:?}", host.sites.health().await);
    let wanted = host.wanted(1, "acme").await;
    assert_eq!(host.sites.look(&wanted).await, Ok(Seen::Absent));

    let first = ready(host.sites.ensure(&wanted).await);
    assert_eq!(first.address, wanted.site_url);
    assert_eq!(ready(host.sites.look(&wanted).await), first);
    assert_eq!(ready(host.sites.ensure(&wanted).await), first, "nothing to do, so nothing is restarted");
    pages_answer(&first.address).await;
    keeps_secrets(&host.tree(), pid(&first));

    let second = comes_back(&host, &wanted, &first).await;
    let third = is_adopted_and_tended(&host, &wanted, &second).await;
    takes_new_settings(&host, wanted.clone(), &third).await;
    tells_of_a_silent_database(host, wanted).await;
}

async fn pages_answer(address: &str) {
    for (path, holds) in [
        ("/", "Acme &amp;"),
        ("/wp-login.php", "user_login"),
        ("/wp-json/", "\"namespaces\""),
        ("/?rest_route=/wp/v2/types/post", "\"slug\":\"post\""),
        ("/wp-includes/css/dashicons.min.css", "dashicons"),
    ] {
        let reply = sim::http().call("The site", Method::GET, &format!("{address}{path}")).send().await.expect(path);
        let text = String::from_utf8_lossy(&reply.body);
        assert!(reply.status == 200 && text.contains(holds), "{path}: {} {text:.300}", reply.status);
    }
}

/// The folder's sheet is for its owner alone, the log holds nothing, and no argument of a process holds anything.
fn keeps_secrets(tree: &Path, pid: i32) {
    use std::os::unix::fs::PermissionsExt;
    for name in ["env", "php.log"] {
        let mode = std::fs::metadata(tree.join(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let arguments = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).expect("it runs");
    let log = std::fs::read_to_string(tree.join("php.log")).expect("a log");
    assert!(!arguments.contains("canary") && !log.contains("canary"), "{arguments}\n{log}");
    let environment = std::fs::read_to_string(format!("/proc/{pid}/environ")).expect("it is ours");
    assert!(environment.contains("database-canary"));
    assert!(!environment.contains("admin-canary") && !environment.contains("CARGO"), "only what a site needs");
    let sheet = std::fs::read_to_string(tree.join("env")).expect("a sheet");
    assert!(!sheet.contains("admin-canary"));
}

/// Leader or whole group killed: it is seen, and one more `ensure` heals it, with the same data.
async fn comes_back(host: &Host, wanted: &Wanted, place: &Place) -> Place {
    kill(pid(place));
    until("the death is seen", async || matches!(host.sites.look(wanted).await, Ok(Seen::Drifted { .. }))).await;
    let again = ready(host.sites.ensure(wanted).await);
    assert_ne!(again, *place);
    pages_answer(&again.address).await;
    again
}

/// A portal that starts anew finds the process, and starts it again when it falls.
async fn is_adopted_and_tended(host: &Host, wanted: &Wanted, place: &Place) -> Place {
    let portal = Arc::new(ProcessSites::new(host.config.clone(), sim::http()));
    assert_eq!(ready(portal.look(wanted).await), *place, "adopted");
    let tending = tokio::spawn({
        let portal = Arc::clone(&portal);
        async move { portal.tend().await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(ready(portal.look(wanted).await), *place, "left alone");
    kill(pid(place));
    until("it is tended", async || matches!(portal.look(wanted).await, Ok(Seen::Ready(p)) if p != *place)).await;
    let tended = ready(portal.look(wanted).await);

    portal.stop_all().await;
    assert!(matches!(portal.look(wanted).await, Ok(Seen::Drifted { .. })));
    until("the round ends", async || tending.is_finished()).await;
    assert!(!portal.health().await.ok);
    ready(host.sites.ensure(wanted).await);
    assert_ne!(tended.outside_id, place.outside_id);
    ready(host.sites.look(wanted).await)
}

async fn takes_new_settings(host: &Host, mut wanted: Wanted, place: &Place) {
    wanted.plan.php_workers = 3;
    wanted.client_secret = SecretString::from("another-canary");
    assert!(matches!(host.sites.look(&wanted).await, Ok(Seen::Drifted { .. })));
    let changed = ready(host.sites.ensure(&wanted).await);
    assert_ne!(changed, *place);
    let environment = std::fs::read_to_string(format!("/proc/{}/environ", pid(&changed))).expect("it is ours");
    assert!(environment.contains("another-canary"));
    assert_eq!(host.sites.look(&wanted).await, Ok(Seen::Ready(changed)));
}

async fn tells_of_a_silent_database(mut host: Host, mut wanted: Wanted) {
    wanted.plan.php_workers = 3;
    wanted.client_secret = SecretString::from("another-canary");
    host.mariadb.crash().await;
    let seen = host.sites.look(&wanted).await;
    assert!(matches!(&seen, Ok(Seen::Drifted { what }) if what.contains("500")), "{seen:?}");
    let fault = host.sites.ensure(&wanted).await.expect_err("there is no database");
    assert!(matches!(&fault, Fault::Retry { why, .. } if why.contains("does not answer")), "{fault}");
    assert!(!fault.to_string().contains("canary"));
    // Removing needs no database.
    let gone = host.sites.remove(wanted.tenant, &wanted.slug).await;
    assert!(matches!(gone, Ok(Gone::Seen { .. })), "{gone:?}");
}

#[tokio::test]
async fn removes_only_what_is_its_own() {
    let Some(host) = Host::new().await else { return };
    let (acme, other) = (host.wanted(1, "acme").await, host.wanted(2, "other").await);
    ready(host.sites.ensure(&acme).await);
    let theirs = ready(host.sites.ensure(&other).await);
    let tree = host.config.data.join("sites").join("acme-000001");

    // Another site's database in this one's place: a copy of a site must not write into the original.
    let mut copy = acme.clone();
    (copy.database, copy.database_password) = (other.database.clone(), other.database_password.clone());
    let moved = host.sites.ensure(&copy).await;
    assert!(
        matches!(&moved, Err(Fault::Fail { code: "site_moved", say, .. }) if say.contains(&other.site_url)),
        "{moved:?}"
    );
    ready(host.sites.ensure(&acme).await);

    std::fs::write(tree.join("tenant"), other.tenant.to_string()).expect("written");
    for refused in [
        host.sites.remove(acme.tenant, &acme.slug).await.map(drop),
        host.sites.ensure(&Wanted { name: "New".to_owned(), ..acme.clone() }).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Fault::Fail { code: "site_not_ours", .. })), "{refused:?}");
    }
    std::fs::write(tree.join("tenant"), acme.tenant.to_string()).expect("written");
    for _ in 0..2 {
        let gone = host.sites.remove(acme.tenant, &acme.slug).await;
        assert_eq!(gone, Ok(Gone::Seen { what: "Site acme-000001 and its process are gone.".to_owned() }));
    }
    assert!(!tree.exists());
    assert_eq!(ready(host.sites.look(&other).await), theirs, "the neighbour never noticed");
    let reply = sim::http().call("The site", Method::GET, &acme.site_url).send().await;
    assert!(reply.is_err(), "nobody listens there any more");
    host.sites.stop_all().await;
}
