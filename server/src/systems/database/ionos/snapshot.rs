//! One list for many looks: all tenants that wait, and all that are looked at in a round, share it, and whoever comes while
//! it is being made waits for it. IONOS does not publish how many calls it takes.

use super::{Cluster, Clusters, Fault, Order};
use crate::domain::{At, Clock};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// How old a list may be.
const AGE: Duration = Duration::from_secs(3);

/// The newest list and when it was asked for. A failure is shared as well.
#[derive(Default)]
pub(super) struct Snapshots(Mutex<Option<(At, Listed)>>);

type Listed = Result<Arc<[Cluster]>, Fault>;

impl Snapshots {
    /// The ordered cluster, if the list shows it.
    pub(super) async fn find(
        &self,
        clusters: &dyn Clusters,
        order: &Order,
        clock: &dyn Clock,
    ) -> Result<Option<Cluster>, Fault> {
        let mut newest = self.0.lock().await;
        let begun = clock.now();
        let list = match newest.as_ref() {
            Some((asked, list)) if begun.since(*asked) < AGE => list.clone(),
            _ => {
                let list: Listed = clusters.list().await.map(Into::into);
                *newest = Some((begun, list.clone()));
                list
            }
        }?;
        drop(newest);
        clusters.pick(&list, order)
    }
}
