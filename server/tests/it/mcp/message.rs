//! Messages and tokens as OpenWebUI sends them.

use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

pub(crate) fn signed(claims: &Value, secret: &str) -> String {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(secret.as_bytes())).expect("signed")
}

/// A message of the older protocol, which needs no metadata.
pub(crate) fn call(tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
}
