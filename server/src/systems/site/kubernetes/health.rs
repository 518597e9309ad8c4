//! Can sites be put on the cluster? Each right is asked for (`SelfSubjectAccessReview`). The class of volumes, and the
//! class of ingresses or the Gateway, must be there, because nobody says a word when they are not: a claim, an ingress or a
//! route then waits for ever. Pod Security must be on, because without it the label `restricted` is a word. And sites must
//! be allowed to reach the database: a packet that a policy drops is told by nobody either.

use super::{Config, Entrance, kind::Kind, rights::rights};
use crate::{
    domain::{Fault, Health, Party, Peer},
    systems::cluster::Cluster,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::IpAddr;

mod gateway;

/// Who refused, when it was not the kind itself.
const FENCE: &str = "ValidatingAdmissionPolicy";
/// The core's annotation for a default class.
const DEFAULT_STORAGE: &str = "storageclass.kubernetes.io/is-default-class";
const DEFAULT_INGRESS: &str = "ingressclass.kubernetes.io/is-default-class";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

pub(super) async fn health(cluster: &Cluster, config: &Config) -> Health {
    match looked(cluster, config).await {
        Ok(health) => health,
        Err(Fault::Retry { why, .. }) => {
            Health::bad(why, "Look at the cluster, or at kubeconfig in [site.kubernetes].")
        }
        Err(Fault::Fail { say, next, .. }) => Health::bad(say, next),
    }
}

async fn looked(cluster: &Cluster, config: &Config) -> Result<Health, Fault> {
    let version: Option<Version> = cluster.get("The version", "/version").await?;
    let missing = cluster.missing_rights(&rights(&config.entrance), None).await?;
    if let Some(first) = missing.first() {
        let more = if missing.len() > 1 { format!(" and {} more rights", missing.len() - 1) } else { String::new() };
        let say = format!("The portal's account may not {first}{more}.");
        return Ok(Health::bad(say, "Give it the ClusterRole of charts/slipway."));
    }
    let (storage, closed) = tokio::try_join!(
        class(cluster, "/apis/storage.k8s.io/v1/storageclasses", config.storage_class.as_deref(), DEFAULT_STORAGE),
        closed(cluster, &config.entrance),
    )?;
    if let Some(why) = storage {
        let next = "Name one of the cluster's storage classes as storage_class in [site.kubernetes].";
        return Ok(Health::bad(format!("Volumes cannot be made: {why}."), next));
    }
    if let Some(bad) = closed {
        return Ok(bad);
    }
    if !guards_pods(cluster).await? {
        let say = "The cluster does not enforce Pod Security: a pod that asks for too much would not be refused.";
        return Ok(Health::bad(say, "Switch on the admission plug-in PodSecurity of the API server."));
    }
    if let Some(say) = shut_out(config).await {
        return Ok(Health::bad(
            say,
            "Add the database's network to egress in [site.kubernetes], such as 10.7.222.0/24:3306.",
        ));
    }
    let version = version.map(|v| v.git_version).unwrap_or_default();
    if !fenced(cluster).await? {
        return Ok(Health::good(format!(
            "Kubernetes {version}; nothing holds the portal's account to the tenants' namespaces: install the \
             ValidatingAdmissionPolicy of charts/slipway (policy.create)"
        )));
    }
    Ok(Health::good(format!("Kubernetes {version}, the account held to the tenants' namespaces")))
}

/// Is the account refused what the chart's policy keeps from it: a namespace that is no tenant's? Nothing is written.
async fn fenced(cluster: &Cluster) -> Result<bool, Fault> {
    let name = "slipway-fence-check";
    let body = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
    let path = format!("{}/{name}", Kind::Namespace.collection(None));
    let refused = cluster.refuses(&format!("{} {name}", Kind::Namespace), &path, &body).await?;
    Ok(refused.is_some_and(|why| why.contains(FENCE)))
}

/// Why visitors cannot come in.
async fn closed(cluster: &Cluster, entrance: &Entrance) -> Result<Option<Health>, Fault> {
    let name = match entrance {
        Entrance::Gateway(name) => return gateway::closed(cluster, name).await,
        Entrance::Ingress { class, .. } => class.as_deref(),
    };
    let why = class(cluster, "/apis/networking.k8s.io/v1/ingressclasses", name, DEFAULT_INGRESS).await?;
    let next = "Install an ingress controller, or name its class as ingress_class in [site.kubernetes].";
    Ok(why.map(|why| Health::bad(format!("Nobody brings visitors in: {why}."), next)))
}

/// Who enforces Pod Security also checks the labels that ask for it ("Pod Security Admission"; a profile that does not exist
/// is refused with 422), and speaks before any policy does. Nothing is written.
async fn guards_pods(cluster: &Cluster) -> Result<bool, Fault> {
    let name = "slipway-pod-security-check";
    let nonsense = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": { "name": name, "labels": { "pod-security.kubernetes.io/enforce": "no-such-profile" } },
    });
    let path = format!("{}/{name}", Kind::Namespace.collection(None));
    let refused = cluster.refuses(&format!("{} {name}", Kind::Namespace), &path, &nonsense).await?;
    Ok(refused.is_some_and(|why| !why.contains(FENCE)))
}

/// Why sites could not reach the database. An address that is a number is allowed for each site by itself; a name is
/// looked up here, which is the same as there when the portal is in the cluster.
async fn shut_out(config: &Config) -> Option<String> {
    let (host, port) = config.database.as_ref()?;
    let inside = |peer: &Peer| matches!(&peer.party, Party::Namespace(name) if host.split('.').nth(1) == Some(name));
    if host.parse::<IpAddr>().is_ok() || config.egress.iter().any(inside) {
        return None;
    }
    let allows = |ip: IpAddr| config.egress.iter().any(|peer| peer.covers(ip, *port));
    let found = tokio::net::lookup_host((host.as_str(), *port)).await.ok()?;
    let ip = found.map(|address| address.ip()).find(|ip| !allows(*ip))?;
    Some(format!("Sites may not connect to the database {host} at {ip}, port {port}."))
}

/// Why there is no such class, or no default one when none is named.
async fn class(cluster: &Cluster, path: &str, name: Option<&str>, default: &str) -> Result<Option<String>, Fault> {
    let found = cluster.list(path, "", true).await?;
    let all: Vec<Value> = found.iter().filter_map(|c| serde_json::from_str(c.get()).ok()).collect();
    let there = match name {
        Some(name) => all.iter().any(|c| c["metadata"]["name"] == name),
        None => all.iter().any(|c| c["metadata"]["annotations"][default] == "true"),
    };
    Ok((!there).then(|| match name {
        Some(name) => format!("the cluster has no class {name}"),
        None => "the cluster has no default class".to_owned(),
    }))
}
