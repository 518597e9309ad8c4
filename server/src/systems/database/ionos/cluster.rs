//! A cluster, and an order for one, in words that both versions of the API share.

use super::Api;
use crate::domain::{At, Check, DatabaseSize, Fault, Gigabytes};
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

/// All that an order says; with configuration and tenant it is always the same.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// Id, where the orderer chooses it (v2).
    pub(super) id: Uuid,
    /// Id, where the API chose it and it is known (v1).
    pub(super) known: Option<Uuid>,
    pub(super) name: String,
    /// The mark.
    pub(super) description: String,
    pub(super) datacenter: String,
    pub(super) lan: String,
    /// With its mask.
    pub(super) address: String,
    /// Without.
    pub(super) host: String,
    pub(super) size: DatabaseSize,
    pub(super) owner: String,
    pub(super) password: SecretString,
    pub(super) database: String,
}

/// A cluster that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) id: Uuid,
    pub(super) name: String,
    /// v1 has none.
    pub(super) description: Option<String>,
    pub(super) datacenter: String,
    pub(super) lan: String,
    /// With its mask.
    pub(super) address: String,
    pub(super) state: State,
    /// When it was made, if IONOS says so.
    pub(super) made: Option<At>,
    /// How large it is, if IONOS says so.
    pub(super) size: Option<DatabaseSize>,
    /// Why it failed.
    pub(super) message: Option<String>,
}

/// A moment as IONOS writes it, such as `2026-01-10T13:37:50Z`.
pub(super) fn moment(text: Option<&str>) -> Option<At> {
    text?.parse::<jiff::Timestamp>().ok().map(|moment| At(moment.as_microsecond()))
}

/// The size in an answer; servers are counted here, the rest is in `parts`. A size that cannot be read is none: it is only
/// told to people.
pub(super) fn size(instances: &Value, parts: &Value) -> Option<DatabaseSize> {
    let number = |value: &Value| u16::try_from(value.as_u64()?).ok();
    Some(DatabaseSize {
        instances: number(instances)?,
        cores: number(&parts["cores"])?,
        ram: Gigabytes(number(&parts["ram"])?),
        storage: Gigabytes(number(&parts["storageSize"])?),
    })
}

/// What a cluster is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It comes up, or is changed: it is there and not to be used yet.
    Working,
    Available,
    /// v1: usable, but not all of its servers are well.
    Degraded,
    Destroying,
    Failed,
    /// A word that this version does not know.
    Unknown(String),
}

impl State {
    /// From either version's word.
    pub(super) fn parse(word: &str) -> Self {
        match word {
            "PROVISIONING" | "CREATING" | "BUSY" | "UPDATING" | "RESTORING" => Self::Working,
            "AVAILABLE" => Self::Available,
            "DEGRADED" => Self::Degraded,
            "DESTROYING" => Self::Destroying,
            "FAILED" => Self::Failed,
            other => Self::Unknown(other.chars().filter(|c| !c.is_control()).take(40).collect()),
        }
    }
}

/// The clusters of one data center, by one version of the API.
#[async_trait]
pub(super) trait Clusters: Send + Sync {
    /// The ordered one among these. Its marks are compared apart.
    fn pick(&self, clusters: &[Cluster], order: &Order) -> Result<Option<Cluster>, Fault>;
    /// May a cluster that was ordered stay unseen for a while, so that a second order would make a second one?
    fn lags(&self) -> bool;
    /// The ordered one, asked for by itself.
    async fn find(&self, order: &Order) -> Result<Option<Cluster>, Fault>;
    /// All of this environment.
    async fn list(&self) -> Result<Vec<Cluster>, Fault>;
    /// Orders it; gives the id where the API chooses it. A [`Fault::Retry`] leaves open whether it was taken.
    async fn create(&self, order: &Order) -> Result<Option<Uuid>, Fault>;
    /// The API itself.
    fn api(&self) -> &Api;
    /// Is what the configuration asks of a cluster to be had? Asked without an order.
    async fn offers(&self) -> Vec<Check>;
    /// Lets it be removed; already gone is success.
    async fn delete(&self, cluster: &Cluster) -> Result<(), Fault>;
}

impl Order {
    /// Refuses a cluster that is not the tenant's, or not where it should be.
    pub(super) fn compare(&self, cluster: &Cluster) -> Result<(), Fault> {
        self.ours(cluster)?;
        if cluster.lan == self.lan && cluster.address == self.address {
            return Ok(());
        }
        let found = format!("at {} in network {}", cluster.address, cluster.lan);
        Err(not_ours(&self.name, &format!("{found} instead of {} in {}", self.address, self.lan)))
    }

    /// Refuses a cluster without the tenant's marks: before it is removed, its place does not matter.
    pub(super) fn ours(&self, cluster: &Cluster) -> Result<(), Fault> {
        if cluster.name != self.name {
            return Err(not_ours(&self.name, &format!("called {}", shown(&cluster.name))));
        }
        if cluster.description.as_ref().is_some_and(|d| *d != self.description) {
            return Err(not_ours(&self.name, "without the tenant's mark in its description"));
        }
        if cluster.datacenter != self.datacenter {
            return Err(not_ours(&self.name, "in another data center"));
        }
        Ok(())
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(63).collect()
}

fn not_ours(name: &str, how: &str) -> Fault {
    Fault::fail(
        "database_cluster_not_ours",
        format!("IONOS has a cluster in the place of {name}, but {how}. Slipway leaves it alone."),
        "Look at it in IONOS's console; correct or remove it there, then press Retry now.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_both_versions_words_and_keeps_others() {
        for (word, state) in [
            ("PROVISIONING", State::Working),
            ("BUSY", State::Working),
            ("AVAILABLE", State::Available),
            ("FAILED", State::Failed),
            ("HIBERNATING\n", State::Unknown("HIBERNATING".into())),
        ] {
            assert_eq!(State::parse(word), state, "{word}");
        }
    }
}
