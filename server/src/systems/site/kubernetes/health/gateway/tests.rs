use super::*;
use crate::systems::site::kubernetes::{kind::Kind, manifest};
use serde_json::json;

fn name(text: &str) -> GatewayName {
    text.parse().expect("a name")
}

fn listener(name: &str, protocol: &str, allowed: Value) -> Value {
    json!({ "name": name, "protocol": protocol, "port": 80, "allowedRoutes": allowed })
}

fn from(from: &str) -> Value {
    json!({ "namespaces": { "from": from } })
}

fn by(selector: Value) -> Value {
    json!({ "namespaces": { "from": "Selector", "selector": selector } })
}

/// What is said of a Gateway with these listeners; empty when it lets tenants in.
fn said(gateway: &str, listeners: Value) -> String {
    let bad = shut(&name(gateway), &json!({ "spec": { "listeners": listeners } }));
    bad.map_or_else(String::new, |bad| format!("{} {}", bad.say, bad.next))
}

#[test]
fn the_labels_are_those_of_each_tenants_namespace() {
    let all = manifest::all(&manifest::tests::config(), &manifest::tests::wanted()).and_then(|all| all.manifests());
    let room = all.expect("manifests").into_iter().find(|m| m.kind == Kind::Namespace).expect("a namespace");
    let written = room.body["metadata"]["labels"].as_object().expect("labels").clone();
    // The server adds the name itself.
    assert_eq!(written.len() + 1, LABELS.len());
    for (key, value) in LABELS.iter().filter(|(key, _)| *key != "kubernetes.io/metadata.name") {
        assert!(*value == "any" || written[*key] == *value, "{key}");
    }
}

#[test]
fn a_listener_lets_in_all_or_those_whom_its_selector_fits() {
    for allowed in [
        from("All"),
        by(json!({ "matchLabels": { "app.kubernetes.io/managed-by": "slipway" } })),
        by(json!({ "matchExpressions": [{ "key": "slipway.dev/tenant", "operator": "Exists" }] })),
        json!({ "namespaces": { "from": "All" }, "kinds": [{ "kind": "HTTPRoute" }] }),
    ] {
        assert_eq!(said("infra/web", json!([listener("http", "HTTP", allowed.clone())])), "", "{allowed}");
    }
    for (allowed, why) in [
        (json!({}), "from is Same"),
        (from("Same"), "from is Same"),
        (from("None"), "from is None"),
        (by(json!({ "matchLabels": { "slipway.dev/tenant": "acme" } })), "selector does not fit"),
        (by(json!({ "matchLabels": { "team": "web" } })), "selector does not fit"),
        (json!({ "namespaces": { "from": "All" }, "kinds": [{ "kind": "GRPCRoute" }] }), "kinds has no HTTPRoute"),
    ] {
        let said = said("infra/web", json!([listener("http", "HTTP", allowed.clone())]));
        let begin = "The listener http of the Gateway infra/web takes no routes of tenants: allowedRoutes.";
        assert!(said.starts_with(begin) && said.contains(why), "{allowed}: {said}");
    }
}

#[test]
fn one_open_listener_is_enough_unless_another_is_named() {
    let listeners = json!([
        listener("http", "HTTP", from("Same")),
        listener("https", "HTTPS", from("All")),
        listener("mail", "TCP", from("All")),
    ]);
    assert_eq!(said("infra/web", listeners.clone()), "");
    assert_eq!(said("infra/web/https", listeners.clone()), "");
    assert!(said("infra/web/http", listeners.clone()).contains("from is Same"));
    for missing in ["infra/web/mail", "infra/web/other"] {
        assert!(said(missing, listeners.clone()).contains("has no listener for HTTP or HTTPS"), "{missing}");
    }
}

#[test]
fn a_gateway_that_nobody_serves_is_no_way_in() {
    let unserved = |conditions: Value| {
        let bad = unserved(&name("infra/web"), &json!({ "status": { "conditions": conditions } }));
        bad.map_or_else(String::new, |bad| bad.say)
    };
    let is = |kind: &str, status: &str| json!({ "type": kind, "status": status, "message": "Waiting for controller" });
    assert_eq!(unserved(json!([is("Accepted", "True"), is("Programmed", "True")])), "");
    let begin = "Nobody brings visitors in: of the Gateway infra/web";
    let waiting = unserved(json!([is("Accepted", "Unknown"), is("Programmed", "Unknown")]));
    assert_eq!(waiting, format!("{begin} Accepted is not true: Waiting for controller."));
    let half = unserved(json!([is("Accepted", "True"), is("Programmed", "False")]));
    assert!(half.contains("Programmed is not true"), "{half}");
    assert!(unserved(json!(null)).contains("nobody has looked at it"));
}
