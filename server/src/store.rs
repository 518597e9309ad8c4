//! All SQL of the house. One text serves SQLite (one process, no set-up) and PostgreSQL (several replicas); the same
//! suite of tests runs on both. Time and randomness come in as parameters: no statement asks the database for them.
//!
//! What must hold together happens in one transaction here, so that no caller can forget half of it: an order is the
//! tenant, its first member, its first event and its audit entry; an event is the log and what lists show of it.

mod both;
mod follow;
mod forget;
mod held;
mod hints;

pub mod address;
pub mod api_token;
pub mod audit;
pub mod here;
pub mod idempotency;
pub mod intent;
pub mod invitation;
mod issuer;
pub mod lease;
pub mod log;
mod open;
mod pace;
pub mod pairing;
pub mod people;
mod pulse;
mod question;
pub mod rebind;
mod recent;
mod rows;
pub mod sealed;
pub mod session;
pub mod site;
pub mod tenant;
pub mod turn;
mod usual;

pub use audit::AuditEntry;
pub use both::Sql;
pub use held::Held;
pub use here::HereRow;
pub use idempotency::Claim;
pub use intent::{Intent, IntentKind, Redeemed};
pub use lease::Lease;
pub use log::{Appended, Digest, Noted, PairingState};
pub use pulse::{Pulse, Unwell};
pub use rebind::Rebinding;
pub use session::{SessionRow, Sessions};
pub use tenant::{ListFilter, Listed, ListedTenant, NewTenant, Ordered, Sight};

use crate::domain::{Allowances, Hint, TenantId};
use both::Db;
use hints::Hints;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// What can go wrong with the house's own memory.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed or refused.
    #[error("the database failed: {0}")]
    Db(#[from] sqlx::Error),
    /// A row holds something that this version cannot read, or a caller broke a rule of the store.
    #[error("the database holds what cannot be: {0}")]
    Corrupt(&'static str),
    /// A newer version brought the schema up to its own.
    #[error(
        "a newer Slipway made this database what it is (its schema {0} is unknown here): start that version, or restore a backup from before"
    )]
    Newer(i64),
}

/// Result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// The house's memory. Cheap to clone; clones share connections and the signal of changes.
#[derive(Clone)]
pub struct Store {
    db: Db,
    hints: Arc<Hints>,
    allowances: Arc<Allowances>,
    pulse: Arc<Pulse>,
    issuer: Arc<str>,
}

impl Store {
    /// Counts up after every append, order, wake and letter, on PostgreSQL those of other portals included (soon, and not for
    /// certain). It carries no data: whoever hears it looks, and looks without it once in a while.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.hints.all()
    }

    /// Which tenants changed, of this portal at once and of others on PostgreSQL soon. Not for certain: a connection breaks, or
    /// whoever listens is too slow; see [`Store::newest`].
    pub fn hints(&self) -> broadcast::Receiver<Hint> {
        self.hints.of_tenants()
    }

    /// There may be something to do.
    fn changed(&self) {
        self.hints.give();
    }

    /// What people see of this tenant changed; `seq` is its newest event, if that is what changed.
    fn changed_at(&self, tenant: TenantId, seq: Option<i64>) {
        self.hints.give_of(Hint { tenant, seq });
    }

    /// Is the database "sqlite" or "postgres"?
    pub fn kind(&self) -> &'static str {
        match self.db {
            both::Both::Sqlite(_) => "sqlite",
            both::Both::Postgres(_) => "postgres",
        }
    }

    /// Every statement of the house, for the test that prepares them on both databases.
    pub fn statements() -> impl Iterator<Item = Sql> {
        [
            address::STATEMENTS,
            api_token::STATEMENTS,
            audit::STATEMENTS,
            follow::STATEMENTS,
            forget::STATEMENTS,
            held::STATEMENTS,
            here::STATEMENTS,
            hints::STATEMENTS,
            idempotency::STATEMENTS,
            intent::STATEMENTS,
            invitation::STATEMENTS,
            issuer::STATEMENTS,
            lease::STATEMENTS,
            log::STATEMENTS,
            pace::STATEMENTS,
            pairing::STATEMENTS,
            people::STATEMENTS,
            pulse::STATEMENTS,
            rebind::STATEMENTS,
            recent::STATEMENTS,
            sealed::STATEMENTS,
            session::STATEMENTS,
            site::STATEMENTS,
            tenant::STATEMENTS,
            turn::STATEMENTS,
            usual::STATEMENTS,
        ]
        .into_iter()
        .flatten()
        .copied()
    }
}

/// Connection details hold a password, so none are shown.
impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.kind())
    }
}
