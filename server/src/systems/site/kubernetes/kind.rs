//! The kinds of objects a site is made of, and where the API has them.

use serde::{Deserialize, Serialize};

/// A kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The tenant's room.
    Namespace,
    /// What may be used in it.
    ResourceQuota,
    /// What a container gets that asks for nothing.
    LimitRange,
    /// Who may speak with whom.
    NetworkPolicy,
    /// The pods' account.
    ServiceAccount,
    /// Environment that only the site may read.
    Secret,
    /// Environment that anybody may read.
    ConfigMap,
    /// Uploads.
    PersistentVolumeClaim,
    /// The address inside the cluster.
    Service,
    /// The site.
    Deployment,
    /// WordPress's clock.
    CronJob,
    /// The address outside.
    Ingress,
    /// The address outside, behind a Gateway.
    HTTPRoute,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Namespace,
        Self::ResourceQuota,
        Self::LimitRange,
        Self::NetworkPolicy,
        Self::ServiceAccount,
        Self::Secret,
        Self::ConfigMap,
        Self::PersistentVolumeClaim,
        Self::Service,
        Self::Deployment,
        Self::CronJob,
        Self::Ingress,
        Self::HTTPRoute,
    ];

    /// API group (empty for the core) and plural name; all are in version `v1`.
    pub const fn resource(self) -> (&'static str, &'static str) {
        match self {
            Self::Namespace => ("", "namespaces"),
            Self::ResourceQuota => ("", "resourcequotas"),
            Self::LimitRange => ("", "limitranges"),
            Self::NetworkPolicy => ("networking.k8s.io", "networkpolicies"),
            Self::ServiceAccount => ("", "serviceaccounts"),
            Self::Secret => ("", "secrets"),
            Self::ConfigMap => ("", "configmaps"),
            Self::PersistentVolumeClaim => ("", "persistentvolumeclaims"),
            Self::Service => ("", "services"),
            Self::Deployment => ("apps", "deployments"),
            Self::CronJob => ("batch", "cronjobs"),
            Self::Ingress => ("networking.k8s.io", "ingresses"),
            Self::HTTPRoute => ("gateway.networking.k8s.io", "httproutes"),
        }
    }

    /// Comes after what its pods need.
    pub(super) fn starts_pods(self) -> bool {
        matches!(self, Self::Deployment | Self::CronJob)
    }

    /// When it is made: the namespace, what closes it, what pods need, pods.
    pub(super) fn wave(self) -> usize {
        match self {
            Self::Namespace => 0,
            Self::NetworkPolicy => 1,
            kind if kind.starts_pods() => 3,
            _ => 2,
        }
    }

    /// Made anew it is what it was, so a missing one is put back without a person.
    pub(super) fn holds_nothing(self) -> bool {
        !matches!(self, Self::Namespace | Self::PersistentVolumeClaim)
    }

    /// Path of the kind's collection, of all namespaces or of one. A namespace is in none.
    pub(super) fn collection(self, namespace: Option<&str>) -> String {
        let (group, plural) = self.resource();
        let root = if group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{group}/v1") };
        match namespace {
            Some(namespace) if self != Self::Namespace => format!("{root}/namespaces/{namespace}/{plural}"),
            _ => format!("{root}/{plural}"),
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}
