//! What somebody else put into a tenant's room and that opens it: policies add up, so one more can only let more through;
//! another way in leads past what ours says; a binding lets accounts read or change what is there. None of it is removed
//! here: who put it there had a reason. It is told, unless it carries the mark of a person who accepts it.

use super::kind::Kind;
use serde_json::Value;

/// Annotation of a person who knows of it, with the reason as its value.
const ACCEPTED: &str = "slipway.dev/accepted";
/// Names of ours.
const OURS: [&str; 2] = ["wordpress", "default-deny"];

/// Could an object of this kind open a room?
pub(super) fn widens(kind: Kind) -> bool {
    matches!(kind, Kind::NetworkPolicy | Kind::Ingress | Kind::HTTPRoute)
}

/// One plain sentence about an object that opens the room and is not ours.
pub(super) fn sentence(what: &str, object: &Value) -> Option<String> {
    let (metadata, namespace) = (&object["metadata"], object["metadata"]["namespace"].as_str()?);
    let name = metadata["name"].as_str()?;
    let accepted = metadata["annotations"][ACCEPTED].as_str().is_some_and(|why| !why.trim().is_empty());
    if accepted || !namespace.starts_with("wordpress-tenant-") {
        return None;
    }
    let opens = match what {
        "NetworkPolicy" => "policies add up, so it can only let more through",
        "RoleBinding" => "it lets others work in the tenant's namespace",
        _ if leads_to_site(&object["spec"]) => "it is another way in to the site",
        _ => return None,
    };
    Some(format!(
        "{what} {name} is not of Slipway: {opens}. Remove it, or accept it: kubectl -n {namespace} annotate {} {name} \
         {ACCEPTED}=<reason>",
        what.to_lowercase()
    ))
}

/// Is this one of the objects that Slipway makes?
pub(super) fn ours(object: &Value) -> bool {
    let labels = &object["metadata"]["labels"]["app.kubernetes.io/managed-by"];
    labels == "slipway" && object["metadata"]["name"].as_str().is_some_and(|name| OURS.contains(&name))
}

/// Does an Ingress or an HTTPRoute name our Service? cert-manager's names its own.
fn leads_to_site(spec: &Value) -> bool {
    match spec {
        Value::Object(map) => map.iter().any(|(key, value)| {
            let backend = matches!(key.as_str(), "service" | "backendRefs");
            backend && names_site(value) || leads_to_site(value)
        }),
        Value::Array(list) => list.iter().any(leads_to_site),
        _ => false,
    }
}

fn names_site(backend: &Value) -> bool {
    match backend {
        Value::Array(list) => list.iter().any(names_site),
        one => one["name"] == "wordpress",
    }
}
