//! Where the tenants' sites run.

use super::section::{Setting, choice, section};
use crate::domain::{GatewayName, Peer, peer::PeerError};
use secrecy::SecretString;
use serde::Deserialize;
use std::{collections::BTreeMap, net::IpAddr, path::PathBuf};
use url::{Host, Url};

choice! {
    /// Where the tenants' WordPress sites run.
    Site at "site", default "process";
    /// PHP's own web server on this host, for demonstration and development;
    Process(SiteProcess) = "process";
    /// a namespace of a Kubernetes cluster for each site.
    Kubernetes(SiteKubernetes) = "kubernetes";
}

section! {
    /// Sites as processes on this host.
    SiteProcess at "site.process";
    /// Folder of an unpacked WordPress.
    core: PathBuf;
    /// The folder `wordpress` of this project.
    wordpress: PathBuf;
    /// Folder for the sites' files.
    data: PathBuf;
    /// PHP's program.
    php: PathBuf = "php";
    /// TCP port of the sites.
    port: u16 = 8000;
}

section! {
    /// Sites on a Kubernetes cluster.
    SiteKubernetes at "site.kubernetes";
    /// Kubeconfig file; without one the portal runs in the cluster and uses its own pod's account.
    kubeconfig: Option<PathBuf>;
    /// Context in that file; without one its current one.
    context: Option<String>;
    /// Image of the sites, best with a digest.
    image: String;
    /// `IfNotPresent`, `Always` or `Never`.
    image_pull_policy: PullPolicy = "IfNotPresent";
    /// How nodes sign in at the private registry of the image: a Docker configuration such as `{"auths": {"registry.example.org": {"auth": "…"}}}`. Each site's namespace gets it as a Secret.
    registry: Option<SecretString>;
    /// Class of the volumes for uploads; without one the cluster's default.
    storage_class: Option<String>;
    /// Class of the ingresses; without one the cluster's default.
    ingress_class: Option<String>;
    /// Further annotations of the ingresses, such as `cert-manager.io/cluster-issuer=letsencrypt`, with commas between them.
    ingress_annotations: Option<Annotations>;
    /// Name of the Secret that holds or will hold a site's certificate, in the site's namespace; without one the ingress controller's own certificate is used. Only for addresses with `https`.
    certificate: Option<String>;
    /// Gateway (Gateway API) as `namespace/name` or `namespace/name/listener`: a site then gets an HTTPRoute in place of an Ingress, and certificates are the Gateway's. Not together with the three settings before.
    gateway: Option<GatewayName>;
    /// Address of a site: `{slug}` stands for its short name, `{ip}` for `ingress_ip`.
    address: SiteAddress = "http://wordpress-tenant-{slug}.local";
    /// Address of the ingress controller, or of the Gateway. For names below `.local` the portal shows the line for the file of hosts.
    ingress_ip: Option<IpAddr>;
    /// How the portal reaches sites: `service` by name (the portal runs in the cluster), `cluster-ip` (on a node), `public` (by their public address).
    reach: Reach = "service";
    /// Who may connect to sites, the ingress controller (or the Gateway's pods) and the portal: ranges such as `10.0.0.0/24` or `namespace:admin-apps`, with commas between them.
    callers: Peers = "namespace:admin-apps";
    /// To whom sites may connect besides the cluster's name server, in the same form, also with a TCP port (`10.0.0.0/24:3306`): database, portal and provider. Of a namespace, ports are those of its pods: by default the portal and Traefik (8000, 8443) and MariaDB (3306), and neither metrics nor anything else. Those whose address is a number are allowed by themselves.
    egress: Peers = "namespace:admin-apps:8000, namespace:admin-apps:8443, namespace:admin-apps:3306";
}

/// When a node fetches an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PullPolicy {
    /// When it has none.
    IfNotPresent,
    /// Each time.
    Always,
    /// At no time.
    Never,
}

impl Setting for PullPolicy {}

/// How the portal reaches sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// By the Service's name.
    Service,
    /// By the Service's address.
    ClusterIp,
    /// By the public address.
    Public,
}

impl Setting for Reach {}
impl Setting for IpAddr {}
impl Setting for GatewayName {}

impl Site {
    /// Settings that rule each other out, one sentence each.
    pub(super) fn contradictions(&self) -> Vec<String> {
        let Self::Kubernetes(s) = self else { return Vec::new() };
        let Some(gateway) = &s.gateway else { return Vec::new() };
        let given = [
            ("ingress_class", s.ingress_class.is_some()),
            ("ingress_annotations", s.ingress_annotations.is_some()),
            ("certificate", s.certificate.is_some()),
        ];
        let say = |name| {
            format!(
                "site.kubernetes.{name}: sites behind the Gateway {gateway} have no Ingress. Leave out this or gateway."
            )
        };
        given.into_iter().filter(|(_, given)| *given).map(|(name, _)| say(name)).collect()
    }
}

/// Parties on the network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Peers(pub Vec<Peer>);

impl Setting for Peers {}

impl TryFrom<String> for Peers {
    type Error = PeerError;
    fn try_from(text: String) -> Result<Self, PeerError> {
        Peer::list(&text).map(Self)
    }
}

/// `name=value`, with commas between them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Annotations(pub BTreeMap<String, String>);

impl Setting for Annotations {}

impl TryFrom<String> for Annotations {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let one =
            |one: &str| one.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        let all: Option<BTreeMap<_, _>> = text.split(',').map(one).collect();
        all.map(Self).ok_or("write name=value, with commas between them")
    }
}

/// Template of a public address: `http` or `https`, a host name that holds `{slug}`, perhaps a port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SiteAddress(pub String);

impl Setting for SiteAddress {}

impl TryFrom<String> for SiteAddress {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let say = "write an address such as https://{slug}.sites.example.org";
        // The longest short name must still fit into a label.
        let host = |slug: &str| {
            let url = Url::parse(&text.replace("{slug}", slug).replace("{ip}", "192.0.2.1")).map_err(|_| say)?;
            let bare = url.username().is_empty() && url.password().is_none();
            let whole = bare && url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            let fits = |name: &str| name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()));
            match url.host() {
                Some(Host::Domain(name)) if whole && fits(name) && matches!(url.scheme(), "http" | "https") => {
                    Ok(name.to_owned())
                }
                _ => Err(say),
            }
        };
        if host(&"a".repeat(30))? == host("acme")? { Err(say) } else { Ok(Self(text)) }
    }
}
