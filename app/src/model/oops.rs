//! One error shape for pages, the API and the pairing protocol: a code that never changes, a sentence, one next action.

use serde::{Deserialize, Serialize};

/// A refusal or failure that a person may read. It never carries internals or secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oops {
    /// HTTP status that fits: 403, 404, 409, 422, 429, 503, 500.
    #[serde(skip)]
    pub status: u16,
    /// Stable, snake_case.
    pub code: String,
    /// What failed and why, one plain sentence.
    #[serde(rename = "message")]
    pub say: String,
    /// The one next action.
    pub next: String,
    /// Complaints about single form fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

/// A complaint about one form field; `field` is the input's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the input.
    pub field: String,
    /// What is wrong and the cure.
    pub say: String,
}

impl Oops {
    /// A refusal with its HTTP status, stable code, sentence and next action.
    pub fn new(status: u16, code: &str, say: impl Into<String>, next: impl Into<String>) -> Self {
        Self { status, code: code.into(), say: say.into(), next: next.into(), fields: Vec::new() }
    }

    /// The key of an order is there already, with other fields.
    pub fn reused_key() -> Self {
        let say = "The key of this order was used for another order. Nothing was ordered.";
        Self::new(422, "idempotency_key_reused", say, "Send a new key with a new order, or open the form anew.")
    }

    /// What a stranger gets for anything that does not exist or is not theirs: both look the same.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "There is nothing here, or it is not yours to see.", "Go back to your tenants.")
    }

    /// The caller is known but the role does not allow this.
    pub fn forbidden() -> Self {
        Self::new(403, "not_allowed", "Your role does not allow this.", "Ask an operator.")
    }

    /// Something on our side failed; details are in the server's log under the trace id of the answer.
    pub fn internal() -> Self {
        Self::new(500, "internal", "Slipway could not finish this. Nothing was half-done.", "Try again in a minute.")
    }

    /// The first complaint about `field`, if there is one.
    pub fn on(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.field == field).map(|f| f.say.as_str())
    }
}

impl std::fmt::Display for Oops {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.say, self.code)
    }
}

impl std::error::Error for Oops {}
