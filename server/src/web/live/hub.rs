//! Who waits for a change of which tenant. One task hears the hints of the house and rings for those who wait for that tenant;
//! everybody else sleeps. The same task looks every few seconds for changes that no hint told of: one look for all.

use crate::{
    domain::{Hint, TenantId},
    web::{Feed, serve::stopped},
};
use app::model::{oops::Oops, tenant::Followed};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{
        Notify,
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    time::Instant,
};

/// How often it looks without a hint: another process may have done the work.
const LOOK: Duration = Duration::from_secs(5);
/// A page is on its way to the browser and back to a stream for this long at most; what changed meanwhile it is told.
const ON_THE_WAY: Duration = Duration::from_secs(10);
/// Changes that are kept for that; a busier house tells everybody to look again.
const KEPT: usize = 1000;

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::web) enum Topic {
    /// A change of any tenant.
    Any,
    /// A change of this one.
    Of(TenantId),
}

/// The topic of a tenant that may be followed.
pub(in crate::web) fn topic(followed: &Followed) -> Result<Topic, Oops> {
    followed.id.parse().map(Topic::Of).map_err(|_| Oops::internal())
}

/// What rang for one listener and was not taken yet.
#[derive(Default)]
struct Bell {
    rang: Mutex<BTreeSet<Topic>>,
    wakes: Notify,
}

#[derive(Default)]
struct Waiting {
    bells: HashMap<Topic, Vec<Arc<Bell>>>,
    /// Newest event of tenants that changed lately.
    known: HashMap<TenantId, i64>,
    /// Tenants that changed on the way of a page.
    lately: VecDeque<(Instant, TenantId)>,
}

/// Who waits for what. Clones are the same.
#[derive(Clone, Default)]
pub(in crate::web) struct Hub(Arc<Mutex<Waiting>>);

/// One who waits, until it is dropped.
pub(in crate::web) struct Listener {
    hub: Hub,
    bell: Arc<Bell>,
    topics: BTreeSet<Topic>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(in crate::web) fn listen(&self, topics: BTreeSet<Topic>) -> Listener {
        let bell = Arc::new(Bell::default());
        let mut waiting = locked(&self.0);
        for topic in &topics {
            waiting.bells.entry(*topic).or_default().push(bell.clone());
        }
        Listener { hub: self.clone(), bell, topics }
    }

    fn ring(&self, tenant: TenantId) {
        let mut waiting = locked(&self.0);
        waiting.lately.push_back((Instant::now(), tenant));
        while waiting.lately.len() > KEPT || waiting.lately.front().is_some_and(|(at, _)| at.elapsed() > ON_THE_WAY) {
            waiting.lately.pop_front();
        }
        for topic in [Topic::Any, Topic::Of(tenant)] {
            for bell in waiting.bells.get(&topic).into_iter().flatten() {
                locked(&bell.rang).insert(topic);
                bell.wakes.notify_one();
            }
        }
    }

    fn hear(&self, hint: Hint) {
        if let Some(seq) = hint.seq {
            locked(&self.0).known.insert(hint.tenant, seq);
        }
        self.ring(hint.tenant);
    }

    /// Nobody waits for anything.
    fn sleeps(&self) -> bool {
        locked(&self.0).bells.is_empty()
    }

    /// Rings for what no hint told of.
    fn compare(&self, newest: &[Hint]) {
        let known = {
            let mut waiting = locked(&self.0);
            let now = newest.iter().filter_map(|hint| Some((hint.tenant, hint.seq?))).collect();
            std::mem::replace(&mut waiting.known, now)
        };
        for hint in newest.iter().filter(|hint| known.get(&hint.tenant).copied() < hint.seq) {
            self.ring(hint.tenant);
        }
    }
}

impl Listener {
    /// Waits until something rings, and takes it.
    pub(in crate::web) async fn rung(&self) -> BTreeSet<Topic> {
        loop {
            self.bell.wakes.notified().await;
            let rang = self.taken();
            if !rang.is_empty() {
                return rang;
            }
        }
    }

    /// What rang by now.
    pub(in crate::web) fn taken(&self) -> BTreeSet<Topic> {
        std::mem::take(&mut locked(&self.bell.rang))
    }

    /// What of it changed in the last seconds.
    pub(in crate::web) fn lately(&self) -> BTreeSet<Topic> {
        let waiting = locked(&self.hub.0);
        let changed = waiting.lately.iter().filter(|(at, _)| at.elapsed() <= ON_THE_WAY);
        let topics = changed.flat_map(|(_, tenant)| [Topic::Any, Topic::Of(*tenant)]);
        let all = waiting.lately.len() >= KEPT;
        if all { self.topics.clone() } else { topics.filter(|topic| self.topics.contains(topic)).collect() }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut waiting = locked(&self.hub.0);
        for topic in &self.topics {
            if let Some(bells) = waiting.bells.get_mut(topic) {
                bells.retain(|bell| !Arc::ptr_eq(bell, &self.bell));
                if bells.is_empty() {
                    waiting.bells.remove(topic);
                }
            }
        }
    }
}

/// Hears the house from now on, until it stops.
pub(in crate::web) fn distribute(hub: Hub, feed: Arc<dyn Feed>, stop: watch::Receiver<bool>) {
    let hints = feed.hints();
    tokio::spawn(hear(hub, feed, hints, stop));
}

async fn hear(hub: Hub, feed: Arc<dyn Feed>, mut hints: Receiver<Hint>, stop: watch::Receiver<bool>) {
    let hear = async {
        loop {
            match hints.recv().await {
                Ok(hint) => hub.hear(hint),
                // What was missed, the next look finds.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    };
    let look = async {
        loop {
            tokio::time::sleep(LOOK).await;
            if !hub.sleeps() {
                hub.compare(&feed.newest().await);
            }
        }
    };
    tokio::select! {
        () = hear => {},
        () = look => {},
        () = stopped(stop) => {},
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn tenant(number: u128) -> TenantId {
        TenantId(Uuid::from_u128(number))
    }

    fn of(numbers: &[u128]) -> BTreeSet<Topic> {
        numbers.iter().map(|n| Topic::Of(tenant(*n))).collect()
    }

    fn hint(number: u128, seq: i64) -> Hint {
        Hint { tenant: tenant(number), seq: Some(seq) }
    }

    #[test]
    fn a_change_rings_where_somebody_waits_for_it() {
        let hub = Hub::default();
        let (one, both, any) = (hub.listen(of(&[1])), hub.listen(of(&[1, 2])), hub.listen([Topic::Any].into()));
        hub.hear(hint(2, 1));
        assert_eq!((one.taken(), both.taken(), any.taken()), (of(&[]), of(&[2]), [Topic::Any].into()));
        assert_eq!((one.lately(), both.lately()), (of(&[]), of(&[2])));
        drop((one, both, any));
        assert!(hub.sleeps(), "nothing is left of who went");
    }

    #[test]
    fn a_thousand_who_wait_for_others_sleep() {
        let hub = Hub::default();
        let all: Vec<_> = (0..1000).map(|n| hub.listen(of(&[n]))).collect();
        hub.hear(hint(7, 1));
        let woken: Vec<_> = all.iter().filter(|listener| !listener.taken().is_empty()).collect();
        assert_eq!(woken.len(), 1);
        assert_eq!(woken[0].topics, of(&[7]));
    }

    #[test]
    fn a_look_rings_once_for_what_no_hint_told_of() {
        let hub = Hub::default();
        let all = hub.listen(of(&[1, 2]));
        hub.hear(hint(1, 7));
        assert_eq!(all.taken(), of(&[1]));
        hub.compare(&[hint(1, 7), hint(2, 3)]);
        assert_eq!(all.taken(), of(&[2]));
        hub.compare(&[hint(1, 7), hint(2, 3)]);
        assert_eq!(all.taken(), of(&[]));
        hub.compare(&[hint(1, 8), hint(2, 3)]);
        assert_eq!(all.taken(), of(&[1]));
    }
}
