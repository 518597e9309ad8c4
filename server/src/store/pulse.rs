//! Whether the database takes changes. A database on a full disk, or one that was set to read only, still answers every
//! question; only a change shows it.

use super::{
    Error, Result, Store,
    both::{run, statements},
};
use crate::domain::At;
use std::time::Duration;
use tokio::{sync::Mutex, time::Instant};

/// So long an answer is told again instead of asking anew, whoever asks how often.
const FRESH: Duration = Duration::from_secs(2);
/// Longest wait for an answer; shorter than a cluster waits for ours (3 s).
const PATIENCE: Duration = Duration::from_millis(2_500);

statements! {
    BEAT = "INSERT INTO pulse (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at";
}

/// What the database last said.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<Option<(Instant, Option<Unwell>)>>);

/// Why the database takes no changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwell {
    /// What is wrong, one sentence without secrets.
    pub say: String,
    /// What to do about it.
    pub next: &'static str,
}

impl Store {
    /// Writes one tiny row, every two seconds at most, and says why that failed.
    pub async fn pulse(&self, now: At) -> Option<Unwell> {
        let mut last = self.pulse.0.lock().await;
        if let Some((at, unwell)) = &*last
            && at.elapsed() < FRESH
        {
            return unwell.clone();
        }
        let beat = tokio::time::timeout(PATIENCE, self.beat(now)).await;
        let (unwell, error) = match beat {
            Ok(Ok(())) => (None, String::new()),
            Ok(Err(error)) => (Some(unwell(&error)), error.to_string()),
            Err(_) => (Some(late()), String::new()),
        };
        // Once for each change: whoever asks, asks again and again.
        match (last.take().and_then(|(_, before)| before), &unwell) {
            (before, Some(now)) if before.as_ref() != Some(now) => tracing::warn!(error, "{}", now.say),
            (Some(_), None) => tracing::info!("the portal's own database takes changes again"),
            _ => {}
        }
        *last = Some((Instant::now(), unwell.clone()));
        unwell
    }

    async fn beat(&self, now: At) -> Result<()> {
        run!(&mut self.write().await?, BEAT, now.0).map(|_| ())
    }
}

fn late() -> Unwell {
    Unwell {
        say: "The portal's own database does not answer in time.".into(),
        next: "Look whether it runs, can be reached from here, and is not overloaded.",
    }
}

/// In words. The codes are those of SQLite (13 SQLITE_FULL, 8 SQLITE_READONLY) and PostgreSQL (53100 disk_full, 25006
/// read_only_sql_transaction).
fn unwell(error: &Error) -> Unwell {
    let code = match error {
        Error::Db(sqlx::Error::Database(error)) => error.code().map(|code| code.into_owned()),
        _ => None,
    };
    let (say, next) = match code.as_deref() {
        Some("13" | "53100") => (
            "The disk of the portal's own database is full, so nothing can be changed.",
            "Make room on that disk. The portal goes on by itself.",
        ),
        Some("8" | "25006") => (
            "The portal's own database can only be read, so nothing can be changed.",
            "Make it writable for the portal. On PostgreSQL: name the primary in store.url.",
        ),
        _ => (
            "The portal's own database takes no changes.",
            "Look whether it runs and can be reached from here; the portal's log has its answer.",
        ),
    };
    Unwell { say: say.into(), next }
}
