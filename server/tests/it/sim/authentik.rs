//! Authentik as its driver meets it (`end2end/authentik`), with the faults of the tests before it. Dropping it fails the
//! test when the published description was broken.

use super::{
    Wire,
    faults::{Effects, Faults},
};
pub(crate) use authentik_simulator::{EMAIL, Inside, Row};
use authentik_simulator::{Witness, routes};
use std::sync::Arc;

/// The API token that it takes.
pub(crate) const TOKEN: &str = "an-api-token-of-the-portal";

impl Witness for Effects {
    fn made(&self, kind: &str, name: &str) {
        Effects::made(self, kind, name);
    }

    fn gone(&self, kind: &str, name: &str) {
        Effects::gone(self, kind, name);
    }
}

/// A running simulator.
pub(crate) struct AuthentikSim {
    pub(crate) wire: Wire,
    pub(crate) faults: Faults,
    pub(crate) effects: Effects,
    pub(crate) inside: Inside,
}

impl AuthentikSim {
    /// Freshly set up, its blueprints applied.
    pub(crate) async fn serve(faults: Faults, effects: Effects) -> Self {
        let inside = Inside::new(TOKEN, Arc::new(effects.clone()));
        Self { wire: Wire::serve(faults.over(routes(inside.clone()))).await, faults, effects, inside }
    }
}

impl Drop for AuthentikSim {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let flaws = &self.inside.memory().flaws;
            assert!(flaws.is_empty(), "{flaws:#?}");
        }
    }
}
