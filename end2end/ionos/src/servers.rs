//! The servers behind the clusters: one for each that is not gone, and a cluster is usable only when its server answers.

use crate::{
    say,
    server::{Order, Server},
};
use ionos_simulator::Inside;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};
use uuid::Uuid;

/// All that run.
pub(crate) struct Servers {
    script: PathBuf,
    data: PathBuf,
    running: BTreeMap<Uuid, Server>,
}

impl Servers {
    /// None yet; each will be started by this script, with a folder of its own in `data`.
    pub(crate) fn new(script: PathBuf, data: PathBuf) -> Self {
        Self { script, data, running: BTreeMap::new() }
    }

    fn folder(&self, id: Uuid) -> PathBuf {
        self.data.join(id.to_string())
    }

    /// Brings servers and clusters together: starts what is missing, ends what goes, and tells the clusters.
    pub(crate) async fn round(&mut self, inside: &Inside) {
        let stay = |state: &str| !matches!(state, "DESTROYING" | "FAILED");
        let all: Vec<(Uuid, String, Order)> = {
            let memory = inside.memory();
            memory.clusters.iter().map(|(id, c)| (*id, c.state.clone(), Order::of(c))).collect()
        };
        for (id, state, order) in all {
            if stay(&state) {
                self.tend(inside, id, order).await;
            } else {
                self.take_away(id, state == "DESTROYING").await;
                release(inside, id, None);
            }
        }
    }

    /// A cluster that should have a server.
    async fn tend(&mut self, inside: &Inside, id: Uuid, order: Order) {
        let folder = self.folder(id);
        let Some(server) = self.running.get_mut(&id) else {
            match Server::start(&self.script, &folder, &order) {
                Ok(server) => drop(self.running.insert(id, server)),
                Err(error) => release(inside, id, Some(format!("its server cannot be started: {error}"))),
            }
            return;
        };
        if let Some(how) = server.ended() {
            say(&format!("the server of {id} has ended ({how}); see {}", folder.join("server.log").display()));
            self.running.remove(&id);
            release(inside, id, Some(format!("its server at {} has ended", order.host)));
        } else if server.answers().await {
            release(inside, id, None);
        }
    }

    /// Ends a server and, with the cluster, removes what it held.
    async fn take_away(&mut self, id: Uuid, all: bool) {
        if let Some(server) = self.running.remove(&id) {
            server.end().await;
        }
        let folder = self.folder(id);
        if all
            && folder.exists()
            && let Err(error) = tokio::fs::remove_dir_all(&folder).await
        {
            say(&format!("{} cannot be removed: {error}", folder.display()));
        }
    }

    /// Rounds until all servers answer, or half a minute has gone by.
    pub(crate) async fn settle(&mut self, inside: &Inside) {
        for _ in 0..150 {
            self.round(inside).await;
            if inside.memory().clusters.values().all(|cluster| !cluster.held) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Ends them all.
    pub(crate) async fn end(self) {
        for (_, server) in self.running {
            server.end().await;
        }
    }
}

/// The cluster may move on; with a reason, one that is on its way fails.
fn release(inside: &Inside, id: Uuid, why: Option<String>) {
    if let Some(cluster) = inside.memory().clusters.get_mut(&id) {
        if why.is_some() && cluster.is_coming() {
            cluster.message = why;
        }
        cluster.held = false;
    }
}
