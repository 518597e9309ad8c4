//! How visitors come to sites: by an Ingress, or by a Gateway of the Gateway API with an HTTPRoute for each site. Only what
//! is used is listed, asked for and granted. See docs/decisions/sites-behind-a-gateway.md.

use super::{kind::Kind, pods::Condition, room::Room, route};
use crate::domain::GatewayName;
use std::collections::BTreeMap;

/// The way in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Entrance {
    /// An Ingress for each site.
    Ingress {
        /// Class of the ingresses; without one the cluster's default.
        class: Option<String>,
        /// Further annotations.
        annotations: BTreeMap<String, String>,
        /// Name of the Secret with a site's certificate, in the site's namespace.
        certificate: Option<String>,
    },
    /// An HTTPRoute for each site, at this Gateway. Certificates are the Gateway's.
    Gateway(GatewayName),
}

impl Entrance {
    /// The kinds that are looked at. Behind a Gateway also ingresses, so that one from before is not overlooked.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        let gateway = matches!(self, Self::Gateway(_));
        Kind::ALL.into_iter().filter(move |kind| gateway || *kind != Kind::HTTPRoute)
    }

    /// Does the way lead in? For a site whose pod is up. Of an Ingress nobody says so.
    pub(super) fn condition(&self, room: &Room) -> Condition {
        match self {
            Self::Ingress { .. } => Condition::Up,
            Self::Gateway(gateway) => route::condition(gateway, room.object(Kind::HTTPRoute, "wordpress").as_ref()),
        }
    }

    /// An Ingress from the time before the Gateway. It is told and not removed: visitors may still come by it, until names
    /// lead to the Gateway, and only a person knows when that is.
    pub(super) fn leftover(&self, namespace: &str, room: &Room) -> Option<String> {
        let left = matches!(self, Self::Gateway(_)) && room.object(Kind::Ingress, "wordpress").is_some();
        left.then(|| {
            format!(
                "Ingress wordpress is still there, from before the Gateway. When the site's name leads to the Gateway, \
                 remove it: kubectl -n {namespace} delete ingress wordpress"
            )
        })
    }
}
