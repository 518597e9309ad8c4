//! A dump from a real server into a bucket and back, by the very programs that a Job runs.

use super::{root, run};
use crate::real::{MASTER, Part, root as project, works};
use sqlx::MySqlConnection;
use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// A store on loopback, as `terraform/tests` installs it.
async fn store() -> Option<(Child, String)> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let cache = std::env::var_os("SLIPWAY_CACHE").map_or(home.join(".cache/slipway"), PathBuf::from);
    let program = cache.join("moto-5.2.5/bin/moto_server");
    let mut server = Command::new(program);
    // It chooses its port: one that is asked for may be another test's by the time it comes up, which takes seconds.
    server.args(["-p", "0"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = server.kill_on_drop(true).spawn().ok()?;
    let mut said = BufReader::new(child.stderr.take()?);
    let mut line = String::new();
    let comes_up = async {
        while said.read_line(&mut line).await.expect("words") > 0 {
            if let Some((_, url)) = line.trim().split_once("Running on ") {
                return url.to_owned();
            }
            line.clear();
        }
        panic!("the store ended");
    };
    let url = tokio::time::timeout(Duration::from_secs(90), comes_up).await.expect("the store comes up");
    // It goes on speaking.
    child.stderr = Some(said.into_inner());
    Some((child, url))
}

async fn done(program: &str, arguments: &[&str]) -> Output {
    let done = Command::new(program).args(arguments).stdin(Stdio::null()).output().await.expect("it runs");
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    done
}

/// The words with which `curl` signs; the store answers nobody else.
const SIGNED: [&str; 5] = ["-fsS", "--user", "key:canary", "--aws-sigv4", "aws:amz:eu-central-3:s3"];

async fn fetched(url: &str) -> Vec<u8> {
    done("curl", &[&SIGNED[..], &[url]].concat()).await.stdout
}

/// The folder of a Job: its Secret and its room.
struct Errand {
    folder: tempfile::TempDir,
}

impl Errand {
    fn new(part: &Part, url: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let quoted = MASTER.replace('\\', "\\\\").replace('"', "\\\"");
        let options = format!(
            "[client]\nhost=\"{}\"\nport={}\nuser=\"root\"\npassword=\"{quoted}\"\nssl-verify-server-cert=0\n",
            part.host, part.port
        );
        let store = serde_json::json!({ "url": url, "region": "eu-central-3", "key_id": "key", "secret": "canary" });
        std::fs::write(folder.path().join("client.cnf"), options).expect("written");
        std::fs::write(folder.path().join("store.json"), store.to_string()).expect("written");
        Self { folder }
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// The three containers, one after the other; gives the answer.
    async fn run(&self, database: &str) -> serde_json::Value {
        let programs = project().join("wordpress/database");
        let (keep, dump) = (programs.join("keep.php"), programs.join("dump"));
        let text = |p: &Path| p.to_string_lossy().into_owned();
        let (store, work, answer) = (self.at("store.json"), self.at(""), self.at("answer"));
        done("php", &[&text(&keep), "ask", &store, &work]).await;
        done("bash", &[&text(&dump), &self.at("client.cnf"), database, &work]).await;
        done("php", &[&text(&keep), "put", &store, &work, &answer]).await;
        serde_json::from_slice(&std::fs::read(answer).expect("an answer")).expect("JSON")
    }
}

async fn word(root: &mut MySqlConnection, database: &str) -> String {
    let sql = format!("SELECT word FROM {database}.t");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(root).await.expect("the row is there")
}

#[tokio::test]
async fn a_dump_arrives_once_and_can_be_restored() {
    let needed = works("php", &["-r", "exit(defined('CURLOPT_AWS_SIGV4') ? 0 : 1);"]).await;
    if !needed || !works("mariadb-dump", &["--version"]).await || !works("curl", &["--version"]).await {
        return eprintln!("!! PHP 8.2 with curl, curl and MariaDB's client are not all here: dumps are NOT tested");
    }
    let Some((_store, store)) = store().await else {
        return eprintln!(
            "!! there is no store (moto) on this machine: dumps are NOT tested. Next: terraform/tests/run"
        );
    };
    let Some(part) = Part::mariadb().await else { return };
    let mut root = root(&part).await;
    run(&mut root, "CREATE DATABASE acme; CREATE DATABASE restored".to_owned()).await.expect("made");
    run(&mut root, "CREATE TABLE acme.t (word TEXT); INSERT INTO acme.t VALUES ('it''s 😀')".to_owned())
        .await
        .expect("made");
    done("curl", &["-fsS", "-X", "PUT", &format!("{store}/dumps")]).await;
    let url = format!("{store}/dumps/0190/2026-11-23T02-00-00Z.sql.gz");

    assert_eq!(Errand::new(&part, &url).run("acme").await["seen"], "ready");
    let kept = fetched(&url).await;
    assert!(kept.len() > 100 && kept.starts_with(&[0x1f, 0x8b]), "it is compressed");

    run(&mut root, "UPDATE acme.t SET word = 'later'".to_owned()).await.expect("changed");
    let again = Errand::new(&part, &url);
    assert_eq!(again.run("acme").await["seen"], "ready");
    assert!(!Path::new(&again.at("dump.sql.gz")).exists(), "nothing was dumped a second time");
    assert_eq!(fetched(&url).await, kept, "and nothing was replaced");

    let back = format!(
        "curl {} {url} | gunzip | mariadb --defaults-extra-file={} restored",
        SIGNED.join(" "),
        again.at("client.cnf")
    );
    done("bash", &["-euo", "pipefail", "-c", &back]).await;
    assert_eq!((word(&mut root, "acme").await, word(&mut root, "restored").await), ("later".into(), "it's 😀".into()));

    let nowhere = Errand::new(&part, &format!("{store}/no-such-bucket/x.sql.gz")).run("acme").await;
    assert_eq!((nowhere["seen"].as_str(), nowhere["status"].as_u64()), (Some("unkept"), Some(404)), "{nowhere}");
    let away = Errand::new(&part, "http://127.0.0.1:1/dumps/x.sql.gz").run("acme").await;
    assert_eq!((away["seen"].as_str(), away["status"].as_u64()), (Some("unkept"), Some(0)), "{away}");
}
