//! A tiny process manager: keeps a server running for every installed site of the data folder.

use super::tree::Tree;
use super::{ProcessSites, log, server};
use crate::domain::TenantId;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// Pause between two rounds.
const ROUND: Duration = Duration::from_secs(3);
/// Longest pause before a site that ends again and again is started once more.
const LONGEST: Duration = Duration::from_secs(60);
/// A process that lived this long counts as well again.
const SETTLED: Duration = Duration::from_secs(30);

/// A site that ended, and when it is started again.
#[derive(Debug, Clone, Copy)]
struct Fallen {
    times: u32,
    again: Instant,
}

impl ProcessSites {
    /// Runs until [`ProcessSites::stop_all`]: adopts the sites that run and starts those whose process has ended.
    pub async fn tend(&self) {
        let mut fallen = HashMap::new();
        while !self.closing.load(Ordering::Acquire) {
            for tree in Tree::all(&self.config.data).await {
                self.tend_one(&tree, &mut fallen).await;
            }
            tokio::time::sleep(ROUND).await;
        }
    }

    async fn tend_one(&self, tree: &Tree, fallen: &mut HashMap<TenantId, Fallen>) {
        let turn = self.turn(tree.tenant());
        // A step is at work on this site: it needs no help.
        let Ok(_turn) = turn.try_lock() else { return };
        log::bound(&tree.log()).await;
        let (Ok(Some(sheet)), Ok(running)) = (tree.sheet().await, server::running(tree).await) else { return };
        let now = Instant::now();
        if running.is_some() {
            fallen.retain(|tenant, f| *tenant != tree.tenant() || now < f.again + SETTLED);
            return;
        }
        let before = fallen.get(&tree.tenant()).copied();
        if before.is_some_and(|f| now < f.again) || self.closing.load(Ordering::Acquire) {
            return;
        }
        let times = before.map_or(0, |f| f.times + 1);
        let pause = LONGEST.min(Duration::from_secs(1 << times.min(6)));
        fallen.insert(tree.tenant(), Fallen { times, again: now + pause });
        let said = log::last_words(&tree.log()).await;
        tracing::warn!(site = tree.name(), said, times, "a site's process has ended and is started again");
        // Workers outlive their leader and would keep the address.
        let restarted = async {
            server::stop(tree).await?;
            server::start(&self.config.php, tree, &sheet).await
        };
        if let Err(fault) = restarted.await {
            tracing::warn!(site = tree.name(), %fault, "a site's process could not be started");
        }
    }

    /// Ends all sites, for good: nothing is started any more. For the end of the portal.
    pub async fn stop_all(&self) {
        self.closing.store(true, Ordering::Release);
        let trees = Tree::all(&self.config.data).await;
        futures::future::join_all(trees.iter().map(|tree| async move {
            let turn = self.turn(tree.tenant());
            let _turn = turn.lock().await;
            if let Err(fault) = server::stop(tree).await {
                tracing::warn!(site = tree.name(), %fault, "a site's process could not be ended");
            }
        }))
        .await;
    }
}
