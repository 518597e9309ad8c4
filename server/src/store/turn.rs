//! Turns between portals at what they share outside: one holder at a time over all processes on the same database. A turn
//! is a row with an end and not a lock of the database: a process that stands still keeps its connection, and with it the
//! lock, for as long.

use super::{
    Result, Store,
    both::{one, run, statements},
};
use crate::domain::At;

statements! {
    TAKE = "INSERT INTO turn (name, owner, whom, until) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, whom = excluded.whom, until = excluded.until
        WHERE turn.until <= $5 OR turn.until > $6";
    OF = "SELECT whom FROM turn WHERE name = $1";
    END = "DELETE FROM turn WHERE name = $1 AND owner = $2";
}

impl Store {
    /// Takes the turn of this name at `now`, for a portal called `whom`. Else the name of the portal that has it. `until`:
    /// when the turn ends, and which end is so late that only a wrong clock can have set it.
    ///
    /// # Errors
    /// The database.
    pub async fn take_turn(
        &self,
        name: &str,
        owner: &str,
        whom: &str,
        now: At,
        until: (At, At),
    ) -> Result<Option<String>> {
        if run!(&mut self.write().await?, TAKE, name, owner, whom, until.0.0, now.0, until.1.0)? == 1 {
            return Ok(None);
        }
        let row: Option<(String,)> = one!(&mut self.read().await?, OF, name)?;
        Ok(Some(row.map_or_else(String::new, |(whom,)| whom)))
    }

    /// Gives the turn back, if this owner has it still.
    ///
    /// # Errors
    /// The database.
    pub async fn end_turn(&self, name: &str, owner: &str) -> Result<()> {
        run!(&mut self.write().await?, END, name, owner).map(|_| ())
    }
}
