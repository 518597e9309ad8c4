//! Plans: the sizes that can be ordered. They come from the configuration.

use super::Gigabytes;
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
    /// Most memory of the site, megabytes (10^6 bytes); a PHP worker takes about 68. A cluster sets a quarter of it aside,
    /// and at least 128: an idle site has 55, and not all have visitors at once.
    #[serde(default = "memory")]
    pub memory_mb: u32,
    /// Share of a processor that a cluster sets aside for the site, thousandths of a core. It may use more when there is.
    #[serde(default = "cpu")]
    pub cpu_millicores: u32,
    /// Space for uploads on a cluster, gigabytes (10^9 bytes).
    #[serde(default = "disk")]
    pub disk_gb: u32,
    /// Servers of the tenant's database, where it gets a cluster of its own. Without it, as for the next three, the place's
    /// usual size counts.
    #[serde(default)]
    pub database_instances: Option<u16>,
    /// Cores of each.
    #[serde(default)]
    pub database_cores: Option<u16>,
    /// Memory of each.
    #[serde(default)]
    pub database_ram_gb: Option<Gigabytes>,
    /// Storage of each.
    #[serde(default)]
    pub database_storage_gb: Option<Gigabytes>,
}

fn four() -> u16 {
    4
}

fn sixteen() -> u16 {
    16
}

fn memory() -> u32 {
    512
}

fn cpu() -> u32 {
    25
}

fn disk() -> u32 {
    5
}
