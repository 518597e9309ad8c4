//! The driver for sites on this host, with WordPress and MariaDB as they are.

use crate::{
    real::{self, Part},
    sim,
    sim::tls::{Authority, Holds},
};
pub(super) use host::{APP_ID, Host, ready, steady};
use reqwest::Method;
use secrecy::SecretString;
use slipway::domain::{Fault, Gone, Seen, SiteLanguage, TimeZone};
use slipway::systems::database::{DatabaseTls, server::ServerDatabases};
use slipway::systems::site::process::ProcessSites;
use slipway::systems::site::{Place, Sites, Trust, Wanted};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

mod host;

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

    let first = steady(&host, &wanted).await;
    assert_eq!(first.address, wanted.site_url);
    assert_eq!(ready(host.sites.look(&wanted).await), first);
    assert_eq!(steady(&host, &wanted).await, first, "nothing to do, so nothing is restarted");
    pages_answer(&first.address).await;
    keeps_secrets(&host.tree(), pid(&first));

    let second = comes_back(&host, &wanted, &first).await;
    let third = is_adopted_and_tended(&host, &wanted, &second).await;
    takes_new_settings(&host, wanted.clone(), &third).await;
    tells_of_a_silent_database(host, wanted).await;
}

/// A server that demands TLS: the site speaks it, looks at the certificate, and names what is wrong.
#[tokio::test]
async fn a_site_at_a_database_that_demands_tls() {
    let (company, name) = (Authority::new(), real::free_host());
    let (certificate, key) = company.files(&company.sign(&name, Holds::Now));
    for (trust, fine, say) in [
        (Trust::default(), false, "demands TLS"),
        (Trust { authorities: None, database_tls: Some("on") }, true, ""),
        (Trust { authorities: Some(company.pem()), database_tls: Some("verified") }, true, ""),
        (Trust { authorities: None, database_tls: Some("verified") }, false, "look at its certificate"),
    ] {
        let Some(mariadb) = Part::mariadb_with_tls(&name, &certificate, &key).await else { return };
        let databases = ServerDatabases::new(&mariadb.host, mariadb.port, "root", &Part::master(), None);
        let told = format!("{trust:?}");
        let databases = databases.with_tls(DatabaseTls::On);
        let Some(host) = Host::over(mariadb, databases, trust).await else { return };
        let wanted = host.wanted(1, "acme").await;
        if fine {
            pages_answer(&steady(&host, &wanted).await.address).await;
            host.sites.stop_all().await;
        } else {
            let why = host.sites.ensure(&wanted).await.expect_err("it cannot reach its database");
            assert!(why.to_string().contains(say), "{told}: {why}");
        }
    }
}

/// German when its pack is there; a language without one is refused in words, and comes by Retry once the pack is there.
#[tokio::test]
async fn a_site_in_german() {
    let Some(mut host) = Host::new().await else { return };
    let core = host.config.data.join("core");
    copied(&host.config.core, &core);
    let packs = core.join("wp-content/languages");
    if !packs.join("de_DE.mo").exists() {
        return real::skipped("a site in German", "WordPress has no language packs");
    }
    std::fs::rename(&packs, core.join("kept")).expect("it can be moved");
    host.config.core = core.clone();
    host.config.language = Some(SiteLanguage::De);
    host.sites = Arc::new(ProcessSites::new(host.config.clone(), sim::http()));
    let health = host.sites.health().await;
    assert!(!health.ok && health.say.contains("language pack de_DE is not in"), "{health:?}");
    assert_eq!(host.sites.languages().await, [SiteLanguage::En]);

    let time_zone = TimeZone::parse("Europe/Berlin").expect("a time zone");
    let wanted = Wanted { language: SiteLanguage::De, time_zone, ..host.wanted(1, "acme").await };
    let refused = host.sites.ensure(&wanted).await.expect_err("there is no pack");
    assert!(
        matches!(&refused, Fault::Fail { code: "site_language_missing", say, .. } if say.contains("de_DE")),
        "{refused}"
    );

    std::fs::rename(core.join("kept"), &packs).expect("it can be moved");
    assert!(host.sites.health().await.ok && host.sites.languages().await.contains(&SiteLanguage::De));
    let place = steady(&host, &wanted).await;
    let url = format!("{}/wp-login.php", place.address);
    let reply = sim::http().call("The site", Method::GET, &url).send().await.expect("it answers");
    let text = String::from_utf8_lossy(&reply.body);
    assert!(text.contains("lang=\"de") && text.contains("Passwort"), "{text:.500}");
    host.sites.stop_all().await;
}

/// A tree of its own, so that a test may take something out of it.
fn copied(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().expect("cp runs");
    assert!(done.success());
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
    let again = steady(host, wanted).await;
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
    steady(host, wanted).await;
    assert_ne!(tended.outside_id, place.outside_id);
    ready(host.sites.look(wanted).await)
}

async fn takes_new_settings(host: &Host, mut wanted: Wanted, place: &Place) {
    wanted.plan.php_workers = 3;
    wanted.client_secret = SecretString::from("another-canary");
    assert!(matches!(host.sites.look(&wanted).await, Ok(Seen::Drifted { .. })));
    let changed = steady(host, &wanted).await;
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

/// A portal that dies in the middle of anything: whatever was begun, the next try ends it, and nothing is left behind.
#[tokio::test]
async fn may_be_cut_off_at_any_time() {
    let Some(host) = Host::new().await else { return };
    let wanted = host.wanted(4, "acme").await;
    let version = host.config.core.join("wp-includes/version.php");
    let before = std::fs::read(&version).expect("WordPress");
    for ms in [0, 5, 20, 60, 120, 250, 500, 900, 1500, 2500] {
        let cut = tokio::time::timeout(Duration::from_millis(ms), host.sites.ensure(&wanted)).await;
        if matches!(cut, Ok(Ok(Seen::Ready(_)))) {
            break;
        }
        assert!(matches!(cut, Err(_) | Ok(Err(Fault::Retry { .. }))), "after {ms} ms: {cut:?}");
    }
    let place = steady(&host, &wanted).await;
    pages_answer(&place.address).await;
    for ms in [0, 1, 5, 20, 50] {
        let _ = tokio::time::timeout(Duration::from_millis(ms), host.sites.remove(wanted.tenant, &wanted.slug)).await;
    }
    assert!(matches!(host.sites.remove(wanted.tenant, &wanted.slug).await, Ok(Gone::Seen { .. })));
    assert!(std::fs::read_dir(host.config.data.join("sites")).expect("a folder").next().is_none());
    assert_eq!(std::fs::read(&version).expect("WordPress"), before, "the shared files are as they were");
}

#[tokio::test]
async fn removes_only_what_is_its_own() {
    let Some(host) = Host::new().await else { return };
    let (acme, other) = (host.wanted(1, "acme").await, host.wanted(2, "other").await);
    steady(&host, &acme).await;
    let theirs = steady(&host, &other).await;
    let tree = host.config.data.join("sites").join("acme-000001");

    // Another site's database in this one's place: a copy of a site must not write into the original.
    let mut copy = acme.clone();
    (copy.database, copy.database_password) = (other.database.clone(), other.database_password.clone());
    let moved = host.sites.ensure(&copy).await;
    assert!(
        matches!(&moved, Err(Fault::Fail { code: "site_moved", say, .. }) if say.contains(&other.site_url)),
        "{moved:?}"
    );
    steady(&host, &acme).await;

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
