use super::*;
use serde_json::json;

fn gateway() -> GatewayName {
    "infra/web".parse().expect("a name")
}

fn at(parent: Value, accepted: (&str, &str), resolved: &str, seen: u32) -> Value {
    let mut entry = json!({ "parentRef": parent, "controllerName": "example.org/gateway", "conditions": [
        { "type": "Accepted", "status": accepted.0, "reason": accepted.1, "message": "Words", "observedGeneration": seen },
        { "type": "ResolvedRefs", "status": resolved, "reason": "BackendNotFound", "message": "" },
    ] });
    entry["parentRef"]["kind"] = json!("Gateway");
    entry
}

fn said_of(gateway: &GatewayName, parents: Vec<Value>) -> Condition {
    let route = json!({ "metadata": { "generation": 2 }, "status": { "parents": parents } });
    condition(gateway, Some(&route))
}

fn web() -> Value {
    json!({ "namespace": "infra", "name": "web" })
}

#[test]
fn a_route_is_up_when_its_gateway_took_it_as_it_is_now() {
    let waiting = Condition::Coming("The Gateway infra/web has not taken the site's route yet.".to_owned());
    assert_eq!(said_of(&gateway(), vec![at(web(), ("True", "Accepted"), "True", 2)]), Condition::Up);
    assert_eq!(condition(&gateway(), None), waiting);
    assert_eq!(condition(&gateway(), Some(&json!({ "metadata": { "generation": 1 } }))), waiting);
    for parents in [
        vec![],
        vec![at(web(), ("True", "Accepted"), "True", 1)],
        vec![at(web(), ("False", "NotAllowedByListeners"), "True", 1)],
        vec![at(web(), ("False", "Pending"), "True", 2)],
        vec![at(web(), ("Unknown", "Pending"), "True", 2)],
        vec![at(json!({ "namespace": "infra", "name": "other" }), ("True", "Accepted"), "True", 2)],
        vec![at(json!({ "namespace": "other", "name": "web" }), ("True", "Accepted"), "True", 2)],
    ] {
        assert_eq!(said_of(&gateway(), parents.clone()), waiting, "{parents:?}");
    }
    let refused = at(web(), ("False", "NoMatchingParent"), "True", 2);
    assert_eq!(said_of(&gateway(), vec![refused, at(web(), ("True", "Accepted"), "True", 2)]), Condition::Up);
}

#[test]
fn a_refusal_is_told_with_what_to_do() {
    for (reason, advice) in [
        ("NotAllowedByListeners", "allowedRoutes"),
        ("NoMatchingListenerHostname", "host name"),
        ("NoMatchingParent", "gateway in [site.kubernetes]"),
        ("UnsupportedValue", "what is named"),
    ] {
        let found = said_of(&gateway(), vec![at(web(), ("False", reason), "True", 2)]);
        let Condition::Ill(Fault::Fail { code: "route_refused", say, next }) = found else { panic!("{found:?}") };
        assert_eq!(say, format!("The Gateway infra/web refuses the site's route: Words ({reason})."));
        assert!(next.contains(advice) && next.ends_with("press Retry now."), "{next}");
    }
    let found = said_of(&gateway(), vec![at(web(), ("True", "Accepted"), "False", 2)]);
    let why = "The Gateway infra/web does not find the site: BackendNotFound.";
    assert_eq!(found, Condition::Ill(Fault::retry(why)));
}

#[test]
fn only_the_named_listener_counts() {
    let one: GatewayName = "infra/web/https".parse().expect("a name");
    let listener = |name: &str| json!({ "namespace": "infra", "name": "web", "sectionName": name });
    let taken = |name: &str| at(listener(name), ("True", "Accepted"), "True", 2);
    assert_eq!(said_of(&one, vec![taken("https")]), Condition::Up);
    assert!(matches!(said_of(&one, vec![taken("http")]), Condition::Coming(_)));
}
