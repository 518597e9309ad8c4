//! The engine: claims tenants that have something due, does it, writes down what came of it. A wake-up carries no data;
//! a timer looks anyway. Waiting is a row with a time, never a task.

mod desk;
mod look;

use super::{
    machine::{self, Action},
    plan::Plans,
    step::Done,
};
use crate::{
    domain::{At, Clock, Dice, Fact, Fault, Gone, Seen, TenantId},
    store::{self, Store},
    vault::Vault,
};
use desk::Desk;
use futures::{FutureExt, future::join_all};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::sync::{Semaphore, watch};

/// Longest time one call of a step may take before it counts as a fault that heals.
const STEP_LIMIT: Duration = Duration::from_secs(300);

/// Pause after the database refused a claim.
const REFUSED: Duration = Duration::from_secs(3);

/// Where a crash can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// Nothing is written.
    BeforeIntent,
    /// The intent is in the log, nothing is in the world.
    AfterIntent,
    /// The effect is in the world, not in the log.
    AfterEffect,
    /// Effect and record are there.
    AfterRecord,
}

/// Lets a test stop the engine at a point. In production nobody does.
pub trait Probe: Send + Sync {
    /// Stop here?
    fn stop(&self, _point: Point, _action: &Action) -> bool {
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
}

impl Engine {
    /// Works until `stop` turns true; then finishes what is in hand.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let desks = Arc::new(Semaphore::new(self.settings.workers));
        let mut changes = self.store.changes();
        while !*stop.borrow() {
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
        let now = self.clock.now();
        for tenant in self.store.claim(&self.settings.owner, now, now.plus(self.settings.lease), free).await? {
            let Ok(desk) = desks.clone().acquire_owned().await else { return Ok(()) };
            let engine = self.clone();
            tokio::spawn(async move {
                if let Err(error) = engine.hold(tenant).await {
                    tracing::warn!(%tenant, %error, "stopped working on a tenant");
                }
                drop(desk);
            });
        }
        Ok(())
    }

    /// Drives a claimed tenant while renewing its lease, then lets go.
    async fn hold(&self, tenant: TenantId) -> Result<(), Stop> {
        let renew = async {
            loop {
                tokio::time::sleep(self.settings.lease / 3).await;
                let until = self.clock.now().plus(self.settings.lease);
                if let Ok(false) = self.store.renew(tenant, &self.settings.owner, until).await {
                    return;
                }
            }
        };
        let driven = tokio::select! {
            driven = self.drive(tenant) => driven,
            () = renew => Err(Stop::Lost),
        };
        let wake_at = match driven {
            Ok(wake_at) => wake_at,
            Err(Stop::Lost) => return Ok(()),
            Err(stop) => {
                // The log is the truth; whoever comes next goes on from it.
                let soon = self.clock.now().plus(Duration::from_secs(2));
                self.store.release(tenant, &self.settings.owner, Some(soon)).await?;
                return Err(stop);
            }
        };
        // What was wished or asked for since the last read left its own wake-up, which the release keeps.
        Ok(self.store.release(tenant, &self.settings.owner, wake_at).await?)
    }

    /// Does all that is due for a tenant, and says when it is due again. A look that somebody asked for comes first: what
    /// else is due may take long, and who was removed is put out by a look.
    ///
    /// # Errors
    /// See [`Stop`]; the log tells the next one where to go on.
    pub async fn drive(&self, tenant: TenantId) -> Result<Option<At>, Stop> {
        let Some(desk) = Desk::open(self, tenant).await? else { return Ok(None) };
        let mut idle = true;
        loop {
            if let Some(number) = self.store.look_asked(tenant).await? {
                self.look(&desk, &desk.refresh().await?).await?;
                self.store.looked(tenant, number).await?;
                idle = false;
            }
            let state = desk.refresh().await?;
            let next = machine::next(&self.plans, &state, self.clock.now());
            if !next.turns.is_empty() {
                for turn in next.turns {
                    desk.write(turn.flow(), "", turn.fact()).await?;
                }
            } else if next.actions.is_empty() {
                let again = match self.next_look(&state) {
                    Some(_) if idle => self.next_look(&self.look(&desk, &state).await?),
                    again => again,
                };
                return Ok([next.wake_at, again].into_iter().flatten().min());
            } else {
                let acts = next.actions.iter().map(|action| self.act(&desk, action));
                join_all(acts).await.into_iter().collect::<Result<Vec<()>, Stop>>()?;
            }
            idle = false;
        }
    }

    async fn act(&self, desk: &Desk<'_>, action: &Action) -> Result<(), Stop> {
        let probe = |point| if self.probe.stop(point, action) { Err(Stop::Probe) } else { Ok(()) };
        probe(Point::BeforeIntent)?;
        desk.write(action.flow, action.step, Fact::Started { attempt: action.attempt }).await?;
        probe(Point::AfterIntent)?;
        let fact = self.effect(desk, action).await?;
        probe(Point::AfterEffect)?;
        desk.write(action.flow, action.step, fact).await?;
        probe(Point::AfterRecord)
    }

    async fn effect(&self, desk: &Desk<'_>, action: &Action) -> Result<Fact, Stop> {
        let Some(node) = self.plans.of(action.flow).node(action.step) else { return Err(Stop::Lost) };
        let bench = desk.bench(action.flow).await?;
        let cx = bench.cx(self.clock.now());
        let step = node.step.clone();
        let work = async {
            if action.undo {
                return step.undo(&cx).await.map(gone);
            }
            let seen = match step.check(&cx).await? {
                Seen::Absent | Seen::Drifted { .. } => step.run(&cx).await?,
                seen => seen,
            };
            Ok(self.seen(seen))
        };
        let begun = tokio::time::Instant::now();
        let work = AssertUnwindSafe(tokio::time::timeout(STEP_LIMIT, work)).catch_unwind().await;
        let result = match work {
            Ok(Ok(result)) => result,
            Ok(Err(_elapsed)) => Err(Fault::retry("It took longer than five minutes and was broken off.")),
            Err(_panic) => Err(Fault::fail(
                "step_panicked",
                "A defect in Slipway stopped this step.",
                "Report this, then press Retry now.",
            )),
        };
        metrics::histogram!("slipway_step_seconds", "step" => action.step).record(begun.elapsed().as_secs_f64());
        metrics::counter!("slipway_steps_total", "step" => action.step, "result" => word(&result)).increment(1);
        let tries = desk.tries(action).await;
        Ok(match result {
            Ok(Progress::Fact(fact)) => fact,
            Ok(Progress::Wait(note, again)) => Fact::Waiting { note, again_at: self.clock.now().plus(again) },
            Err(Fault::Retry { why, after }) => {
                let pause = machine::pause(tries, after, self.dice.fraction());
                tracing::info!(step = action.step, %why, ?pause, "will try again");
                Fact::Retrying { why, again_at: self.clock.now().plus(pause) }
            }
            Err(Fault::Fail { code, say, next }) => {
                tracing::warn!(step = action.step, code, %say, "a person is needed");
                Fact::Failed { code: code.into(), say, next: next.into() }
            }
        })
    }

    fn seen(&self, seen: Seen<Done>) -> Progress {
        match seen {
            Seen::Ready(done) => Progress::Fact(Fact::Done { output: done.output, outside_id: done.outside_id }),
            Seen::Working { note, again } => Progress::Wait(note, again),
            Seen::Absent => Progress::Wait("Made, but not to be seen yet.".into(), Duration::from_secs(2)),
            Seen::Drifted { what } => Progress::Wait(what, Duration::from_secs(5)),
        }
    }
}

/// What a call came to, when it was no fault.
enum Progress {
    Fact(Fact),
    Wait(String, Duration),
}

/// Label of a result in the metrics.
fn word(result: &Result<Progress, Fault>) -> &'static str {
    match result {
        Ok(Progress::Fact(_)) => "done",
        Ok(Progress::Wait(..)) => "waiting",
        Err(Fault::Retry { .. }) => "retrying",
        Err(Fault::Fail { .. }) => "failed",
    }
}

fn gone(gone: Gone) -> Progress {
    match gone {
        Gone::Seen { what } => Progress::Fact(Fact::Undone { seen: what, unseen: String::new() }),
        Gone::Unseen { what } => Progress::Fact(Fact::Undone { seen: String::new(), unseen: what }),
        Gone::Working { note, again } => Progress::Wait(note, again),
    }
}
