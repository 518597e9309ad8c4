//! One real MariaDB, started by the script that the demo starts its own with. Its account has the rights that an account
//! at IONOS may be thought to have: users, databases and their rights, and nothing of the server itself.

use anyhow::Context as _;
use ionos_simulator::Stored;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs::{DirBuilder, OpenOptions},
    io::{Read as _, Write as _},
    net::IpAddr,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::AsyncReadExt as _,
    net::TcpStream,
    process::{Child, Command},
    time::timeout,
};

/// Port of every managed MariaDB.
const PORT: u16 = 3306;

/// What an owner may do, all over the server and on to others.
const RIGHTS: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, REFERENCES, INDEX, ALTER, SHOW DATABASES, \
    CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, \
    EVENT, TRIGGER";

/// What was ordered.
pub(crate) struct Order {
    /// Its address in the network, which must be one of this machine.
    pub(crate) host: String,
    user: String,
    password: String,
    database: Option<String>,
}

impl Order {
    /// From a cluster's properties.
    pub(crate) fn of(cluster: &Stored) -> Self {
        let text = |name| cluster.credential(name).unwrap_or_default().to_owned();
        Self {
            host: cluster.address().to_owned(),
            user: text("username"),
            password: text("password"),
            database: cluster.credential("database").map(str::to_owned),
        }
    }

    /// What makes account and database, each where it is missing: a password that was changed since stays. Names are
    /// letters, digits and `_` by the description.
    fn sql(&self) -> String {
        let Self { user, database, .. } = self;
        let database = database.as_ref().map(|name| format!("CREATE DATABASE IF NOT EXISTS `{name}`;\n"));
        let password = quoted(&self.password);
        format!(
            "{}CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY {password};\n\
             GRANT {RIGHTS} ON *.* TO '{user}'@'%' WITH GRANT OPTION;\n",
            database.unwrap_or_default()
        )
    }
}

/// A text as a literal of SQL, on one line.
fn quoted(text: &str) -> String {
    let letter = |c: char| match c {
        '\'' => "''".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\0' => "\\0".to_owned(),
        c => c.to_string(),
    };
    format!("'{}'", text.chars().map(letter).collect::<String>())
}

/// A server that was started.
pub(crate) struct Server {
    child: Child,
    host: IpAddr,
}

impl Server {
    /// Starts it in its folder. Secrets go in by files: arguments are visible to everybody on the machine.
    pub(crate) fn start(script: &Path, folder: &Path, order: &Order) -> anyhow::Result<Self> {
        let host = order.host.parse().with_context(|| format!("{} is no address", order.host))?;
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let (root, owner, log) = (folder.join("root-password"), folder.join("owner.sql"), folder.join("server.log"));
        if !root.exists() {
            write(&root, &throw()?)?;
        }
        write(&owner, &order.sql())?;
        let log = OpenOptions::new().create(true).append(true).mode(0o600).open(log)?;
        let child = Command::new(script)
            .env("PART_DATA", folder)
            .env("PART_HOST", &order.host)
            .env("PART_PORT", PORT.to_string())
            .env("MARIADB_ROOT_PASSWORD_FILE", root)
            .env("MARIADB_SQL_FILE", owner)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| script.display().to_string())?;
        Ok(Self { child, host })
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<String> {
        self.child.try_wait().map_or_else(|e| Some(e.to_string()), |status| status.map(|s| s.to_string()))
    }

    /// It takes calls: the first packet has a number of 0 and protocol version 10 (MariaDB's documentation, "Connecting").
    pub(crate) async fn answers(&self) -> bool {
        let greeting = async {
            let mut head = [0; 5];
            let mut stream = TcpStream::connect((self.host, PORT)).await?;
            stream.read_exact(&mut head).await?;
            std::io::Result::Ok(head[3] == 0 && head[4] == 10)
        };
        matches!(timeout(Duration::from_millis(500), greeting).await, Ok(Ok(true)))
    }

    /// Asks it to end, and ends it by force if it does not.
    pub(crate) async fn end(mut self) {
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _it_ended_meanwhile = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        if timeout(Duration::from_secs(8), self.child.wait()).await.is_err() {
            let _it_ended_meanwhile = self.child.kill().await;
        }
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// A password that nobody needs to know.
fn throw() -> std::io::Result<String> {
    let mut bytes = [0; 24];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_one_literal_whatever_is_in_it() {
        assert_eq!(quoted("it's a \\ and\na line"), r"'it''s a \\ and\na line'");
    }
}
