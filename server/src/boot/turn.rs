//! Who may write to the chat's shared lists: one in this process, and one among all portals.

use crate::{
    domain::{Clock, Dice, Fault},
    store::Store,
    systems::chat::openwebui::{Alone, ConnectionLock, PATIENCE, Turn},
};
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// The turn's name in the database. Portals of one release share it.
const NAME: &str = "chat/connections";

/// How long a turn lasts at most. Reading the list, writing it and reading it again take a second.
const LENGTH: Duration = Duration::from_secs(30);

/// How far apart the clocks of portals may be before a turn counts as a mistake of a clock.
const SKEW: Duration = Duration::from_secs(60);

/// Pause between two looks whether it is our turn.
const LOOK: Duration = Duration::from_millis(200);

/// First the lock of the process, then the turn among all.
pub(super) struct Turns {
    pub(super) here: Alone,
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dice: Arc<dyn Dice>,
    /// What this portal is called where others read it.
    pub(super) portal: String,
}

/// A turn in the database, and the one in this process, which ends after it.
struct Ours {
    store: Store,
    owner: String,
    here: Option<Turn>,
}

impl Drop for Ours {
    fn drop(&mut self) {
        let (store, owner, here) = (self.store.clone(), std::mem::take(&mut self.owner), self.here.take());
        // Without a runtime the process ends; then the turn ends by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = store.end_turn(NAME, &owner).await {
                    tracing::warn!(%error, "a turn was not given back; it ends by itself");
                }
                drop(here);
            });
        }
    }
}

#[async_trait]
impl ConnectionLock for Turns {
    async fn take(&self) -> Result<Turn, Fault> {
        let here = self.here.take().await?;
        if self.store.kind() == "sqlite" {
            return Ok(here);
        }
        let (asked, owner) = (Instant::now(), self.dice.uuid().to_string());
        loop {
            let (begun, now) = (Instant::now(), self.clock.now());
            let until = (now.plus(LENGTH), now.plus(LENGTH + SKEW));
            let other = self.store.take_turn(NAME, &owner, &self.portal, now, until).await;
            match other.map_err(|_| Fault::retry("The portal's database does not answer."))? {
                None => {
                    let ours = Ours { store: self.store.clone(), owner, here: Some(here) };
                    return Ok(Turn::until(begun + LENGTH, ours));
                }
                Some(other) if asked.elapsed() >= PATIENCE => return Err(waits(&other)),
                Some(_) => tokio::time::sleep(LOOK).await,
            }
        }
    }
}

fn waits(other: &str) -> Fault {
    Fault::retry(format!(
        "Waits for its turn: {other} is writing to the lists that all tenants share in OpenWebUI. If it stands still, its \
         turn ends within {} seconds.",
        LENGTH.as_secs()
    ))
}
