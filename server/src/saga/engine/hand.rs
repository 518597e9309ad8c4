//! What an engine has in its hands: a tenant's lease, for how long it may be believed, and the steps under way.

use crate::{domain::Flow, store::Lease};
use std::{
    collections::BTreeSet,
    future::poll_fn,
    pin::pin,
    sync::{Mutex, PoisonError},
    task::Poll,
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// A span of time by the machine's monotonic clock, which nobody sets. What is done under a lease is polled only within
/// it: a process that stood still goes on in the middle of anything, and must learn first that its time is over.
#[derive(Debug)]
pub struct Term(Mutex<Instant>);

impl Term {
    /// Ends so long after `begun`.
    pub fn new(begun: Instant, length: Duration) -> Self {
        Self(Mutex::new(begun + length))
    }

    fn end(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends so long after `begun` from now on, which lies before the request for more was sent.
    pub fn extend(&self, begun: Instant, length: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = begun + length;
    }

    /// Ready once the term is over: at the first poll after that, whatever timers were looked at before.
    async fn over(&self) {
        let mut timer = pin!(sleep_until(self.end()));
        poll_fn(|cx| {
            let end = self.end();
            if Instant::now() >= end {
                return Poll::Ready(());
            }
            timer.as_mut().reset(end);
            timer.as_mut().poll(cx)
        })
        .await;
    }

    /// Does the work within the term; `None` when that was over first, and then the work was dropped where it stood.
    pub async fn within<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.over() => None,
            done = work => Some(done),
        }
    }
}

/// A lease, and which steps are under way by it.
#[derive(Debug)]
pub(super) struct Hand {
    pub(super) lease: Lease,
    busy: Mutex<BTreeSet<(Flow, &'static str)>>,
}

impl Hand {
    pub(super) fn of(lease: Lease) -> Self {
        Self { lease, busy: Mutex::default() }
    }

    /// The step may have an effect from now on.
    pub(super) fn begin(&self, flow: Flow, step: &'static str) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert((flow, step));
    }

    /// What it came to is written.
    pub(super) fn end(&self, flow: Flow, step: &'static str) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&(flow, step));
    }

    /// Steps whose effect may be in the world without a word in the log.
    pub(super) fn open(&self) -> Vec<(Flow, &'static str)> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}
