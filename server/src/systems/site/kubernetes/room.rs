//! What is found in the tenants' rooms, by one list for each kind: of all tenants at once for the looks, of one tenant
//! before it is changed. Of Secrets only their marks are asked for.

use super::{drift, entrance::Entrance, kind::Kind, manifest::Manifest, rights, widening};
use crate::domain::{Fault, TenantId};
use crate::systems::cluster::Cluster;
use futures::future::try_join_all;
use k8s_openapi::api::{apps::v1::Deployment, core::v1::Pod};
use serde_json::{Value, value::RawValue};
use std::collections::{BTreeMap, HashMap};

/// Labels of all that is ours.
pub(super) const OURS: &str = "app.kubernetes.io/managed-by=slipway";
/// Where role bindings are.
const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1";
/// Labels of pods that serve a site.
const SITE_PODS: &str = "app.kubernetes.io/managed-by=slipway,app.kubernetes.io/component=site";

/// One room. Objects are kept as text: a thousand tenants have fourteen thousand of them.
#[derive(Default)]
pub(super) struct Room {
    objects: BTreeMap<(Kind, String), Box<str>>,
    pods: Vec<Box<str>>,
    /// What is not ours and opens the room, a sentence each.
    foreign: Vec<String>,
}

/// All rooms by name, or only the named one, as far as they carry our label.
pub(super) async fn rooms(
    cluster: &Cluster,
    entrance: &Entrance,
    only: Option<&str>,
) -> Result<HashMap<String, Room>, Fault> {
    let kinds = entrance.kinds().filter(|k| only.is_none() || *k != Kind::Namespace);
    let lists = kinds.map(|kind| async move { Ok::<_, Fault>((kind, of_kind(cluster, kind, only).await?)) });
    let pods = match only {
        Some(namespace) => format!("/api/v1/namespaces/{namespace}/pods"),
        None => "/api/v1/pods".to_owned(),
    };
    let bindings = match only {
        Some(namespace) => format!("{BINDINGS}/namespaces/{namespace}/rolebindings"),
        None => format!("{BINDINGS}/rolebindings"),
    };
    let (lists, pods, bindings) = tokio::try_join!(
        try_join_all(lists),
        cluster.list(&pods, SITE_PODS, false),
        cluster.list(&bindings, "", true)
    )?;
    let mut rooms: HashMap<String, Room> = HashMap::new();
    bindings.iter().for_each(|binding| foreign(&mut rooms, "RoleBinding", binding));
    for (kind, object) in lists.into_iter().flat_map(|(kind, found)| found.into_iter().map(move |o| (kind, o))) {
        if widening::widens(kind) && !serde_json::from_str(object.get()).is_ok_and(|o| widening::ours(&o)) {
            foreign(&mut rooms, &kind.to_string(), &object);
            continue;
        }
        let (namespace, name, text) = slim(Some(kind), &object)?;
        rooms.entry(namespace).or_default().objects.insert((kind, name), text);
    }
    for pod in pods {
        let (namespace, _, text) = slim(None, &pod)?;
        rooms.entry(namespace).or_default().pods.push(text);
    }
    Ok(rooms)
}

/// All of a kind that is worth knowing. Secrets are asked for by their names, because the account may see no others.
async fn of_kind(cluster: &Cluster, kind: Kind, only: Option<&str>) -> Result<Vec<Box<RawValue>>, Fault> {
    let path = kind.collection(only);
    if kind != Kind::Secret {
        return cluster.list(&path, if widening::widens(kind) { "" } else { OURS }, false).await;
    }
    let named = rights::SECRETS.iter().map(|name| format!("{path}?fieldSelector=metadata.name%3D{name}"));
    let found = try_join_all(named.map(|path| async move { cluster.list(&path, OURS, true).await })).await?;
    Ok(found.into_iter().flatten().collect())
}

fn foreign(rooms: &mut HashMap<String, Room>, what: &str, object: &RawValue) {
    let object: Value = serde_json::from_str(object.get()).unwrap_or_default();
    let Some(sentence) = widening::sentence(what, &object) else { return };
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
    rooms.entry(namespace).or_default().foreign.push(sentence);
}

/// Namespace, name and what is worth keeping: of most objects neither who wrote which field nor their state.
fn slim(kind: Option<Kind>, object: &RawValue) -> Result<(String, String, Box<str>), Fault> {
    let broken = || Fault::retry("The cluster lists an object without a name.");
    let mut object: Value = serde_json::from_str(object.get()).map_err(|_| broken())?;
    let metadata = object["metadata"].as_object_mut().ok_or_else(broken)?;
    if kind != Some(Kind::Secret) {
        metadata.remove("managedFields");
    }
    let text = |key: &str| metadata.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text("name").ok_or_else(broken)?;
    let namespace = if kind == Some(Kind::Namespace) { name.clone() } else { text("namespace").ok_or_else(broken)? };
    if !matches!(kind, None | Some(Kind::Deployment | Kind::HTTPRoute)) {
        object.as_object_mut().map(|o| o.remove("status"));
    }
    Ok((namespace, name, object.to_string().into()))
}

impl Room {
    /// Adds the namespace itself, read on its own.
    pub(super) fn with_namespace(mut self, name: &str, namespace: &Value) -> Self {
        self.objects.insert((Kind::Namespace, name.to_owned()), namespace.to_string().into());
        self
    }

    /// An object.
    pub(super) fn object(&self, kind: Kind, name: &str) -> Option<Value> {
        let text = self.objects.get(&(kind, name.to_owned()))?;
        serde_json::from_str(text).ok()
    }

    /// All objects, with the versions that the server has of them.
    pub(super) fn objects(&self) -> &BTreeMap<(Kind, String), Box<str>> {
        &self.objects
    }

    /// What is not ours and opens the room, a sentence each.
    pub(super) fn foreign(&self) -> &[String] {
        &self.foreign
    }

    /// Somebody scaled the site to nothing. The server then notes nobody as the owner of `spec.replicas` (seen on 1.34), so
    /// nothing else would stop us from silently undoing it.
    pub(super) fn switched_off(&self) -> Result<(), Fault> {
        let off = self.deployment().and_then(|d| d.spec?.replicas).is_some_and(|replicas| replicas != 1);
        if !off {
            return Ok(());
        }
        Err(Fault::fail(
            "field_held",
            "Deployment wordpress: somebody scaled the site; it has no pod or more than one.",
            "Scale it to 1 (kubectl scale deployment wordpress --replicas 1), then press Retry now.",
        ))
    }

    /// What is wrong with an object, one plain sentence.
    pub(super) fn drift(&self, manifest: &Manifest) -> Option<String> {
        match self.object(manifest.kind, &manifest.name) {
            None => Some(format!("{} {} is missing.", manifest.kind, manifest.name)),
            Some(found) => drift::drift(manifest, &found),
        }
    }

    /// The site's deployment, with its state.
    pub(super) fn deployment(&self) -> Option<Deployment> {
        serde_json::from_str(self.objects.get(&(Kind::Deployment, "wordpress".to_owned()))?).ok()
    }

    /// The newest pod that is not on its way out.
    pub(super) fn pod(&self) -> Option<Pod> {
        let pods = self.pods.iter().filter_map(|text| serde_json::from_str::<Pod>(text).ok());
        pods.filter(|p| p.metadata.deletion_timestamp.is_none())
            .max_by(|a, b| a.metadata.creation_timestamp.cmp(&b.metadata.creation_timestamp))
    }
}

/// Refuses a namespace that is not this tenant's.
pub(super) fn ours(name: &str, namespace: &Value, tenant: TenantId) -> Result<(), Fault> {
    let label = |key: &str| namespace["metadata"]["labels"][key].as_str().unwrap_or_default().to_owned();
    if label("app.kubernetes.io/managed-by") == "slipway" && label("slipway.dev/tenant-id") == tenant.to_string() {
        return Ok(());
    }
    Err(Fault::fail(
        "namespace_foreign",
        format!("The namespace {name} does not carry this tenant's mark, so Slipway leaves it alone."),
        "Remove it or order the tenant under another short name, then press Retry now.",
    ))
}

/// Has its removal begun?
pub(super) fn ending(namespace: &Value) -> bool {
    namespace["metadata"]["deletionTimestamp"].is_string()
}
