//! What differs between an object as it should be and as it is. Only what we wrote counts: the server adds defaults, and
//! others may add fields and list entries of their own.

use super::{
    kind::Kind,
    manifest::{HASH, Manifest},
};
use crate::systems::cluster::MANAGER;
use serde_json::{Value, json};

/// How long a value may be in a sentence, characters.
const LONGEST: usize = 60;

/// The first difference, one plain sentence, or `None`.
pub(super) fn drift(manifest: &Manifest, found: &Value) -> Option<String> {
    let object = format!("{} {}", manifest.kind, manifest.name);
    // Marks of another hash are told as what they mean, not as hex.
    let older = found["metadata"]["annotations"][HASH].as_str() != Some(&manifest.hash);
    let mut wanted = match manifest.kind {
        Kind::Secret => json!({ "metadata": manifest.body["metadata"] }),
        _ => manifest.body.clone(),
    };
    // Entries of a list come without these.
    wanted.as_object_mut().map(|body| (body.remove("kind"), body.remove("apiVersion")));
    wanted["metadata"]["annotations"][HASH] = found["metadata"]["annotations"][HASH].clone();
    match difference(&wanted, found, String::new()) {
        Some((path, wanted, found)) if older => {
            Some(format!("{object} has older settings: {path} is {found}, not {wanted}."))
        }
        Some((path, wanted, found)) => Some(format!("{object} was changed: {path} is {found}, not {wanted}.")),
        None if older => Some(format!("{object} has older settings.")),
        None if manifest.kind == Kind::Secret => {
            lost(manifest, found).map(|key| format!("{object} was changed: data.{key}."))
        }
        None => None,
    }
}

/// The first key of a Secret that we hold no more. Its values are never read, but the server writes down who set which
/// field last, and takes a field from us when somebody else sets or removes it ("Server-Side Apply", section "Field
/// management").
fn lost<'a>(manifest: &'a Manifest, found: &Value) -> Option<&'a String> {
    let managers = found["metadata"]["managedFields"].as_array();
    let ours = managers.into_iter().flatten().find(|m| m["manager"] == MANAGER && m["operation"] == "Apply");
    let held = ours.map_or(&Value::Null, |m| &m["fieldsV1"]["f:data"]);
    manifest.body["data"].as_object()?.keys().find(|key| held.get(format!("f:{key}")).is_none())
}

/// Path, what is wanted, what is found.
fn difference(wanted: &Value, found: &Value, path: String) -> Option<(String, String, String)> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted.iter().find_map(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            difference(value, found.get(key).unwrap_or(&Value::Null), path)
        }),
        (Value::Array(wanted), Value::Array(found)) => entries(wanted, found, &path),
        // The server leaves out what is empty.
        (Value::Object(wanted), Value::Null) if wanted.is_empty() => None,
        (wanted, found) if wanted == found => None,
        (wanted, found) => Some((path, short(wanted), short(found))),
    }
}

/// Entries with a name are found by it, as the server merges them; others stand in their place.
fn entries(wanted: &[Value], found: &[Value], path: &str) -> Option<(String, String, String)> {
    let named = wanted.iter().all(|entry| entry["name"].is_string());
    if !named && wanted.len() != found.len() {
        let count = |n: usize| format!("{n} entries");
        return Some((path.to_owned(), count(wanted.len()), count(found.len())));
    }
    wanted.iter().enumerate().find_map(|(at, entry)| match entry["name"].as_str() {
        Some(name) => {
            let same = found.iter().find(|f| f["name"] == entry["name"]).unwrap_or(&Value::Null);
            difference(entry, same, format!("{path}[{name}]"))
        }
        None => difference(entry, &found[at], format!("{path}[{at}]")),
    })
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => return "missing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None if text.is_empty() => "empty".to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::site::kubernetes::manifest::{self, tests::config, tests::wanted};

    fn of(kind: Kind) -> Manifest {
        let all = manifest::all(&config(), &wanted()).and_then(|all| all.manifests()).expect("manifests");
        all.into_iter().find(|m| m.kind == kind).expect("it is there")
    }

    #[test]
    fn names_the_field_and_leaves_out_what_others_add() {
        let manifest = of(Kind::Deployment);
        let mut found = manifest.body.clone();
        found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = json!("1");
        found["metadata"]["uid"] = json!("1");
        let pod = &mut found["spec"]["template"]["spec"];
        pod["dnsPolicy"] = json!("ClusterFirst");
        pod["containers"].as_array_mut().expect("a list").insert(0, json!({ "name": "sidecar" }));
        assert_eq!(drift(&manifest, &found), None);
        found["spec"]["replicas"] = json!(0);
        let said = "Deployment wordpress was changed: spec.replicas is 0, not 1.";
        assert_eq!(drift(&manifest, &found).as_deref(), Some(said));
        found["spec"]["replicas"] = json!(1);
        found["spec"]["template"]["spec"]["containers"][1]["image"] = json!("other");
        let path = "spec.template.spec.containers[wordpress].image is other, not slipway-wordpress:local";
        assert!(drift(&manifest, &found).expect("it differs").contains(path));
        found["metadata"]["annotations"][HASH] = json!("older");
        assert!(drift(&manifest, &found).expect("it differs").starts_with("Deployment wordpress has older settings: "));
    }

    #[test]
    fn sees_a_rule_that_was_added_or_taken() {
        let manifest = of(Kind::NetworkPolicy);
        let mut found = manifest.body.clone();
        found["spec"]["policyTypes"] = json!(["Ingress"]);
        let said = drift(&manifest, &found).expect("it differs");
        assert!(said.ends_with("spec.policyTypes is 1 entries, not 2 entries."), "{said}");
    }

    #[test]
    fn never_looks_into_a_secret() {
        let manifest = of(Kind::Secret);
        let fields: serde_json::Map<String, Value> =
            manifest.body["data"].as_object().expect("data").keys().map(|k| (format!("f:{k}"), json!({}))).collect();
        let mut found = json!({ "metadata": manifest.body["metadata"] });
        found["metadata"]["managedFields"] =
            json!([{ "manager": MANAGER, "operation": "Apply", "fieldsV1": { "f:data": fields } }]);
        assert_eq!(drift(&manifest, &found), None);
        let held = found["metadata"]["managedFields"][0]["fieldsV1"]["f:data"].as_object_mut();
        held.expect("fields").remove("f:WORDPRESS_DB_PASSWORD");
        let said = "Secret wordpress was changed: data.WORDPRESS_DB_PASSWORD.";
        assert_eq!(drift(&manifest, &found).as_deref(), Some(said));
    }
}
