//! Opening the store: connections with the settings that durability needs, and the schema brought up to date.

use super::{
    Error, Result, Store,
    both::{Both, Db, Lite},
    hints::{self, Hints},
};
use sqlx::{
    Connection as _, SqliteConnection,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a caller waits for a connection or for SQLite's write lock.
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Opens `sqlite://path` (file and folder are made when missing, readable by nobody else), `sqlite::memory:` (for
    /// tests) or `postgres://…`, and brings the schema up to date.
    ///
    /// # Errors
    /// The address is none of these, the database does not answer, or its schema is newer than this version.
    pub async fn open(url: &str) -> Result<Self> {
        Self::open_trusting(url, None).await
    }

    /// The same, where a PostgreSQL server's certificate may come from an authority in this file (PEM), besides the
    /// well-known ones. Whether there is TLS and what is verified says `sslmode` in the address, and its own `sslrootcert`
    /// wins.
    ///
    /// # Errors
    /// As above.
    pub async fn open_trusting(url: &str, authorities: Option<&Path>) -> Result<Self> {
        let db = if url.starts_with("sqlite:") {
            sqlite(url).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            postgres(url, authorities).await?
        } else {
            let say = "the store's address must begin with sqlite: or postgres:";
            return Err(Error::Db(sqlx::Error::Configuration(say.into())));
        };
        let hints = Arc::new(Hints::new(matches!(db, Both::Postgres(_))));
        hints::share(&db, &hints);
        Ok(Self { db, hints, allowances: Arc::default(), pulse: Arc::default(), issuer: "".into() })
    }

    /// The file of a SQLite address; `None` for a database in memory, or a server.
    ///
    /// # Errors
    /// The address cannot be read.
    pub fn file(url: &str) -> Result<Option<PathBuf>> {
        if !url.starts_with("sqlite:") || in_memory(url) {
            return Ok(None);
        }
        Ok(Some(SqliteConnectOptions::from_str(url)?.get_filename().to_owned()))
    }
}

async fn sqlite(url: &str) -> Result<Db> {
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .foreign_keys(true);
    let memory = in_memory(url);
    if !memory {
        private_file(options.get_filename()).map_err(sqlx::Error::Io)?;
    }
    // The one connection of a database in memory must never be closed: the database would go with it.
    let lasting = || {
        let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE).test_before_acquire(false);
        let pool = pool.idle_timeout(None).max_lifetime(None);
        if memory { pool } else { pool.after_release(|link, _| Box::pin(sound(link))) }
    };
    let write = lasting().max_connections(1).connect_with(options.clone()).await?;
    SQLITE.run(&write).await.map_err(unmigrated)?;
    let read = if memory {
        write.clone()
    } else {
        lasting().max_connections(4).connect_with(options.pragma("query_only", "ON")).await?
    };
    Ok(Both::Sqlite(Lite { write, read }))
}

/// Why the schema was not brought up to date. What is there and unknown here, a newer version made.
fn unmigrated(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(version) => Error::Newer(version),
        other => Error::Db(other.into()),
    }
}

/// Whether a connection may be used again. SQLite itself rolls a transaction back when the disk is full; sqlx 0.9 then fails
/// to do so, counts it as open for ever, and refuses every later one ("begin at non-zero transaction depth"). The ping waits
/// until what was still to be done on the connection is done.
async fn sound(link: &mut SqliteConnection) -> sqlx::Result<bool> {
    link.ping().await?;
    Ok(!link.is_in_transaction())
}

fn in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

/// Makes the file and its folder when they are missing. SQLite gives its side files the mode of the main one.
fn private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(|_| ())
}

async fn postgres(url: &str, authorities: Option<&Path>) -> Result<Db> {
    let options = PgConnectOptions::from_str(url)?.application_name("slipway");
    let options = match authorities.filter(|_| !names_authority(url)) {
        Some(file) => options.ssl_root_cert(file),
        None => options,
    };
    let pool = PgPoolOptions::new().max_connections(17).acquire_timeout(PATIENCE).connect_with(options).await?;
    POSTGRES.run(&pool).await.map_err(unmigrated)?;
    Ok(Both::Postgres(pool))
}

/// Does the address itself say whom to trust? Both spellings are sqlx's.
fn names_authority(url: &str) -> bool {
    let url = url::Url::parse(url).ok();
    url.is_some_and(|url| {
        url.query_pairs().any(|(name, _)| matches!(&*name, "sslrootcert" | "ssl-root-cert" | "ssl-ca"))
    })
}
