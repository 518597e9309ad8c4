//! One look at the whole cluster for many looks at tenants. A health round over a thousand tenants comes as a thousand
//! calls within seconds; they share one list for each kind, and whoever comes while it is being made waits for it.

use super::{
    entrance::Entrance,
    room::{self, Room},
};
use crate::domain::{Fault, TenantId};
use crate::systems::cluster::Cluster;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Lock, PoisonError},
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};

/// How old an answer may be at least. An answer that took longer to get may also be older: otherwise those who waited
/// for it would ask again, one after the other.
const AGE: Duration = Duration::from_secs(3);

type Rooms = Arc<HashMap<String, Room>>;

/// The newest look, and whose rooms were changed since when.
#[derive(Default)]
pub(super) struct Snapshots {
    newest: Arc<Mutex<Option<Taken>>>,
    changed: Lock<HashMap<TenantId, Instant>>,
}

struct Taken {
    begun: Instant,
    /// Good until then.
    until: Instant,
    /// A failure is shared as well: a thousand waiting callers must not knock one after the other.
    rooms: Result<Rooms, Fault>,
}

impl Snapshots {
    /// From now on this tenant is shown only what was seen later.
    pub(super) fn changed(&self, tenant: TenantId) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, Instant::now());
    }

    /// All rooms, as they were some seconds ago at most and after the tenant's own last change.
    pub(super) async fn rooms(&self, cluster: &Cluster, entrance: &Entrance, tenant: TenantId) -> Result<Rooms, Fault> {
        let mut newest = self.newest.lock().await;
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied();
        if let Some(taken) = newest.as_ref()
            && Instant::now() < taken.until
            && changed.is_none_or(|changed| taken.begun > changed)
        {
            return taken.rooms.clone();
        }
        let begun = Instant::now();
        let rooms = room::rooms(cluster, entrance, None).await.map(Arc::new);
        let until = Instant::now() + AGE.max(begun.elapsed());
        *newest = Some(Taken { begun, until, rooms: rooms.clone() });
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, changed| *changed >= begun);
        self.forget_at(until);
        rooms
    }

    /// A thousand tenants take some twenty megabytes; between two rounds nobody needs them.
    fn forget_at(&self, until: Instant) {
        let newest = Arc::clone(&self.newest);
        tokio::spawn(async move {
            tokio::time::sleep_until(until).await;
            newest.lock().await.take_if(|taken| taken.until <= until);
        });
    }
}
