//! All that a site's process is told: the variables of the contract between portal and site, the address, the size.

use super::{Config, address};
use crate::domain::TenantId;
use crate::systems::site::Wanted;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// Login of the break-glass administrator of every site.
pub const ADMIN_LOGIN: &str = "slipway-admin";

/// Where programs are looked for; a site sees no other variable of the portal's environment.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// WordPress's keys and salts, as its configuration file names them.
const KEYS: [&str; 8] = [
    "AUTH_KEY",
    "SECURE_AUTH_KEY",
    "LOGGED_IN_KEY",
    "NONCE_KEY",
    "AUTH_SALT",
    "SECURE_AUTH_SALT",
    "LOGGED_IN_SALT",
    "NONCE_SALT",
];

/// A site's sheet, kept in its folder with mode 0600. The password of the break-glass administrator is not on it: only
/// the installation needs that.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Sheet {
    pub(super) tenant: TenantId,
    pub(super) ip: Ipv4Addr,
    pub(super) port: u16,
    pub(super) workers: u16,
    pub(super) upload_mb: u16,
    /// Fingerprint of the files it runs from.
    pub(super) files: String,
    pub(super) env: BTreeMap<String, String>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheet").field("tenant", &self.tenant).field("ip", &self.ip).finish_non_exhaustive()
    }
}

impl Sheet {
    pub(super) fn of(config: &Config, wanted: &Wanted, files: &str) -> Self {
        let database = &wanted.database;
        let mut env: BTreeMap<String, String> = [
            ("PATH", PATH.to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("SLIPWAY_TENANT", wanted.slug.to_string()),
            ("SLIPWAY_TENANT_ID", wanted.tenant.to_string()),
            ("SLIPWAY_TENANT_NAME", one_line(&wanted.name)),
            ("SLIPWAY_PORTAL_URL", config.portal_url.clone()),
            ("SLIPWAY_PORTAL_API_URL", config.portal_api_url.clone()),
            ("SLIPWAY_SITE_SECRET", wanted.site_secret.expose_secret().to_owned()),
            ("SLIPWAY_APP_ID", config.app_id.to_string()),
            ("SLIPWAY_SITE_URL", wanted.site_url.clone()),
            ("SLIPWAY_ADMIN_LOGIN", ADMIN_LOGIN.to_owned()),
            ("SLIPWAY_ADMIN_EMAIL", wanted.admin_email.to_string()),
            ("SLIPWAY_LOCALE", "en_US".to_owned()),
            ("WORDPRESS_DB_HOST", format!("{}:{}", database.host, database.port)),
            ("WORDPRESS_DB_USER", database.user.clone()),
            ("WORDPRESS_DB_PASSWORD", wanted.database_password.expose_secret().to_owned()),
            ("WORDPRESS_DB_NAME", database.name.clone()),
            ("OIDC_CLIENT_ID", wanted.client.client_id.clone()),
            ("OIDC_CLIENT_SECRET", wanted.client_secret.expose_secret().to_owned()),
            ("OIDC_ISSUER", wanted.client.issuer.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        env.extend(KEYS.map(|key| (format!("WORDPRESS_{key}"), derived(wanted.salt.expose_secret(), key))));
        Self {
            tenant: wanted.tenant,
            ip: address::of(wanted.tenant),
            port: config.port,
            workers: wanted.plan.php_workers.max(2),
            upload_mb: wanted.plan.upload_mb,
            files: files.to_owned(),
            env,
        }
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}:{}", self.ip, self.port)
    }

    /// Changes with anything on the sheet. It is a hash over 256-bit secrets, so it tells nothing about them.
    pub(super) fn hash(&self) -> String {
        hex(&Sha256::digest(serde_json::to_vec(self).unwrap_or_default()))
    }
}

/// SHA-256 of the tenant's salt, ':' and the key's name: the same after every restart, so sign-ins survive it.
fn derived(salt: &str, key: &str) -> String {
    hex(&Sha256::digest(format!("{salt}:{key}").as_bytes()))
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
