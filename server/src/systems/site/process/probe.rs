//! Looks at a site from outside, and at this host before sites are put on it.

use super::{Config, address, languages};
use crate::domain::{Fault, Health};
use crate::systems::http::Http;
use reqwest::Method;
use serde::Deserialize;
use std::net::Ipv4Addr;
use std::time::Duration;

/// How long a look at a site may take.
const LIMIT: Duration = Duration::from_secs(10);

/// The modules that WordPress asks for (handbook, "Server Environment") and this project uses.
const MODULES: [&str; 4] = ["mysqli", "curl", "mbstring", "dom"];

#[derive(Deserialize)]
struct PostType {
    slug: String,
}

/// Why the site is not right, or `None`. The route needs the database and no sign-in; without an installation WordPress
/// answers 302, without a database 500. It is asked for in the form that works with any permalinks.
pub(super) async fn trouble(http: &Http, address: &str) -> Option<String> {
    let url = format!("{address}/?rest_route=/wp/v2/types/post");
    let reply = match http.call("The site", Method::GET, &url).limit(LIMIT).send().await {
        Ok(reply) => reply,
        Err(Fault::Retry { why, .. }) => return Some(why),
        Err(fault) => return Some(fault.to_string()),
    };
    match reply.status.as_u16() {
        200 if reply.json::<PostType>().is_ok_and(|t| t.slug == "post") => None,
        200 => Some("The site does not answer as WordPress does.".to_owned()),
        301 | 302 => Some("WordPress is not installed at the site.".to_owned()),
        status => Some(format!("The site does not answer properly ({status}).")),
    }
}

/// Can sites run on this host?
pub(super) async fn host(config: &Config) -> Health {
    if !std::path::Path::new("/proc/self/environ").exists() {
        return Health::bad(
            "This system has no /proc, by which sites' processes are recognised.",
            "Run the portal on Linux, or use another driver for sites.",
        );
    }
    if let Err(Fault::Fail { say, next, .. }) = address::takes(Ipv4Addr::new(127, 64, 0, 1), config.port) {
        return Health::bad(say, next);
    }
    for missing in [config.core.join("wp-load.php"), config.wordpress.join("install.php")] {
        if !missing.exists() {
            return Health::bad(
                format!("{} is not there.", missing.display()),
                "Check core and wordpress in the section [site.process].",
            );
        }
    }
    match languages::trouble(config) {
        Some(trouble) => trouble,
        None => php(config).await,
    }
}

async fn php(config: &Config) -> Health {
    let script = "echo PHP_VERSION, ' ', implode(' ', array_map('strtolower', get_loaded_extensions()));";
    let run = tokio::process::Command::new(&config.php).args(["-r", script]).kill_on_drop(true).output();
    let said = match tokio::time::timeout(LIMIT, run).await {
        Ok(Ok(output)) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
        _ => {
            return Health::bad(
                format!("{} cannot be run.", config.php.display()),
                "Install PHP's command-line program, or name it as php in the section [site.process].",
            );
        }
    };
    let mut words = said.split(' ');
    let version = words.next().unwrap_or_default();
    let there: Vec<&str> = words.collect();
    match MODULES.iter().find(|m| !there.contains(m)) {
        Some(module) => Health::bad(format!("PHP {version} lacks {module}."), "Install PHP's module of that name."),
        None => Health::good(format!("PHP {version} on this host")),
    }
}
