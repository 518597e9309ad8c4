//! The published description of Authentik's API, held against every exchange: the driver's questions and, so that this
//! stand-in does not dream, its own answers. The description is that of 2026.2.2; what 2026.5 added is added here.

use jsonschema::Validator;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::LazyLock};

static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("schema.json")).expect("it is JSON"));

/// Checks by "METHOD /path/{template}/".
pub(crate) struct Contract {
    operations: BTreeMap<String, Operation>,
}

struct Operation {
    query: Vec<String>,
    request: Option<Validator>,
    answers: BTreeMap<u16, Option<Validator>>,
}

impl Contract {
    /// For an Authentik that types redirects (2026.5 and newer), or not.
    pub(crate) fn new(typed: bool) -> Self {
        let mut schemas = DESCRIPTION["schemas"].clone();
        let grants = json!({"type": "array", "items": {"enum": ["authorization_code", "refresh_token"]}});
        for request in ["OAuth2ProviderRequest", "PatchedOAuth2ProviderRequest"] {
            // Older ones drop it in silence, so it may be sent to all.
            schemas[request]["properties"]["grant_types"] = grants.clone();
            // An empty list makes the first caller's address the right one.
            schemas[request]["properties"]["redirect_uris"]["minItems"] = json!(1);
        }
        if typed {
            let kinds = json!({"enum": ["authorization", "logout"]});
            schemas["RedirectURIRequest"]["properties"]["redirect_uri_type"] = kinds;
        }
        let whole = |part: &Value| {
            let mut root = part.clone();
            root["schemas"] = schemas.clone();
            jsonschema::options().should_validate_formats(true).build(&root).expect("a schema")
        };
        let mut operations = BTreeMap::new();
        for (path, methods) in DESCRIPTION["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                operations.insert(format!("{method} {path}"), Operation::read(operation, &whole));
            }
        }
        Self { operations }
    }

    /// What is wrong with a question.
    pub(crate) fn question(&self, name: &str, query: &[(String, String)], body: Option<&Value>) -> Option<String> {
        let Some(operation) = self.operations.get(name) else {
            return Some(format!("{name} is no call of the driver"));
        };
        if let Some((unknown, _)) = query.iter().find(|(key, _)| !operation.query.contains(key)) {
            return Some(format!("{name} knows no query {unknown}"));
        }
        match (&operation.request, body) {
            (None, None) => None,
            (Some(_), Some(Value::Object(probe))) if probe.is_empty() && name.starts_with("POST") => None,
            (Some(validator), Some(body)) => flaw(validator, name, body),
            _ => Some(format!("{name} has a body where there should be none, or none where one should be")),
        }
    }

    /// What is wrong with an answer of the stand-in. Refusals have no common shape.
    pub(crate) fn answer(&self, name: &str, status: u16, body: Option<&Value>) -> Option<String> {
        if status >= 400 {
            return None;
        }
        match (self.operations[name].answers.get(&status), body) {
            (Some(Some(validator)), Some(body)) => flaw(validator, name, body),
            (Some(None), None) => None,
            _ => Some(format!("{name} does not answer {status} like that")),
        }
    }
}

impl Operation {
    fn read(operation: &Value, whole: &impl Fn(&Value) -> Validator) -> Self {
        let query = operation["query"].as_array().expect("a list");
        let answers = operation["answers"].as_object().expect("by status").iter();
        Self {
            query: query.iter().map(|q| q.as_str().expect("a name").to_owned()).collect(),
            request: operation.get("request").map(whole),
            answers: answers
                .map(|(status, part)| (status.parse().expect("a status"), (!part.is_null()).then(|| whole(part))))
                .collect(),
        }
    }
}

fn flaw(validator: &Validator, name: &str, body: &Value) -> Option<String> {
    let first = validator.iter_errors(body).next()?;
    Some(format!("{name}: {first} at {}", first.instance_path()))
}
