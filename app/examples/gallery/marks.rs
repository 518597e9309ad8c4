//! Texts with markup in them: what a page shows of somebody's words must stay words.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Harmless markup and both quotes, which would open an element, an attribute and a character reference.
pub(crate) const MARK: &str = "'\" slipway-mark=\"1\"><slipway-mark>&lt;";

/// The same value with [`MARK`] behind each of its texts, except those that are names of ours (a state, a role).
pub(crate) fn marked<T: Serialize + DeserializeOwned>(value: T) -> T {
    let Ok(mut tree) = serde_json::to_value(&value) else { return value };
    for place in places(&tree) {
        let mut tried = tree.clone();
        if let Some(Value::String(text)) = tried.pointer_mut(&place) {
            text.push_str(MARK);
        }
        if serde_json::from_value::<T>(tried.clone()).is_ok() {
            tree = tried;
        }
    }
    serde_json::from_value(tree).unwrap_or(value)
}

/// Where the texts are (RFC 6901).
fn places(tree: &Value) -> Vec<String> {
    let beneath = |step: String, inner: &Value| -> Vec<String> {
        places(inner).into_iter().map(|rest| format!("/{step}{rest}")).collect()
    };
    match tree {
        Value::String(_) => vec![String::new()],
        Value::Array(all) => all.iter().enumerate().flat_map(|(n, one)| beneath(n.to_string(), one)).collect(),
        Value::Object(all) => all.iter().flat_map(|(name, one)| beneath(name.replace('/', "~1"), one)).collect(),
        _ => Vec::new(),
    }
}
