//! Who may write to the chat's shared lists: one in this process, and one among all replicas.

use crate::{
    domain::Fault,
    store::Store,
    systems::chat::openwebui::{Alone, ConnectionLock, Turn},
};
use async_trait::async_trait;

/// First the lock of the process, then that of the database.
pub(super) struct Turns {
    pub(super) here: Alone,
    pub(super) store: Store,
}

#[async_trait]
impl ConnectionLock for Turns {
    async fn take(&self) -> Result<Turn, Fault> {
        let here = self.here.take().await?;
        let all = self.store.turn("chat/connections").await;
        let all = all.map_err(|_| Fault::retry("The portal's database does not answer."))?;
        // Dropped in this order: the database's turn ends before this process lets the next one try.
        Ok(Box::new((all, here)))
    }
}
