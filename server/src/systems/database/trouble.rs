//! Why a server let somebody not in, or refused a statement, and what it means for whom.

use crate::domain::{Fault, TlsTrouble};
use sqlx::mysql::MySqlDatabaseError;

/// What MariaDB says when it does not accept a user for a database: wrong password or no such user (1045), no right to
/// the database (1044), database unknown (1049), unknown plugin of that user (1524), locked account (4151).
const REFUSALS: [u16; 5] = [1044, 1045, 1049, 1524, 4151];
/// Answers that heal by themselves: too many connections (1040, 1203, 1226), lock waits and deadlocks (1205, 1213), shutting
/// down (1053), read-only for a while (1290, 1836).
const PASSING: [u16; 8] = [1040, 1203, 1226, 1205, 1213, 1053, 1290, 1836];

/// MariaDB demands TLS of everybody (`require_secure_transport`, ER_SECURE_TRANSPORT_REQUIRED in its list of error codes).
const WANTS_TLS: u16 = 3159;

/// Whose account speaks: what a refusal means depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The portal's own, of the section `[database.server]`.
    Portal,
    /// The one that came with a managed server.
    Owner,
    /// The same, making users and giving them rights, which a managed server may refuse to it.
    Granting,
}

/// Why a sign-in or a statement failed.
#[derive(Debug)]
pub(super) enum Trouble {
    Refused(u16),
    Passing(u16),
    Unknown(u16, String),
    /// The server demands TLS, or that account does.
    WantsTls,
    Tls(TlsTrouble),
    /// The server offers none, and it is demanded here.
    NoTls,
    Unreachable,
    TooSlow,
}

impl Trouble {
    pub(super) fn of(error: &sqlx::Error) -> Self {
        let Some(said) = error.as_database_error().and_then(|e| e.try_downcast_ref::<MySqlDatabaseError>()) else {
            return match error {
                sqlx::Error::Tls(why) if why.downcast_ref::<rustls::Error>().is_none() => Self::NoTls,
                _ => TlsTrouble::among(error).map_or(Self::Unreachable, Self::Tls),
            };
        };
        Self::told(said.number(), said.message())
    }

    /// What the server told by this number and these words.
    pub(super) fn told(number: u16, said: &str) -> Self {
        match number {
            n if REFUSALS.contains(&n) => Self::Refused(n),
            n if PASSING.contains(&n) => Self::Passing(n),
            WANTS_TLS => Self::WantsTls,
            n => Self::Unknown(n, said.to_owned()),
        }
    }

    /// The server knows no such user with this password for this database.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// The fault when this happened to that account.
    pub(super) fn fault(self, whose: Whose) -> Fault {
        match self {
            Self::WantsTls => {
                Fault::retry("The MariaDB server demands TLS. Set mode in [database.tls] to on or verified.")
            }
            Self::Tls(trouble) => Fault::retry(trouble.tell("the MariaDB server")),
            Self::NoTls => Fault::retry(
                "The MariaDB server offers no TLS, and [database.tls] demands it. Set its certificate up there.",
            ),
            Self::Unreachable => Fault::retry("The MariaDB server cannot be reached."),
            Self::TooSlow => Fault::retry("The MariaDB server did not answer in time."),
            Self::Passing(n) => Fault::retry(format!("The MariaDB server is busy ({n}).")),
            Self::Refused(n) | Self::Unknown(n @ (1142 | 1227 | 1370 | 1410), _) => refused(n, whose),
            Self::Unknown(n, said) => Fault::fail(
                "database_refused",
                format!("The MariaDB server refused: {said} ({n})."),
                "Look at the server's log, then press Retry now.",
            ),
        }
    }
}

fn refused(number: u16, whose: Whose) -> Fault {
    match whose {
        Whose::Portal => Fault::fail(
            "database_admin_refused",
            format!("The MariaDB server refused the portal's account ({number})."),
            "Check user, password and rights in the section [database.server], then press Retry now.",
        ),
        Whose::Owner => Fault::fail(
            "database_owner_refused",
            format!("The managed MariaDB refused the account that came with it ({number})."),
            "Check that account's password and its rights on the database, then press Retry now.",
        ),
        Whose::Granting => Fault::fail(
            "database_users_refused",
            format!(
                "The account that came with the managed MariaDB may not make users or give them rights ({number})."
            ),
            "Set site_user = \"owner\" in the section of the database driver, restart, then press Retry now.",
        ),
    }
}
