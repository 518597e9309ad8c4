//! All that the portal may do on the cluster, and why. One table for three readers: the doctor asks for each right, the
//! chart's ClusterRole grants exactly these (a test compares them), and people read it in the documentation.

use crate::systems::cluster::{Right, right};

/// Server-side apply is a patch, and creates what is missing.
const APPLY: &[&str] = &["list", "create", "patch"];

/// The table.
pub const RIGHTS: &[Right] = &[
    right("", "namespaces", &["get", "list", "create", "patch", "delete"], "A tenant's room; all else goes with it."),
    right("", "resourcequotas", APPLY, "What the room may use."),
    right("", "limitranges", APPLY, "What a container gets that asks for nothing."),
    right("", "serviceaccounts", APPLY, "The pods' account, without a token."),
    right("", "secrets", APPLY, "The site's passwords. Lists ask for names and marks only."),
    right("", "configmaps", APPLY, "The site's settings."),
    right("", "persistentvolumeclaims", APPLY, "Uploads."),
    right("", "services", APPLY, "The site's address inside the cluster."),
    right("", "pods", &["list"], "Why a site does not come up."),
    right("", "pods/log", &["get"], "The last words of a container that ended."),
    right("apps", "deployments", APPLY, "The site."),
    right("batch", "cronjobs", APPLY, "WordPress's clock."),
    right("networking.k8s.io", "networkpolicies", APPLY, "Who may speak with the site."),
    right("networking.k8s.io", "ingresses", APPLY, "The site's address outside."),
    right("networking.k8s.io", "ingressclasses", &["list"], "Is there somebody to bring visitors in?"),
    right("storage.k8s.io", "storageclasses", &["list"], "Is there somebody to make volumes?"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::site::kubernetes::kind::Kind;

    #[test]
    fn every_kind_can_be_applied_and_nothing_may_do_everything() {
        for kind in Kind::ALL {
            let (group, resource) = kind.resource();
            let right = RIGHTS.iter().find(|r| (r.group, r.resource) == (group, resource)).expect("a right");
            assert!(APPLY.iter().all(|verb| right.verbs.contains(verb)), "{kind}");
        }
        for right in RIGHTS {
            let all = right.group.contains('*') || right.resource.contains('*') || right.verbs.contains(&"*");
            assert!(!all && right.why.ends_with(['.', '?']), "{right:?}");
            let alike = |r: &&Right| (r.group, r.resource) == (right.group, right.resource);
            assert_eq!(RIGHTS.iter().filter(alike).count(), 1, "{right:?}");
        }
    }
}
