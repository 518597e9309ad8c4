//! A step is a tiny reconciler; a saga is their order.

use super::cx::Cx;
use crate::domain::{Fault, Gone, Seen};
use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// One step. Each method may be called at any time, any number of times, and after a crash in the middle of any other.
#[async_trait]
pub trait Step: Send + Sync + 'static {
    /// Persisted, never renamed.
    const NAME: &'static str;
    /// What people read.
    const TITLE: &'static str;
    /// A later look may converge it again without a person: it holds no data, so nothing lost could hide behind it.
    const HEALS: bool = false;
    /// [`Step::HEALS`], where that depends on the driver behind the step's port.
    fn heals(&self) -> bool {
        Self::HEALS
    }
    /// A later look writes the output down when it is another one than before: people read it.
    const TELLS: bool = false;
    /// What later steps may read. It is written to the log: never a secret.
    type Output: Serialize + DeserializeOwned + Send + Sync;

    /// Looks, changes nothing.
    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Self::Output>, Fault>;
    /// Converges.
    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Self::Output>, Fault>;
    /// What a later look does where the step heals: it converges, unless part of it needs a person.
    async fn heal(&self, cx: &Cx<'_>) -> Result<Seen<Self::Output>, Fault> {
        self.run(cx).await
    }
    /// Removes, and sees that it is gone.
    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault>;
    /// Id of the result in the outside system, for people.
    fn outside_id(_output: &Self::Output) -> Option<String> {
        None
    }
}

/// What a done step leaves in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// [`Step::Output`] as JSON.
    pub output: Value,
    /// [`Step::outside_id`].
    pub outside_id: Option<String>,
}

/// A step without its types, so that a plan can hold different ones.
#[async_trait]
pub trait AnyStep: Send + Sync {
    /// [`Step::NAME`]
    fn name(&self) -> &'static str;
    /// [`Step::TITLE`]
    fn title(&self) -> &'static str;
    /// [`Step::heals`]
    fn heals(&self) -> bool;
    /// [`Step::TELLS`]
    fn tells(&self) -> bool {
        false
    }
    /// [`Step::check`]
    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault>;
    /// [`Step::run`]
    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault>;
    /// [`Step::heal`]
    async fn heal(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        self.run(cx).await
    }
    /// [`Step::undo`]
    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault>;
}

#[async_trait]
impl<S: Step> AnyStep for S {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn title(&self) -> &'static str {
        S::TITLE
    }

    fn heals(&self) -> bool {
        Step::heals(self)
    }

    fn tells(&self) -> bool {
        S::TELLS
    }

    async fn check(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        erase::<S>(Step::check(self, cx).await?)
    }

    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        erase::<S>(Step::run(self, cx).await?)
    }

    async fn heal(&self, cx: &Cx<'_>) -> Result<Seen<Done>, Fault> {
        erase::<S>(Step::heal(self, cx).await?)
    }

    async fn undo(&self, cx: &Cx<'_>) -> Result<Gone, Fault> {
        Step::undo(self, cx).await
    }
}

fn erase<S: Step>(seen: Seen<S::Output>) -> Result<Seen<Done>, Fault> {
    Ok(match seen {
        Seen::Absent => Seen::Absent,
        Seen::Working { note, again } => Seen::Working { note, again },
        Seen::Drifted { what } => Seen::Drifted { what },
        Seen::Ready(output) => {
            let outside_id = S::outside_id(&output);
            let output = serde_json::to_value(output).map_err(|e| {
                Fault::fail(
                    "output_not_json",
                    format!("The step's result could not be written down: {e}."),
                    "Report this.",
                )
            })?;
            Seen::Ready(Done { output, outside_id })
        }
    })
}
