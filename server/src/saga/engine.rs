//! The engine: claims tenants that have something due, does it, writes down what came of it. A wake-up carries no data;
//! a timer looks anyway. Waiting is a row with a time, never a task.

mod act;
mod clock;
mod desk;
mod hand;
mod late;
mod look;

pub use hand::Term;

use super::{
    machine::{self, Action},
    plan::Plans,
    state::State,
};
use crate::{
    domain::{At, Clock, Dice, TenantId},
    store::{self, Lease, Store},
    vault::Vault,
};
use async_trait::async_trait;
use desk::Desk;
use futures::future::join_all;
use hand::Hand;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

/// Longest time one call of a step may take before it counts as a fault that heals.
const STEP_LIMIT: Duration = Duration::from_secs(300);

/// Pause before a tenant is taken up again whose work ended early.
const LOST_STEP: Duration = Duration::from_secs(2);

/// The same where its log holds what this version cannot read: another version has to be started first.
const UNREADABLE: Duration = Duration::from_secs(60);

/// Pause after the database refused a claim.
const REFUSED: Duration = Duration::from_secs(3);

/// Where a crash can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// Nothing is written.
    BeforeIntent,
    /// The intent is in the log, nothing is in the world.
    AfterIntent,
    /// The lease was asked, and is ours; whatever happens to it from here on, the effect follows.
    BeforeEffect,
    /// The effect is in the world, not in the log.
    AfterEffect,
    /// Effect and record are there.
    AfterRecord,
}

/// Lets a test stop the engine at a point, or keep it there. In production nobody does.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Stop here?
    async fn stop(&self, _point: Point, _action: &Action) -> bool {
        false
    }
}

/// Never stops.
#[derive(Debug, Clone, Copy)]
pub struct Calm;
impl Probe for Calm {}

/// Why a drive ended early.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// A probe said so.
    #[error("stopped by a probe")]
    Probe,
    /// Another engine works on this tenant.
    #[error("another engine took over")]
    Lost,
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// How the engine works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of this engine on leases.
    pub owner: String,
    /// Tenants at the same time.
    pub workers: usize,
    /// How long a claim lasts without renewal.
    pub lease: Duration,
    /// Pause between two looks at a tenant that is ready.
    pub look_every: Duration,
}

/// The engine.
pub struct Engine {
    /// Log and leases.
    pub store: Store,
    /// Secrets.
    pub vault: Vault,
    /// Plans.
    pub plans: Arc<Plans>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub dice: Arc<dyn Dice>,
    /// Crash points.
    pub probe: Arc<dyn Probe>,
    /// Settings.
    pub settings: Settings,
    /// Set on the way out: what is under way is finished, nothing new is begun.
    pub closing: AtomicBool,
}

impl Engine {
    /// Works until `stop` turns true; then finishes the steps under way and leaves the rest to whoever comes next.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let desks = Arc::new(Semaphore::new(self.settings.workers));
        let (mut changes, mut judge) = (self.store.changes(), clock::Judge::default());
        while !*stop.borrow() {
            judge.sits(&self).await;
            if let Err(error) = self.claim(&desks).await {
                tracing::warn!(%error, "the engine cannot reach its database");
                // What is due stays due: without a pause it would be claimed, and this told, dozens of times a second.
                let _stopped = tokio::time::timeout(REFUSED, stop.changed()).await;
                continue;
            }
            let nap = self.nap().await;
            tokio::select! {
                _ = stop.changed() => {}
                changed = changes.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(nap) => {}
            }
        }
        self.closing.store(true, Ordering::Release);
        let all = u32::try_from(self.settings.workers).unwrap_or(u32::MAX);
        let _finished = desks.acquire_many(all).await;
    }

    /// Until the next tenant is due; at most a second, since another process may order one.
    async fn nap(&self) -> Duration {
        let next = self.store.next_wake().await.ok().flatten();
        let due = next.map_or(Duration::from_secs(1), |at| at.since(self.clock.now()));
        due.clamp(Duration::from_millis(20), Duration::from_secs(1))
    }

    async fn claim(self: &Arc<Self>, desks: &Arc<Semaphore>) -> store::Result<()> {
        let free = u32::try_from(desks.available_permits()).unwrap_or(u32::MAX);
        if free == 0 {
            return Ok(());
        }
        let (begun, now) = (Instant::now(), self.clock.now());
        for lease in self.store.claim(&self.settings.owner, now, now.plus(self.settings.lease), free).await? {
            let Ok(desk) = desks.clone().acquire_owned().await else { return Ok(()) };
            let (engine, tenant) = (self.clone(), lease.tenant);
            tokio::spawn(async move {
                if let Err(error) = engine.hold(lease, begun).await {
                    tracing::warn!(%tenant, %error, "stopped working on a tenant");
                }
                drop(desk);
            });
        }
        Ok(())
    }

    /// Drives a tenant that was claimed after `begun` while renewing its lease, then lets go. A lease that could not be
    /// renewed in its time is not believed any longer: another engine may have it.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn hold(&self, lease: Lease, begun: Instant) -> Result<(), Stop> {
        let (length, hand) = (self.settings.lease, Hand::of(lease));
        let term = Term::new(begun, length);
        let renew = async {
            loop {
                tokio::time::sleep(length / 3).await;
                let begun = Instant::now();
                match self.store.renew(&hand.lease, self.clock.now().plus(length)).await {
                    Ok(true) => term.extend(begun, length),
                    Ok(false) => return,
                    Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
                }
            }
        };
        let work = async {
            tokio::select! {
                biased;
                () = renew => Err(Stop::Lost),
                driven = self.work(&hand) => driven,
            }
        };
        match term.within(work).await.unwrap_or(Err(Stop::Lost)) {
            // What was wished or asked for since the last read left its own wake-up, which the release keeps.
            Ok(wake_at) => Ok(self.store.release(&hand.lease, wake_at).await?),
            Err(Stop::Lost) => {
                tracing::warn!(tenant = %hand.lease.tenant, "another engine may work on a tenant by now; let go of it");
                self.came_late(&hand).await
            }
            Err(stop) => {
                // The log is the truth; whoever comes next goes on from it, if it can be read.
                let pause = if matches!(stop, Stop::Store(store::Error::Corrupt(_))) { UNREADABLE } else { LOST_STEP };
                self.store.release(&hand.lease, Some(self.clock.now().plus(pause))).await?;
                Err(stop)
            }
        }
    }

    /// Takes a tenant from whoever has it, does all that is due, and gives it back; its wake-up stays as it is.
    ///
    /// # Errors
    /// See [`Stop`]; the log tells the next one where to go on.
    pub async fn drive(&self, tenant: TenantId) -> Result<Option<At>, Stop> {
        let until = self.clock.now().plus(self.settings.lease);
        let Some(lease) = self.store.take(tenant, &self.settings.owner, until).await? else { return Ok(None) };
        let hand = Hand::of(lease);
        let driven = self.work(&hand).await;
        match driven {
            Ok(_) => self.store.release(&hand.lease, None).await?,
            Err(Stop::Lost) => self.came_late(&hand).await?,
            Err(_) => {}
        }
        driven
    }

    /// Does all that is due for a tenant, and says when it is due again. A look that somebody asked for comes first: what
    /// else is due may take long, and who was removed is put out by a look.
    async fn work(&self, hand: &Hand) -> Result<Option<At>, Stop> {
        let Some(desk) = Desk::open(self, hand).await? else { return Ok(None) };
        if desk.tenant().gone_at.is_some() {
            return self.late_look(&desk).await;
        }
        let mut idle = true;
        loop {
            if self.closing.load(Ordering::Acquire) {
                return Ok(Some(self.clock.now()));
            }
            if let Some(number) = self.store.look_asked(hand.lease.tenant).await? {
                self.look(&desk, &desk.refresh().await?).await?;
                self.store.looked(hand.lease.tenant, number).await?;
                idle = false;
            }
            let state = desk.refresh().await?;
            let next = machine::next(&self.plans, &state, self.clock.now());
            if !next.turns.is_empty() {
                for turn in next.turns {
                    desk.write(turn.flow(), "", turn.fact()).await?;
                }
            } else if next.actions.is_empty() {
                return self.rest(&desk, &state, next.wake_at, idle).await;
            } else {
                let acts = next.actions.iter().map(|action| self.act(&desk, action));
                join_all(acts).await.into_iter().collect::<Result<Vec<()>, Stop>>()?;
            }
            idle = false;
        }
    }

    /// Nothing is due: a look where it is time for one, and when to come back.
    async fn rest(&self, desk: &Desk<'_>, state: &State, wake_at: Option<At>, idle: bool) -> Result<Option<At>, Stop> {
        let again = match self.next_look(state) {
            Some(_) if idle => self.next_look(&self.look(desk, state).await?),
            again => again,
        };
        Ok([wake_at, again].into_iter().flatten().min())
    }
}
