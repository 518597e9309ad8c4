//! Looking again at what was made: the same `check`s as during the set-up, run later, are the health page and the drift
//! finder. Only a change is written: something is wrong, right again, or, where people read it, another than before. What
//! holds no data is converged again at once; nothing else is made anew without a person: an empty database in place of a
//! lost one would look like a repair.

use super::{Desk, Engine, Stop};
use crate::{
    domain::{At, Fact, Fault, Flow, Seen},
    saga::{
        plan::Node,
        state::{Phase, State, Track},
        step::Done,
    },
};
use futures::future::join_all;
use std::time::Duration;

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(30);

impl Engine {
    /// When to look next without being asked: never while a person is needed or the tenant is leaving; soon while something is wrong.
    pub(super) fn next_look(&self, state: &State) -> Option<At> {
        let course = state.tenant().filter(|c| c.reversed.is_none())?;
        let settled = self.plans.tenant.nodes.iter().all(|n| course.track(n.step.name()).is_some_and(Track::settled));
        let ill = state.flows.values().any(|c| c.steps.values().any(|t| t.drift.is_some()));
        let pause = if ill { self.settings.look_every.min(Duration::from_secs(10)) } else { self.settings.look_every };
        settled.then(|| self.clock.now().plus(pause.mul_f64(0.9 + 0.2 * self.dice.fraction())))
    }

    /// Looks at all that is done and not on its way out, and gives the state that it leads to. Of a tenant that needs a
    /// person too: whoever was removed from it must not wait for that person.
    pub(super) async fn look(&self, desk: &Desk<'_>, state: &State) -> Result<State, Stop> {
        let open = state.flows.iter().filter(|(_, c)| c.reversed.is_none() && c.closed_at.is_none());
        let made = open.flat_map(|(&flow, course)| {
            let nodes = self.plans.of(flow).nodes.iter();
            nodes.filter_map(move |n| Some((flow, n, course.track(n.step.name()).filter(|t| t.phase == Phase::Done)?)))
        });
        let looks = join_all(made.map(|(flow, node, track)| self.look_at(desk, flow, node, track))).await;
        looks.into_iter().collect::<Result<Vec<()>, Stop>>()?;
        desk.refresh().await
    }

    async fn look_at(&self, desk: &Desk<'_>, flow: Flow, node: &Node, track: &Track) -> Result<(), Stop> {
        let bench = desk.bench(flow).await?;
        let cx = bench.cx(self.clock.now());
        let drift = match tokio::time::timeout(PATIENCE, node.step.check(&cx)).await {
            // Nothing new is known, so what was known stays.
            Ok(Ok(Seen::Working { .. })) => return Ok(()),
            Ok(Ok(Seen::Ready(Done { output, outside_id }))) => {
                if node.step.tells() && track.output.as_ref() != Some(&output) {
                    return desk.write(flow, node.step.name(), Fact::Done { output, outside_id }).await;
                }
                None
            }
            Ok(seen) => trouble(seen),
            Err(_elapsed) => Some(("It did not answer within 30 seconds.".to_owned(), true)),
        };
        if drift.is_some() && node.step.heals() {
            desk.holds().await?;
            desk.hand().begin(flow, node.step.name());
        }
        if let (Some((what, outage)), true) = (&drift, node.step.heals())
            && let Ok(Ok(Seen::Ready(done))) = tokio::time::timeout(PATIENCE, node.step.heal(&cx)).await
        {
            desk.write(flow, node.step.name(), Fact::Drifted { what: what.clone(), outage: *outage }).await?;
            let healed = Fact::Done { output: done.output, outside_id: done.outside_id };
            desk.write(flow, node.step.name(), healed).await?;
            desk.hand().end(flow, node.step.name());
            return Ok(());
        }
        desk.hand().end(flow, node.step.name());
        match (drift, &track.drift) {
            (None, Some(_)) => desk.write(flow, node.step.name(), Fact::Healed {}).await,
            // What is wrong stays wrong while nobody can look; a connection that does not hold must not seem to.
            (Some((_, true)), Some(_)) if !track.outage => Ok(()),
            (Some((what, outage)), before) if before.as_ref() != Some(&what) => {
                desk.write(flow, node.step.name(), Fact::Drifted { what, outage }).await
            }
            _ => Ok(()),
        }
    }
}

/// What a look found wrong, in words, and whether that is only that it could not look.
fn trouble(seen: Result<Seen<Done>, Fault>) -> Option<(String, bool)> {
    match seen {
        Ok(Seen::Ready(_) | Seen::Working { .. }) => None,
        Ok(Seen::Absent) => Some(("It is not there any more.".to_owned(), false)),
        Ok(Seen::Drifted { what }) => Some((what, false)),
        Err(Fault::Retry { why, .. }) => Some((why, true)),
        Err(Fault::Fail { say, .. }) => Some((say, false)),
    }
}
