//! Hints that something changed. On PostgreSQL they reach the other portals too, by `NOTIFY`. A hint may be lost (a connection
//! breaks, a pooler in between drops `LISTEN`), so everybody who follows hints also looks without one.

use super::{
    Result,
    both::{Both, Conn, Db, run, statements},
};
use sqlx::{PgPool, postgres::PgListener};
use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::watch;

/// Name of the channel in PostgreSQL.
const CHANNEL: &str = "slipway_changes";
/// Others hear of a row of changes once in this time.
const BREATH: Duration = Duration::from_millis(50);
/// Pause before a broken connection is made again.
const AGAIN: Duration = Duration::from_secs(5);

statements! {
    NOTIFY = "SELECT $1, $2", "SELECT pg_notify($1, $2)";
}

/// Counters of changes.
pub(super) struct Hints {
    /// Tells this store from others on the same channel; nothing more hangs on it.
    me: String,
    /// Changes anywhere.
    all: watch::Sender<u64>,
    /// Changes by this process.
    own: watch::Sender<u64>,
}

impl Default for Hints {
    fn default() -> Self {
        let me = RandomState::new().build_hasher().finish().to_string();
        Self { me, all: watch::Sender::default(), own: watch::Sender::default() }
    }
}

fn count(counter: &watch::Sender<u64>) {
    counter.send_modify(|n| *n = n.wrapping_add(1));
}

impl Hints {
    pub(super) fn all(&self) -> watch::Receiver<u64> {
        self.all.subscribe()
    }

    /// This process changed something.
    pub(super) fn give(&self) {
        count(&self.own);
        count(&self.all);
    }
}

/// Tells the other portals and hears them, until the last clone of the store is gone.
pub(super) fn share(db: &Db, hints: &Arc<Hints>) {
    if let Both::Postgres(pool) = db {
        tokio::spawn(tell(pool.clone(), hints.me.clone(), hints.own.subscribe()));
        tokio::spawn(hear(pool.clone(), Arc::downgrade(hints), hints.own.subscribe()));
    }
}

async fn tell(pool: PgPool, me: String, mut own: watch::Receiver<u64>) {
    while own.changed().await.is_ok() {
        if let Err(error) = notify(&pool, &me).await {
            tracing::debug!(%error, "the other portals were not told of a change");
            tokio::time::sleep(AGAIN).await;
        }
        tokio::time::sleep(BREATH).await;
    }
}

async fn notify(pool: &PgPool, me: &str) -> Result<()> {
    let mut link: Conn = Both::Postgres(pool.acquire().await?);
    run!(&mut link, NOTIFY, CHANNEL, me).map(|_| ())
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
        if heard.is_none_or(|heard| heard.payload() != hints.me) {
            count(&hints.all);
        }
    }
}
