//! The configuration: what it takes, what it says about mistakes, and its reference.

use secrecy::ExposeSecret;
use slipway::config::{
    Chat, Config, ConfigError, Database, Identity, LogFormat, Mail, Security, Site, TlsMode, Way, reference,
};
use slipway::domain::{DatabaseSize, Gigabytes};
use std::path::Path;

const FULL: &str = r#"
[sign_in]
issuer = "https://sso.example.org/o/slipway/"
client_id = "slipway"
client_secret = "canary-1"
[database.server]
host = "db"
user = "root"
password = "canary-2"
[identity.rfc7591]
issuer = "https://sso.example.org"
[site.process]
core = "/srv/wordpress"
wordpress = "wordpress"
data = "/srv/sites"
[chat.openwebui]
url = "http://chat:8080/"
api_key = "canary-3"
base_model = "llama"
jwt_secret = "canary-4"
"#;

fn load(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slipway.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(Some(&path), env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

fn problems(text: &str, env: &[(&str, &str)]) -> String {
    let error = load(text, env).expect_err("a problem");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("canary"), "{shown}");
    error.problems.join("\n")
}

#[test]
fn the_least_there_must_be() {
    let c = load(FULL, &[]).unwrap();
    assert_eq!(c.portal.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(c.portal.metrics_listen.port(), 9000);
    assert_eq!(c.portal.internal_base(), "http://127.0.0.1:8000");
    assert_eq!(c.store.url.expose_secret(), "sqlite://slipway.db");
    assert_eq!(c.sign_in.issuer.as_str(), "https://sso.example.org/o/slipway/", "by the letter");
    assert_eq!((c.sign_in.operator_group.as_str(), c.engine.workers.get()), ("slipway-operators", 8));
    let Database::Server(server) = &c.database else { panic!("another driver") };
    assert_eq!((server.port, server.site_host.as_deref()), (3306, None));
    let Chat::OpenWebui(chat) = &c.chat;
    assert_eq!(chat.url.base(), "http://chat:8080");
    assert_eq!(c.log.format, LogFormat::Pretty);
    assert_eq!(c.plans.iter().map(|p| p.key.as_str()).collect::<Vec<_>>(), ["small", "medium"]);
    assert!(!format!("{c:?}").contains("canary"));
}

#[test]
fn the_environment_wins() {
    let env = [
        ("SLIPWAY_DATABASE__SERVER__HOST", "elsewhere"),
        ("SLIPWAY_DATABASE__SERVER__PORT", "3307"),
        ("SLIPWAY_PORTAL__INTERNAL_URL", "http://slipway.admin-apps.svc/"),
        ("SLIPWAY_LOG__FORMAT", "json"),
        ("SLIPWAY_SERVICE_HOST", "10.0.0.1"),
        ("SLIPWAY_TEST_POSTGRES_URL", "postgres://"),
        ("HOME", "/"),
    ];
    let c = load(FULL, &env).unwrap();
    let Database::Server(server) = &c.database else { panic!("another driver") };
    assert_eq!((server.host.as_str(), server.port), ("elsewhere", 3307));
    assert_eq!(c.portal.internal_base(), "http://slipway.admin-apps.svc");
    assert_eq!(c.log.format, LogFormat::Json);
}

#[test]
fn all_from_the_environment() {
    let text: toml::Table = FULL.parse().unwrap();
    let mut env = Vec::new();
    walk("SLIPWAY", &toml::Value::Table(text), &mut env);
    let c = Config::load(None, env.into_iter()).unwrap();
    assert_eq!(c.sign_in.client_secret.expose_secret(), "canary-1");
}

#[test]
fn authentik_needs_an_address_and_a_token() {
    let rfc7591 = "[identity.rfc7591]\nissuer = \"https://sso.example.org\"\n";
    let chosen = FULL.replace(rfc7591, "[identity]\ndriver = \"authentik\"\n[identity.authentik]\n");
    let said = problems(&chosen, &[]);
    assert!(said.contains("identity.authentik.url is missing") && said.contains("identity.authentik.token is missing"));
    let keys = "[identity.authentik]\nurl = \"https://sso.example.org/\"\ntoken = \"canary-5\"\n";
    let c = load(&chosen.replace("[identity.authentik]\n", keys), &[]).unwrap();
    let Identity::Authentik(authentik) = &c.identity else { panic!("{:?}", c.identity) };
    assert_eq!(authentik.url.base(), "https://sso.example.org");
    assert_eq!(authentik.invalidation_flow, "default-provider-invalidation-flow");
    assert_eq!(authentik.email_mapping, "Slipway: verified e-mail address");
    assert!(!format!("{c:?}").contains("canary"));
}

fn walk(name: &str, value: &toml::Value, env: &mut Vec<(String, String)>) {
    match value {
        toml::Value::Table(t) => {
            let glue = if name == "SLIPWAY" { "_" } else { "__" };
            t.iter().for_each(|(k, v)| walk(&format!("{name}{glue}{}", k.to_uppercase()), v, env));
        }
        other => env.push((name.to_owned(), other.as_str().unwrap().to_owned())),
    }
}

#[test]
fn misspelt_names_are_found_all_at_once() {
    let text = FULL.replace("host =", "hots =") + "\n[portla]\nlisten = 1\n[engine]\nworkerz = 3\n";
    let said = problems(&text, &[("SLIPWAY_CHAT__OPENWEBUI__API_KEI", "canary"), ("SLIPWAY_LOG__ZZZ", "x")]);
    for part in [
        "database.server.hots: there is no such key; did you mean database.server.host?",
        "portla: there is no such key; did you mean portal?",
        "engine.workerz: there is no such key; did you mean engine.workers?",
        "chat.openwebui.api_kei: there is no such key; did you mean chat.openwebui.api_key?",
        "log.zzz: there is no such key; here one can set format, filter.",
        "database.server.host is missing: set it in [database.server] or as SLIPWAY_DATABASE__SERVER__HOST.",
    ] {
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
}

#[test]
fn sites_are_behind_a_gateway_or_an_ingress_and_never_both() {
    let on_cluster = "[site]\ndriver = \"kubernetes\"\n[site.kubernetes]\nimage = \"wordpress\"\n";
    let process = "[site.process]\ncore = \"/srv/wordpress\"\nwordpress = \"wordpress\"\ndata = \"/srv/sites\"\n";
    let text = FULL.replace(process, on_cluster);
    let Site::Kubernetes(site) = load(&text, &[]).unwrap().site else { panic!("another driver") };
    assert_eq!(site.gateway, None);
    let gateway = ("SLIPWAY_SITE__KUBERNETES__GATEWAY", "infra/web/https");
    let Site::Kubernetes(site) = load(&text, &[gateway]).unwrap().site else { panic!("another driver") };
    assert_eq!(site.gateway.map(|name| name.to_string()).as_deref(), Some("infra/web/https"));
    let said = problems(&text, &[("SLIPWAY_SITE__KUBERNETES__GATEWAY", "web")]);
    assert!(said.contains("site.kubernetes.gateway: write namespace/name"), "{said}");
    let both = [
        gateway,
        ("SLIPWAY_SITE__KUBERNETES__INGRESS_CLASS", "traefik"),
        ("SLIPWAY_SITE__KUBERNETES__INGRESS_ANNOTATIONS", "a=b"),
        ("SLIPWAY_SITE__KUBERNETES__CERTIFICATE", "tls"),
    ];
    let said = problems(&text, &both);
    for name in ["ingress_class", "ingress_annotations", "certificate"] {
        let part = format!("site.kubernetes.{name}: sites behind the Gateway infra/web/https have no Ingress.");
        assert!(said.contains(&part), "{part}\n---\n{said}");
    }
    assert!(load(&text, &both[1..]).is_ok(), "without a Gateway they are what they were");
}

#[test]
fn wrong_kinds_are_told_without_their_values() {
    for (from, to, part) in [
        ("password = \"canary-2\"", "password = 4711", "database.server.password: write a text in quotation marks"),
        ("\"https://sso.example.org\"", "\"canary\"", "identity.rfc7591.issuer: write an address such as"),
        ("\"http://chat:8080/\"", "\"http://canary:canary@chat/\"", "chat.openwebui.url: write an address such as"),
        ("user = \"root\"", "user = \"root\"\nport = \"x\"", "database.server.port:"),
        ("user = \"root\"", "user = \" \"", "database.server.user is empty"),
        ("user = \"root\"", "user = \"root\"\nport = 70000", "database.server.port:"),
        ("[sign_in]", "[engine]\nworkers = 0\n[sign_in]", "engine.workers:"),
        ("[sign_in]", "[mail]\ndriver = \"smtpx\"\n[sign_in]", "mail.driver: use one of log"),
        ("client_secret = \"canary-1\"", "client_secret = \"canary", "line 5: this is not TOML"),
        ("[sign_in]", "[log]\nformat = \"xml\"\n[sign_in]", "log.format:"),
        ("[sign_in]", "portal = 5\n[sign_in]", "portal: this is a section"),
    ] {
        let said = problems(&FULL.replace(from, to), &[]);
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
    assert!(problems(FULL, &[("SLIPWAY_ENGINE__WORKERS", "many")]).contains("SLIPWAY_ENGINE__WORKERS: write a whole"));
    let missing = Config::load(Some(Path::new("/nowhere/slipway.toml")), std::iter::empty()).unwrap_err();
    assert!(missing.problems[0].starts_with("/nowhere/slipway.toml:"));
}

#[test]
fn secrets_come_from_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, " canary with spaces \n").unwrap();
    let file = file.to_str().unwrap();
    let text = FULL.replace("password = \"canary-2\"", &format!("password_file = \"{file}\""));
    let Database::Server(server) = load(&text, &[]).unwrap().database else { panic!("another driver") };
    assert_eq!(server.password.expose_secret(), " canary with spaces ");

    let both = problems(FULL, &[("SLIPWAY_DATABASE__SERVER__PASSWORD_FILE", file)]);
    assert!(both.contains("database.server.password_file: set either password or password_file"), "{both}");
    let none = problems(&text.replace("/password", "/nothing"), &[]);
    assert!(none.contains("database.server.password_file:") && none.contains("cannot be read"), "{none}");
}

#[test]
fn plans_are_ones_own() {
    let own = "\n[[plan]]\nkey = \"xl\"\nlabel = \"Huge\"\nphp_workers = 16\n";
    let c = load(&format!("{FULL}{own}"), &[]).unwrap();
    assert_eq!((c.plans.len(), c.plans[0].php_workers, c.plans[0].upload_mb), (1, 16, 16));
    for (text, part) in [
        (format!("{FULL}{own}{own}"), "each key may be used once"),
        (format!("{FULL}{}", own.replace("16", "1")), "php_workers must be at least 2"),
        (
            format!("{FULL}{}", own.replace("label", "lable")),
            "plan number 1: there is no key lable; did you mean label?",
        ),
        (format!("{FULL}{}", own.replace("label = \"Huge\"", "")), "plan number 1: missing field `label`"),
        (format!("{FULL}{own}database_instances = 6\n"), "database_instances must be 1 to 5"),
        (format!("{FULL}{own}database_ram_gb = 2\n"), "database_ram_gb must be at least 4"),
        (format!("{FULL}\n[plan]\nkey = \"x\"\n"), "write each plan as [[plan]]"),
        (format!("plan = []\n{FULL}"), "there must be at least one"),
    ] {
        let said = problems(&text, &[]);
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
    assert!(problems(FULL, &[("SLIPWAY_PLAN__KEY", "x")]).contains("plans can only be set in the file"));
}

#[test]
fn prices_are_whole_or_not_there() {
    assert_eq!(load(FULL, &[]).unwrap().prices, None, "nobody's prices are known here");
    let list = "\n[prices]\ncurrency = \"EUR\"\ncore = \"7\"\nram_gb = \"3.60\"\nstorage_gb = \"0.20\"\n";
    let own = "\n[[plan]]\nkey = \"xl\"\nlabel = \"Huge\"\ndatabase_instances = 2\n";
    let c = load(&format!("{FULL}{list}{own}"), &[]).unwrap();
    let usual = DatabaseSize { instances: 1, cores: 1, ram: Gigabytes(4), storage: Gigabytes(10) };
    assert_eq!(c.prices.unwrap().month(usual.of(&c.plans[0])).to_string(), "46.80 EUR");
    for (from, to, part) in [
        ("core = \"7\"\n", "", "prices: set currency, core, ram_gb and storage_gb, or none of them."),
        ("\"7\"", "7", "prices.core: write a text in quotation marks"),
        ("\"7\"", "\"7,00\"", "prices.core: write an amount with a point"),
        ("EUR", "Euro", "prices.currency: write three capital letters"),
    ] {
        let said = problems(&format!("{FULL}{}", list.replace(from, to)), &[]);
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
}

#[test]
fn a_mail_server() {
    let text = format!(
        "{FULL}\n[portal]\nlanguage = \"de\"\n[mail]\ndriver = \"smtp\"\n[mail.smtp]\nhost = \"mail.example.org\"\n\
         user = \"slipway\"\npassword = \"canary-5\"\nfrom = \"Slipway <slipway@example.org>\"\n"
    );
    let c = load(&text, &[]).unwrap();
    let Mail::Smtp(mail) = &c.mail else { panic!("another driver") };
    assert_eq!((mail.host.as_str(), mail.security, mail.port), ("mail.example.org", Security::Starttls, None));
    assert_eq!(c.portal.language, slipway::domain::Language::De);
    assert!(!format!("{c:?}").contains("canary"));
    let wrong = problems(&text, &[("SLIPWAY_MAIL__SMTP__SECURITY", "maybe"), ("SLIPWAY_PORTAL__LANGUAGE", "fr")]);
    assert!(wrong.contains("mail.smtp.security") && wrong.contains("portal.language"), "{wrong}");
}

#[test]
fn what_new_sites_begin_with() {
    let defaults = load(FULL, &[]).unwrap().site_defaults;
    assert!(defaults.language.is_none() && defaults.time_zone.is_none());
    let text = format!("{FULL}\n[site.defaults]\nlanguage = \"de-formal\"\ntime_zone = \"Europe/Berlin\"\n");
    let defaults = load(&text, &[]).unwrap().site_defaults;
    assert_eq!(defaults.language, Some(slipway::domain::SiteLanguage::DeFormal));
    assert_eq!(defaults.time_zone.map(String::from).as_deref(), Some("Europe/Berlin"));
    let env = [("SLIPWAY_SITE__DEFAULTS__LANGUAGE", "de_DE"), ("SLIPWAY_SITE__DEFAULTS__TIME_ZONE", "Berlin")];
    let wrong = problems(&text, &env);
    assert!(wrong.contains("site.defaults.language") && wrong.contains("such as Europe/Berlin"), "{wrong}");
}

#[test]
fn the_network() {
    let c = load(FULL, &[]).unwrap();
    assert!(!c.network.is_proxied(Way::Chat) && c.mcp.hosts.is_none() && c.database_tls.mode == TlsMode::Off);
    let text = format!(
        "{FULL}\n[network]\nproxied = \"chat, sign_in\"\n[mcp]\nhosts = \"slipway, portal.example.org:8443\"\n\
         [database.tls]\nmode = \"verified\"\n"
    );
    let c = load(&text, &[]).unwrap();
    assert!(c.network.is_proxied(Way::Chat) && c.network.is_proxied(Way::SignIn) && !c.network.is_proxied(Way::Sites));
    assert_eq!(c.mcp.hosts.unwrap().0, ["slipway", "portal.example.org:8443"]);
    for (name, value, part) in [
        ("SLIPWAY_NETWORK__PROXIED", "chat, mail", "network.proxied: write some of sign_in, identity"),
        ("SLIPWAY_MCP__HOSTS", "https://portal.example.org", "mcp.hosts: write names such as"),
        ("SLIPWAY_DATABASE__TLS__MODE", "maybe", "database.tls.mode"),
    ] {
        let said = problems(&text, &[(name, value)]);
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let (want, have) = (reference(), std::fs::read_to_string(&path).unwrap_or_default());
    if have != want {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &want).unwrap();
        panic!("docs/configuration.md was out of date and is written anew: commit it");
    }
}
