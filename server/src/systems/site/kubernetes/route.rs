//! What became of a site's HTTPRoute, in words. Its controller writes down for each Gateway whether it takes the route
//! (`status.parents[].conditions`, Gateway API, "RouteConditionType"); a refused route otherwise only shows as a page that
//! is not found.

use super::pods::Condition;
use crate::domain::{Fault, GatewayName};
use crate::systems::cluster::plain;
use serde_json::Value;

/// Of the route at this Gateway.
pub(super) fn condition(gateway: &GatewayName, route: Option<&Value>) -> Condition {
    let route = route.unwrap_or(&Value::Null);
    let parents = route["status"]["parents"].as_array().into_iter().flatten();
    let ours = parents.filter(|parent| is(gateway, &parent["parentRef"]));
    let waiting = || Condition::Coming(format!("The Gateway {gateway} has not taken the site's route yet."));
    let mut found = waiting();
    for parent in ours {
        match of_parent(gateway, parent, &route["metadata"]["generation"]).unwrap_or_else(waiting) {
            Condition::Up => return Condition::Up,
            Condition::Ill(fault) => found = Condition::Ill(fault),
            _ => {}
        }
    }
    found
}

fn is(gateway: &GatewayName, parent: &Value) -> bool {
    parent["name"] == gateway.name()
        && parent["namespace"] == gateway.namespace()
        && gateway.section().is_none_or(|section| parent["sectionName"] == section)
}

/// `None` when this controller has not looked at the route as it is now.
fn of_parent(gateway: &GatewayName, parent: &Value, generation: &Value) -> Option<Condition> {
    let of_now = |c: &&Value| c["observedGeneration"].is_null() || c["observedGeneration"] == *generation;
    let all: Vec<&Value> = parent["conditions"].as_array()?.iter().filter(of_now).collect();
    let named = |kind: &str| all.iter().copied().find(|c| c["type"] == kind);
    let accepted = named("Accepted")?;
    if accepted["status"] == "False" && accepted["reason"] != "Pending" {
        return Some(Condition::Ill(refused(gateway, accepted)));
    }
    // The Service may be as new as the route, so this can heal by itself.
    if let Some(unresolved) = named("ResolvedRefs").filter(|c| c["status"] == "False") {
        let say = format!("The Gateway {gateway} does not find the site: {}", said(unresolved));
        return Some(Condition::Ill(Fault::retry(say)));
    }
    (accepted["status"] == "True").then_some(Condition::Up)
}

fn refused(gateway: &GatewayName, condition: &Value) -> Fault {
    let next = match condition["reason"].as_str().unwrap_or_default() {
        "NotAllowedByListeners" => {
            "Let routes of the tenants' namespaces in (allowedRoutes of the Gateway's listener), then press Retry now."
        }
        "NoMatchingListenerHostname" => {
            "Give the Gateway a listener for the site's host name, or correct address in [site.kubernetes], then press \
             Retry now."
        }
        "NoMatchingParent" => "Correct gateway in [site.kubernetes] or the Gateway's listeners, then press Retry now.",
        _ => "Correct what is named, then press Retry now.",
    };
    Fault::fail("route_refused", format!("The Gateway {gateway} refuses the site's route: {}", said(condition)), next)
}

/// The controller's words. Not every controller has some, but all have a reason.
fn said(condition: &Value) -> String {
    let reason = condition["reason"].as_str().unwrap_or_default();
    match condition["message"].as_str().unwrap_or_default() {
        "" => format!("{reason}."),
        words => plain(&format!("{words} ({reason}).")),
    }
}

#[cfg(test)]
mod tests;
