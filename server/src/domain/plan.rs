//! Plans: the sizes that can be ordered. They come from the configuration.

use serde::{Deserialize, Serialize};

/// A size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Persisted with the tenant; never renamed.
    pub key: String,
    /// What people read.
    pub label: String,
    /// One sentence.
    #[serde(default)]
    pub about: String,
    /// Monthly estimate as text ("about € 58"), if known.
    #[serde(default)]
    pub cost: Option<String>,
    /// PHP workers of the site, at least 2: the portal calls back into the site while the site waits for the portal.
    #[serde(default = "four")]
    pub php_workers: u16,
    /// Largest upload, megabytes (10^6 bytes).
    #[serde(default = "sixteen")]
    pub upload_mb: u16,
}

fn four() -> u16 {
    4
}

fn sixteen() -> u16 {
    16
}
