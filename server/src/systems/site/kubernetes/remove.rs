//! Removing a room: with its namespace all in it goes. Only one with the tenant's mark, only the very one that was looked
//! at, and done only when it was seen gone.

use super::{kind::Kind, room};
use crate::domain::{Fault, Gone, TenantId};
use crate::systems::cluster::{Cluster, plain};
use serde_json::Value;
use std::time::Duration;

/// Pause between two looks.
const SOON: Duration = Duration::from_secs(2);

/// Conditions of a namespace that say what its end waits for (Kubernetes API, `NamespaceCondition`).
const BLOCKING: [&str; 5] = [
    "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining",
    "NamespaceDeletionContentFailure",
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionGroupVersionParsingFailure",
];

pub(super) async fn remove(cluster: &Cluster, name: &str, tenant: TenantId) -> Result<Gone, Fault> {
    let what = format!("Namespace {name}");
    let path = format!("{}/{name}", Kind::Namespace.collection(None));
    let Some(found) = cluster.get::<Value>(&what, &path).await? else {
        return Ok(Gone::Seen { what: format!("{what} is gone.") });
    };
    room::ours(name, &found, tenant)?;
    if !room::ending(&found) {
        let uid = found["metadata"]["uid"].as_str().unwrap_or_default();
        cluster.delete(&what, &path, uid).await?;
    }
    Ok(Gone::Working { note: blocked(&what, &found), again: SOON })
}

/// What its end waits for, in the cluster's own words.
fn blocked(what: &str, namespace: &Value) -> String {
    let conditions = namespace["status"]["conditions"].as_array();
    let mut said: Vec<(usize, &str)> = conditions
        .into_iter()
        .flatten()
        .filter(|c| c["status"] == "True")
        .filter_map(|c| Some((BLOCKING.iter().position(|b| c["type"] == *b)?, c["message"].as_str()?)))
        .collect();
    said.sort_unstable();
    match said.is_empty() {
        true => format!("{what} is being removed with all in it."),
        false => plain(&format!("{what} waits: {}", said.iter().map(|s| s.1).collect::<Vec<_>>().join(" "))),
    }
}
