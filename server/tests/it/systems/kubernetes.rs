//! The driver for sites on a cluster: its faults against a server in memory, and everything else against a real API
//! server, with an account that has exactly the rights of the table.

use secrecy::SecretString;
use slipway::{
    domain::{Email, Fault, Peer, Plan, Seen, SiteLanguage, Slug, TenantId, TimeZone},
    systems::{
        database, identity,
        site::{
            Place, Sites, Wanted,
            kubernetes::{Config, Entrance, KubernetesSites, Reach},
        },
    },
};
use std::path::Path;
use uuid::Uuid;

mod chart;
mod faults;
mod gateway;
mod held;
mod objects;
mod pods;
pub(crate) mod real;
mod rooms;

pub(crate) fn config(kubeconfig: &Path) -> Config {
    Config {
        kubeconfig: Some(kubeconfig.to_owned()),
        context: None,
        image: "slipway-wordpress:local".to_owned(),
        image_pull_policy: "IfNotPresent",
        registry: None,
        storage_class: Some("standard".to_owned()),
        entrance: Entrance::Ingress {
            class: Some("slipway-local".to_owned()),
            annotations: [("example.org/note".to_owned(), "a \"quoted\"\nnote".to_owned())].into(),
            certificate: None,
        },
        address: "http://wordpress-tenant-{slug}.local".to_owned(),
        ingress_ip: Some([192, 0, 2, 1].into()),
        reach: Reach::Service,
        callers: Peer::list("namespace:admin-apps,10.0.0.0/24").expect("peers"),
        egress: Peer::list("namespace:slipway:8000,10.0.0.0/24:3306").expect("peers"),
        database: None,
        portal_url: "http://portal.example.org".to_owned(),
        trust: slipway::systems::site::Trust::default(),
        portal_api_url: "http://10.1.0.1:8000".to_owned(),
        app_id: Uuid::from_u128(5),
        mail: None,
    }
}

/// The same behind a Gateway.
pub(crate) fn behind(gateway: &str, config: &Config) -> Config {
    Config { entrance: Entrance::Gateway(gateway.parse().expect("a Gateway's name")), ..config.clone() }
}

/// Sites as this configuration says; every server of a test speaks plain HTTP or is named by a file.
pub(crate) async fn sites(config: Config) -> KubernetesSites {
    let _ = rustls::crypto::ring::default_provider().install_default();
    KubernetesSites::new(config).await.expect("the file can be read")
}

/// A file that leads to a server without sign-in.
pub(crate) fn kubeconfig(folder: &Path, url: &str) -> std::path::PathBuf {
    let path = folder.join("kubeconfig");
    let file = serde_json::json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{ "name": "test", "cluster": { "server": url } }],
        "users": [{ "name": "test", "user": {} }],
        "contexts": [{ "name": "test", "context": { "cluster": "test", "user": "test" } }],
    });
    std::fs::write(&path, file.to_string()).expect("it can be written");
    path
}

/// A site of a tenant whose id follows from its short name.
pub(crate) fn wanted(slug: &str) -> Wanted {
    let tenant = TenantId(Uuid::new_v5(&Uuid::NAMESPACE_OID, slug.as_bytes()));
    let secret = |text: &str| SecretString::from(format!("{text}-canary"));
    Wanted {
        tenant,
        slug: Slug::parse(slug).expect("a slug"),
        name: "Acme \"Söhne\" 🦀\nkind: Pod".to_owned(),
        site_url: format!("http://wordpress-tenant-{slug}.local"),
        language: SiteLanguage::En,
        time_zone: TimeZone::utc(),
        plan: Plan {
            key: "small".to_owned(),
            label: "Small".to_owned(),
            about: String::new(),
            cost: None,
            php_workers: 4,
            upload_mb: 16,
            memory_mb: 512,
            // More than any node has: on a cluster with nodes the pods of these tests stay where tests can play them.
            cpu_millicores: 900_000,
            disk_gb: 1,
            database_instances: None,
            database_cores: None,
            database_ram_gb: None,
            database_storage_gb: None,
        },
        database: database::Details { host: "10.0.0.9".into(), port: 3306, name: "n".into(), user: "u".into() },
        database_password: secret("database"),
        client: identity::Client { client_id: "c".into(), issuer: "http://10.0.0.7:9000/".into() },
        client_secret: secret("client"),
        site_secret: secret("site"),
        salt: secret("salt"),
        admin_email: Email::parse("ada@example.org").expect("an address"),
        admin_password: secret("admin"),
    }
}

fn working(seen: Result<Seen<Place>, Fault>) -> String {
    match seen {
        Ok(Seen::Working { note, .. }) => note,
        other => panic!("not at work: {other:?}"),
    }
}

fn drifted(seen: Result<Seen<Place>, Fault>) -> String {
    match seen {
        Ok(Seen::Drifted { what }) => what,
        other => panic!("nothing differs: {other:?}"),
    }
}

/// Code and sentence of what needs a person.
fn failed<T: std::fmt::Debug>(seen: Result<T, Fault>) -> (&'static str, String) {
    match seen {
        Err(Fault::Fail { code, say, .. }) => {
            assert!(!say.contains("canary"), "{say}");
            (code, say)
        }
        other => panic!("it did not fail: {other:?}"),
    }
}

#[tokio::test]
async fn tells_addresses_and_the_line_for_the_file_of_hosts() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = kubeconfig(folder.path(), "http://127.0.0.1:1");
    let wanted = wanted("acme");
    let of = async |config| sites(config).await;
    let local = of(config(&file)).await;
    assert_eq!(local.address(wanted.tenant, &wanted.slug), "http://wordpress-tenant-acme.local");
    assert_eq!(local.hint(&wanted.slug).as_deref(), Some("192.0.2.1 wordpress-tenant-acme.local"));
    assert_eq!(local.preview(&wanted.slug).0, "wordpress-tenant-acme");
    let numbered = of(Config { address: "http://{slug}.{ip}.nip.io/".to_owned(), ..config(&file) }).await;
    assert_eq!(numbered.address(wanted.tenant, &wanted.slug), "http://acme.192.0.2.1.nip.io");
    assert_eq!(numbered.hint(&wanted.slug), None);
    let nowhere = KubernetesSites::new(Config { context: Some("other".to_owned()), ..config(&file) }).await;
    assert!(nowhere.is_err());
}
