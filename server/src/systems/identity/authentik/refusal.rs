//! What Authentik says when it refuses: 400 with messages by field, nested at will, sometimes a bare text.

use crate::domain::Fault;
use crate::systems::http::Reply;
use serde_json::Value;

/// A refusal, flattened to (field, message).
#[derive(Debug, Default)]
pub(super) struct Refusal(Vec<(String, String)>);

impl Refusal {
    /// Reads any shape; a refusal that is no JSON has no words.
    pub(super) fn read(reply: &Reply) -> Self {
        let mut said = Vec::new();
        if let Ok(body) = reply.json::<Value>() {
            flatten("", &body, &mut said);
        }
        Self(said)
    }

    /// Is it about one of these fields?
    pub(super) fn names(&self, fields: &[&str]) -> bool {
        self.0.iter().any(|(field, _)| fields.contains(&field.as_str()))
    }

    /// The fault for it. `what` is half a sentence ("the sign-in client wp-acme").
    pub(super) fn fault(&self, what: &str) -> Fault {
        let words: Vec<String> = self.0.iter().map(|(field, message)| format!("{field}: {message}")).collect();
        let words: String = words.join(" ").chars().filter(|c| !c.is_control()).take(300).collect();
        Fault::fail(
            "identity_refused",
            format!("Authentik refused {what}. {words}").trim_end().to_owned(),
            "Correct what it names, in Authentik or in the section [identity.authentik], then press Retry now.",
        )
    }
}

fn flatten(field: &str, value: &Value, said: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let outer = matches!(name.as_str(), "non_field_errors" | "detail") && !field.is_empty();
                flatten(if outer { field } else { name }, inner, said);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| flatten(field, item, said)),
        Value::String(text) => said.push((field.to_owned(), text.clone())),
        Value::Null => {}
        other => said.push((field.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(body: Value) -> Vec<(String, String)> {
        let mut said = Vec::new();
        flatten("", &body, &mut said);
        said
    }

    #[test]
    fn reads_every_shape() {
        for (body, field, message) in [
            (json!({"name": ["is taken"]}), "name", "is taken"),
            (json!({"redirect_uris": {"non_field_errors": ["no list"]}}), "redirect_uris", "no list"),
            (json!({"non_field_errors": "No recovery flow set."}), "non_field_errors", "No recovery flow set."),
            (json!({"detail": "JSON parse error"}), "detail", "JSON parse error"),
            (json!({"redirect_uris": [{}, {"url": ["is empty"]}]}), "url", "is empty"),
        ] {
            assert_eq!(said(body), [(field.to_owned(), message.to_owned())]);
        }
        let refusal = Refusal(said(json!({"authorization_flow": ["Invalid pk"]})));
        assert!(refusal.names(&["authorization_flow"]) && !refusal.names(&["name"]));
        assert!(refusal.fault("the client").to_string().contains("authorization_flow: Invalid pk"));
        assert!(matches!(Refusal::default().fault("it"), Fault::Fail { code: "identity_refused", .. }));
    }
}
