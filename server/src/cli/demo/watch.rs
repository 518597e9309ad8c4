//! Watching over what runs: until it is ready, until one of it ends, until all of it is ended.

use super::{
    part::{self, Part, Started},
    probe::Probe,
    voice::Voice,
};
use crate::systems::http::Http;
use anyhow::bail;
use futures::{
    FutureExt as _, StreamExt as _,
    future::{join_all, select_all},
    stream::FuturesUnordered,
};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Pause between two looks at a server that starts, and between two lines that tell of it.
const LOOK: Duration = Duration::from_millis(100);

/// Ctrl-C, SIGTERM, and the terminal that was closed.
pub(super) struct Stop {
    signals: [Signal; 3],
}

impl Stop {
    pub(super) fn listen() -> std::io::Result<Self> {
        let signals =
            [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
        Ok(Self { signals })
    }

    /// Waits until somebody asks, once more each time.
    pub(super) async fn asked(&mut self) {
        let [a, b, c] = &mut self.signals;
        tokio::select! { _ = a.recv() => {}, _ = b.recv() => {}, _ = c.recv() => {} }
    }
}

/// What was started, in order.
pub(super) struct Running {
    begun: Instant,
    started: Vec<Started>,
}

impl Running {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), started: Vec::new() }
    }

    pub(super) fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Numbers of the processes, by name of the part.
    pub(super) fn processes(&self) -> BTreeMap<&'static str, i32> {
        self.started.iter().map(|s| (s.name, s.number())).collect()
    }

    /// Starts parts side by side and waits until all are ready, with a line for each.
    ///
    /// # Errors
    /// One of them, or one that was started before, ends; or one does not become ready.
    pub(super) async fn start(
        &mut self,
        parts: &[Part],
        root: &Path,
        http: &Http,
        voice: &Voice,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        for part in parts {
            self.started.push(part.start(root)?);
        }
        let mut waits: FuturesUnordered<_> =
            parts.iter().map(|part| ready(&part.ready, part.patience, http).map(move |ok| (part.title, ok))).collect();
        let mut awaited: Vec<&str> = parts.iter().map(|part| part.title).collect();
        while !awaited.is_empty() {
            tokio::select! {
                Some((title, ready)) = waits.next() => {
                    if !ready {
                        bail!(self.obituary(title, "is not ready yet and was given up"));
                    }
                    awaited.retain(|other| *other != title);
                    voice.say(&format!("✓ {title:<16} {:>5.1} s", begun.elapsed().as_secs_f32()))?;
                }
                (title, how) = self.one_ends() => bail!(self.obituary(title, &how)),
                () = tokio::time::sleep(LOOK) => {
                    voice.hint(&format!("… {:<16} {:>3} s", awaited.join(", "), begun.elapsed().as_secs()))?;
                }
            }
        }
        Ok(())
    }

    /// Waits until a part ends that should not, which is an error.
    pub(super) async fn one_is_missing(&mut self) -> anyhow::Error {
        let (title, how) = self.one_ends().await;
        anyhow::anyhow!(self.obituary(title, &how))
    }

    /// The first that ends, and how.
    async fn one_ends(&mut self) -> (&'static str, String) {
        if self.started.is_empty() {
            return std::future::pending().await;
        }
        let ends = self.started.iter_mut().map(|s| {
            let title = s.title;
            s.ended().map(move |how| (title, how)).boxed()
        });
        select_all(ends).await.0
    }

    fn obituary(&self, title: &str, how: &str) -> String {
        self.started.iter().find(|s| s.title == title).map_or_else(String::new, |s| s.obituary(how))
    }

    /// Ends everything, the portal first: it stops its sites and takes leave of the servers while they still run.
    /// Asked once more, it ends everything by force.
    pub(super) async fn end(&mut self, stop: &mut Stop) {
        let politely = async {
            let (portals, servers): (Vec<_>, Vec<_>) = self.started.iter_mut().partition(|s| s.name == part::PORTAL);
            join_all(portals.into_iter().map(|s| s.end(part::PORTAL_MAY_TAKE))).await;
            join_all(servers.into_iter().map(|s| s.end(part::MAY_TAKE))).await;
        };
        tokio::select! {
            () = politely => return,
            () = stop.asked() => {}
        }
        join_all(self.started.iter_mut().map(|s| s.end(Duration::ZERO))).await;
    }
}

/// Looks until it is ready or patience is out.
async fn ready(probe: &Probe, patience: Duration, http: &Http) -> bool {
    let look = async {
        while !probe.ready(http).await {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(patience, look).await.is_ok()
}
