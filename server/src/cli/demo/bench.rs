//! How each part of the demo is started. `end2end/parts/README.md` says what each of them reads.

use super::{
    Args, Folder, Net, Vars,
    model::Model,
    part::{PORTAL, Part},
    parts::{CHAT_ADMIN, CHAT_CLIENT, IONOS_PACE},
    probe::Probe,
};
use anyhow::{Context as _, bail};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// What all parts have in common.
pub(super) struct Bench<'a> {
    folder: &'a Folder,
    scripts: PathBuf,
    cache: PathBuf,
    vars: &'a Vars,
}

impl<'a> Bench<'a> {
    pub(super) fn new(args: &Args, folder: &'a Folder, vars: &'a Vars) -> anyhow::Result<Self> {
        let scripts =
            args.parts.canonicalize().ok().filter(|s| s.join("mariadb/start").exists()).with_context(|| {
                format!(
                    "The servers' scripts are not in {}. Start the demo in Slipway's own folder, or say --parts.",
                    args.parts.display()
                )
            })?;
        let cache = cache(vars)?;
        if !cache.join("wordpress/wp-includes/version.php").exists() {
            let setup = scripts.join("setup");
            bail!("WordPress is not in {}. Next: {} demo", cache.display(), setup.display());
        }
        Ok(Self { folder, scripts, cache, vars })
    }

    /// Where WordPress and OpenWebUI were put.
    pub(super) fn cache(&self) -> &Path {
        &self.cache
    }

    fn server(&self, name: &'static str, title: &'static str, at: SocketAddr, ready: Probe) -> Part {
        let own = self.folder.at("parts").join(name);
        let mut env = self.surroundings();
        env.extend([
            file("PART_DATA", &own),
            pair("PART_HOST", at.ip().to_string()),
            pair("PART_PORT", at.port().to_string()),
            file("SLIPWAY_CACHE", &self.cache),
        ]);
        Part {
            name,
            title,
            program: self.scripts.join(name).join("start"),
            args: Vec::new(),
            env,
            log: self.log(name),
            ready,
            patience: Duration::from_secs(60),
            next: format!(
                "read that log; {} demo puts missing parts onto this machine.",
                self.scripts.join("setup").display()
            ),
        }
    }

    pub(super) fn mariadb(&self, net: Net) -> Part {
        let mut part = self.server("mariadb", "MariaDB", net.mariadb(), Probe::MariaDb(net.mariadb()));
        part.env.push(file("MARIADB_ROOT_PASSWORD_FILE", &self.folder.secret("mariadb-root-password")));
        part
    }

    pub(super) fn idp(&self, net: Net) -> Part {
        let ready = Probe::Page(format!("http://{}/.well-known/openid-configuration", net.idp()));
        let mut part = self.server("idp", "Single sign-on", net.idp(), ready);
        part.env.extend([
            file("IDP_CLIENTS_FILE", &self.folder.secret("idp-clients.json")),
            file("IDP_INITIAL_ACCESS_TOKEN_FILE", &self.folder.secret("idp-registration-token")),
        ]);
        part
    }

    pub(super) fn authentik(&self, net: Net) -> Part {
        let ready = Probe::Page(format!("http://{}/everything", net.authentik()));
        let mut part = self.server("authentik", "Authentik, simulated", net.authentik(), ready);
        part.env.extend([
            file("AUTHENTIK_TOKEN_FILE", &self.folder.secret("authentik-token")),
            file("AUTHENTIK_PEOPLE_FILE", &self.scripts.join("idp/people.json")),
        ]);
        part
    }

    pub(super) fn ionos(&self, net: Net) -> Part {
        let ready = Probe::Page(format!("http://{}/everything", net.ionos()));
        let mut part = self.server("ionos", "IONOS, simulated", net.ionos(), ready);
        part.env.extend([
            file("IONOS_TOKEN_FILE", &self.folder.secret("ionos-token")),
            pair("IONOS_PACE", IONOS_PACE.to_string()),
        ]);
        part
    }

    pub(super) fn llm(&self, net: Net, model: &Model) -> Part {
        let ready = Probe::Page(format!("http://{}/health", net.llm()));
        let mut part = self.server("llm", "Stub writer", net.llm(), ready);
        part.env.push(file("LLM_KEY_FILE", &model.key_file));
        part
    }

    pub(super) fn openwebui(&self, net: Net, model: &Model) -> Part {
        let ready = Probe::Page(format!("http://{}/ready", net.chat()));
        let mut part = self.server("openwebui", "OpenWebUI", net.chat(), ready);
        part.patience = Duration::from_secs(300);
        part.env.extend([
            file("OWUI_SECRET_KEY_FILE", &self.folder.secret("openwebui-secret-key")),
            file("OWUI_JWT_SECRET_FILE", &self.folder.secret("openwebui-jwt-secret")),
            pair("OWUI_ADMIN_EMAIL", CHAT_ADMIN),
            pair("OWUI_ADMIN_NAME", "Chat administrator"),
            file("OWUI_ADMIN_PASSWORD_FILE", &self.folder.secret("openwebui-admin-password")),
            pair("OWUI_LLM_URL", &model.url),
            file("OWUI_LLM_KEY_FILE", &model.key_file),
            pair("OWUI_OIDC_ISSUER", format!("http://{}", net.idp())),
            pair("OWUI_OIDC_CLIENT_ID", CHAT_CLIENT),
            file("OWUI_OIDC_CLIENT_SECRET_FILE", &self.folder.secret("openwebui-client-secret")),
        ]);
        if !model.stub {
            part.env.extend(self.proxies(net));
        }
        part
    }

    pub(super) fn portal(&self, net: Net) -> anyhow::Result<Part> {
        let mut env = self.surroundings();
        let of_the_portal =
            |name: &str| name.starts_with("RUST_") || name.starts_with("SLIPWAY_") && name.contains("__");
        env.extend(self.chosen(of_the_portal));
        Ok(Part {
            name: PORTAL,
            title: "Portal",
            program: std::env::current_exe()?,
            args: vec!["serve".to_owned(), "--config".to_owned(), self.folder.at("slipway.toml").display().to_string()],
            env,
            log: self.log(PORTAL),
            ready: Probe::Page(format!("http://{}/health/ready", net.portal())),
            patience: Duration::from_secs(60),
            next: "read that log.".to_owned(),
        })
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.at("logs").join(format!("{name}.log"))
    }

    /// The part of the person's environment that every program needs. The rest stays out: OpenWebUI alone listens to
    /// hundreds of names.
    fn surroundings(&self) -> Vec<(String, String)> {
        const NAMES: [&str; 12] = [
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "LANG",
            "TZ",
            "TMPDIR",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "NODE_EXTRA_CA_CERTS",
            "LD_LIBRARY_PATH",
        ];
        self.chosen(|name| NAMES.contains(&name) || name.starts_with("LC_"))
    }

    /// The way out, for a model outside; the demo's own servers are not behind a proxy.
    fn proxies(&self, net: Net) -> Vec<(String, String)> {
        let mut env = self
            .chosen(|name| matches!(name.to_ascii_lowercase().as_str(), "http_proxy" | "https_proxy" | "all_proxy"));
        let others = self.vars.get("no_proxy").or_else(|| self.vars.get("NO_PROXY")).map_or("", String::as_str);
        let ours: Vec<String> = (1..=8).map(|last| net.host(last).to_string()).collect();
        env.push(pair("no_proxy", format!("localhost,{},{others}", ours.join(",")).trim_end_matches(',')));
        env
    }

    fn chosen(&self, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        self.vars.iter().filter(|(name, _)| wanted(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// Where WordPress and OpenWebUI were put by `end2end/parts/setup`.
fn cache(vars: &Vars) -> anyhow::Result<PathBuf> {
    let of = |name| vars.get(name).filter(|v| !v.is_empty()).map(Path::new);
    let cache = of("SLIPWAY_CACHE")
        .map(Path::to_owned)
        .or_else(|| of("XDG_CACHE_HOME").map(|c| c.join("slipway")))
        .or_else(|| of("HOME").map(|h| h.join(".cache/slipway")))
        .context("HOME is not set. Say with SLIPWAY_CACHE where end2end/parts/setup has put things.")?;
    Ok(std::path::absolute(cache)?)
}

fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn file(name: &str, path: &Path) -> (String, String) {
    pair(name, path.display().to_string())
}
