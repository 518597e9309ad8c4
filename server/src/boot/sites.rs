//! Where sites run: the driver that the configuration chooses.

use super::{APP_ID, network::Ways};
use crate::{
    config::{self, Config, PullPolicy, Security, Way},
    systems::site::{
        SiteMail, Sites,
        kubernetes::{self, Entrance, KubernetesSites},
        process::{self, ProcessSites},
    },
};
use std::sync::Arc;

/// The chosen driver, and this host's processes when it is that one: they want to be tended and ended.
pub(super) async fn sites(
    config: &Config,
    ways: &Ways<'_>,
) -> anyhow::Result<(Arc<dyn Sites>, Option<Arc<ProcessSites>>)> {
    Ok(match &config.site {
        config::Site::Process(s) => {
            let sites = Arc::new(ProcessSites::new(process(s, config, ways), ways.http(Way::Sites)?));
            (sites.clone(), Some(sites))
        }
        config::Site::Kubernetes(s) => (Arc::new(KubernetesSites::new(kubernetes(s, config, ways)?).await?), None),
    })
}

fn process(s: &config::SiteProcess, config: &Config, ways: &Ways<'_>) -> process::Config {
    process::Config {
        core: s.core.clone(),
        wordpress: s.wordpress.clone(),
        data: s.data.clone(),
        language: config.site_defaults.language,
        php: s.php.clone(),
        port: s.port,
        portal_url: config.portal.public_url.base().to_owned(),
        portal_api_url: config.portal.internal_base().to_owned(),
        trust: ways.sites(),
        app_id: APP_ID,
        mail: mail(&config.letters),
    }
}

fn kubernetes(s: &config::SiteKubernetes, config: &Config, ways: &Ways<'_>) -> anyhow::Result<kubernetes::Config> {
    let needs_ip = s.address.0.contains("{ip}");
    anyhow::ensure!(!needs_ip || s.ingress_ip.is_some(), "site.kubernetes.address holds {{ip}}: set ingress_ip too");
    Ok(kubernetes::Config {
        kubeconfig: s.kubeconfig.clone(),
        context: s.context.clone(),
        image: s.image.clone(),
        image_pull_policy: pull_policy(s.image_pull_policy),
        registry: s.registry.clone(),
        storage_class: s.storage_class.clone(),
        entrance: match s.gateway.clone() {
            Some(gateway) => Entrance::Gateway(gateway),
            None => Entrance::Ingress {
                class: s.ingress_class.clone(),
                annotations: s.ingress_annotations.clone().map(|a| a.0).unwrap_or_default(),
                certificate: s.certificate.clone(),
            },
        },
        address: s.address.0.clone(),
        ingress_ip: s.ingress_ip,
        reach: match s.reach {
            config::Reach::Service => kubernetes::Reach::Service,
            config::Reach::ClusterIp => kubernetes::Reach::ClusterIp,
            config::Reach::Public => kubernetes::Reach::Public,
        },
        callers: s.callers.0.clone(),
        egress: s.egress.0.clone(),
        database: database(&config.database),
        portal_url: config.portal.public_url.base().to_owned(),
        portal_api_url: config.portal.internal_base().to_owned(),
        trust: ways.sites(),
        app_id: APP_ID,
        mail: mail(&config.letters),
    })
}

/// The mail server for the sites' letters, if one is named.
fn mail(letters: &config::Letters) -> Option<SiteMail> {
    let (security, port) = match letters.security {
        Security::Starttls => ("starttls", 587),
        Security::Tls => ("tls", 465),
        Security::None => ("none", 25),
    };
    Some(SiteMail {
        host: letters.host.clone()?,
        port: letters.port.unwrap_or(port),
        security,
        user: letters.user.clone().unwrap_or_default(),
        password: letters.password.clone(),
        from: letters.from.clone().unwrap_or_default(),
    })
}

/// Where sites find the one database server; managed servers have an address for each tenant.
fn database(database: &config::Database) -> Option<(String, u16)> {
    match database {
        config::Database::Server(s) => Some((s.site_host.clone().unwrap_or_else(|| s.host.clone()), s.port)),
        config::Database::Existing(_) | config::Database::IonosV2(_) | config::Database::IonosV1(_) => None,
    }
}

/// As Kubernetes writes it.
pub(super) fn pull_policy(policy: PullPolicy) -> &'static str {
    match policy {
        PullPolicy::IfNotPresent => "IfNotPresent",
        PullPolicy::Always => "Always",
        PullPolicy::Never => "Never",
    }
}

/// Driver and place, for people.
pub(super) fn driver(site: &config::Site) -> String {
    match site {
        config::Site::Process(s) => format!("Processes on this host, port {}", s.port),
        config::Site::Kubernetes(s) => match &s.kubeconfig {
            Some(file) => format!("Kubernetes by {}", file.display()),
            None => "Kubernetes, this pod's cluster".to_owned(),
        },
    }
}
