//! What the process says about itself.

use super::section::{Setting, section};
use serde::Deserialize;

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Setting for LogFormat {}

section! {
    /// The log on standard error.
    Log at "log";
    /// `pretty` for people or `json` for collectors.
    format: LogFormat = "pretty";
    /// What to log, in the words of `tracing-subscriber`'s `EnvFilter`.
    filter: String = "info,rmcp=warn";
}
