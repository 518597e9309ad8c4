//! Turns between replicas: one holder at a time over all processes on the same database.

use super::{
    Result, Store,
    both::{Both, Tx, one, statements},
};
use sha2::{Digest, Sha256};
use std::sync::Mutex;

statements! {
    TAKE = "SELECT $1", "SELECT CAST(1 AS BIGINT) FROM pg_advisory_xact_lock($1)";
}

/// A turn on PostgreSQL. It ends when it is dropped, or with the connection should the process die.
pub struct Turn(#[expect(dead_code, reason = "held for its drop, which ends the transaction")] Mutex<Tx>);

impl Store {
    /// Waits for the turn of this name among all replicas. `None` on SQLite, where there is only one process: a lock in
    /// memory is enough there, and a transaction held open would keep every writer out.
    ///
    /// # Errors
    /// The database.
    pub async fn turn(&self, name: &str) -> Result<Option<Turn>> {
        if matches!(self.db, Both::Sqlite(_)) {
            return Ok(None);
        }
        let hash = Sha256::digest(name.as_bytes());
        let key = hash.iter().take(8).fold(0_i64, |key, byte| (key << 8) | i64::from(*byte));
        let mut tx = self.begin().await?;
        let _row: Option<(i64,)> = one!(&mut tx, TAKE, key)?;
        Ok(Some(Turn(Mutex::new(tx))))
    }
}
