//! Says which argument of a call does not fit, what came, and what is wanted: by the schema that the model was given.

use super::answer::Refusal;
use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Other names that arguments may have, and their own.
const ALIASES: [(&str, &str); 7] = [
    ("content", "markdown"),
    ("body", "markdown"),
    ("query", "words"),
    ("search", "words"),
    ("name", "filename"),
    ("alt", "alt_text"),
    ("data_base64", "data"),
];

/// How much of a value is repeated, characters.
const SHOWN: usize = 60;

/// The arguments as the tool takes them.
///
/// # Errors
/// They do not fit; the words are for the model.
pub(super) fn parsed<T: DeserializeOwned>(arguments: JsonObject, schema: &JsonObject) -> Result<T, Refusal> {
    let given = Value::Object(arguments);
    T::deserialize(&given).map_err(|error| Refusal::arguments(say(&given, schema, &error.to_string())))
}

fn say(given: &Value, schema: &JsonObject, error: &str) -> String {
    let missing = error.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let property = |name: &str| schema.get("properties").and_then(|all| all.get(name));
    if let Some((name, about)) = missing.and_then(|name| Some((name, property(name)?))) {
        return format!("The argument {name} is missing. Wanted: {}.{}", wanted(about), all(schema));
    }
    let doubled = error.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next());
    if let Some(name) = doubled {
        return format!("The argument {name} came twice, under two of its names. Give it once, as {name}.");
    }
    let misfit = given.as_object().into_iter().flatten().find_map(|(name, value)| {
        let own = ALIASES.iter().find(|(alias, _)| alias == name).map_or(name.as_str(), |(_, own)| own);
        let property = property(own)?;
        (!fits(value, property)).then_some((name, value, property))
    });
    match misfit {
        Some((name, value, property)) => {
            format!("The argument {name} does not fit. It came as {}. Wanted: {}.", came(value), wanted(property))
        }
        None => format!("The arguments do not fit the tool: {error}.{}", all(schema)),
    }
}

/// Names of all arguments, those that are needed first.
fn all(schema: &JsonObject) -> String {
    let needed: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let names = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|map| map.keys());
    let more: Vec<&str> = names.map(String::as_str).filter(|name| !needed.contains(name)).collect();
    let list = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    format!(" The tool needs: {}. It may have: {}.", list(&needed), list(&more))
}

/// Whether a value is of the kind that is wanted; texts stand for numbers and for lists.
fn fits(value: &Value, property: &Value) -> bool {
    match (property["type"].as_str(), value) {
        (_, Value::Null) => true,
        (Some("integer"), Value::String(text)) => text.trim().parse::<i64>().is_ok(),
        (Some("integer"), value) => value.is_i64(),
        (Some("string"), value) => value.is_string(),
        (Some("array"), Value::Array(items)) => items.iter().all(|item| item.is_string() || item.is_i64()),
        (Some("array"), value) => value.is_string() || value.is_i64(),
        (Some("object"), Value::Object(map)) => {
            let fields = property["properties"].as_object().into_iter().flatten();
            fields.into_iter().all(|(name, field)| map.get(name).is_some_and(|value| fits(value, field)))
        }
        (Some("object"), _) => false,
        _ => true,
    }
}

fn came(value: &Value) -> String {
    let kind = match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let text = value.to_string();
    let shown: String = text.chars().take(SHOWN).collect();
    let cut = if shown.len() < text.len() { "…" } else { "" };
    format!("{kind}: {shown}{cut}")
}

/// What the schema asks for, in words.
fn wanted(property: &Value) -> String {
    let bound = |key: &str| property[key].as_u64();
    let (kind, unit, low, high) = match property["type"].as_str() {
        Some("integer") => ("a whole number", "", bound("minimum"), bound("maximum")),
        Some("string") => ("a text", " characters", bound("minLength"), bound("maxLength")),
        Some("array") => ("a list", " entries", bound("minItems"), bound("maxItems")),
        Some("object") => {
            let names = property["properties"].as_object().into_iter().flat_map(|map| map.keys());
            return format!("an object with {}", names.map(String::as_str).collect::<Vec<_>>().join(" and "));
        }
        _ => ("another value", "", None, None),
    };
    let bounds = match (low, high) {
        (Some(low), Some(high)) => format!(" of {low} to {high}{unit}"),
        (None, Some(high)) => format!(" of at most {high}{unit}"),
        (Some(low), None) => format!(" of at least {low}{unit}"),
        (None, None) => String::new(),
    };
    let about = property["description"].as_str().and_then(|text| text.split_once('.')).map_or("", |(first, _)| first);
    if about.is_empty() { format!("{kind}{bounds}") } else { format!("{kind}{bounds} ({about})") }
}
