//! Does the Gateway let sites in? By default a listener takes routes of its own namespace only (Gateway API,
//! `AllowedRoutes`, `RouteNamespaces`: `Same`), and tenants never live there. Asked here, so that it is known before the
//! first tenant's route is refused.

use crate::{
    domain::{Fault, GatewayName, Health},
    systems::cluster::{Cluster, plain},
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::{Selector, SelectorExt as _};
use serde_json::Value;
use std::collections::BTreeMap;

/// Labels of each tenant's namespace. Short name and id are those of nobody: a selector must not depend on them.
const LABELS: [(&str, &str); 9] = [
    ("app.kubernetes.io/name", "wordpress"),
    ("app.kubernetes.io/managed-by", "slipway"),
    ("app.kubernetes.io/part-of", "slipway"),
    ("slipway.dev/tenant", "any"),
    ("slipway.dev/tenant-id", "any"),
    ("kubernetes.io/metadata.name", "wordpress-tenant-any"),
    ("pod-security.kubernetes.io/enforce", "restricted"),
    ("pod-security.kubernetes.io/warn", "restricted"),
    ("pod-security.kubernetes.io/audit", "restricted"),
];

/// Why no route of a tenant would be served by this Gateway.
pub(super) async fn closed(cluster: &Cluster, name: &GatewayName) -> Result<Option<Health>, Fault> {
    let (namespace, own) = (name.namespace(), name.name());
    let path = format!("/apis/gateway.networking.k8s.io/v1/namespaces/{namespace}/gateways/{own}");
    Ok(match cluster.get::<Value>(&format!("Gateway {own}"), &path).await? {
        Some(found) => unserved(name, &found).or_else(|| shut(name, &found)),
        None => Some(Health::bad(
            format!("Nobody brings visitors in: the cluster has no Gateway {namespace}/{own}."),
            "Make it, in a cluster with the Gateway API (gateway.networking.k8s.io/v1), or correct gateway in \
             [site.kubernetes].",
        )),
    })
}

/// A Gateway is an object like any other; only its controller makes it listen.
fn unserved(name: &GatewayName, gateway: &Value) -> Option<Health> {
    let conditions = gateway["status"]["conditions"].as_array();
    let unmet = ["Accepted", "Programmed"].into_iter().find_map(|kind| {
        let found = conditions.into_iter().flatten().find(|c| c["type"] == kind).unwrap_or(&Value::Null);
        let words = || plain(found["message"].as_str().unwrap_or("nobody has looked at it"));
        (found["status"] != "True").then(|| format!("{kind} is not true: {}", words()))
    })?;
    let say = format!("Nobody brings visitors in: of the Gateway {name} {unmet}.");
    Some(Health::bad(say, "Look at the Gateway's conditions, its class and that class's controller."))
}

/// No listener takes HTTPRoutes of tenants' namespaces.
fn shut(name: &GatewayName, gateway: &Value) -> Option<Health> {
    let all = gateway["spec"]["listeners"].as_array().into_iter().flatten();
    let meant = all.filter(|l| name.section().is_none_or(|section| l["name"] == section));
    let web: Vec<&Value> = meant.filter(|l| l["protocol"] == "HTTP" || l["protocol"] == "HTTPS").collect();
    let refusals: Option<Vec<_>> = web.iter().map(|l| refusal(l).map(|why| (&l["name"], why))).collect();
    match refusals?.into_iter().next() {
        None => Some(Health::bad(
            format!("The Gateway {name} has no listener for HTTP or HTTPS."),
            "Give it one, or correct gateway in [site.kubernetes].",
        )),
        Some((listener, (why, next))) => {
            let listener = listener.as_str().unwrap_or_default();
            let say = format!("The listener {listener} of the Gateway {name} takes no routes of tenants: {why}.");
            Some(Health::bad(say, next))
        }
    }
}

/// Why a listener takes no routes of tenants, and what would change that.
fn refusal(listener: &Value) -> Option<(String, &'static str)> {
    let allowed = &listener["allowedRoutes"];
    let kinds = allowed["kinds"].as_array().filter(|kinds| !kinds.is_empty());
    if kinds.is_some_and(|kinds| kinds.iter().all(|kind| kind["kind"] != "HTTPRoute")) {
        return Some(("allowedRoutes.kinds has no HTTPRoute".to_owned(), "Add HTTPRoute to allowedRoutes.kinds."));
    }
    let next = "Set allowedRoutes.namespaces to from: Selector with matchLabels app.kubernetes.io/managed-by: slipway, or \
                to from: All.";
    match allowed["namespaces"]["from"].as_str().unwrap_or("Same") {
        "All" => None,
        "Selector" if selects(&allowed["namespaces"]["selector"]) => None,
        "Selector" => Some(("allowedRoutes.namespaces.selector does not fit the tenants' namespaces".to_owned(), next)),
        from => Some((format!("allowedRoutes.namespaces.from is {from}"), next)),
    }
}

fn selects(selector: &Value) -> bool {
    let selector = serde_json::from_value::<LabelSelector>(selector.clone()).ok();
    let labels: BTreeMap<_, _> = LABELS.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    selector.and_then(|s| Selector::try_from(s).ok()).is_some_and(|s| s.matches(&labels))
}

#[cfg(test)]
mod tests;
