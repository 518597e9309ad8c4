//! Allowances that all portals on this database share. On SQLite there is one portal, so its memory is enough; on PostgreSQL
//! memory says no at once, and a row has the last word.

use super::{
    Result, Store,
    both::{run, statements},
    rows::plain,
};
use crate::domain::{At, Pace, Paced};

statements! {
    // As `Pace::after`: $2 is now, $3 the furthest moment that the rule allows, $4 the moment after a first time, $5 one time.
    TAKE = "INSERT INTO pace (id, full_at) VALUES ($1, $4)
        ON CONFLICT (id) DO UPDATE SET
            full_at = CASE WHEN pace.full_at BETWEEN $2 AND $3 THEN pace.full_at ELSE $2 END + $5
        WHERE CASE WHEN pace.full_at BETWEEN $2 AND $3 THEN pace.full_at ELSE $2 END + $5 <= $3";
    pub(super) SWEEP = "DELETE FROM pace WHERE full_at < $1";
}

impl Store {
    /// Takes one time from the allowance of `whom` under this rule; the inner error is how long to wait when nothing is left.
    ///
    /// # Errors
    /// The database.
    pub async fn pace(&self, pace: &Pace, whom: &str, now: At) -> Result<Paced> {
        let here = self.allowances.take(pace, whom, now);
        let (Ok(turned_away), "postgres") = (here, self.kind()) else { return Ok(here) };
        let id = format!("{} {}", pace.name, plain(whom));
        let (first, each) = (now.plus(pace.each).0, i64::try_from(pace.each.as_micros()).unwrap_or(i64::MAX));
        if run!(&mut self.write().await?, TAKE, id, now.0, now.plus(pace.span()).0, first, each)? == 1 {
            return Ok(Ok(turned_away));
        }
        self.allowances.used_up(pace, whom, now, turned_away.saturating_add(1));
        Ok(Err(pace.each))
    }
}
