//! Real outside systems as throw-away children: MariaDB, the OpenID provider, PHP with WordPress. They come from
//! `end2end/parts`; on a machine without them a test says loudly that it was skipped, and what to do.

use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Root's password at the throw-away MariaDB, and the initial access token at the provider. It holds what a careless
/// quoting would trip over.
pub(crate) const MASTER: &str = "it's \"throw\\away\" for 1 test";

/// A server of `end2end/parts`, ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) host: String,
    pub(crate) port: u16,
    child: Child,
    _data: TempDir,
}

/// This project's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Says that a test did not run.
pub(crate) fn skipped(what: &str, why: &str) {
    eprintln!("SKIPPED {what}: {why}. Run end2end/parts/setup to have it.");
}

/// A program that ends well with these arguments.
pub(crate) async fn works(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> bool {
    let run =
        Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.await.is_ok_and(|s| s.success())
}

/// WordPress's own files, where `end2end/parts/setup wordpress` puts them; `None` without them.
pub(crate) async fn core() -> Option<PathBuf> {
    let script = r#"echo "${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/wordpress""#;
    let said = Command::new("sh").args(["-c", script]).output().await.ok()?;
    let core = PathBuf::from(String::from_utf8_lossy(&said.stdout).trim());
    core.join("wp-load.php").exists().then_some(core)
}

impl Part {
    async fn has_mariadb() -> Option<()> {
        let there = "PATH=$PATH:/usr/sbin:/sbin; command -v mariadbd && command -v mariadb-install-db";
        if works("sh", &["-c", there]).await {
            return Some(());
        }
        skipped("MariaDB", "mariadbd is not on this machine");
        None
    }

    /// MariaDB, with [`MASTER`] as root's password.
    pub(crate) async fn mariadb() -> Option<Self> {
        Self::has_mariadb().await?;
        Some(Self::start("mariadb", &[("MARIADB_ROOT_PASSWORD_FILE", MASTER)]).await)
    }

    /// The same, which demands TLS of everybody; `host` stands in the certificate of that file.
    pub(crate) async fn mariadb_with_tls(host: &str, certificate: &Path, key: &Path) -> Option<Self> {
        Self::has_mariadb().await?;
        let file = |path: &Path| path.to_str().expect("it is text").to_owned();
        let (certificate, key) = (file(certificate), file(key));
        let settings = [("MARIADB_TLS_CERTIFICATE", certificate.as_str()), ("MARIADB_TLS_KEY", key.as_str())];
        Some(Self::start_at("mariadb", host, &settings, &[("MARIADB_ROOT_PASSWORD_FILE", MASTER)]).await)
    }

    /// The same at an address of this machine that others reach: pods, for one.
    pub(crate) async fn mariadb_at(host: &str) -> Self {
        Self::start_at("mariadb", host, &[], &[("MARIADB_ROOT_PASSWORD_FILE", MASTER)]).await
    }

    /// A store of objects as S3 is one. It takes any login.
    pub(crate) async fn store() -> Option<Self> {
        Self::store_at(&free_host()).await
    }

    /// The same at an address of this machine that others reach.
    pub(crate) async fn store_at(host: &str) -> Option<Self> {
        if !works(root().join("end2end/parts/store/install"), &["check"]).await {
            skipped("a store of objects", "moto is not installed");
            return None;
        }
        Some(Self::start_at("store", host, &[], &[]).await)
    }

    /// The OpenID provider, with [`MASTER`] as initial access token.
    pub(crate) async fn idp() -> Option<Self> {
        if !root().join("end2end/node_modules/oidc-provider").exists() || !works("node", &["--version"]).await {
            skipped("OpenID provider", "oidc-provider is not installed");
            return None;
        }
        Some(Self::start("idp", &[("IDP_INITIAL_ACCESS_TOKEN_FILE", "an-initial-access-token")]).await)
    }

    /// The stub writer, in the place of a language model, with [`MASTER`] as its key.
    pub(crate) async fn llm() -> Option<Self> {
        if !works("node", &["--version"]).await {
            skipped("stub writer", "node is not installed");
            return None;
        }
        Some(Self::start("llm", &[("LLM_KEY_FILE", "llm-key")]).await)
    }

    /// OpenWebUI with the stub writer, administered by admin@lab.test with [`MASTER`] as password, and the provider that
    /// people sign in by.
    pub(crate) async fn openwebui(llm: &Self, jwt_secret: &str) -> Option<(Self, Self)> {
        if !works(root().join("end2end/parts/openwebui/install"), &["check"]).await {
            skipped("OpenWebUI", "it is not installed");
            return None;
        }
        let url = format!("http://{}:{}/v1", llm.host, llm.port);
        let (host, port) = (free_host(), free_port());
        let secret = "the-secret-of-the-client-of-this-throw-away-chat";
        let client = serde_json::json!([{"client_id": "openwebui", "client_secret": secret, "client_name": "Chat",
            "redirect_uris": [format!("http://{host}:{port}/oauth/oidc/callback")]}]);
        let idp = Self::start("idp", &[("IDP_CLIENTS_FILE", client.to_string().as_str())]).await;
        let issuer = format!("http://{}:{}", idp.host, idp.port);
        let settings = [
            ("OWUI_ADMIN_EMAIL", "admin@lab.test"),
            ("OWUI_LLM_URL", url.as_str()),
            ("OWUI_OIDC_ISSUER", issuer.as_str()),
            ("OWUI_OIDC_CLIENT_ID", "openwebui"),
        ];
        let secrets = [
            ("OWUI_OIDC_CLIENT_SECRET_FILE", secret),
            ("OWUI_SECRET_KEY_FILE", "signs-the-sessions-of-this-throw-away-chat"),
            ("OWUI_JWT_SECRET_FILE", jwt_secret),
            ("OWUI_ADMIN_PASSWORD_FILE", MASTER),
            ("OWUI_LLM_KEY_FILE", "llm-key"),
        ];
        Some((Self::start_on("openwebui", (&host, port), &settings, &secrets).await, idp))
    }

    /// Starts a part with secrets that go in by files, and waits until it takes connections.
    async fn start(name: &str, secrets: &[(&str, &str)]) -> Self {
        Self::start_at(name, &free_host(), &[], secrets).await
    }

    async fn start_at(name: &str, host: &str, settings: &[(&str, &str)], secrets: &[(&str, &str)]) -> Self {
        Self::start_on(name, (host, free_port()), settings, secrets).await
    }

    async fn start_on(
        name: &str,
        (host, port): (&str, u16),
        settings: &[(&str, &str)],
        secrets: &[(&str, &str)],
    ) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let host = host.to_owned();
        let mut command = Command::new(root().join("end2end/parts").join(name).join("start"));
        command
            .env("PART_DATA", data.path().join("part"))
            .env("PART_HOST", &host)
            .env("PART_PORT", port.to_string())
            .envs(settings.iter().copied());
        for (variable, secret) in secrets {
            let file = data.path().join(variable);
            std::fs::write(&file, secret).expect("written");
            command.env(variable, file);
        }
        let log = std::fs::File::create(data.path().join("log")).expect("made");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a second handle")).stderr(log).kill_on_drop(true);
        let child = command.spawn().expect("the part starts");
        let mut part = Self { host, port, child, _data: data };
        part.until_it_listens(name).await;
        part
    }

    async fn until_it_listens(&mut self, name: &str) {
        let begun = Instant::now();
        while tokio::net::TcpStream::connect((self.host.as_str(), self.port)).await.is_err() {
            let log = || std::fs::read_to_string(self._data.path().join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(240), "{name} does not listen:\n{}", log());
            if let Some(status) = self.child.try_wait().expect("its state") {
                panic!("{name} ended ({status}):\n{}", log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends it at once, as a crash does.
    pub(crate) async fn crash(&mut self) {
        self.child.kill().await.expect("it ends");
    }

    /// [`MASTER`], as a secret.
    pub(crate) fn master() -> SecretString {
        SecretString::from(MASTER)
    }
}

/// A loopback address of its own for each server: a port that was free a moment ago may be taken by an outgoing connection,
/// and those come from 127.0.0.1.
pub(crate) fn free_host() -> String {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let process = std::process::id();
    format!("127.{}.{}.{}", 1 + process / 250 % 62, process % 250, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    probe.local_addr().expect("it is bound").port()
}
