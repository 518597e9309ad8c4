mod trust;

use super::*;
use crate::{
    domain::{Email, GatewayName, SiteLanguage, Slug, TenantId, TimeZone},
    systems::{
        database, identity,
        site::{Trust, kubernetes::Reach},
    },
};
use k8s_openapi::api::{apps::v1 as apps, batch::v1 as batch, core::v1 as core, networking::v1 as networking};
use proptest::prelude::*;
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use std::collections::BTreeSet;

mod gateway;
mod registry;

pub(in crate::systems::site::kubernetes) fn config() -> Config {
    Config {
        kubeconfig: None,
        context: None,
        image: "slipway-wordpress:local".to_owned(),
        image_pull_policy: "IfNotPresent",
        registry: None,
        storage_class: Some("standard".to_owned()),
        entrance: Entrance::Ingress {
            class: Some("traefik".to_owned()),
            annotations: [("cert-manager.io/cluster-issuer".to_owned(), "letsencrypt".to_owned())].into(),
            certificate: Some("wordpress-tls".to_owned()),
        },
        address: "https://{slug}.example.org".to_owned(),
        ingress_ip: Some([192, 0, 2, 1].into()),
        reach: Reach::Service,
        callers: Peer::list("namespace:admin-apps,10.0.0.0/24").expect("peers"),
        egress: Peer::list("namespace:portal:8000,10.9.0.0/24:53,10.8.0.0/16").expect("peers"),
        database: None,
        portal_url: "https://portal.example.org".to_owned(),
        trust: Trust::default(),
        portal_api_url: "http://10.1.0.1:8000".to_owned(),
        app_id: uuid::Uuid::from_u128(5),
        mail: Some(crate::systems::site::SiteMail { password: Some("mail-canary".into()), ..Default::default() }),
    }
}

pub(in crate::systems::site::kubernetes) fn wanted() -> Wanted {
    let secret = |text: &str| SecretString::from(format!("{text}-canary"));
    Wanted {
        tenant: TenantId(uuid::Uuid::from_u128(7)),
        slug: Slug::parse("acme").expect("a slug"),
        name: "Acme".to_owned(),
        language: SiteLanguage::De,
        time_zone: TimeZone::parse("Europe/Berlin").expect("a time zone"),
        site_url: "https://acme.example.org".to_owned(),
        plan: Plan {
            key: "small".to_owned(),
            label: "Small".to_owned(),
            about: String::new(),
            cost: None,
            php_workers: 4,
            upload_mb: 16,
            memory_mb: 1000,
            cpu_millicores: 1100,
            disk_gb: 5,
            database_instances: None,
            database_cores: None,
            database_ram_gb: None,
            database_storage_gb: None,
        },
        database: database::Details { host: "10.7.0.9".into(), port: 3306, name: "n".into(), user: "u".into() },
        database_password: secret("database"),
        client: identity::Client { client_id: "c".into(), issuer: "https://sso.example.org/".into() },
        client_secret: secret("client"),
        site_secret: secret("site"),
        salt: secret("salt"),
        admin_email: Email::parse("ada@example.org").expect("an address"),
        admin_password: secret("admin"),
    }
}

fn made(config: &Config, wanted: &Wanted) -> Vec<Manifest> {
    all(config, wanted).and_then(|all| all.manifests()).expect("manifests")
}

fn of(all: &[Manifest], kind: Kind, name: &str) -> Value {
    all.iter().find(|m| m.kind == kind && m.name == name).expect("it is there").body.clone()
}

/// Reads it as the type of its kind and writes it again: what the type does not know would be lost.
fn typed<T: DeserializeOwned + Serialize>(body: &Value) -> Value {
    serde_json::to_value(serde_json::from_value::<T>(body.clone()).expect("its type")).expect("JSON")
}

/// A site from before languages could be ordered keeps the settings it has, and its process.
#[test]
fn a_site_in_english_and_utc_is_told_nothing_new() {
    let usual = Wanted { language: SiteLanguage::En, time_zone: TimeZone::utc(), ..wanted() };
    let settings = of(&made(&config(), &usual), Kind::ConfigMap, "wordpress")["data"].clone();
    assert_eq!(settings["SLIPWAY_LOCALE"], "en_US");
    assert!(settings["SLIPWAY_TIME_ZONE"].is_null(), "{settings}");
}

#[test]
fn every_manifest_is_what_its_kind_says() {
    let all = made(&config(), &wanted());
    assert_eq!(all.len(), 14);
    for manifest in &all {
        let body = &manifest.body;
        let again = match manifest.kind {
            Kind::Namespace => typed::<core::Namespace>(body),
            Kind::ResourceQuota => typed::<core::ResourceQuota>(body),
            Kind::LimitRange => typed::<core::LimitRange>(body),
            Kind::NetworkPolicy => typed::<networking::NetworkPolicy>(body),
            Kind::ServiceAccount => typed::<core::ServiceAccount>(body),
            Kind::Secret => typed::<core::Secret>(body),
            Kind::ConfigMap => typed::<core::ConfigMap>(body),
            Kind::PersistentVolumeClaim => typed::<core::PersistentVolumeClaim>(body),
            Kind::Service => typed::<core::Service>(body),
            Kind::Deployment => typed::<apps::Deployment>(body),
            Kind::CronJob => typed::<batch::CronJob>(body),
            Kind::Ingress => typed::<networking::Ingress>(body),
            // The crate has no types of the Gateway API; a real API server reads it.
            Kind::HTTPRoute => body.clone(),
        };
        assert_eq!(&again, body, "{manifest:?}");
        let marks = &body["metadata"];
        assert_eq!(marks["labels"]["slipway.dev/tenant-id"], wanted().tenant.to_string(), "{manifest:?}");
        assert_eq!(marks["annotations"][HASH], manifest.hash, "{manifest:?}");
        assert_eq!(marks["namespace"].is_null(), manifest.kind == Kind::Namespace, "{manifest:?}");
    }
}

#[test]
fn secrets_are_in_secrets_only() {
    let all = made(&config(), &wanted());
    assert!(!format!("{all:?}").contains("canary"));
    for manifest in &all {
        let text = manifest.body.to_string();
        let encoded = |secret: &str| text.contains(&STANDARD.encode(format!("{secret}-canary")));
        let (site, install) = (manifest.name == "wordpress", manifest.name == "wordpress-install");
        let secret = manifest.kind == Kind::Secret;
        assert!(!text.contains("canary"), "{manifest:?}");
        assert_eq!(encoded("admin"), secret && install, "{manifest:?}");
        let those = ["database", "site", "client", "mail"].into_iter().all(encoded);
        assert_eq!(those, secret && site, "{manifest:?}");
    }
}

#[test]
fn sizes_come_from_the_plan_and_are_written_as_the_server_does() {
    let all = made(&config(), &wanted());
    let quota = &of(&all, Kind::ResourceQuota, "wordpress")["spec"]["hard"];
    assert_eq!((&quota["requests.cpu"], &quota["limits.memory"]), (&"2300m".into(), &"2384M".into()));
    assert_eq!(quota["requests.storage"], "5G");
    let pod = of(&all, Kind::Deployment, "wordpress")["spec"]["template"]["spec"].clone();
    let resources = &pod["containers"][0]["resources"];
    assert_eq!((&resources["limits"]["memory"], &resources["requests"]["memory"]), (&"1G".into(), &"250M".into()));
    assert_eq!(quota["requests.memory"], "884M");
    let small = |memory_mb| aside_mb(&Plan { memory_mb, ..wanted().plan });
    assert_eq!((small(512), small(300), small(100), small(1024)), (128, 128, 100, 256));
    assert_eq!(pod["volumes"][1]["emptyDir"]["sizeLimit"], "128M");
    assert_eq!(millicores(3000), "3");
    assert_eq!(decimal(2_000_000, ["M", "G", "T"]), "2T");
    let settings = &of(&all, Kind::ConfigMap, "wordpress")["data"];
    assert_eq!(
        (&settings["SLIPWAY_LOCALE"], &settings["SLIPWAY_TIME_ZONE"]),
        (&"de_DE".into(), &"Europe/Berlin".into())
    );
    assert_eq!((&settings["SLIPWAY_PHP_WORKERS"], &settings["SLIPWAY_UPLOAD_MB"]), (&"4".into(), &"16".into()));
}

#[test]
fn rules_hold_the_numbers_they_can_and_what_was_named() {
    let rules = of(&made(&config(), &wanted()), Kind::NetworkPolicy, "wordpress")["spec"].clone();
    let to = |cidr: &str| json!([{ "ipBlock": { "cidr": cidr } }]);
    let tcp = |port: u16| json!({ "protocol": "TCP", "port": port });
    let room =
        |name: &str| json!([{ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } }]);
    let udp = json!({ "protocol": "UDP", "port": 53 });
    let expected = json!([
        { "to": [{ "podSelector": {} }], "ports": [tcp(8080)] },
        { "to": room("kube-system"), "ports": [udp, tcp(53)] },
        { "to": room("portal"), "ports": [tcp(8000)] },
        { "to": to("10.9.0.0/24"), "ports": [tcp(53), udp] },
        { "to": to("10.8.0.0/16") },
        { "to": to("10.7.0.9/32"), "ports": [tcp(3306)] },
        { "to": to("10.1.0.1/32"), "ports": [tcp(8000)] },
    ]);
    assert_eq!(rules["egress"], expected);
    assert_eq!(rules["ingress"].as_array().map(Vec::len), Some(3));
    assert!(rules["ingress"].to_string().contains("\"cidr\":\"10.0.0.0/24\""));
}

#[test]
fn a_site_needs_a_name_and_tls_only_where_its_address_says_so() {
    let mut plain = wanted();
    plain.site_url = "http://wordpress-tenant-acme.local:8080".to_owned();
    let ingress = of(&made(&config(), &plain), Kind::Ingress, "wordpress");
    assert_eq!(ingress["spec"]["rules"][0]["host"], "wordpress-tenant-acme.local");
    assert!(ingress["spec"]["tls"].is_null());
    let ingress = of(&made(&config(), &wanted()), Kind::Ingress, "wordpress");
    assert_eq!(ingress["spec"]["tls"][0]["secretName"], "wordpress-tls");
    assert_eq!(ingress["metadata"]["annotations"]["cert-manager.io/cluster-issuer"], "letsencrypt");
    plain.site_url = "http://192.0.2.1".to_owned();
    assert!(matches!(all(&config(), &plain).map(drop), Err(Fault::Fail { code: "address_refused", .. })));
}

/// Every value with its path, in one flat list.
fn leaves(path: &str, value: &Value, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, v)| leaves(&format!("{path}/{key}"), v, into)),
        Value::Array(list) => list.iter().enumerate().for_each(|(at, v)| leaves(&format!("{path}/{at}"), v, into)),
        leaf => drop(into.insert(path.to_owned(), leaf.clone())),
    }
}

fn flat(all: &[Manifest]) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    all.iter().for_each(|m| leaves(&format!("{} {}", m.kind, m.name), &m.body, &mut found));
    found
}

/// Names of what differs, hashes left out.
fn changed(one: &[Manifest], other: &[Manifest]) -> BTreeSet<String> {
    let (one, other) = (flat(one), flat(other));
    let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let hashes = ["annotations/slipway.dev/manifest", "annotations/slipway.dev/environment"];
    keys.into_iter()
        .filter(|key| one.get(*key) != other.get(*key) && !hashes.iter().any(|h| key.ends_with(h)))
        .cloned()
        .collect()
}

const NASTY: [&str; 14] = [
    "\"\nkind: Pod\n---\nkind: ClusterRoleBinding\n",
    "a\": \"b",
    "{{ admin_password }}",
    "{% include \"x\" %}",
    "!!binary aGk=",
    "&anchor *anchor <<: *anchor",
    "# no comment",
    "\\\" \\u0022 \\x22 \\",
    "\u{85}\u{2028}\u{2029}\u{feff}\u{7f}\u{0}",
    "null",
    "~",
    "0x10",
    "- yes",
    "𝔘nicode: ✓ 🦀",
];

fn assert_only(field: &str, hostile: &str, config: &Config, wanted: &Wanted, shown: &str) {
    let all = made(config, wanted);
    let calm = made(&tests::config(), &tests::wanted());
    let differs: Vec<String> = changed(&calm, &all).into_iter().collect();
    assert!(differs.iter().all(|path| path.contains(field)), "{hostile:?} reached {differs:?}");
    assert!(differs.iter().all(|path| flat(&all)[path] == shown), "{hostile:?} became something else");
}

/// A name of a Gateway is refused or one text; `null` and `0x10` are names.
fn assert_harmless_at_a_gateway(hostile: &str) {
    let Ok(name) = format!("infra/{hostile}").parse::<GatewayName>() else { return };
    let behind = |name: GatewayName| Config { entrance: Entrance::Gateway(name), ..config() };
    let plain = format!("infra/web{}", name.section().map_or_else(String::new, |section| format!("/{section}")));
    let calm = made(&behind(plain.parse().expect("a name")), &wanted());
    let (own, all) = (name.name().to_owned(), made(&behind(name), &wanted()));
    let path = "HTTPRoute wordpress/spec/parentRefs/0/name".to_owned();
    assert!(changed(&calm, &all).iter().all(|differs| *differs == path) && flat(&all)[&path] == own, "{hostile:?}");
}

fn assert_harmless(hostile: &str) {
    let one_line: String = hostile.chars().filter(|c| !c.is_control()).collect();
    let named = Wanted { name: hostile.to_owned(), ..wanted() };
    assert_only("ConfigMap wordpress/data/SLIPWAY_TENANT_NAME", hostile, &config(), &named, &one_line);
    let mut client = wanted();
    client.client.client_id = hostile.to_owned();
    assert_only("ConfigMap wordpress/data/OIDC_CLIENT_ID", hostile, &config(), &client, hostile);
    let image = Config { image: hostile.to_owned(), ..config() };
    assert_only("/image", hostile, &image, &wanted(), hostile);
    assert_harmless_at_a_gateway(hostile);
    let class = Config { storage_class: Some(hostile.to_owned()), ..config() };
    assert_only("/spec/storageClassName", hostile, &class, &wanted(), hostile);
}

#[test]
fn nasty_values_stay_inside_their_quotes() {
    NASTY.iter().for_each(|hostile| assert_harmless(hostile));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_value_stays_inside_its_quotes(hostile in ".*|[\\PC\\s\"\\\\{}%#:&*!|>'-]{0,40}") {
        assert_harmless(&hostile);
    }
}
