//! Databases to test on: SQLite in a file of its own, and a PostgreSQL that is thrown away afterwards. Every test gets
//! an empty one.
//!
//! PostgreSQL is the one of `SLIPWAY_TEST_POSTGRES_URL` (a user who may make databases; they are called
//! `slipway_it_<process>_<n>` and stay), else a cluster made from Debian's package, else a loud line and no test.

use crate::sim::tls::{Authority, Holds};
use slipway::store::Store;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;

/// An open store and where it is.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

pub(crate) async fn sqlite() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("data/slipway.db").display());
    House { store: Store::open(&url).await.unwrap(), url, folder }
}

pub(crate) async fn postgres() -> Option<House> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = server()?;
    let name = format!("slipway_it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = connect(&server.url).await;
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
    }
    admin.close().await.unwrap();
    let mut url = url::Url::parse(&server.url).unwrap();
    url.set_path(&name);
    let url = url.to_string();
    Some(House { store: Store::open(&url).await.unwrap(), url, folder: tempfile::tempdir().unwrap() })
}

/// The server of this test run. Its life hangs on the pipe to its shell: when the tests end, in whatever way, the
/// pipe closes, the server stops and its files are removed.
struct Server {
    url: String,
    authority: Option<Authority>,
    _life: Option<Child>,
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(find_server).as_ref()
}

fn find_server() -> Option<Server> {
    #[expect(clippy::disallowed_methods, reason = "where to test is told by the environment, not by a configuration")]
    if let Ok(url) = std::env::var("SLIPWAY_TEST_POSTGRES_URL") {
        return Some(Server { url, authority: None, _life: None });
    }
    let Some(programs) = programs() else {
        // Written past the test harness, which swallows what passing tests print.
        let say = "SKIPPED: PostgreSQL is not installed and SLIPWAY_TEST_POSTGRES_URL is not set; nothing was tested on it.\n";
        std::io::stderr().write_all(say.as_bytes()).unwrap();
        return None;
    };
    Some(start(&programs))
}

fn programs() -> Option<PathBuf> {
    let mut found: Vec<_> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|e| Some(e.ok()?.path().join("bin"))).collect();
    found.retain(|bin| bin.join("initdb").exists() && bin.join("postgres").exists());
    found.sort();
    found.pop()
}

/// Address of the server by TLS, all of its certificate verified, and the authority that signed it.
pub(crate) fn by_tls() -> Option<(String, &'static Authority)> {
    let server = server()?;
    let mut url = url::Url::parse(&server.url).unwrap();
    url.set_query(Some("sslmode=verify-full"));
    Some((url.to_string(), server.authority.as_ref()?))
}

/// A company's certificate in the server's folder, whose user alone reads the key.
fn shows_certificate(data: &Path) -> Authority {
    let authority = Authority::new();
    let (certificate, key) = authority.files(&authority.sign("127.0.0.1", Holds::Now));
    for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
        let mut write = Command::new(as_postgres()[0]);
        write.args(&as_postgres()[1..]).args(["sh", "-c", r#"umask 077; cat > "$0""#]).arg(data.join(name));
        let done = write.stdin(std::fs::File::open(from).unwrap()).status().unwrap();
        assert!(done.success(), "{name} could not be written");
    }
    authority
}

/// PostgreSQL refuses to run as root.
fn as_postgres() -> &'static [&'static str] {
    if nix::unistd::Uid::effective().is_root() {
        &["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    } else {
        &["env"]
    }
}

fn start(programs: &Path) -> Server {
    let folder = tempfile::tempdir().unwrap().keep();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let (prefix, data) = (as_postgres(), folder.join("data"));
    let made = Command::new(prefix[0])
        .args(&prefix[1..])
        .arg(programs.join("initdb"))
        .args(["--no-sync", "--auth=trust", "--username=slipway", "--encoding=UTF8", "--locale=C", "-D"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let authority = shows_certificate(&data);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script =
        r#"trap '' INT; folder=$1; shift; "$@" & server=$!; cat; kill -INT $server; wait $server; rm -rf "$folder""#;
    let life = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&folder)
        .args(prefix)
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg(&data)
        .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"])
        .args(["-c", "max_connections=300", "-c", "shared_buffers=32MB", "-c", &format!("port={port}"), "-c", "ssl=on"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(folder.join("log")).unwrap())
        .spawn()
        .unwrap();
    let url = format!("postgres://slipway@127.0.0.1:{port}/postgres?sslmode=disable");
    let server = Server { url, authority: Some(authority), _life: Some(life) };
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return server;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("PostgreSQL did not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
}

/// Waits while the server still starts.
async fn connect(url: &str) -> PgConnection {
    for _ in 0..100 {
        if let Ok(link) = PgConnection::connect(url).await {
            return link;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    PgConnection::connect(url).await.unwrap()
}
