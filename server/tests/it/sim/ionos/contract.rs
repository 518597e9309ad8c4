//! The shapes of requests and answers, in the words of this project, from `docs/outside/ionos.md`: names, limits and what is
//! required are those of IONOS's published clients. IONOS's own description was not to be had, so this is no proof that
//! IONOS takes what passes here; it keeps the driver from sending what the clients would refuse.

use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// Checks by "METHOD /path/{template}".
pub(super) struct Contract(BTreeMap<&'static str, Operation>);

struct Operation {
    query: &'static [&'static str],
    request: Option<Validator>,
    answers: Vec<(u16, Option<Validator>)>,
}

const LIST: &[&str] = &["filter.name", "limit", "offset"];

fn whole(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).expect("a schema")
}

/// An object with these members and no others; those before the bar are required.
fn object(required: &Value, optional: &Value) -> Value {
    let mut properties = required.as_object().expect("members").clone();
    let names: Vec<String> = properties.keys().cloned().collect();
    properties.extend(optional.as_object().expect("members").clone());
    json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
}

fn number(least: u32, most: u32) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

fn text(pattern: &str, most: u32) -> Value {
    json!({"type": "string", "pattern": pattern, "maxLength": most})
}

fn maintenance() -> Value {
    let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    let time = "^(2[0-3]|[01]?[0-9]):([0-5]?[0-9]):([0-5]?[0-9])$";
    object(&json!({"time": text(time, 8), "dayOfTheWeek": {"enum": days}}), &json!({}))
}

/// An address of a /24 that DHCP never gives away.
const ADDRESS: &str = r"^([0-9]{1,3}\.){3}([3-9]|10)/24$";
const UUID: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

mod v2 {
    use super::{ADDRESS, UUID, maintenance, number, object, text};
    use serde_json::{Value, json};

    fn properties(credentials: &Value) -> Value {
        let name = text("^[0-9a-zA-Z][0-9a-zA-Z._-]*[0-9a-zA-Z]$", 63);
        let instances = json!({"count": number(1, 5), "cores": number(1, 62), "ram": number(4, 240),
            "storageSize": number(10, 4096)});
        let connection = json!({"datacenterId": text(UUID, 36), "lanId": text("^[0-9]+$", 9),
            "primaryInstanceAddress": text(ADDRESS, 18)});
        let backup = json!({"location": text("^[a-z]+-[a-z]+-[0-9]$", 20), "retentionDays": number(1, 365)});
        let required = json!({
            "name": name, "version": text(r"^[0-9]+\.[0-9]+$", 8), "instances": object(&instances, &json!({})),
            "connection": object(&connection, &json!({})), "maintenanceWindow": maintenance(),
            "backup": object(&backup, &json!({})), "credentials": credentials,
        });
        let optional = json!({"description": {"type": "string"}, "logsEnabled": {"type": "boolean"},
            "metricsEnabled": {"type": "boolean"}});
        object(&required, &optional)
    }

    pub(super) fn order() -> Value {
        let words = "^[A-Za-z0-9_]{2,}$";
        let credentials = json!({"username": text(words, 16), "database": text(words, 63),
            "password": {"type": "string", "minLength": 10, "maxLength": 256}});
        object(&json!({"id": text(UUID, 36), "properties": properties(&object(&credentials, &json!({})))}), &json!({}))
    }

    pub(super) fn cluster() -> Value {
        let credentials = object(&json!({"username": {"type": "string"}, "database": {"type": "string"}}), &json!({}));
        let optional = json!({"createdDate": {"type": "string", "format": "date-time"}, "statusMessage": {"type": ["string", "null"]}, "dnsName": {"type": "string"}});
        let text = json!({"type": "string"});
        object(
            &json!({"id": text, "type": text, "href": text, "metadata": object(&json!({"state": text}), &optional),
                "properties": properties(&credentials)}),
            &json!({}),
        )
    }
}

mod v1 {
    use super::{ADDRESS, UUID, maintenance, number, object, text};
    use serde_json::{Value, json};

    fn properties(required: &Value, optional: &Value) -> Value {
        let connection =
            json!({"datacenterId": text(UUID, 36), "lanId": text("^[0-9]+$", 9), "cidr": text(ADDRESS, 18)});
        let connections =
            json!({"type": "array", "items": object(&connection, &json!({})), "minItems": 1, "maxItems": 1});
        let mut all = json!({
            "displayName": text(r"^(\w|:|-| |\.)+$", 63), "mariadbVersion": {"enum": ["10.6", "10.11"]},
            "instances": number(1, 5), "cores": number(1, 16), "ram": number(4, 240), "storageSize": number(10, 2000),
            "connections": connections,
        });
        let members = all.as_object_mut().expect("members");
        members.extend(required.as_object().expect("members").clone());
        let mut rest = json!({"maintenanceWindow": maintenance(),
            "backup": object(&json!({}), &json!({"location": {"type": "string"}}))});
        rest.as_object_mut().expect("members").extend(optional.as_object().expect("members").clone());
        object(&all, &rest)
    }

    pub(super) fn order() -> Value {
        let credentials = json!({"username": text("^[a-zA-Z]([a-zA-Z0-9]+_)*[a-zA-Z0-9]+$", 16),
            "password": {"type": "string", "minLength": 10, "maxLength": 63}});
        let properties = properties(&json!({"credentials": object(&credentials, &json!({}))}), &json!({}));
        object(&json!({ "properties": properties }), &json!({}))
    }

    pub(super) fn cluster() -> Value {
        let text = json!({"type": "string"});
        let metadata = object(&json!({"state": text}), &json!({"createdDate": text}));
        let properties = properties(&json!({}), &json!({"dnsName": text}));
        object(&json!({"id": text, "metadata": metadata, "properties": properties}), &json!({}))
    }
}

fn list(cluster: &Value) -> Value {
    let text = json!({"type": "string"});
    let head = json!({"id": text, "items": {"type": "array", "items": cluster}});
    object(&head, &json!({"type": text, "href": text, "limit": number(0, 1000), "offset": number(0, 100_000)}))
}

impl Contract {
    pub(super) fn new() -> Self {
        let operation = |query, request: Option<Value>, answers: &[(u16, Option<&Value>)]| Operation {
            query,
            request: request.as_ref().map(whole),
            answers: answers.iter().map(|(status, shape)| (*status, shape.map(whole))).collect(),
        };
        let (one, two, any) = (v1::cluster(), v2::cluster(), json!({"type": "object"}));
        Self(BTreeMap::from([
            ("GET /clusters", operation(LIST, None, &[(200, Some(&list(&one)))])),
            ("GET /clusters/{id}", operation(&[], None, &[(200, Some(&one))])),
            ("POST /clusters", operation(&[], Some(v1::order()), &[(201, Some(&one))])),
            ("DELETE /clusters/{id}", operation(&[], None, &[(200, Some(&one))])),
            ("GET /v2/versions", operation(&LIST[1..], None, &[(200, Some(&list(&any)))])),
            ("GET /v2/backup-locations", operation(&LIST[1..], None, &[(200, Some(&list(&any)))])),
            ("GET /cloudapi/v6/datacenters/{id}", operation(&[], None, &[(200, Some(&any))])),
            ("GET /cloudapi/v6/datacenters/{id}/lans/{lan}", operation(&[], None, &[(200, Some(&any))])),
            ("GET /v2/clusters", operation(LIST, None, &[(200, Some(&list(&two)))])),
            ("GET /v2/clusters/{id}", operation(&[], None, &[(200, Some(&two))])),
            ("PUT /v2/clusters/{id}", operation(&[], Some(v2::order()), &[(200, Some(&two)), (201, Some(&two))])),
            ("DELETE /v2/clusters/{id}", operation(&[], None, &[(202, None)])),
        ]))
    }

    /// What is wrong with a question.
    pub(super) fn question(&self, name: &str, query: &HashMap<String, String>, body: Option<&Value>) -> Option<String> {
        let Some(operation) = self.0.get(name) else { return Some(format!("{name} is no call of the API")) };
        if let Some(unknown) = query.keys().find(|key| !operation.query.contains(&key.as_str())) {
            return Some(format!("{name} knows no query {unknown}"));
        }
        match (&operation.request, body) {
            (None, None) => None,
            (Some(validator), Some(body)) => flaw(validator, name, body),
            _ => Some(format!("{name} has a body where there should be none, or none where one should be")),
        }
    }

    /// What is wrong with an answer of the stand-in. Refusals have one shape everywhere.
    pub(super) fn answer(&self, name: &str, status: u16, body: Option<&Value>) -> Option<String> {
        if status >= 400 {
            return None;
        }
        match (self.0[name].answers.iter().find(|(s, _)| *s == status), body) {
            (Some((_, Some(validator))), Some(body)) => flaw(validator, name, body),
            (Some((_, None)), None) => None,
            _ => Some(format!("{name} does not answer {status} like that")),
        }
    }
}

fn flaw(validator: &Validator, name: &str, body: &Value) -> Option<String> {
    let first = validator.iter_errors(body).next()?;
    Some(format!("{name}: {first} at {}", first.instance_path()))
}
