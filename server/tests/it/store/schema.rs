//! Statements and schema, over both databases.

use super::house;
use crate::sim::tls::Authority;
use slipway::{
    domain::TlsTrouble,
    store::{Sql, Store},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlSafeStr, SqliteConnection};
use std::{collections::BTreeSet, path::Path};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_prepares_every_statement() {
    let house = house::sqlite().await;
    let mut link = SqliteConnection::connect(&house.url).await.unwrap();
    for Sql { name, sqlite, .. } in Store::statements() {
        link.prepare(AssertSqlSafe(sqlite).into_sql_str()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_prepares_every_statement() {
    let Some(house) = house::postgres().await else { return };
    let mut link = PgConnection::connect(&house.url).await.unwrap();
    for Sql { name, postgres, .. } in Store::statements() {
        link.prepare(AssertSqlSafe(postgres).into_sql_str()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

/// Both keep in the same table which steps of the schema were taken.
const LATER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    SELECT 9999, 'of a newer version', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_left_alone() {
    let lite = house::sqlite().await;
    SqliteConnection::connect(&lite.url).await.unwrap().execute(LATER).await.unwrap();
    let mut urls = vec![lite.url.clone()];
    if let Some(house) = house::postgres().await {
        PgConnection::connect(&house.url).await.unwrap().execute(LATER).await.unwrap();
        urls.push(house.url);
    }
    for url in urls {
        let Err(refused) = Store::open(&url).await else { panic!("{url}: it was opened") };
        assert!(refused.to_string().starts_with("a newer Slipway made this database"), "{refused}");
    }
}

/// The company's authority is trusted where the address names none, and what is wrong with TLS is found in the error.
#[tokio::test]
async fn postgres_is_reached_by_verified_tls() {
    let Some((url, authority)) = house::by_tls() else { return };
    let file = authority.file();
    let opened = |url: String, authorities| async move { Store::open_trusting(&url, authorities).await };
    opened(url.clone(), Some(file.as_path())).await.expect("its authority is known");
    let own = format!("{url}&sslrootcert={}", file.display());
    let stranger = Authority::new();
    let other = stranger.file();
    opened(own, Some(other.as_path())).await.expect("what the address names wins");
    for authorities in [None, Some(other.as_path())] {
        let Err(refused) = opened(url.clone(), authorities).await else { panic!("nobody vouches for it") };
        assert_eq!(TlsTrouble::among(&refused), Some(TlsTrouble::UnknownAuthority), "{refused:?}");
    }
}

/// Tables that grow with the years.
const GROWING: [&str; 3] = ["event", "audit", "session"];
/// Questions about all sessions: who is signed in now, and once as a portal starts which of them are of another issuer.
const OF_ALL: [&str; 3] = ["store::here::HERE", "store::here::COUNT_HERE", "store::issuer::"];

fn asks_of_growing(sql: &str) -> bool {
    let words: Vec<_> = sql.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    GROWING.iter().any(|table| words.contains(table)) && !sql.starts_with("INSERT")
}

fn is_of_all(name: &str) -> bool {
    OF_ALL.iter().any(|all| name.contains(all))
}

/// What SQLite says of a table without an index it can use is "SCAN", of one with an index "SCAN … USING INDEX" or "SEARCH".
#[tokio::test(flavor = "multi_thread")]
async fn sqlite_reads_no_growing_table_from_end_to_end() {
    let house = house::sqlite().await;
    let mut link = SqliteConnection::connect(&house.url).await.unwrap();
    let mut seen = 0;
    for Sql { name, sqlite, .. } in Store::statements().filter(|s| asks_of_growing(s.sqlite) && !is_of_all(s.name)) {
        let rows =
            sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sqlite}"))).fetch_all(&mut link).await.unwrap();
        for plan in rows.iter().map(|row| row.get::<String, _>("detail")) {
            let table = plan.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            let grows = GROWING.contains(&table) || matches!(table, "e" | "last");
            assert!(!grows || plan.contains(" USING "), "{name}: {plan}");
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen} statements were looked at");
}

/// With whole scans made dear, PostgreSQL plans one only where no index fits.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_reads_no_growing_table_from_end_to_end() {
    let Some(house) = house::postgres().await else { return };
    let mut link = PgConnection::connect(&house.url).await.unwrap();
    link.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").await.unwrap();
    for Sql { name, postgres, .. } in Store::statements().filter(|s| asks_of_growing(s.postgres) && !is_of_all(s.name))
    {
        let count = (1..).take_while(|n| postgres.contains(&format!("${n}"))).count();
        let nulls = if count == 0 { String::new() } else { format!("({})", vec!["NULL"; count].join(", ")) };
        link.execute(AssertSqlSafe(format!("PREPARE asked AS {postgres}")).into_sql_str()).await.unwrap();
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN EXECUTE asked{nulls}"))).fetch_all(&mut link).await;
        let plan: Vec<String> = plan.unwrap_or_else(|e| panic!("{name}: {e}")).iter().map(|row| row.get(0)).collect();
        for table in GROWING {
            assert!(!plan.iter().any(|line| line.contains(&format!("Seq Scan on {table}"))), "{name}: {plan:#?}");
        }
        link.execute("DEALLOCATE asked").await.unwrap();
    }
}

#[test]
fn every_statement_is_gathered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut declared = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let own = file.file_name().is_some_and(|n| n == "both.rs");
        assert!(own || !text.contains("sqlx::query"), "{}: use run!, one! or all!", file.display());
        let unsure = text.contains("one!(&mut self.write()");
        assert!(!unsure, "{}: whether a row's change was kept is not told outside a transaction", file.display());
        declared += text.matches("\nstatements! {").count();
    }
    let names: Vec<_> = Store::statements().map(|s| s.name).collect();
    let modules: BTreeSet<_> = names.iter().filter_map(|n| n.rsplit_once("::")).map(|(m, _)| m).collect();
    assert_eq!(modules.len(), declared, "Store::statements leaves a module out");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn no_statement_asks_the_database_for_time_or_chance() {
    for Sql { name, sqlite, postgres } in Store::statements() {
        for text in [sqlite, postgres].map(str::to_lowercase) {
            for word in ["now()", "current_", "random", "uuid(", "date(", "time("] {
                assert!(!text.contains(word), "{name}: {word}");
            }
        }
    }
}

/// (table, column, type, may be null)
type Columns = BTreeSet<(String, String, String, bool)>;

#[tokio::test(flavor = "multi_thread")]
async fn both_schemas_are_the_same() {
    let Some(house) = house::postgres().await else { return };
    let lite = house::sqlite().await;
    let (postgres, sqlite) = (of_postgres(&house.url).await, of_sqlite(&lite.url).await);
    assert_eq!(sqlite, postgres);
    let tables: BTreeSet<_> = sqlite.iter().map(|c| c.0.as_str()).collect();
    assert_eq!(tables.len(), 21, "{tables:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_have_the_same_indexes() {
    let Some(house) = house::postgres().await else { return };
    let mut link = PgConnection::connect(&house.url).await.unwrap();
    let sql = "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'";
    let postgres: BTreeSet<String> = link.fetch_all(sql).await.unwrap().iter().map(|r| r.get(0)).collect();
    let lite = house::sqlite().await;
    let mut link = SqliteConnection::connect(&lite.url).await.unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_autoindex_%'";
    let sqlite: BTreeSet<String> = link.fetch_all(sql).await.unwrap().iter().map(|r| r.get(0)).collect();
    assert_eq!(sqlite, postgres);
}

async fn of_postgres(url: &str) -> Columns {
    let mut link = PgConnection::connect(url).await.unwrap();
    let sql = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    let rows = link.fetch_all(sql).await.unwrap();
    rows.iter().map(|r| (r.get(0), r.get(1), kind(r.get(2)), r.get(3))).collect()
}

async fn of_sqlite(url: &str) -> Columns {
    let mut link = SqliteConnection::connect(url).await.unwrap();
    let sql = "SELECT m.name, c.name, c.type, c.\"notnull\" = 0 FROM sqlite_master m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";
    let rows = link.fetch_all(sql).await.unwrap();
    rows.iter().map(|r| (r.get(0), r.get(1), kind(r.get(2)), r.get::<i64, _>(3) == 1)).collect()
}

fn kind(word: &str) -> String {
    let word = word.to_lowercase();
    if word == "bytea" { "blob".into() } else { word }
}
