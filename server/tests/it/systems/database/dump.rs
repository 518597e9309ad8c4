//! A dump from a real server into a bucket and back, by the very programs that a Job runs.

use super::{root, run};
use crate::real::{MASTER, Part, root as project, works};
use sqlx::MySqlConnection;
use std::{
    path::Path,
    process::{Output, Stdio},
};
use tokio::process::Command;

async fn done(program: &str, arguments: &[&str]) -> Output {
    let done = Command::new(program).args(arguments).stdin(Stdio::null()).output().await.expect("it runs");
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    done
}

/// The words with which `curl` signs; the store answers nobody else.
const SIGNED: [&str; 5] = ["-fsS", "--user", "key:canary", "--aws-sigv4", "aws:amz:eu-central-3:s3"];

pub(super) async fn fetched(url: &str) -> Vec<u8> {
    done("curl", &[&SIGNED[..], &[url]].concat()).await.stdout
}

/// Makes the bucket `dumps`, and gives its address.
pub(super) async fn bucket(store: &Part) -> String {
    let url = format!("http://{}:{}/dumps", store.host, store.port);
    done("curl", &["-fsS", "-X", "PUT", &url]).await;
    url
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

/// Puts the dump into a database of its own, as docs/operations/backup.md says, and reads the word that is in it.
pub(super) async fn restored(part: &Part, url: &str) -> String {
    let mut root = root(part).await;
    run(&mut root, "CREATE DATABASE restored".to_owned()).await.expect("made");
    let errand = Errand::new(part, url);
    let login = errand.at("client.cnf");
    let back = format!("curl {} {url} | gunzip | mariadb --defaults-extra-file={login} restored", SIGNED.join(" "));
    done("bash", &["-euo", "pipefail", "-c", &back]).await;
    word(&mut root, "restored").await
}

#[tokio::test]
async fn a_dump_arrives_once_and_can_be_restored() {
    let needed = works("php", &["-r", "exit(defined('CURLOPT_AWS_SIGV4') ? 0 : 1);"]).await;
    if !needed || !works("mariadb-dump", &["--version"]).await || !works("curl", &["--version"]).await {
        return eprintln!("!! PHP 8.2 with curl, curl and MariaDB's client are not all here: dumps are NOT tested");
    }
    let Some(store) = Part::store().await else { return };
    let Some(part) = Part::mariadb().await else { return };
    let bucket = bucket(&store).await;
    let mut root = root(&part).await;
    run(&mut root, "CREATE DATABASE acme".to_owned()).await.expect("made");
    run(&mut root, "CREATE TABLE acme.t (word TEXT); INSERT INTO acme.t VALUES ('it''s 😀')".to_owned())
        .await
        .expect("made");
    let url = format!("{bucket}/0190/2026-11-23T02-00-00Z.sql.gz");

    assert_eq!(Errand::new(&part, &url).run("acme").await["seen"], "ready");
    let kept = fetched(&url).await;
    assert!(kept.len() > 100 && kept.starts_with(&[0x1f, 0x8b]), "it is compressed");

    run(&mut root, "UPDATE acme.t SET word = 'later'".to_owned()).await.expect("changed");
    let again = Errand::new(&part, &url);
    assert_eq!(again.run("acme").await["seen"], "ready");
    assert!(!Path::new(&again.at("dump.sql.gz")).exists(), "nothing was dumped a second time");
    assert_eq!(fetched(&url).await, kept, "and nothing was replaced");

    assert_eq!((word(&mut root, "acme").await, restored(&part, &url).await), ("later".into(), "it's 😀".into()));

    let nowhere = Errand::new(&part, &format!("{bucket}-not/x.sql.gz")).run("acme").await;
    assert_eq!((nowhere["seen"].as_str(), nowhere["status"].as_u64()), (Some("unkept"), Some(404)), "{nowhere}");
    let away = Errand::new(&part, "http://127.0.0.1:1/dumps/x.sql.gz").run("acme").await;
    assert_eq!((away["seen"].as_str(), away["status"].as_u64()), (Some("unkept"), Some(0)), "{away}");
}
