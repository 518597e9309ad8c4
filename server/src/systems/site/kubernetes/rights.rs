//! All that the portal may do on the cluster, and why. One table for three readers: the doctor asks for each right, the
//! chart's ClusterRole grants exactly these (a test compares them), and people read it in the documentation.

use super::entrance::Entrance;
use crate::systems::cluster::{Right, named, right};
use When::{Always, Gateway, Ingress};

/// Server-side apply is a patch, and creates what is missing.
const APPLY: &[&str] = &["list", "create", "patch"];

/// When a right is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At all times.
    Always,
    /// When visitors come by an Ingress.
    Ingress,
    /// When visitors come by a Gateway.
    Gateway,
}

/// The Secrets of a site. The account sees and changes these and no others, in whatever namespace.
pub const SECRETS: &[&str] = &["wordpress", "wordpress-install", "wordpress-registry"];

/// The table.
pub const RIGHTS: &[(When, Right)] = &[
    (
        Always,
        right(
            "",
            "namespaces",
            &["get", "list", "create", "patch", "delete"],
            "A tenant's room; all else goes with it.",
        ),
    ),
    (Always, right("", "resourcequotas", APPLY, "What the room may use.")),
    (Always, right("", "limitranges", APPLY, "What a container gets that asks for nothing.")),
    (Always, right("", "serviceaccounts", APPLY, "The pods' account, without a token.")),
    (Always, named("", "secrets", SECRETS, APPLY, "The site's passwords. Lists ask for names and marks only.")),
    (Always, right("", "configmaps", APPLY, "The site's settings.")),
    (Always, right("", "persistentvolumeclaims", APPLY, "Uploads.")),
    (Always, right("", "services", APPLY, "The site's address inside the cluster.")),
    (Always, right("", "pods", &["list"], "Why a site does not come up.")),
    (Always, right("", "pods/log", &["get"], "The last words of a container that ended.")),
    (Always, right("apps", "deployments", APPLY, "The site.")),
    (Always, right("batch", "cronjobs", APPLY, "WordPress's clock.")),
    (Always, right("networking.k8s.io", "networkpolicies", APPLY, "Who may speak with the site.")),
    (
        Always,
        right(
            "rbac.authorization.k8s.io",
            "rolebindings",
            &["list"],
            "Who else was let into a tenant's room? Names and marks only.",
        ),
    ),
    (Always, right("storage.k8s.io", "storageclasses", &["list"], "Is there somebody to make volumes?")),
    (Ingress, right("networking.k8s.io", "ingresses", APPLY, "The site's address outside.")),
    (Ingress, right("networking.k8s.io", "ingressclasses", &["list"], "Is there somebody to bring visitors in?")),
    (Gateway, right("gateway.networking.k8s.io", "httproutes", APPLY, "The site's address outside.")),
    (Gateway, right("gateway.networking.k8s.io", "gateways", &["get"], "Does the Gateway let tenants' routes in?")),
    (Gateway, right("networking.k8s.io", "ingresses", &["list"], "One from before must not be overlooked.")),
];

/// The rights that are needed with this way in, and no more.
pub fn rights(entrance: &Entrance) -> Vec<Right> {
    let way = match entrance {
        Entrance::Ingress { .. } => Ingress,
        Entrance::Gateway(_) => Gateway,
    };
    RIGHTS.iter().filter(|(when, _)| *when == Always || *when == way).map(|(_, right)| *right).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_in_has_the_rights_it_uses_and_no_more() {
        let ingress = Entrance::Ingress { class: None, annotations: Default::default(), certificate: None };
        let gateway = Entrance::Gateway("infra/web".parse().expect("a name"));
        let of = |entrance: &Entrance, (group, resource): (&str, &str)| {
            let all = rights(entrance);
            let alike: Vec<_> = all.iter().filter(|r| (r.group, r.resource) == (group, resource)).collect();
            assert!(alike.len() < 2, "{group}/{resource}");
            alike.first().map_or(&[][..], |right| right.verbs)
        };
        let (ingresses, routes) = (("networking.k8s.io", "ingresses"), ("gateway.networking.k8s.io", "httproutes"));
        for entrance in [&ingress, &gateway] {
            for kind in entrance.kinds().filter(|kind| kind.resource() != ingresses) {
                assert!(APPLY.iter().all(|verb| of(entrance, kind.resource()).contains(verb)), "{kind}");
            }
        }
        assert_eq!((of(&ingress, ingresses), of(&ingress, routes)), (APPLY, &[][..]));
        assert_eq!((of(&gateway, ingresses), of(&gateway, routes)), (&["list"][..], APPLY));
        assert_eq!(of(&gateway, ("networking.k8s.io", "ingressclasses")), &[] as &[&str]);
    }

    #[test]
    fn no_line_may_do_everything() {
        for (_, right) in RIGHTS {
            let all = right.group.contains('*') || right.resource.contains('*') || right.verbs.contains(&"*");
            assert!(!all && right.why.ends_with(['.', '?']), "{right:?}");
        }
    }
}
