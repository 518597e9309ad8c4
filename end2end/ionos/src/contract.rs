//! The descriptions in `openapi/`, held against every exchange: the questions of whoever calls and, so that this stand-in
//! does not dream, its own answers. They are reconstructions, so this is no proof that IONOS takes what passes here; it
//! keeps the driver from sending what IONOS's clients would refuse.

use jsonschema::Validator;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Each description with what its paths begin with.
const DESCRIPTIONS: [(&str, &str); 3] = [
    ("", include_str!("../openapi/mariadb-v1.yaml")),
    ("/v2", include_str!("../openapi/mariadb-v2.yaml")),
    ("/cloudapi/v6", include_str!("../openapi/cloud-v6.yaml")),
];

/// What the API takes and answers: operations by path, then by method.
pub(crate) struct Contract(BTreeMap<String, BTreeMap<String, Operation>>);

/// One call of the API.
pub(crate) struct Operation {
    query: BTreeMap<String, Validator>,
    path: Vec<Validator>,
    request: Option<Validator>,
    answers: BTreeMap<u16, Option<Validator>>,
}

/// What is wrong with a question: the status to refuse it with, and why.
pub(crate) type Flaw = (u16, String);

impl Contract {
    /// Reads the descriptions.
    pub(crate) fn new() -> Self {
        let mut all = BTreeMap::new();
        for (prefix, text) in DESCRIPTIONS {
            let description: Value = serde_saphyr::from_str(text).expect("it is YAML");
            for (path, methods) in members(&description["paths"]) {
                let operations = members(methods)
                    .map(|(method, operation)| (method.to_uppercase(), Operation::read(operation, &description)));
                all.insert(format!("{prefix}{path}"), operations.collect());
            }
        }
        Self(all)
    }

    /// Templates of all paths.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The operation of a path, or the methods that there are.
    pub(crate) fn find(&self, path: &str, method: &str) -> Result<&Operation, String> {
        let methods = &self.0[path];
        methods.get(method).ok_or_else(|| methods.keys().cloned().collect::<Vec<_>>().join(", "))
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().expect("members").iter()
}

/// Follows a reference into the description.
fn follow<'a>(part: &'a Value, description: &'a Value) -> &'a Value {
    let target = part["$ref"].as_str().map(|place| place.trim_start_matches('#'));
    target.map_or(part, |place| description.pointer(place).expect("what is referred to"))
}

fn validator(schema: &Value, description: &Value) -> Validator {
    let mut root = schema.clone();
    root["components"] = description["components"].clone();
    jsonschema::options().should_validate_formats(true).build(&root).expect("a schema")
}

impl Operation {
    fn read(operation: &Value, description: &Value) -> Self {
        let parameters = |place: &'static str| {
            let all = operation["parameters"].as_array().into_iter().flatten().map(|p| follow(p, description));
            let here = all.filter(move |p| p["in"] == place);
            here.map(|p| (p["name"].as_str().expect("a name").to_owned(), validator(&p["schema"], description)))
        };
        let body = |of: &Value| {
            let schema = of.pointer("/content/application~1json/schema")?;
            Some(validator(schema, description))
        };
        Self {
            query: parameters("query").collect(),
            path: parameters("path").map(|(_, validator)| validator).collect(),
            request: operation.get("requestBody").and_then(body),
            answers: members(&operation["responses"])
                .map(|(status, answer)| (status.parse().expect("a status"), body(follow(answer, description))))
                .collect(),
        }
    }

    /// What is wrong with the query; unknown ones are.
    pub(crate) fn query(&self, query: &HashMap<String, String>) -> Option<Flaw> {
        query.iter().find_map(|(name, text)| {
            let Some(validator) = self.query.get(name) else {
                return Some((400, format!("no query is called {name}")));
            };
            let number = text.parse::<i64>().ok().map(Value::from);
            let fits = validator.is_valid(&number.unwrap_or_default()) || validator.is_valid(&text.as_str().into());
            (!fits).then(|| (400, format!("{name} is not like that")))
        })
    }

    /// What is wrong with a part of the path: such a thing cannot be there.
    pub(crate) fn path(&self, keys: &[String]) -> Option<Flaw> {
        let fits = self.path.iter().zip(keys).all(|(validator, key)| validator.is_valid(&key.as_str().into()));
        (!fits).then(|| (404, "Resource does not exist".to_owned()))
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is none, or not the one that belongs here.
    pub(crate) fn body(&self, kind: &str, bytes: &[u8]) -> Result<Option<Value>, Flaw> {
        let Some(validator) = &self.request else {
            return if bytes.is_empty() { Ok(None) } else { Err((400, "there should be no body".to_owned())) };
        };
        if kind.split(';').next().is_none_or(|kind| !kind.trim().eq_ignore_ascii_case("application/json")) {
            return Err((415, "the body should be application/json".to_owned()));
        }
        let body = serde_json::from_slice(bytes).map_err(|error| (400, format!("the body is not JSON: {error}")))?;
        flaw(validator, &body).map_or(Ok(Some(body)), |flaw| Err((422, flaw)))
    }

    /// What is wrong with an answer of the stand-in itself.
    pub(crate) fn answer(&self, status: u16, body: Option<&Value>) -> Option<String> {
        match (self.answers.get(&status), body) {
            (Some(Some(validator)), Some(body)) => flaw(validator, body),
            (Some(None), None) => None,
            _ => Some(format!("{status} is not answered like that")),
        }
    }
}

fn flaw(validator: &Validator, body: &Value) -> Option<String> {
    let first = validator.iter_errors(body).next()?;
    let at = first.instance_path().to_string();
    // The value stays out of it: it may be a password.
    Some(format!("{} at {at}", first.masked()))
}
