//! The ways to a managed database: the portal itself and the Job's program, through the same days on a real server.

use super::{code, root, run, sign_in};
use crate::{
    real::{Part, free_host, root as project, works},
    sim::tls::{Authority, Holds},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use slipway::{
    domain::{Fault, Seen, TenantId},
    systems::database::{
        Details,
        reach::{Account, Owner, Reach, direct::Direct},
    },
};
use std::process::Stdio;
use uuid::Uuid;

const RIGHTS: &str = "ALTER, CREATE, CREATE TEMPORARY TABLES, DELETE, DROP, INDEX, INSERT, LOCK TABLES, REFERENCES, \
                      SELECT, UPDATE";

/// The program of the Job, on this machine instead of in a pod.
struct Program;

impl Program {
    async fn act(&self, act: &str, owner: &Owner, account: &Account) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let (order, answer) = (folder.path().join("order.json"), folder.path().join("answer"));
        let text = serde_json::json!({
            "act": act, "mark": format!("slipway tenant {}", account.tenant),
            "rights": RIGHTS.split(", ").collect::<Vec<_>>(),
            "owner": { "host": owner.host, "port": owner.port, "tls": "off", "user": owner.user,
                "password": owner.password.expose_secret() },
            "account": { "database": account.database, "user": account.user,
                "password": account.password.expose_secret() },
        });
        std::fs::write(&order, text.to_string()).expect("written");
        let program = project().join("wordpress/database/account.php");
        let done =
            tokio::process::Command::new("php").arg(program).arg(&order).arg(&answer).stdin(Stdio::null()).output();
        let done = done.await.expect("php runs");
        let said = String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && !said.contains("canary"), "{said}");
        let answer = std::fs::read_to_string(answer).expect("an answer");
        assert!(answer.len() < 1024 && !answer.contains("canary"), "{answer}");
        answer
    }
}

/// What the answer says, in the words of the port. The portal's own reading is tested beside it.
fn read(answer: &str) -> Result<Seen<()>, Fault> {
    let answer: serde_json::Value = serde_json::from_str(answer).expect("JSON");
    let number = answer["number"].as_i64();
    match (answer["seen"].as_str(), answer["whose"].as_str()) {
        (Some("ready"), _) => Ok(Seen::Ready(())),
        (Some("absent"), _) => Ok(Seen::Absent),
        (Some("drifted"), _) => Ok(Seen::Drifted { what: answer["what"].as_str().expect("words").to_owned() }),
        (Some("foreign"), _) => Err(Fault::fail("database_not_ours", "", "")),
        (Some("trouble"), _) if number.is_some_and(|n| n >= 2000) => Err(Fault::retry("")),
        (Some("trouble"), Some("owner")) => Err(Fault::fail("database_owner_refused", "", "")),
        (Some("trouble"), Some("granting")) => Err(Fault::fail("database_users_refused", "", "")),
        other => panic!("{other:?}"),
    }
}

#[async_trait]
impl Reach for Program {
    async fn look(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        read(&self.act("look", owner, account).await)
    }
    async fn prepare(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        read(&self.act("prepare", owner, account).await)
    }
    async fn dump(&self, _: &Owner, _: &Account, _: &str) -> Result<Seen<()>, Fault> {
        unreachable!("a dump is another program")
    }
}

pub(super) fn owner(part: &Part, user: &str, password: &str) -> Owner {
    Owner { host: part.host.clone(), port: part.port, user: user.to_owned(), password: SecretString::from(password) }
}

pub(super) fn account(n: u128, database: &str) -> Account {
    Account {
        tenant: TenantId(Uuid::from_u128(n)),
        database: database.to_owned(),
        user: format!("s_{n}"),
        password: SecretString::from(format!("canary-{n}-it's-a-\\password")),
    }
}

#[tokio::test]
async fn two_ways_do_the_same_on_a_real_server() {
    let Some(part) = Part::mariadb().await else { return };
    days(&part, &Direct::default(), 1).await;
    if works("php", &["-r", "exit(extension_loaded('mysqli') ? 0 : 1);"]).await {
        days(&part, &Program, 2).await;
    } else {
        eprintln!("!! PHP with mysqli is not on this machine: the Job's program is NOT tested");
    }
    let say = Direct::default().dump(&owner(&part, "root", "x"), &account(1, "d"), "n").await.map_err(code);
    assert_eq!(say, Err("dump_needs_job"));
}

/// The portal speaks TLS where the server has it, sites only where they are told to: what no site can use is told.
#[tokio::test]
async fn a_server_that_demands_tls_where_sites_speak_none() {
    let (company, host) = (Authority::new(), free_host());
    let (certificate, key) = company.files(&company.sign(&host, Holds::Now));
    let Some(part) = Part::mariadb_with_tls(&host, &certificate, &key).await else { return };
    let (owner, acme) = (owner(&part, "root", Part::master().expose_secret()), account(9, "acme"));
    let why = Direct::default().prepare(&owner, &acme).await.expect_err("no site could use it");
    assert!(why.to_string().contains("demands TLS"), "{why}");
    if works("php", &["-r", "exit(extension_loaded('mysqli') ? 0 : 1);"]).await {
        let answer = Program.act("prepare", &owner, &acme).await;
        assert!(answer.contains(r#""number":3159"#), "{answer}");
    }
}

async fn days(part: &Part, reach: &dyn Reach, n: u128) {
    let mut root = root(part).await;
    // As a managed server makes it: an account with rights on its own database, who may make users.
    let (own, name) = (format!("owner{n}"), format!("word_press{n}"));
    for sql in [
        format!("CREATE USER '{own}'@'%' IDENTIFIED BY 'canary''\\\\owner'"),
        format!("GRANT ALL ON *.* TO '{own}'@'%' WITH GRANT OPTION"),
    ] {
        run(&mut root, sql).await.expect("made");
    }
    let (owner, acme) = (owner(part, &own, "canary'\\owner"), account(n, &name));
    assert_eq!(reach.look(&owner, &acme).await, Ok(Seen::Absent));
    assert_eq!(reach.prepare(&owner, &acme).await, Ok(Seen::Ready(())));
    assert_eq!(reach.prepare(&owner, &acme).await, Ok(Seen::Ready(())), "again");
    let details = Details { host: part.host.clone(), port: part.port, name: name.clone(), user: acme.user.clone() };
    let mut site = sign_in(&details, &acme.password).await.expect("the site comes in");
    run(&mut site, format!("CREATE TABLE {name}.t (word VARCHAR(9)); INSERT INTO {name}.t VALUES ('😀')"))
        .await
        .expect("it works");
    assert!(run(&mut site, "CREATE DATABASE more".to_owned()).await.is_err());
    corrects(&mut root, reach, &owner, &acme).await;
    adopts(&mut root, reach, &owner, n).await;
    refuses(&mut root, part, reach, &owner, &acme).await;
}

async fn corrects(root: &mut sqlx::MySqlConnection, reach: &dyn Reach, owner: &Owner, acme: &Account) {
    let (user, name) = (format!("'{}'@'%'", acme.user), &acme.database);
    for spoil in [
        format!("ALTER USER {user} IDENTIFIED BY 'other'"),
        format!("ALTER USER {user} ACCOUNT LOCK"),
        format!("GRANT TRIGGER ON `{}`.* TO {user}", name.replace('_', "\\_")),
        format!("DROP USER {user}"),
        format!("ALTER DATABASE {name} CHARACTER SET latin1"),
    ] {
        run(root, spoil.clone()).await.unwrap_or_else(|e| panic!("{spoil}: {e}"));
        let seen = reach.look(owner, acme).await;
        assert!(matches!(seen, Ok(Seen::Drifted { .. })), "{spoil}: {seen:?}");
        assert_eq!(reach.prepare(owner, acme).await, Ok(Seen::Ready(())), "{spoil}");
    }
    run(root, format!("SELECT word FROM {name}.t")).await.expect("the data is there");
}

/// A database without a mark is taken over with its data; the owner's own account may be the site's.
async fn adopts(root: &mut sqlx::MySqlConnection, reach: &dyn Reach, owner: &Owner, n: u128) {
    let mut plain = account(n + 50, &format!("made_elsewhere{n}"));
    run(root, format!("CREATE DATABASE {} CHARACTER SET latin1", plain.database)).await.expect("made");
    run(root, format!("CREATE TABLE {}.kept (id INT)", plain.database)).await.expect("made");
    assert!(matches!(reach.look(owner, &plain).await, Ok(Seen::Drifted { what }) if what.contains("mark")));
    (plain.user, plain.password) = (owner.user.clone(), owner.password.clone());
    assert_eq!(reach.prepare(owner, &plain).await, Ok(Seen::Ready(())));
    assert_eq!(reach.look(owner, &plain).await, Ok(Seen::Ready(())));
    run(root, format!("SELECT * FROM {}.kept", plain.database)).await.expect("the data is there");
}

async fn refuses(root: &mut sqlx::MySqlConnection, part: &Part, reach: &dyn Reach, owner: &Owner, acme: &Account) {
    let other = Account { tenant: TenantId(Uuid::from_u128(77)), ..acme.clone() };
    assert_eq!(reach.look(owner, &other).await.map_err(code), Err("database_not_ours"));
    assert_eq!(reach.prepare(owner, &other).await.map_err(code), Err("database_not_ours"));
    let wrong = Owner { password: SecretString::from("canary-wrong"), ..owner.clone() };
    assert_eq!(reach.look(&wrong, acme).await.map_err(code), Err("database_owner_refused"));
    let away = Owner { port: 1, ..owner.clone() };
    assert_eq!(reach.look(&away, acme).await.map_err(code), Err("retry"));
    // A server that lets its first account make no users, and one that lets it give no rights.
    let narrow = format!("narrow_{}", acme.user);
    for sql in [
        format!("CREATE USER '{narrow}'@'%' IDENTIFIED BY 'x'"),
        format!("GRANT ALL ON `{narrow}`.* TO '{narrow}'@'%'"),
    ] {
        run(root, sql).await.expect("made");
    }
    let narrow_owner = super::reach::owner(part, &narrow, "x");
    let mut site = Account { database: narrow.clone(), user: format!("n_{}", acme.user), ..acme.clone() };
    assert_eq!(reach.prepare(&narrow_owner, &site).await.map_err(code), Err("database_users_refused"));
    run(root, format!("GRANT CREATE USER ON *.* TO '{narrow}'@'%'")).await.expect("given");
    assert_eq!(reach.prepare(&narrow_owner, &site).await.map_err(code), Err("database_users_refused"));
    (site.user, site.password) = (narrow, SecretString::from("x"));
    assert_eq!(reach.prepare(&narrow_owner, &site).await, Ok(Seen::Ready(())), "as the owner it goes");
}
