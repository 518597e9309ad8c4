//! Managed databases of IONOS: from either section to the driver.

use super::addresses::StoredAddresses;
use crate::{
    config::{DatabaseIonosV1, DatabaseIonosV2, WebAddress},
    domain::{Clock, DatabaseSize, Gigabytes},
    store::Store,
    systems::{
        database::{
            ionos::{self, IonosDatabases},
            reach::{Reach, SiteUser},
        },
        http::Http,
    },
};
use std::sync::Arc;

/// What the driver is handed.
pub(super) struct Hands {
    pub(super) http: Http,
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) reach: Arc<dyn Reach>,
    pub(super) site_user: SiteUser,
    /// There is a bucket for dumps.
    pub(super) dumps: bool,
}

fn url(location: &str) -> String {
    format!("https://mariadb.{location}.ionos.com")
}

/// A token for a simulator is not shown to IONOS.
fn cloud_url(url: Option<&WebAddress>, cloud: Option<&WebAddress>) -> Option<String> {
    match cloud {
        Some(cloud) => Some(cloud.base().to_owned()),
        None => url.is_none().then(|| "https://api.ionos.com/cloudapi/v6".to_owned()),
    }
}

/// The location, for people: only a simulator has an address of its own.
pub(super) fn place(location: &str, url: Option<&WebAddress>) -> String {
    match url {
        None => location.to_owned(),
        Some(url) => format!("{location}, simulated at {}", url.base()),
    }
}

/// By the second version of the API.
pub(super) fn v2(c: &DatabaseIonosV2, hands: Hands) -> IonosDatabases {
    let config = ionos::Config {
        url: c.url.as_ref().map_or_else(|| url(&c.location.0), |url| url.base().to_owned()),
        cloud_url: cloud_url(c.url.as_ref(), c.cloud_url.as_ref()),
        token_file: c.token_file.clone(),
        contract: c.contract.clone(),
        environment: c.environment.0.clone(),
        datacenter: c.datacenter.clone(),
        lans: c.lans.0.clone(),
        site_user: hands.site_user,
        version: c.version.clone(),
        size: size(c.instances, c.cores, c.ram_gb, c.storage_gb),
        backup_location: Some(c.backup_location.clone()),
        backup_days: c.backup_days,
        maintenance: (c.maintenance_day.clone(), c.maintenance_time.clone()),
        dumps: hands.dumps,
        location: c.location.0.clone(),
        place: place(&c.location.0, c.url.as_ref()),
        simulated: c.url.is_some(),
    };
    let book = Arc::new(StoredAddresses { store: hands.store, clock: hands.clock.clone() });
    IonosDatabases::v2(hands.http, config, book, hands.reach, hands.clock)
}

/// By the first version of the API.
pub(super) fn v1(c: &DatabaseIonosV1, hands: Hands) -> IonosDatabases {
    let config = ionos::Config {
        url: c.url.as_ref().map_or_else(|| url(&c.location.0), |url| url.base().to_owned()),
        cloud_url: cloud_url(c.url.as_ref(), c.cloud_url.as_ref()),
        token_file: c.token_file.clone(),
        contract: c.contract.clone(),
        environment: c.environment.0.clone(),
        datacenter: c.datacenter.clone(),
        lans: c.lans.0.clone(),
        site_user: hands.site_user,
        version: c.version.clone(),
        size: size(c.instances, c.cores, c.ram_gb, c.storage_gb),
        backup_location: c.backup_location.clone(),
        backup_days: 7,
        maintenance: (c.maintenance_day.clone(), c.maintenance_time.clone()),
        dumps: hands.dumps,
        location: c.location.0.clone(),
        place: place(&c.location.0, c.url.as_ref()),
        simulated: c.url.is_some(),
    };
    let book = Arc::new(StoredAddresses { store: hands.store, clock: hands.clock.clone() });
    IonosDatabases::v1(hands.http, config, book, hands.reach, hands.clock)
}

fn size(instances: u16, cores: u16, ram: u16, storage: u16) -> DatabaseSize {
    DatabaseSize { instances, cores, ram: Gigabytes(ram), storage: Gigabytes(storage) }
}
