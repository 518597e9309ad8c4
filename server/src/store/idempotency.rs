//! What the gateway did already: the same message with the same arguments makes one draft, however often it is sent.

use super::{
    Error, Result, Store,
    both::{one, run, statements},
    rows::plain,
};
use crate::domain::{At, TenantId};
use serde_json::Value;

/// How long somebody may be at it before they count as dead, microseconds.
const PATIENCE_MICROS: i64 = 120_000_000;

/// What asking for a key came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// Nobody did it: do it, then [`Store::finish_once`], or [`Store::forget_once`] when nothing came of it.
    Fresh,
    /// Somebody is at it. After two minutes they count as dead and the next one to ask gets [`Claim::Fresh`].
    Pending,
    /// It is done; this was the answer.
    Done(Value),
}

statements! {
    CLAIM = "INSERT INTO idempotency (id, tenant, made_at) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET made_at = excluded.made_at
        WHERE idempotency.answer IS NULL AND idempotency.tenant = excluded.tenant AND idempotency.made_at < $4";
    LOOK = "SELECT tenant, answer FROM idempotency WHERE id = $1";
    FINISH = "UPDATE idempotency SET answer = $2 WHERE id = $1 AND answer IS NULL";
    FORGET = "DELETE FROM idempotency WHERE id = $1 AND answer IS NULL";
}

impl Store {
    /// Asks to do something once. Of any number of callers exactly one gets [`Claim::Fresh`].
    ///
    /// # Errors
    /// The database, or the key belongs to another tenant.
    pub async fn claim_once(&self, key: &str, tenant: TenantId, now: At) -> Result<Claim> {
        let tenant = tenant.to_string();
        let key = &*plain(key);
        let dead = now.0 - PATIENCE_MICROS;
        if run!(&mut self.write().await?, CLAIM, key, &tenant, now.0, dead)? == 1 {
            return Ok(Claim::Fresh);
        }
        let row: Option<(String, Option<String>)> = one!(&mut self.read().await?, LOOK, key)?;
        match row {
            Some((owner, _)) if owner != tenant => Err(Error::Corrupt("an idempotency key of another tenant")),
            Some((_, Some(answer))) => {
                serde_json::from_str(&answer).map(Claim::Done).map_err(|_| Error::Corrupt("idempotency.answer"))
            }
            // Forgotten between the two statements: the next call is fresh.
            Some((_, None)) | None => Ok(Claim::Pending),
        }
    }

    /// Keeps the answer; the first one stays.
    ///
    /// # Errors
    /// The database.
    pub async fn finish_once(&self, key: &str, answer: &Value) -> Result<()> {
        run!(&mut self.write().await?, FINISH, &*plain(key), answer.to_string()).map(|_| ())
    }

    /// Gives a key back when nothing was done under it.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_once(&self, key: &str) -> Result<()> {
        run!(&mut self.write().await?, FORGET, &*plain(key)).map(|_| ())
    }
}
