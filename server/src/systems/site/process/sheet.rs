//! All that a site's process is told: the variables of the contract between portal and site, the address, the size.

use super::{Config, address};
use crate::domain::TenantId;
use crate::systems::site::Wanted;
use crate::systems::site::contract::{self, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// Where programs are looked for; a site sees no other variable of the portal's environment.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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
        let portal = contract::Portal {
            trust: &config.trust,
            url: &config.portal_url,
            api_url: &config.portal_api_url,
            app_id: config.app_id,
            mail: config.mail.as_ref(),
        };
        let mut env: BTreeMap<String, String> =
            [("PATH", PATH), ("LANG", "C.UTF-8"), ("TZ", "UTC")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        env.extend(contract::settings(portal, wanted));
        env.extend(contract::secrets(portal, wanted));
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
