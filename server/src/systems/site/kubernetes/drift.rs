//! What differs between an object as it should be and as it is. Only what we wrote counts: the server adds defaults, and
//! others may add fields and list entries of their own.

use super::manifest::{HASH, Manifest};
use serde_json::Value;

/// How long a value may be in a sentence, characters.
const LONGEST: usize = 60;

/// The first difference, one plain sentence, or `None`.
pub(super) fn drift(manifest: &Manifest, found: &Value) -> Option<String> {
    let object = format!("{} {}", manifest.kind, manifest.name);
    // Marks of another hash are told as what they mean, not as hex.
    let older = found["metadata"]["annotations"][HASH].as_str() != Some(&manifest.hash);
    let mut wanted = manifest.body.clone();
    wanted["metadata"]["annotations"][HASH] = found["metadata"]["annotations"][HASH].clone();
    match difference(&wanted, found, String::new()) {
        Some((path, wanted, found)) if older => {
            Some(format!("{object} has older settings: {path} is {found}, not {wanted}."))
        }
        Some((path, wanted, found)) => Some(format!("{object} was changed: {path} is {found}, not {wanted}.")),
        None => older.then(|| format!("{object} has older settings.")),
    }
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
