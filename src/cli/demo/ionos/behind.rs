//! What stands behind the simulated clusters in the demo: the demo's real MariaDB. A cluster that becomes available gets an
//! account there that may make users, and whatever it made goes with it.

use super::{Behind, Login};
use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _,
    mysql::{MySqlConnectOptions, MySqlConnection},
};

/// A MariaDB server and the account that administers it.
#[derive(Debug, Clone)]
pub struct RealMariaDb {
    /// Host that clusters are said to have.
    pub host: String,
    /// Administrator.
    pub user: String,
    /// Its password.
    pub password: SecretString,
}

impl RealMariaDb {
    async fn run(&self, statements: &[String]) -> Result<(), String> {
        let options = MySqlConnectOptions::new()
            .host(&self.host)
            .username(&self.user)
            .password(self.password.expose_secret())
            .disable_statement_logging();
        let mut link = MySqlConnection::connect_with(&options).await.map_err(|e| e.to_string())?;
        for sql in statements {
            sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut link).await.map_err(|e| e.to_string())?;
        }
        link.close().await.map_err(|e| e.to_string())
    }
}

/// A word of a login in a statement. The rules let nothing through that would need escaping, except in passwords.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[async_trait]
impl Behind for RealMariaDb {
    async fn open(&self, _name: &str, login: &Login) -> Result<String, String> {
        let account = format!("{}@'%'", literal(&login.user));
        let mut statements = vec![
            format!("CREATE USER IF NOT EXISTS {account} IDENTIFIED BY {}", literal(&login.password)),
            format!("GRANT ALL PRIVILEGES ON *.* TO {account} WITH GRANT OPTION"),
        ];
        statements.extend(login.database.iter().map(|d| format!("CREATE DATABASE IF NOT EXISTS `{d}`")));
        self.run(&statements).await?;
        Ok(self.host.clone())
    }

    async fn close(&self, _name: &str, login: &Login) -> Result<(), String> {
        let mut statements: Vec<String> =
            login.database.iter().map(|d| format!("DROP DATABASE IF EXISTS `{d}`")).collect();
        statements.push(format!("DROP USER IF EXISTS {}@'%'", literal(&login.user)));
        self.run(&statements).await
    }
}
