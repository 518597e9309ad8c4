//! One writer at a time. OpenWebUI stores the connections as one value without a version, so of two writers who read
//! the same list one loses (six concurrent additions left one). The same goes for the grants of a model.

use crate::domain::Fault;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The right to write; dropping it gives it back.
pub type Turn = Box<dyn Send + Sync>;

/// Hands out the right to write to OpenWebUI's shared lists. With several replicas it must be one right for all of
/// them, for instance an advisory lock of the database.
#[async_trait]
pub trait ConnectionLock: Send + Sync {
    /// Waits for the turn.
    ///
    /// # Errors
    /// [`Fault::Retry`] when it could not be had in reasonable time.
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
        Ok(Box::new(Held(self.0.clone().lock_owned().await)))
    }
}
