//! The volume with a site's files. Which claim it is stands on the namespace, before any pod can put a file there; a claim
//! that is gone or another one is never replaced without a person, because an empty volume looks like a repair.

use super::{kind::Kind, room::Room};
use crate::{domain::Fault, systems::cluster::Cluster};
use serde_json::{Value, json};

/// Name of the claim.
pub(super) const CLAIM: &str = "wordpress-uploads";
/// Annotation of the namespace with the claim's uid; `new` is a person's decision to go on with whatever is there.
const MARK: &str = "slipway.dev/volume";
/// That decision.
const DECIDED: &str = "new";

/// Is the volume the one that holds the files, or is there none yet?
pub(super) fn kept(namespace: &str, owner: &Value, room: &Room) -> Result<(), Fault> {
    let mark = owner["metadata"]["annotations"][MARK].as_str();
    // A site from before there were marks has a deployment.
    let used = mark.is_some() || room.deployment().is_some();
    let claim = room.object(Kind::PersistentVolumeClaim, CLAIM);
    let ending = claim.as_ref().is_some_and(|claim| claim["metadata"]["deletionTimestamp"].is_string());
    if mark == Some(DECIDED) && ending {
        return Err(Fault::retry(format!(
            "The volume {CLAIM} is still being removed; it goes when the site's pod does."
        )));
    }
    if !used || mark == Some(DECIDED) {
        return Ok(());
    }
    let how = match claim {
        None => "is gone",
        Some(_) if ending => "is being removed, and goes as soon as the site's pod does: copy the files first",
        Some(claim) if mark.is_some_and(|mark| claim["metadata"]["uid"] != mark) => "is another one than before",
        Some(_) => return Ok(()),
    };
    Err(Fault::fail(
        "volume_lost",
        format!(
            "The volume {CLAIM} of {namespace} {how}. It holds the site's files, so Slipway makes none in its place."
        ),
        "Restore it under this name. Then, or to go on without the files, decide it: kubectl annotate namespace \
         wordpress-tenant-<short name> --overwrite slipway.dev/volume=new, and press Retry now.",
    ))
}

/// Does the namespace say which claim it is?
pub(super) fn marked(owner: &Value, room: &Room) -> bool {
    let claim = room.object(Kind::PersistentVolumeClaim, CLAIM).unwrap_or_default();
    claim["metadata"]["uid"].is_string() && owner["metadata"]["annotations"][MARK] == claim["metadata"]["uid"]
}

/// Writes down which claim it is.
pub(super) async fn mark(cluster: &Cluster, namespace: &str, owner: &Value, claim: &Value) -> Result<(), Fault> {
    let uid = &claim["metadata"]["uid"];
    if owner["metadata"]["annotations"][MARK] == *uid {
        return Ok(());
    }
    let path = format!("{}/{namespace}", Kind::Namespace.collection(None));
    cluster.mark(&format!("Namespace {namespace}"), &path, &owner["metadata"]["uid"], json!({ (MARK): uid })).await
}
