//! IONOS as its driver meets it (`end2end/ionos`), with the faults of the tests before it and simulated databases behind
//! its clusters. Dropping it fails the test when the descriptions of the API were broken.

mod reach;

use super::{
    Wire,
    faults::{Effects, Faults},
};
pub(crate) use ionos_simulator::DATACENTER;
use ionos_simulator::{Memory, Stored, Time, Witness, routes};
pub(crate) use reach::MemoryReach;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};
use uuid::Uuid;

/// The token that it takes, until a test changes it.
pub(crate) const TOKEN: &str = "a-token-of-the-portal";

/// What is inside of the clusters, and what was taken out of them.
#[derive(Debug, Default)]
pub(crate) struct Within {
    /// Databases by cluster and name: their site's user and password.
    pub(crate) databases: HashMap<(Uuid, String), (String, String)>,
    /// Dumps that were written.
    pub(crate) dumps: Vec<String>,
}

/// The simulator's inside, and that of its clusters.
#[derive(Clone)]
pub(crate) struct Inside {
    ionos: ionos_simulator::Inside,
    within: Arc<Mutex<Within>>,
    pub(crate) effects: Effects,
}

impl Inside {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.ionos.memory()
    }

    pub(crate) fn within(&self) -> MutexGuard<'_, Within> {
        self.within.lock().expect("no test panics while it holds this")
    }
}

/// Tells the effects; what is in a cluster goes with it.
struct Notes {
    effects: Effects,
    within: Arc<Mutex<Within>>,
}

impl Witness for Notes {
    fn made(&self, cluster: Uuid) {
        self.effects.made("cluster", cluster);
    }

    fn gone(&self, cluster: Uuid) {
        self.effects.gone("cluster", cluster);
        let mut within = self.within.lock().expect("no test panics while it holds this");
        within.databases.retain(|(of, name), _| {
            if *of == cluster {
                self.effects.gone("database", name);
            }
            *of != cluster
        });
    }
}

/// A running simulator.
pub(crate) struct IonosSim {
    pub(crate) wire: Wire,
    pub(crate) faults: Faults,
    pub(crate) inside: Inside,
}

impl IonosSim {
    pub(crate) async fn serve(faults: Faults, effects: Effects) -> Self {
        let within = Arc::<Mutex<Within>>::default();
        let notes = Arc::new(Notes { effects: effects.clone(), within: within.clone() });
        let ionos = ionos_simulator::Inside::new(TOKEN, Time::Looks, notes);
        ionos.memory().lans.insert("2".to_owned(), (false, "10.7.222.0/24".to_owned()));
        let wire = Wire::serve(faults.over(routes(ionos.clone()))).await;
        Self { wire, faults, inside: Inside { ionos, within, effects } }
    }

    /// The only cluster.
    pub(crate) fn one(&self) -> (Uuid, Stored) {
        let memory = self.inside.memory();
        assert_eq!(memory.clusters.len(), 1, "{:?}", memory.clusters);
        memory.clusters.iter().next().map(|(id, c)| (*id, c.clone())).expect("there is one")
    }

    /// Changes the only cluster.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Stored)) {
        let (id, _) = self.one();
        change(self.inside.memory().clusters.get_mut(&id).expect("it is there"));
    }
}

impl Drop for IonosSim {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let flaws = &self.inside.memory().flaws;
            assert!(flaws.is_empty(), "{flaws:#?}");
        }
    }
}
