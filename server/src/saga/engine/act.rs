//! One act: the intent, the effect, and what came of it.

use super::{Desk, Engine, Point, STEP_LIMIT, Stop};
use crate::{
    domain::{Fact, Fault, Gone, Seen},
    saga::{
        machine::{self, Action},
        step::Done,
    },
};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, time::Duration};

impl Engine {
    pub(super) async fn act(&self, desk: &Desk<'_>, action: &Action) -> Result<(), Stop> {
        self.pass(Point::BeforeIntent, action).await?;
        desk.write(action.flow, action.step, Fact::Started { attempt: action.attempt }).await?;
        self.pass(Point::AfterIntent, action).await?;
        desk.holds().await?;
        desk.hand().begin(action.flow, action.step);
        self.pass(Point::BeforeEffect, action).await?;
        let fact = self.effect(desk, action).await?;
        self.pass(Point::AfterEffect, action).await?;
        desk.write(action.flow, action.step, fact).await?;
        desk.hand().end(action.flow, action.step);
        self.pass(Point::AfterRecord, action).await
    }

    async fn pass(&self, point: Point, action: &Action) -> Result<(), Stop> {
        if self.probe.stop(point, action).await { Err(Stop::Probe) } else { Ok(()) }
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
