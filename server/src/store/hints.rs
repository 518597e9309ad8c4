//! Hints that something changed, and of which tenant. On PostgreSQL they reach the other portals too, by `NOTIFY`. A hint may be
//! lost (a connection breaks, a pooler in between drops `LISTEN`), so everybody who follows hints also looks without one.
//!
//! A notification is the name of the store that sent it and, one blank before each, the tenants: `id` or `id:seq`. Portals of an
//! older version send the name alone.

use super::{
    Error, Result, Store,
    both::{Both, Conn, Db, all, run, statements},
};
use crate::domain::{At, Hint, TenantId};
use sqlx::{PgPool, postgres::PgListener};
use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{broadcast, watch};

/// Name of the channel in PostgreSQL.
const CHANNEL: &str = "slipway_changes";
/// Others hear of a row of changes once in this time.
const BREATH: Duration = Duration::from_millis(50);
/// Pause before a broken connection is made again.
const AGAIN: Duration = Duration::from_secs(5);
/// Tenants in one notification: it has less than 8,000 bytes (PostgreSQL, NOTIFY), a tenant takes 57 at most.
const TOGETHER: usize = 100;
/// Hints that wait for a slow listener.
const KEPT: usize = 1024;

statements! {
    NOTIFY = "SELECT $1, $2", "SELECT pg_notify($1, $2)";
    NEWEST = "SELECT tenant, MAX(seq) FROM event WHERE at > $1 GROUP BY tenant";
}

/// What the other portals were not told yet.
type Untold = Mutex<BTreeMap<TenantId, Option<i64>>>;

/// Counters of changes, and which tenants they are of.
pub(super) struct Hints {
    /// Tells this store from others on the same channel; nothing more hangs on it.
    me: String,
    /// Changes anywhere.
    all: watch::Sender<u64>,
    /// Changes by this process.
    own: watch::Sender<u64>,
    /// Tenants that changed, anywhere.
    tenants: broadcast::Sender<Hint>,
    /// `None` where there are no others.
    untold: Option<Untold>,
}

fn count(counter: &watch::Sender<u64>) {
    counter.send_modify(|n| *n = n.wrapping_add(1));
}

impl Hints {
    /// `shared`: there may be other portals on this database.
    pub(super) fn new(shared: bool) -> Self {
        let me = RandomState::new().build_hasher().finish().to_string();
        let (all, own) = <(watch::Sender<u64>, watch::Sender<u64>)>::default();
        Self { me, all, own, tenants: broadcast::Sender::new(KEPT), untold: shared.then(Untold::default) }
    }

    pub(super) fn all(&self) -> watch::Receiver<u64> {
        self.all.subscribe()
    }

    pub(super) fn of_tenants(&self) -> broadcast::Receiver<Hint> {
        self.tenants.subscribe()
    }

    /// This process changed something.
    pub(super) fn give(&self) {
        count(&self.own);
        count(&self.all);
    }

    /// This process changed something of a tenant.
    pub(super) fn give_of(&self, hint: Hint) {
        if let Some(untold) = &self.untold {
            let mut untold = untold.lock().unwrap_or_else(PoisonError::into_inner);
            let seq = untold.entry(hint.tenant).or_default();
            *seq = (*seq).max(hint.seq);
        }
        self.pass_on(hint);
        self.give();
    }

    /// Nobody may listen.
    fn pass_on(&self, hint: Hint) {
        let _listeners = self.tenants.send(hint);
    }

    /// What to notify the others of.
    fn news(&self) -> Vec<String> {
        let Some(untold) = &self.untold else { return Vec::new() };
        let tenants: Vec<_> =
            std::mem::take(&mut *untold.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect();
        if tenants.is_empty() {
            return vec![self.me.clone()];
        }
        let written = |part: &[(TenantId, Option<i64>)]| part.iter().map(written).collect::<String>();
        tenants.chunks(TOGETHER).map(|part| format!("{}{}", self.me, written(part))).collect()
    }

    /// Another portal, or this one, notified.
    fn heard(&self, text: &str) {
        let mut words = text.split(' ');
        if words.next() == Some(&self.me) {
            return;
        }
        count(&self.all);
        for hint in words.filter_map(read) {
            self.pass_on(hint);
        }
    }
}

fn written((tenant, seq): &(TenantId, Option<i64>)) -> String {
    seq.map_or_else(|| format!(" {tenant}"), |seq| format!(" {tenant}:{seq}"))
}

fn read(word: &str) -> Option<Hint> {
    let (tenant, seq) = word.split_once(':').map_or((word, None), |(tenant, seq)| (tenant, seq.parse().ok()));
    Some(Hint { tenant: tenant.parse().ok()?, seq })
}

impl Store {
    /// The tenants to whose log something was written after `since`, and the number of their newest event.
    ///
    /// # Errors
    /// The database.
    pub async fn newest(&self, since: At) -> Result<Vec<Hint>> {
        let rows: Vec<(String, i64)> = all!(&mut self.read().await?, NEWEST, since.0)?;
        let hint = |(id, seq): (String, i64)| {
            Ok(Hint { tenant: id.parse().map_err(|_| Error::Corrupt("event.tenant"))?, seq: Some(seq) })
        };
        rows.into_iter().map(hint).collect()
    }
}

/// Tells the other portals and hears them, until the last clone of the store is gone.
pub(super) fn share(db: &Db, hints: &Arc<Hints>) {
    if let Both::Postgres(pool) = db {
        tokio::spawn(tell(pool.clone(), Arc::downgrade(hints), hints.own.subscribe()));
        tokio::spawn(hear(pool.clone(), Arc::downgrade(hints), hints.own.subscribe()));
    }
}

async fn tell(pool: PgPool, hints: Weak<Hints>, mut own: watch::Receiver<u64>) {
    while own.changed().await.is_ok() {
        let news = hints.upgrade().map(|hints| hints.news()).unwrap_or_default();
        for text in news {
            if let Err(error) = notify(&pool, &text).await {
                tracing::debug!(%error, "the other portals were not told of a change");
                tokio::time::sleep(AGAIN).await;
            }
        }
        tokio::time::sleep(BREATH).await;
    }
}

async fn notify(pool: &PgPool, text: &str) -> Result<()> {
    let mut link: Conn = Both::Postgres(pool.acquire().await?);
    run!(&mut link, NOTIFY, CHANNEL, text).map(|_| ())
}

async fn hear(pool: PgPool, hints: Weak<Hints>, mut own: watch::Receiver<u64>) {
    loop {
        tokio::select! {
            heard = listen(&pool, &hints) => if let Err(error) = heard {
                tracing::debug!(%error, "the other portals' hints are not heard");
            },
            () = async { while own.changed().await.is_ok() {} } => return,
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn listen(pool: &PgPool, hints: &Weak<Hints>) -> Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // `None`: the connection was lost and made anew, and a hint may have been lost with it.
        let heard = listener.try_recv().await?;
        let Some(hints) = hints.upgrade() else { return Ok(()) };
        match heard {
            Some(heard) => hints.heard(heard.payload()),
            None => count(&hints.all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn hint(number: u128, seq: Option<i64>) -> Hint {
        Hint { tenant: TenantId(Uuid::from_u128(number)), seq }
    }

    #[test]
    fn what_one_store_tells_another_one_hears() {
        let (here, there) = (Hints::new(true), Hints::new(true));
        let (mut all, mut tenants) = (there.all(), there.of_tenants());
        for hint in [hint(1, Some(7)), hint(2, None), hint(1, None)] {
            here.give_of(hint);
        }
        let news = here.news();
        assert_eq!(news.len(), 1);
        news.iter().for_each(|text| here.heard(text));
        assert!(!all.has_changed().unwrap(), "its own it does not hear again");
        news.iter().for_each(|text| there.heard(text));
        assert!(all.has_changed().unwrap());
        all.mark_unchanged();
        assert_eq!(tenants.try_recv(), Ok(hint(1, Some(7))));
        assert_eq!(tenants.try_recv(), Ok(hint(2, None)));
        assert!(tenants.try_recv().is_err(), "each tenant once");
        there.heard("an-older-version");
        assert!(all.has_changed().unwrap() && tenants.try_recv().is_err());
    }

    #[test]
    fn many_tenants_fit_into_notifications() {
        let hints = Hints::new(true);
        (0..250).for_each(|n| hints.give_of(hint(n, Some(i64::MAX))));
        let news = hints.news();
        assert_eq!(news.len(), 3);
        assert!(news.iter().all(|text| text.len() < 8_000), "{}", news[0].len());
        assert_eq!(hints.news(), std::slice::from_ref(&hints.me), "what is told is told");
    }

    #[test]
    fn nothing_is_kept_for_others_where_there_are_none() {
        let hints = Hints::new(false);
        hints.give_of(hint(1, None));
        assert!(hints.news().is_empty());
    }
}
