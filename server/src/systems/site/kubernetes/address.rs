//! Where a site is: the public address by a template, and what a browser must be told when no name server knows it.

use super::Config;
use crate::domain::Slug;
use std::net::IpAddr;
use url::Url;

/// The public address of a site, without trailing slash.
pub(super) fn public(config: &Config, slug: &Slug) -> String {
    let ip = config.ingress_ip.map(|ip| ip.to_string()).unwrap_or_default();
    let address = config.address.replace("{slug}", slug.as_str()).replace("{ip}", &ip);
    address.trim_end_matches('/').to_owned()
}

/// The line for a machine's file of hosts: names below `.local` are in no name server (RFC 6762).
pub(super) fn hosts_line(config: &Config, slug: &Slug) -> Option<String> {
    let url = Url::parse(&public(config, slug)).ok()?;
    let name = url.host_str().filter(|name| name.ends_with(".local"))?;
    Some(format!("{} {name}", config.ingress_ip?))
}

/// A site behind an address of the cluster.
pub(super) fn of_ip(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => format!("http://{ip}"),
        IpAddr::V6(ip) => format!("http://[{ip}]"),
    }
}
