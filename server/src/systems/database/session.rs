//! One short conversation with a server, in statements of our own.

use super::names::GRANTS_SORTED;
use super::trouble::{Trouble, Whose};
use crate::domain::Fault;
use secrecy::{ExposeSecret, SecretString};
use sha1::{Digest, Sha1};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, Connection};
use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

/// How long signing in may take.
const SIGN_IN: Duration = Duration::from_secs(5);
/// How long one statement may take; dropping a large database is the slowest.
const STATEMENT: Duration = Duration::from_secs(60);

/// An open connection.
#[derive(Debug)]
pub(super) struct Session(MySqlConnection, Whose);

impl Session {
    pub(super) async fn open(options: &MySqlConnectOptions, whose: Whose) -> Result<Self, Trouble> {
        match tokio::time::timeout(SIGN_IN, MySqlConnection::connect_with(options)).await {
            Ok(Ok(connection)) => Ok(Self(connection, whose)),
            Ok(Err(e)) => Err(Trouble::of(&e)),
            Err(_) => Err(Trouble::Unreachable),
        }
    }

    /// Runs a statement of names and literals that this module wrote.
    async fn act(&mut self, sql: String) -> Result<(), Fault> {
        timely(self.1, sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.0)).await.map(drop)
    }

    /// The same about users and their rights.
    async fn act_on_users(&mut self, sql: String) -> Result<(), Fault> {
        let whose = if self.1 == Whose::Owner { Whose::Granting } else { self.1 };
        timely(whose, sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.0)).await.map(drop)
    }

    /// `SELECT 1`
    pub(super) async fn one(&mut self) -> Result<(), Fault> {
        let one = sqlx::query_scalar::<_, i64>("SELECT CAST(1 AS SIGNED)");
        timely(self.1, one.fetch_one(&mut self.0)).await.map(drop)
    }

    /// `SELECT VERSION()`, such as `10.11.19-MariaDB-0+deb12u1`.
    pub(super) async fn version(&mut self) -> Result<String, Fault> {
        timely(self.1, sqlx::query_scalar("SELECT VERSION()").fetch_one(&mut self.0)).await
    }

    /// Global rights of the account that is signed in.
    pub(super) async fn rights(&mut self) -> Result<HashSet<String>, Fault> {
        let sql = "SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES \
                   WHERE GRANTEE = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')";
        Ok(timely(self.1, sqlx::query_scalar(sql).fetch_all(&mut self.0)).await?.into_iter().collect())
    }

    /// The comment of a database; `None` when there is no such database.
    pub(super) async fn mark(&mut self, database: &str) -> Result<Option<String>, Fault> {
        Ok(self.schema(database).await?.map(|(mark, _)| mark))
    }

    /// Comment and character set of a database; `None` when there is no such database.
    pub(super) async fn schema(&mut self, database: &str) -> Result<Option<(String, String)>, Fault> {
        let sql = "SELECT SCHEMA_COMMENT, DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA \
                   WHERE SCHEMA_NAME = ?";
        timely(self.1, sqlx::query_as(sql).bind(database).fetch_optional(&mut self.0)).await
    }

    pub(super) async fn has_user(&mut self, user: &str) -> Result<bool, Fault> {
        let sql = "SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = ?";
        let count: i64 = timely(self.1, sqlx::query_scalar(sql).bind(account(user)).fetch_one(&mut self.0)).await?;
        Ok(count > 0)
    }

    /// Rights of a user on a database, sorted. Of others they are seen by whoever may read the schema `mysql`; one's own
    /// always are.
    pub(super) async fn grants(&mut self, user: &str, database: &str) -> Result<Vec<String>, Fault> {
        let sql = "SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES \
                   WHERE GRANTEE = ? AND TABLE_SCHEMA = ? ORDER BY PRIVILEGE_TYPE";
        let query = sqlx::query_scalar(sql).bind(account(user)).bind(pattern(database));
        timely(self.1, query.fetch_all(&mut self.0)).await
    }

    pub(super) async fn create_database(&mut self, name: &str, mark: &str) -> Result<(), Fault> {
        self.act(format!("CREATE DATABASE IF NOT EXISTS {} {}", quoted(name), settings(mark))).await
    }

    /// Gives a database that is there our mark and character set. Tables keep the one they have.
    pub(super) async fn adopt_database(&mut self, name: &str, mark: &str) -> Result<(), Fault> {
        self.act(format!("ALTER DATABASE {} {}", quoted(name), settings(mark))).await
    }

    /// Makes the user, or gives the one that is there the wanted password.
    pub(super) async fn create_user(&mut self, user: &str, password: &SecretString) -> Result<(), Fault> {
        let (account, hash) = (account(user), hash(password));
        for verb in ["CREATE USER IF NOT EXISTS", "ALTER USER"] {
            let sql = format!("{verb} {account} IDENTIFIED BY PASSWORD {} ACCOUNT UNLOCK", literal(&hash));
            self.act_on_users(sql).await?;
        }
        Ok(())
    }

    /// Gives the user exactly the rights it should have, and no others.
    pub(super) async fn grant(&mut self, user: &str, database: &str) -> Result<(), Fault> {
        let account = account(user);
        self.act_on_users(format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {account}")).await?;
        let place = quoted(&pattern(database));
        self.act_on_users(format!("GRANT {} ON {place}.* TO {account}", GRANTS_SORTED.join(", "))).await
    }

    /// Drops user and database. A site that still holds a lock is waited for, not killed.
    pub(super) async fn drop_all(&mut self, user: &str, database: &str) -> Result<(), Fault> {
        self.act("SET SESSION lock_wait_timeout = 10".to_owned()).await?;
        self.act(format!("DROP USER IF EXISTS {}", account(user))).await?;
        self.act(format!("DROP DATABASE IF EXISTS {}", quoted(database))).await
    }
}

async fn timely<T>(whose: Whose, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, Fault> {
    match tokio::time::timeout(STATEMENT, work).await {
        Ok(done) => done.map_err(|e| Trouble::of(&e).fault(whose)),
        Err(_) => Err(Trouble::TooSlow.fault(whose)),
    }
}

/// What every database of ours is like.
fn settings(mark: &str) -> String {
    format!("CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci COMMENT {}", literal(mark))
}

/// Is this MariaDB 10.5 or newer? Comments on databases began there.
pub(super) fn new_enough(version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map_while(|n| n.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    version.contains("MariaDB") && found >= (10, 5)
}

/// An identifier (MariaDB, "Identifier Names": between backticks, a backtick doubled).
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A string literal that reads the same with and without `NO_BACKSLASH_ESCAPES`: quotes are doubled, and a backslash
/// never comes in, because all literals here are made of names, ids and hex digits.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace(['\\', '\0'], "").replace('\'', "''"))
}

/// `'user'@'%'`, which is also how `information_schema` writes a grantee.
fn account(user: &str) -> String {
    format!("{}@'%'", literal(user))
}

/// A database's name where MariaDB takes a pattern (GRANT): there `_` and `%` stand for others unless they are escaped.
fn pattern(name: &str) -> String {
    name.replace('_', "\\_").replace('%', "\\%")
}

/// MariaDB's `mysql_native_password` hash: `*` and the upper-case hex of SHA-1 of SHA-1. It is unsalted, which is fine for
/// 256 random bits, and it keeps the password itself out of the server's query, slow and binary logs.
fn hash(password: &SecretString) -> String {
    let twice = Sha1::digest(Sha1::digest(password.expose_secret().as_bytes()));
    let hex: String = twice.iter().map(|b| format!("{b:02X}")).collect();
    format!("*{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_mariadb_does() {
        // The value is the one that MariaDB's manual gives for PASSWORD('notagoodpwd').
        assert_eq!(hash(&SecretString::from("notagoodpwd")), "*3A70EE9FC6594F88CE9E959CD51C5A1C002DC937");
    }

    #[test]
    fn quotes_names_and_literals() {
        assert_eq!(quoted("a`; DROP"), "`a``; DROP`");
        assert_eq!(literal("it's\\"), "'it''s'");
        assert_eq!(pattern("slipway_a_b"), "slipway\\_a\\_b");
    }

    #[test]
    fn knows_versions() {
        for (version, fine) in [
            ("10.11.19-MariaDB-0+deb12u1", true),
            ("10.5.0-MariaDB", true),
            ("10.4.34-MariaDB", false),
            ("11.8.3-MariaDB-log", true),
            ("8.0.36", false),
        ] {
            assert_eq!(new_enough(version), fine, "{version}");
        }
    }
}
