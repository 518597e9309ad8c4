//! What the driver is told.

use super::Entrance;
use crate::domain::Peer;
use secrecy::SecretString;
use std::path::PathBuf;

/// How sites are put on the cluster.
#[derive(Debug, Clone)]
pub struct Config {
    /// Kubeconfig file; without one the account of the portal's own pod.
    pub kubeconfig: Option<PathBuf>,
    /// Context in that file; without one its current one.
    pub context: Option<String>,
    /// Image of the sites.
    pub image: String,
    /// `IfNotPresent`, `Always` or `Never`.
    pub image_pull_policy: &'static str,
    /// How the sites' pods sign in at a private registry: a Docker configuration, `{"auths": …}`.
    pub registry: Option<SecretString>,
    /// Class of the volumes; without one the cluster's default.
    pub storage_class: Option<String>,
    /// How visitors come in.
    pub entrance: Entrance,
    /// Public address with `{slug}` and perhaps `{ip}`.
    pub address: String,
    /// Address of the ingress controller or the Gateway.
    pub ingress_ip: Option<std::net::IpAddr>,
    /// How the portal reaches sites.
    pub reach: Reach,
    /// Who may connect to sites: the ingress controller or the Gateway's pods, the portal.
    pub callers: Vec<Peer>,
    /// To whom sites may connect.
    pub egress: Vec<Peer>,
    /// Host and port of the database server that all sites share, where there is one.
    pub database: Option<(String, u16)>,
    /// The portal as browsers reach it, without trailing slash.
    pub portal_url: String,
    /// The portal as sites reach it, without trailing slash.
    pub portal_api_url: String,
    /// `app_id` of the chat's application passwords.
    pub app_id: uuid::Uuid,
    /// Whom sites trust, and how they speak to their databases.
    pub trust: crate::systems::site::Trust,
    /// The mail server for the sites' letters.
    pub mail: Option<crate::systems::site::SiteMail>,
}

/// How the portal reaches a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// By the Service's name: the portal runs in the cluster.
    Service,
    /// By the Service's address: the portal runs on a node of the cluster.
    ClusterIp,
    /// As everybody does, by the site's public address.
    Public,
}
