//! From a wanted site to its objects: the templates in `templates/manifests`, filled in, read and marked with a hash.
//!
//! Quantities are written as the API server writes them (12 hundred millicores are `1200m`, a thousand are `1`), so that
//! what is wanted and what is found can be compared as texts.

use super::{Config, Entrance, kind::Kind, namespace};
use crate::{
    domain::{Fault, Party, Peer, Plan},
    systems::site::{
        Wanted,
        contract::{self, hex},
    },
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, net::IpAddr};
use url::{Host, Url};

/// Annotation with the hash of the manifest that was applied last.
pub(super) const HASH: &str = "slipway.dev/manifest";

/// What may be used in a tenant's room beside the site: runs of wp-cron, a helper of cert-manager. Megabytes (10^6).
const ASIDE_MB: u32 = 384;
/// The same, thousandths of a core.
const ASIDE_MILLICORES: u32 = 100;

/// An object as it should be.
pub(super) struct Manifest {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// SHA-256 of the object without this hash. It covers secrets of 256 bits, so it tells nothing about them.
    pub(super) hash: String,
    /// The object, marked with its hash.
    pub(super) body: Value,
}

impl std::fmt::Debug for Manifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// What the templates are filled in with.
#[derive(Template, Hash)]
#[template(path = "manifests/all.yaml")]
pub(super) struct All<'a> {
    namespace: String,
    slug: &'a str,
    tenant_id: String,
    site_url: &'a str,
    host: String,
    tls: bool,
    image: &'a str,
    image_pull_policy: &'a str,
    registry: Option<String>,
    storage_class: Option<&'a str>,
    entrance: &'a Entrance,
    callers: &'a [Peer],
    egress: Vec<Peer>,
    settings: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
    admin_password: String,
    environment: String,
    cron_schedule: String,
    cpu: String,
    memory: String,
    memory_aside: String,
    disk: String,
    scratch: String,
    room_cpu: String,
    room_memory: String,
    room_memory_aside: String,
}

impl All<'_> {
    /// All objects of a site, in the order of the template.
    pub(super) fn manifests(&self) -> Result<Vec<Manifest>, Fault> {
        let text = self.render().map_err(|_| unreadable())?;
        // What the reader says of a mistake may quote the text, and the text holds secrets.
        let bodies: Vec<Value> = serde_saphyr::from_multiple(&text).map_err(|_| unreadable())?;
        bodies.into_iter().map(manifest).collect()
    }
}

fn manifest(mut body: Value) -> Result<Manifest, Fault> {
    let kind = serde_json::from_value(body["kind"].clone()).map_err(|_| unreadable())?;
    let name = body["metadata"]["name"].as_str().ok_or_else(unreadable)?.to_owned();
    let hash = hex(&Sha256::digest(serde_json::to_vec(&body).unwrap_or_default()));
    body["metadata"]["annotations"][HASH] = Value::String(hash.clone());
    Ok(Manifest { kind, name, hash, body })
}

fn unreadable() -> Fault {
    Fault::fail("template", "The site's manifests could not be made.", "Report this.")
}

/// Everything about a wanted site.
pub(super) fn all<'a>(config: &'a Config, wanted: &'a Wanted) -> Result<All<'a>, Fault> {
    let portal = contract::Portal {
        trust: &config.trust,
        url: &config.portal_url,
        api_url: &config.portal_api_url,
        app_id: config.app_id,
        mail: config.mail.as_ref(),
    };
    let plan = &wanted.plan;
    let mut settings = contract::settings(portal, wanted);
    settings.insert("SLIPWAY_PHP_WORKERS".to_owned(), plan.php_workers.max(2).to_string());
    settings.insert("SLIPWAY_UPLOAD_MB".to_owned(), plan.upload_mb.to_string());
    let secrets = contract::secrets(portal, wanted);
    let environment = hex(&Sha256::digest(serde_json::to_vec(&(&settings, &secrets)).unwrap_or_default()));
    let (host, tls) = host(&wanted.site_url)?;
    Ok(All {
        namespace: namespace(&wanted.slug),
        slug: wanted.slug.as_str(),
        tenant_id: wanted.tenant.to_string(),
        site_url: &wanted.site_url,
        host,
        tls,
        image: &config.image,
        image_pull_policy: config.image_pull_policy,
        registry: config.registry.as_ref().map(|registry| STANDARD.encode(registry.expose_secret())),
        storage_class: config.storage_class.as_deref(),
        entrance: &config.entrance,
        callers: &config.callers,
        egress: egress(config, wanted),
        settings,
        secrets: secrets.into_iter().map(|(name, value)| (name, STANDARD.encode(value))).collect(),
        admin_password: STANDARD.encode(wanted.admin_password.expose_secret()),
        environment,
        cron_schedule: format!("{}-59/5 * * * *", wanted.tenant.0.as_bytes()[15] % 5),
        cpu: millicores(plan.cpu_millicores),
        memory: decimal(plan.memory_mb, ["M", "G", "T"]),
        memory_aside: decimal(aside_mb(plan), ["M", "G", "T"]),
        disk: decimal(plan.disk_gb, ["G", "T", "P"]),
        scratch: decimal(scratch_mb(plan), ["M", "G", "T"]),
        // While the site is renewed there are two of it.
        room_cpu: millicores(2 * plan.cpu_millicores + ASIDE_MILLICORES),
        room_memory: decimal(2 * plan.memory_mb + ASIDE_MB, ["M", "G", "T"]),
        room_memory_aside: decimal(2 * aside_mb(plan) + ASIDE_MB, ["M", "G", "T"]),
    })
}

/// Host and whether it is reached by TLS. Ingress and Gateway tell sites apart by name, so an address alone is none.
fn host(site_url: &str) -> Result<(String, bool), Fault> {
    let url = Url::parse(site_url).ok();
    match url.as_ref().map(|u| (u.host(), u.scheme())) {
        Some((Some(Host::Domain(name)), scheme)) => Ok((name.to_owned(), scheme == "https")),
        _ => Err(Fault::fail(
            "address_refused",
            format!("A site cannot be at {site_url}: on a cluster it needs a host name."),
            "Correct address in [site.kubernetes], undo the tenant and order it again.",
        )),
    }
}

/// Where a site may connect to: what the configuration says, and the database, the portal and the provider as far as
/// their addresses are numbers. A rule cannot hold a name.
fn egress(config: &Config, wanted: &Wanted) -> Vec<Peer> {
    let numbered = |url: &str| {
        let url = Url::parse(url).ok()?;
        let ip = match url.host()? {
            Host::Ipv4(ip) => IpAddr::V4(ip),
            Host::Ipv6(ip) => IpAddr::V6(ip),
            Host::Domain(_) => return None,
        };
        Some(Peer::address(ip, url.port_or_known_default()?))
    };
    let database = wanted.database.host.parse().ok().map(|ip| Peer::address(ip, wanted.database.port));
    let mut peers = config.egress.clone();
    for peer in [database, numbered(&config.portal_api_url), numbered(&wanted.client.issuer)].into_iter().flatten() {
        if !peers.contains(&peer) {
            peers.push(peer);
        }
    }
    peers
}

/// What a node keeps free for a site. Most sites are idle most of the time, with 55 MB; whoever takes more than was set aside
/// is the first to go when a node's memory ends, and comes back.
fn aside_mb(plan: &Plan) -> u32 {
    (plan.memory_mb / 4).max(plan.memory_mb.min(128))
}

/// Every worker may take an upload at the same time.
fn scratch_mb(plan: &Plan) -> u32 {
    64 + u32::from(plan.upload_mb) * u32::from(plan.php_workers)
}

fn millicores(n: u32) -> String {
    if n.is_multiple_of(1000) { (n / 1000).to_string() } else { format!("{n}m") }
}

/// A number in the largest unit in which it is whole.
fn decimal(mut n: u32, units: [&str; 3]) -> String {
    let mut unit = 0;
    while n.is_multiple_of(1000) && n > 0 && unit < 2 {
        n /= 1000;
        unit += 1;
    }
    format!("{n}{}", units[unit])
}

#[cfg(test)]
pub(super) mod tests;
