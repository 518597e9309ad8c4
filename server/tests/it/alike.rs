//! A stand-in and the real thing, asked the same. A table of calls is played at both; each call must get the same status and
//! the same kind of answer, and whatever the stand-in says the real thing says too: the same members, of the same types, and
//! the same values where they are not each side's own. The real thing may say more. What a stand-in does differently lets a
//! driver pass that fails out there.

use crate::sim;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use url::form_urlencoded::byte_serialize;

/// One call.
pub(crate) struct Call {
    what: &'static str,
    method: Method,
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Option<(&'static str, Vec<u8>)>,
    keep: Vec<(&'static str, &'static str)>,
}

/// A call without a body. In path, headers and body `{name}` stands for what the side that is asked calls it.
pub(crate) fn call(what: &'static str, method: &str, path: &'static str) -> Call {
    let method = method.parse().expect("a method");
    Call { what, method, path, headers: Vec::new(), body: None, keep: Vec::new() }
}

/// The same with JSON.
pub(crate) fn send(what: &'static str, method: &str, path: &'static str, body: &Value) -> Call {
    call(what, method, path).body("application/json", body.to_string())
}

impl Call {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, mime: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some((mime, bytes.into()));
        self
    }

    /// Later calls name this part of the answer.
    pub(crate) fn keep(mut self, name: &'static str, pointer: &'static str) -> Self {
        self.keep.push((name, pointer));
        self
    }
}

/// Somebody who can be asked.
pub(crate) struct Side {
    /// Its address, without trailing slash.
    pub(crate) base: String,
    /// What it calls things.
    pub(crate) names: BTreeMap<&'static str, String>,
}

/// An answer in which what the side calls things has their names again.
struct Heard {
    status: u16,
    kind: String,
    body: Value,
}

impl Side {
    /// A client's id and secret as HTTP Basic (RFC 6749, section 2.3.1), once they are known.
    fn basic(&self) -> Option<String> {
        let (client, secret) = (self.names.get("client")?, self.names.get("secret")?);
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        Some(STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret))))
    }

    fn filled(&self, text: &str) -> String {
        let text = &self.basic().map_or_else(|| text.to_owned(), |basic| text.replace("{basic}", &basic));
        self.names.iter().fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Ids that are numbers may stand for anything else as well, and so keep their place.
    fn emptied(&self, text: &str) -> String {
        let all = self.names.iter().filter(|(_, value)| value.len() >= 6);
        all.fold(text.to_owned(), |text, (name, value)| text.replace(value, &format!("{{{name}}}")))
    }

    async fn ask(&mut self, call: &Call) -> Heard {
        let filled = self.filled(call.path);
        // An address that a side gave out is whole.
        let url = if filled.starts_with("http") { filled } else { format!("{}{filled}", self.base) };
        let http = sim::http();
        let mut request = http.call("It", call.method.clone(), &url).limit(std::time::Duration::from_secs(60));
        for (name, value) in &call.headers {
            request = request.header(name, &self.filled(value));
        }
        if let Some((mime, bytes)) = &call.body {
            let text = std::str::from_utf8(bytes).map(|text| self.filled(text).into_bytes());
            request = request.body(mime, text.unwrap_or_else(|_| bytes.clone()));
        }
        let reply = request.send().await.unwrap_or_else(|e| panic!("{}: {e}", call.what));
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        for (name, pointer) in &call.keep {
            let kept = body.pointer(pointer).unwrap_or_else(|| panic!("{}: no {pointer} in {body}", call.what));
            self.names.insert(name, kept.as_str().map_or_else(|| kept.to_string(), str::to_owned));
        }
        let text = self.emptied(&body.to_string()).replace(&self.base, "{at}");
        // Where a redirect leads counts, and not the page around it.
        let leads = reply.location.as_deref().filter(|_| reply.status.is_redirection());
        let kind = match leads.and_then(|to| to.split('?').next()) {
            Some(to) => format!("to {}", self.emptied(to).replace(&self.base, "{at}")),
            None => reply.content_type.split(';').next().unwrap_or_default().to_owned(),
        };
        Heard { status: reply.status.as_u16(), kind, body: serde_json::from_str(&text).expect("it was JSON") }
    }
}

/// Plays the table at both. Members called as `own` are each side's own: their types are compared and no more.
pub(crate) async fn assert_alike(stand_in: &mut Side, real: &mut Side, table: &[Call], own: &[&str]) {
    let mut differences = Vec::new();
    for call in table {
        let (told, true_) = (stand_in.ask(call).await, real.ask(call).await);
        let mut found = Vec::new();
        if told.status != true_.status {
            found.push(format!("status {} and not {}: {}", told.status, true_.status, true_.body));
        } else if told.kind != true_.kind {
            found.push(format!("{:?} and not {:?}", told.kind, true_.kind));
        } else {
            compare(&told.body, &true_.body, own, "", &mut found);
        }
        differences.extend(found.into_iter().map(|found| format!("{}: the stand-in says {found}", call.what)));
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn compare(told: &Value, real: &Value, own: &[&str], at: &str, found: &mut Vec<String>) {
    match (told, real) {
        (Value::Object(told), Value::Object(real)) => {
            for (name, value) in told {
                let at = format!("{at}/{name}");
                match real.get(name) {
                    None => found.push(format!(
                        "{at}, which the real one does not: it says {:?}",
                        real.keys().collect::<Vec<_>>()
                    )),
                    Some(other) if own.contains(&name.as_str()) => {
                        if kind(value) != kind(other) && !value.is_null() && !other.is_null() {
                            found.push(format!("{at} is {} and not {}", kind(value), kind(other)));
                        }
                    }
                    Some(other) => compare(value, other, own, &at, found),
                }
            }
        }
        (Value::Array(told), Value::Array(real)) if told.len() == real.len() => {
            for (n, (told, real)) in told.iter().zip(real).enumerate() {
                compare(told, real, own, &format!("{at}/{n}"), found);
            }
        }
        _ if told == real => {}
        _ => found.push(format!("{at} {told} and not {real}")),
    }
}

/// A stand-in that differs is found out.
#[test]
fn differences_are_seen() {
    use serde_json::json;
    for (told, real, many) in [
        (json!({"a": 1}), json!({"a": 1, "b": 2}), 0),
        (json!({"a": 1, "b": 2}), json!({"a": 1}), 1),
        (json!({"a": 1}), json!({"a": 2}), 1),
        (json!({"id": "x", "l": [1, {"c": []}]}), json!({"id": "y", "l": [1, {"c": [1]}]}), 1),
        (json!({"id": 1}), json!({"id": "y"}), 1),
        (json!([1]), json!({"0": 1}), 1),
    ] {
        let mut found = Vec::new();
        compare(&told, &real, &["id"], "", &mut found);
        assert_eq!(found.len(), many, "{told} {real}: {found:?}");
    }
}
