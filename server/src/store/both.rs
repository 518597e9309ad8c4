//! Two databases, one text. A connection to either is a [`Both`]; `run!`, `one!` and `all!` put one statement to
//! whichever it is. Statements are declared with `statements!`, so that a test can prepare every one of them on both.

use super::{Error, Result, Store};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction, pool::PoolConnection};

/// The same thing for SQLite or for PostgreSQL.
#[derive(Clone)]
pub(super) enum Both<S, P> {
    /// For SQLite.
    Sqlite(S),
    /// For PostgreSQL.
    Postgres(P),
}

/// SQLite has one writer; readers do not wait for it.
#[derive(Clone)]
pub(super) struct Lite {
    pub(super) write: SqlitePool,
    pub(super) read: SqlitePool,
}

pub(super) type Db = Both<Lite, PgPool>;
pub(super) type Conn = Both<PoolConnection<Sqlite>, PoolConnection<Postgres>>;
pub(super) type Tx = Both<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;

impl Store {
    /// A connection to look with. Give it back (drop it) before taking another one.
    pub(super) async fn read(&self) -> Result<Conn> {
        Ok(match &self.db {
            Both::Sqlite(lite) => Both::Sqlite(lite.read.acquire().await?),
            Both::Postgres(pool) => Both::Postgres(pool.acquire().await?),
        })
    }

    /// A connection for one statement that writes.
    pub(super) async fn write(&self) -> Result<Conn> {
        Ok(match &self.db {
            Both::Sqlite(lite) => Both::Sqlite(lite.write.acquire().await?),
            Both::Postgres(pool) => Both::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that writes; dropped without [`Tx::commit`] it never was. On SQLite it takes the write lock at
    /// once: a transaction that asks for it later fails instead of waiting.
    ///
    /// On PostgreSQL a task of its own begins it, because a request may be dropped at any await: sqlx 0.9
    /// (`PgTransactionManager::begin`) gives a connection back to the pool with its transaction open when the answer to
    /// BEGIN was not waited for. Its locks stay, and what others write over it is told to be written and is not.
    pub(super) async fn begin(&self) -> Result<Tx> {
        Ok(match &self.db {
            Both::Sqlite(lite) => Both::Sqlite(lite.write.begin_with("BEGIN IMMEDIATE").await?),
            Both::Postgres(pool) => {
                let pool = pool.clone();
                let begun = tokio::spawn(async move { pool.begin().await }).await;
                Both::Postgres(begun.map_err(|_| Error::Corrupt("a transaction that did not begin"))??)
            }
        })
    }
}

impl Tx {
    /// Makes all of it true at once.
    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(Error::Db)
    }
}

/// A statement. Only `statements!` makes one.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// Its name in the code.
    pub name: &'static str,
    /// Its text for SQLite.
    pub sqlite: &'static str,
    /// Its text for PostgreSQL; nearly always the same.
    pub postgres: &'static str,
}

/// Declares the statements of a module and gathers them in its `STATEMENTS`. A second text is PostgreSQL's own.
macro_rules! statements {
    ($($see:vis $name:ident = $sqlite:expr $(, $postgres:expr)?;)+) => {
        $($see const $name: $crate::store::Sql = $crate::store::Sql {
            name: concat!(module_path!(), "::", stringify!($name)),
            sqlite: $sqlite,
            postgres: $crate::store::both::last!($sqlite $(, $postgres)?),
        };)+
        /// Every statement of this module.
        pub(super) const STATEMENTS: &[$crate::store::Sql] = &[$($name),+];
    };
}

macro_rules! last {
    ($only:expr) => {
        $only
    };
    ($first:expr, $second:expr) => {
        $second
    };
}

/// Puts one statement, whatever the database, and gives what `$then` makes of it.
macro_rules! put {
    ($link:expr, $sql:expr, [$($arg:expr),*], $query:ident, $then:ident) => {
        match $link {
            $crate::store::both::Both::Sqlite(c) => {
                sqlx::$query($sql.sqlite)$(.bind($arg))*.$then(&mut **c).await.map_err($crate::store::Error::from)
            }
            $crate::store::both::Both::Postgres(c) => {
                sqlx::$query($sql.postgres)$(.bind($arg))*.$then(&mut **c).await.map_err($crate::store::Error::from)
            }
        }
    };
}

/// Runs a statement and gives the number of rows it touched.
macro_rules! run {
    ($link:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        match $link {
            $crate::store::both::Both::Sqlite(c) => sqlx::query($sql.sqlite)$(.bind($arg))*
                .execute(&mut **c).await.map(|done| done.rows_affected()).map_err($crate::store::Error::from),
            $crate::store::both::Both::Postgres(c) => sqlx::query($sql.postgres)$(.bind($arg))*
                .execute(&mut **c).await.map(|done| done.rows_affected()).map_err($crate::store::Error::from),
        }
    };
}

/// The first row, if there is one, as the type that is asked for (`sqlx::FromRow`).
macro_rules! one {
    ($link:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::store::both::put!($link, $sql, [$($arg),*], query_as, fetch_optional)
    };
}

/// All rows.
macro_rules! all {
    ($link:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::store::both::put!($link, $sql, [$($arg),*], query_as, fetch_all)
    };
}

pub(super) use {all, last, one, put, run, statements};
