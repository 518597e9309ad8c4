//! One writer at a time. OpenWebUI stores the connections as one value without a version, so of two writers who read
//! the same list one loses (six concurrent additions left one). The same goes for the grants of a model.
//!
//! Whoever has the turn may stand still with it, so between processes a turn is a lease: it has an end, after which another
//! one takes it, and nothing is done under it any more.

use crate::domain::Fault;
use async_trait::async_trait;
use std::{future::poll_fn, sync::Arc, task::Poll, time::Duration};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{Instant, sleep_until},
};

/// How long a step waits for its turn before it says so and tries again later.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The right to write; dropping it gives it back.
pub struct Turn {
    end: Option<Instant>,
    held: Box<dyn Send + Sync>,
}

impl Turn {
    /// A turn that lasts until it is dropped.
    pub fn lasting(held: impl Send + Sync + 'static) -> Self {
        Self { end: None, held: Box::new(held) }
    }

    /// A turn that another one may have after `end`.
    pub fn until(end: Instant, held: impl Send + Sync + 'static) -> Self {
        Self { end: Some(end), held: Box::new(held) }
    }

    /// Does the work in this turn. It is not polled after the turn's end: a process that stood still goes on in the middle
    /// of anything.
    ///
    /// # Errors
    /// Those of the work; [`Fault::Retry`] when the turn was over first.
    pub(super) async fn within<T>(self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let done = match self.end {
            None => work.await,
            Some(end) => tokio::select! {
                biased;
                () = poll_fn(|_| if Instant::now() >= end { Poll::Ready(()) } else { Poll::Pending }) => Err(over()),
                () = sleep_until(end) => Err(over()),
                done = work => done,
            },
        };
        drop(self.held);
        done
    }
}

fn over() -> Fault {
    Fault::retry("Writing to the lists that all tenants share in OpenWebUI took too long; it was another one's turn.")
}

/// Hands out the right to write to OpenWebUI's shared lists. With several portals it must be one right for all of them.
#[async_trait]
pub trait ConnectionLock: Send + Sync {
    /// Waits for the turn.
    ///
    /// # Errors
    /// [`Fault::Retry`] when it could not be had in reasonable time; it says who has it.
    async fn take(&self) -> Result<Turn, Fault>;
}

/// The lock for a single process. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Alone(Arc<Mutex<()>>);

/// Keeps the guard as a value that can be dropped as any other.
struct Held(#[expect(dead_code, reason = "held for its drop")] OwnedMutexGuard<()>);

#[async_trait]
impl ConnectionLock for Alone {
    async fn take(&self) -> Result<Turn, Fault> {
        match tokio::time::timeout(PATIENCE, self.0.clone().lock_owned()).await {
            Ok(guard) => Ok(Turn::lasting(Held(guard))),
            Err(_elapsed) => Err(Fault::retry(
                "Waits for its turn: another step of this portal is still writing to the lists that all tenants share in \
                 OpenWebUI.",
            )),
        }
    }
}
