//! The tasks of a portal that is open: none of them ends by itself, so one that does brings the portal down in order, and
//! whoever started it starts it again.

use std::{collections::HashMap, future::Future};
use tokio::task::{Id, JoinSet};

/// Tasks by name. Dropped, they are broken off.
#[derive(Default)]
pub(super) struct Tasks {
    running: JoinSet<()>,
    names: HashMap<Id, &'static str>,
}

impl Tasks {
    /// Starts one.
    pub(super) fn spawn(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let id = self.running.spawn(work).id();
        self.names.insert(id, name);
    }

    /// The name of the next one that ends, whether it finished or panicked; `None` when there are no more.
    pub(super) async fn next_end(&mut self) -> Option<&'static str> {
        let id = match self.running.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "a task of the portal broke");
                error.id()
            }
        };
        self.names.remove(&id).or(Some("a task"))
    }

    /// Waits until this one has ended.
    pub(super) async fn end_of(&mut self, name: &str) {
        while self.names.values().any(|running| *running == name) {
            self.next_end().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whichever_ends_is_named() {
        let mut tasks = Tasks::default();
        tasks.spawn("for ever", std::future::pending());
        tasks.spawn("broken", async { panic!("on purpose") });
        assert_eq!(tasks.next_end().await, Some("broken"));
        tasks.spawn("short", async {});
        tasks.end_of("broken").await;
        tasks.end_of("short").await;
        assert_eq!(tasks.names.values().collect::<Vec<_>>(), [&"for ever"]);
    }
}
