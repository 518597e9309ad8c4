//! Outside systems, and the databases that fit nobody.

use super::{Moment, Status, all, word};
use app::model as house;
use schemars::JsonSchema;
use serde::Serialize;

told! {
    /// All outside systems, those that need a person first.
    Systems of house::systems::SystemsPage {
        asked_at: Moment = |h| h.at.into(),
        systems: Vec<System> = |h| all(&h.systems),
        /// Database clusters that fit no tenant, and entries that lead nowhere.
        strays: Vec<Stray> = |h| all(&h.strays),
    }

    /// A database cluster, or an entry for one, that fits nobody.
    Stray of house::systems::StrayView {
        /// `orphan`: belongs to no tenant, and is paid for. `lost`: in use once, and gone. `abandoned`: its tenant is gone.
        kind: String = |h| word(h.kind),
        /// The cluster's name; empty where there is none.
        name: String,
        cluster: Option<String>,
        since: Option<Moment> = |h| h.since.map(Moment::from),
        size: String,
        place: String,
        /// Slug of the tenant that may adopt it, or whose entry it is.
        tenant: Option<String> = |h| h.tenant.as_ref().map(|(slug, _)| slug.clone()),
    }

    /// An outside system.
    System of house::systems::SystemView {
        name: String,
        driver: String,
        status: Status,
        say: String,
        /// The one next action when it is not ready.
        next: String,
        /// How long the answer took, in milliseconds.
        ms: i64,
    }
}
