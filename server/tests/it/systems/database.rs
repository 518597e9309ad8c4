//! The driver for MariaDB servers, against a real one.

pub(crate) mod ionos;

use crate::real::Part;
use secrecy::{ExposeSecret, SecretString};
use slipway::domain::{Fault, Gone, Seen, Slug, TenantId};
use slipway::systems::database::server::ServerDatabases;
use slipway::systems::database::{Databases, Details, Wanted};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

mod dump;
mod job;
mod pods;
mod reach;
mod tls;

fn wanted(n: u128, slug: &str) -> Wanted {
    Wanted {
        tenant: TenantId(Uuid::from_u128(n << 64 | n)),
        slug: Slug::parse(slug).expect("a slug"),
        password: SecretString::from(format!("canary-{n}-it's-a-\\password")),
        owner_password: None,
        plan: None,
    }
}

fn ready(seen: Seen<Details>) -> Details {
    match seen {
        Seen::Ready(details) => details,
        other => panic!("not ready: {other:?}"),
    }
}

async fn sign_in(details: &Details, password: &SecretString) -> sqlx::Result<MySqlConnection> {
    let options = MySqlConnectOptions::new()
        .host(&details.host)
        .port(details.port)
        .username(&details.user)
        .password(password.expose_secret());
    MySqlConnection::connect_with(&options).await
}

async fn root(part: &Part) -> MySqlConnection {
    let (host, user) = (part.host.clone(), "root".to_owned());
    let details = Details { host, port: part.port, name: String::new(), user };
    sign_in(&details, &Part::master()).await.expect("root comes in")
}

async fn run(connection: &mut MySqlConnection, sql: String) -> sqlx::Result<()> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop)
}

fn code(fault: Fault) -> &'static str {
    match fault {
        Fault::Fail { code, .. } => code,
        Fault::Retry { .. } => "retry",
    }
}

#[tokio::test]
async fn makes_corrects_and_removes_on_a_real_server() {
    let Some(mut part) = Part::mariadb().await else { return };
    let databases = ServerDatabases::new(&part.host, part.port, "root", &Part::master(), None);
    let health = databases.health().await;
    assert!(health.ok && health.say.starts_with("MariaDB 1"), "{health:?}");
    let mut root = root(&part).await;
    run(&mut root, "SET GLOBAL log_output = 'TABLE', GLOBAL general_log = ON".to_owned()).await.expect("set");

    makes_once(&databases).await;
    keeps_tenants_apart(&databases, &mut root).await;
    corrects_what_was_changed(&databases, &mut root).await;
    leaves_foreign_databases_alone(&databases, &mut root).await;
    tells_the_server_no_password(&mut root).await;
    many_at_a_time(&databases).await;
    removes_and_sees_it(&databases).await;
    refuses_plainly(&databases, &mut part).await;
}

async fn makes_once(databases: &ServerDatabases) {
    let acme = wanted(1, "acme-north");
    assert_eq!(databases.look(&acme).await, Ok(Seen::Absent));
    let made = ready(databases.ensure(&acme).await.expect("made"));
    assert_eq!(ready(databases.ensure(&acme).await.expect("again")), made);
    assert_eq!(ready(databases.look(&acme).await.expect("looked")), made);
    assert!(made.name.starts_with(databases.preview(&acme.slug).0.trim_end_matches('…')), "the preview told the truth");
    let mut tenant = sign_in(&made, &acme.password).await.expect("the tenant comes in");
    for sql in [
        format!("USE {}", made.name),
        "CREATE TABLE t (id INT PRIMARY KEY, word VARCHAR(20), KEY (word))".to_owned(),
        "INSERT INTO t VALUES (1, '😀')".to_owned(),
        "UPDATE t SET word = 'changed'".to_owned(),
        "ALTER TABLE t ADD other INT".to_owned(),
        "CREATE TEMPORARY TABLE passing SELECT * FROM t".to_owned(),
    ] {
        run(&mut tenant, sql.clone()).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
}

async fn keeps_tenants_apart(databases: &ServerDatabases, root: &mut MySqlConnection) {
    let (acme, other) = (wanted(1, "acme-north"), wanted(2, "acme-north"));
    let theirs = ready(databases.ensure(&other).await.expect("made"));
    let mine = ready(databases.look(&acme).await.expect("looked"));
    assert_ne!(mine, theirs);
    // In a GRANT, `_` would stand for any character.
    let alike = mine.name.replace('_', "x");
    run(root, format!("CREATE DATABASE {alike}")).await.expect("made");
    let mut tenant = sign_in(&mine, &acme.password).await.expect("the tenant comes in");
    for sql in [
        format!("USE {}", theirs.name),
        format!("USE {alike}"),
        "SELECT * FROM mysql.global_priv".to_owned(),
        "CREATE DATABASE more".to_owned(),
        "CREATE USER u".to_owned(),
        format!("SELECT 1 INTO OUTFILE '/tmp/{alike}'"),
        format!("CREATE TRIGGER {}.x BEFORE INSERT ON {}.t FOR EACH ROW SET @a = 1", mine.name, mine.name),
    ] {
        assert!(run(&mut tenant, sql.clone()).await.is_err(), "{sql}");
    }
    assert!(matches!(databases.remove(&other).await, Ok(Gone::Seen { .. })));
}

async fn corrects_what_was_changed(databases: &ServerDatabases, root: &mut MySqlConnection) {
    let acme = wanted(1, "acme-north");
    let made = ready(databases.look(&acme).await.expect("looked"));
    let (user, pattern) = (format!("'{}'@'%'", made.user), made.name.replace('_', "\\_"));
    for spoil in [
        format!("ALTER USER {user} IDENTIFIED BY 'other'"),
        format!("ALTER USER {user} ACCOUNT LOCK"),
        format!("REVOKE ALL PRIVILEGES ON `{pattern}`.* FROM {user}"),
        format!("GRANT TRIGGER ON `{pattern}`.* TO {user}"),
        format!("REVOKE ALTER ON `{pattern}`.* FROM {user}"),
        format!("DROP USER {user}"),
    ] {
        run(root, spoil.clone()).await.unwrap_or_else(|e| panic!("{spoil}: {e}"));
        let seen = databases.look(&acme).await;
        assert!(matches!(seen, Ok(Seen::Drifted { .. })), "{spoil}: {seen:?}");
        assert_eq!(ready(databases.ensure(&acme).await.expect("corrected")), made, "{spoil}");
    }
    let mut tenant = sign_in(&made, &acme.password).await.expect("the tenant comes in");
    run(&mut tenant, format!("SELECT word FROM {}.t", made.name)).await.expect("the data is there");
}

async fn leaves_foreign_databases_alone(databases: &ServerDatabases, root: &mut MySqlConnection) {
    let acme = wanted(1, "acme-north");
    let name = ready(databases.look(&acme).await.expect("looked")).name;
    let own: String =
        sqlx::query_scalar("SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?")
            .bind(&name)
            .fetch_one(&mut *root)
            .await
            .expect("its mark");
    for mark in ["", "slipway tenant 00000000-0000-0000-0000-000000000000"] {
        run(root, format!("ALTER DATABASE {name} COMMENT '{mark}'")).await.expect("changed");
        assert_eq!(databases.look(&acme).await.map_err(code), Err("database_not_ours"));
        assert_eq!(databases.ensure(&acme).await.map_err(code), Err("database_not_ours"));
        assert_eq!(databases.remove(&acme).await.map_err(code), Err("database_not_ours"));
    }
    run(root, format!("SELECT COUNT(*) FROM {name}.t")).await.expect("nothing was dropped");
    run(root, format!("ALTER DATABASE {name} COMMENT '{own}'")).await.expect("changed");
}

async fn tells_the_server_no_password(root: &mut MySqlConnection) {
    let sql = "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log";
    let log: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *root).await.expect("read");
    assert!(log.iter().any(|l| l.starts_with("CREATE USER IF NOT EXISTS")), "the log is on");
    let leaks: Vec<&String> = log.iter().filter(|l| l.contains("canary")).collect();
    assert!(leaks.is_empty(), "{leaks:?}");
}

async fn many_at_a_time(databases: &ServerDatabases) {
    let tenants: Vec<Wanted> = (100..120).map(|n| wanted(n, &format!("team-{n}"))).collect();
    let made = futures::future::join_all(tenants.iter().map(|w| databases.ensure(w))).await;
    let names: std::collections::HashSet<String> = made.into_iter().map(|m| ready(m.expect("made")).name).collect();
    assert_eq!(names.len(), tenants.len());
    for gone in futures::future::join_all(tenants.iter().map(|w| databases.remove(w))).await {
        assert!(matches!(gone, Ok(Gone::Seen { .. })), "{gone:?}");
    }
}

async fn removes_and_sees_it(databases: &ServerDatabases) {
    let acme = wanted(1, "acme-north");
    let made = ready(databases.look(&acme).await.expect("looked"));
    let gone = databases.remove(&acme).await;
    assert_eq!(gone, Ok(Gone::Seen { what: format!("Database {} and user {} are gone.", made.name, made.user) }));
    assert_eq!(databases.remove(&acme).await, gone, "removing twice is the same as once");
    assert_eq!(databases.look(&acme).await, Ok(Seen::Absent));
    assert!(sign_in(&made, &acme.password).await.is_err());
}

async fn refuses_plainly(databases: &ServerDatabases, part: &mut Part) {
    let wrong = ServerDatabases::new(&part.host, part.port, "root", &SecretString::from("wrong"), None);
    assert_eq!(wrong.look(&wanted(1, "acme")).await.map_err(code), Err("database_admin_refused"));
    assert!(!wrong.health().await.ok);
    assert!(!format!("{databases:?}{wrong:?}").contains("wrong"));
    part.crash().await;
    let away = Err(Fault::retry("The MariaDB server cannot be reached."));
    assert_eq!(databases.look(&wanted(1, "acme")).await, away);
    assert_eq!(databases.ensure(&wanted(1, "acme")).await, away);
}
