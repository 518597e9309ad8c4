//! Managed databases of IONOS. The two versions of their API are told nearly the same.

use super::{
    database::SiteUser,
    section::{Setting, WebAddress, section},
};
use crate::domain::Lans;
use serde::Deserialize;
use std::path::PathBuf;

section! {
    /// A managed MariaDB of IONOS for each tenant, ordered by the second version of their API ([how](operations/install-ionos.md#8-a-database-for-tenants)).
    DatabaseIonosV2 at "database.ionos_v2";
    /// Location of the data center, such as `de-txl`; it is part of the API's address.
    location: Location;
    /// Another address of the API, for simulators; without `/v2`.
    url: Option<WebAddress>;
    /// Address of the Cloud API, in which `slipway doctor --databases` looks at data center and networks; IONOS's own, unless `url` is set.
    cloud_url: Option<WebAddress>;
    /// File with an API token; read at each use. Only tokens are taken, no user names with passwords.
    token_file: PathBuf;
    /// Number of the contract to act on, for users of several.
    contract: Option<String>;
    /// Which installation this is, 1 to 12 small letters and digits: part of clusters' names and marks. Never change it.
    environment: Environment;
    /// Id of the virtual data center.
    datacenter: String;
    /// Its networks for databases, each number with its /24, such as `2=10.7.222.0/24, 3=10.7.223.0/24`. Each has room for eight.
    lans: Lans;
    /// As whom a site signs in: `own` makes it a user with the least rights; `owner` gives it the account that came with the server, for servers on which that account may make no users.
    site_user: SiteUser = "own";
    /// MariaDB's version. This and the sizes count for new clusters only.
    version: String = "11.4";
    /// Servers of a cluster, 1 to 5.
    instances: u16 = 1;
    /// Cores of a server.
    cores: u16 = 1;
    /// Memory of a server, gigabytes (10^9 bytes), at least 4.
    ram_gb: u16 = 4;
    /// Storage of a server, gigabytes (10^9 bytes), at least 10. It can only grow.
    storage_gb: u16 = 10;
    /// Where backups are kept, such as `eu-central-3`.
    backup_location: String;
    /// How many days backups are kept, 1 to 365.
    backup_days: u16 = 7;
    /// Day of the weekly maintenance, in English.
    maintenance_day: String = "Sunday";
    /// Beginning of the weekly maintenance, UTC; it takes four hours.
    maintenance_time: String = "03:00:00";
}

section! {
    /// The same by the first version of the API, for contracts that have only this one. It keeps backups for seven days.
    DatabaseIonosV1 at "database.ionos_v1";
    /// Location of the data center, such as `de-txl`; it is part of the API's address.
    location: Location;
    /// Another address of the API, for simulators.
    url: Option<WebAddress>;
    /// Address of the Cloud API, in which `slipway doctor --databases` looks at data center and networks; IONOS's own, unless `url` is set.
    cloud_url: Option<WebAddress>;
    /// File with an API token; read at each use. Only tokens are taken, no user names with passwords.
    token_file: PathBuf;
    /// Number of the contract to act on, for users of several.
    contract: Option<String>;
    /// Which installation this is, 1 to 12 small letters and digits: part of clusters' names. Never change it.
    environment: Environment;
    /// Id of the virtual data center.
    datacenter: String;
    /// Its networks for databases, each number with its /24, such as `2=10.7.222.0/24, 3=10.7.223.0/24`. Each has room for eight.
    lans: Lans;
    /// As whom a site signs in: `own` or `owner`, as in `[database.ionos_v2]`.
    site_user: SiteUser = "own";
    /// MariaDB's version, `10.6` or `10.11`. This and the sizes count for new clusters only.
    version: String = "10.11";
    /// Servers of a cluster, 1 to 5.
    instances: u16 = 1;
    /// Cores of a server.
    cores: u16 = 1;
    /// Memory of a server, gigabytes (10^9 bytes), at least 4.
    ram_gb: u16 = 4;
    /// Storage of a server, gigabytes (10^9 bytes), at least 10. It can only grow.
    storage_gb: u16 = 10;
    /// Where backups are kept; without it IONOS chooses.
    backup_location: Option<String>;
    /// Day of the weekly maintenance, in English.
    maintenance_day: String = "Sunday";
    /// Beginning of the weekly maintenance, UTC; it takes four hours.
    maintenance_time: String = "03:00:00";
}

impl Setting for Lans {}

/// A location as it stands in the API's host name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Location(pub String);

impl Setting for Location {}

impl TryFrom<String> for Location {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        // `de/txl` is how the console writes it.
        let text = text.replace('/', "-");
        let part = |p: &str| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase());
        match text.split_once('-') {
            Some((land, town)) if part(land) && part(town) => Ok(Self(text)),
            _ => Err("write a location such as de-txl"),
        }
    }
}

/// The name of an installation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Environment(pub String);

impl Setting for Environment {}

impl TryFrom<String> for Environment {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fine = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if fine && (1..=12).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err("use 1 to 12 small letters and digits")
        }
    }
}
