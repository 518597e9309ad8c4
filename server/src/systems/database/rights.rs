//! All that the portal may do in its own namespace to reach managed databases, and why. One table for three readers, like
//! that of the sites: the doctor asks for each right, the chart's Role grants exactly these, people read it.

use crate::systems::cluster::{Right, right};

/// The table. It holds in the namespace of [`super::reach::job`] alone.
pub const RIGHTS: &[Right] = &[
    right(
        "",
        "secrets",
        &["get", "create", "patch"],
        "Databases that Terraform made; what a Job is told, for its life.",
    ),
    right(
        "batch",
        "jobs",
        &["get", "create", "patch", "delete"],
        "Errands to databases that only the cluster reaches.",
    ),
    right("", "pods", &["list"], "What an errand came to."),
];
