//! The second version of the API: the orderer chooses the id, and the same `PUT` may be sent again. The shapes follow the
//! published Python client 3.0.0 and the Go client v3.

use super::{
    Api, Cluster, Clusters, Config, Order,
    cluster::{self, State},
    health::LATER,
    names,
};
use crate::domain::{Check, Fault, Health};
use async_trait::async_trait;
use reqwest::Method;
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

/// Clusters of version 2.
pub(super) struct V2 {
    api: Api,
    config: Config,
}

#[derive(Deserialize)]
struct Read {
    id: Uuid,
    metadata: Metadata,
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    state: String,
    created_date: Option<String>,
    status_message: Option<String>,
}

#[derive(Deserialize)]
struct Properties {
    name: String,
    #[serde(default)]
    description: String,
    connection: Connection,
    #[serde(default)]
    instances: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    datacenter_id: String,
    lan_id: String,
    primary_instance_address: String,
}

/// An entry of a list of what is offered.
#[derive(Deserialize)]
struct Item<T> {
    properties: T,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

impl From<Version> for String {
    fn from(offered: Version) -> Self {
        offered.version
    }
}

#[derive(Deserialize)]
struct BackupLocation {
    location: String,
}

impl From<BackupLocation> for String {
    fn from(offered: BackupLocation) -> Self {
        offered.location
    }
}

impl From<Read> for Cluster {
    fn from(read: Read) -> Self {
        let Read { id, metadata, properties } = read;
        Self {
            id,
            name: properties.name,
            description: Some(properties.description),
            datacenter: properties.connection.datacenter_id,
            lan: properties.connection.lan_id,
            address: properties.connection.primary_instance_address,
            state: State::parse(&metadata.state),
            made: cluster::moment(metadata.created_date.as_deref()),
            size: cluster::size(&properties.instances["count"], &properties.instances),
            message: metadata.status_message.map(|m| plain(&m)).filter(|m| !m.is_empty()),
        }
    }
}

/// Words of the other side, for people.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

impl V2 {
    pub(super) fn new(api: Api, config: &Config) -> Self {
        Self { api, config: config.clone() }
    }

    /// Is this among what a list offers?
    async fn offered<T: DeserializeOwned + Into<String>>(&self, list: &str, wanted: &str, next: &str) -> Health {
        let items: Vec<Item<T>> = match self.api.list(list, &[]).await {
            Ok(items) => items,
            Err(fault) => return Health::fault(&fault, LATER),
        };
        let offered: Vec<String> = items.into_iter().map(|item| plain(&item.properties.into())).collect();
        let all = offered.join(", ");
        match offered.iter().any(|o| o == wanted) {
            true => Health::good(format!("{wanted} is offered, of {all}")),
            false => Health::bad(format!("{wanted} is not offered; {all} are"), next),
        }
    }

    fn body(&self, order: &Order) -> Value {
        let size = order.size;
        let Config { version, backup_location, backup_days, maintenance, .. } = &self.config;
        json!({
            "id": order.id,
            "properties": {
                "name": order.name,
                "description": order.description,
                "version": version,
                "instances": {
                    "count": size.instances, "cores": size.cores, "ram": size.ram.0, "storageSize": size.storage.0,
                },
                "connection": {
                    "datacenterId": order.datacenter, "lanId": order.lan, "primaryInstanceAddress": order.address,
                },
                "maintenanceWindow": {"dayOfTheWeek": maintenance.0, "time": maintenance.1},
                "credentials": {
                    "username": order.owner, "password": order.password.expose_secret(), "database": order.database,
                },
                "backup": {"location": backup_location, "retentionDays": backup_days},
                "logsEnabled": false,
                "metricsEnabled": false,
            },
        })
    }
}

#[async_trait]
impl Clusters for V2 {
    fn pick(&self, clusters: &[Cluster], order: &Order) -> Result<Option<Cluster>, Fault> {
        // Names need not be unique there.
        Ok(clusters.iter().find(|c| c.id == order.id).cloned())
    }

    fn lags(&self) -> bool {
        // The same id again is the same cluster.
        false
    }

    async fn find(&self, order: &Order) -> Result<Option<Cluster>, Fault> {
        let found: Option<Read> = self.api.find(&format!("/clusters/{}", order.id)).await?;
        match found {
            Some(read) if read.id != order.id => Err(Fault::retry("IONOS answered about another cluster.")),
            found => Ok(found.map(Cluster::from)),
        }
    }

    async fn list(&self) -> Result<Vec<Cluster>, Fault> {
        let prefix = names::prefix(&self.config.environment);
        let found: Vec<Read> = self.api.list("/clusters", &[("filter.name", &prefix)]).await?;
        // The filter means "contains".
        Ok(found.into_iter().map(Cluster::from).filter(|c| c.name.starts_with(&prefix)).collect())
    }

    async fn create(&self, order: &Order) -> Result<Option<Uuid>, Fault> {
        let path = format!("/clusters/{}", order.id);
        let secret = order.password.expose_secret();
        match self.api.write(Method::PUT, &path, &self.body(order)).await {
            Ok(_) => Ok(None),
            Err(Fault::Fail { code, say, next }) => Err(Fault::Fail { code, say: say.replace(secret, "…"), next }),
            Err(retry) => Err(retry),
        }
    }

    fn api(&self) -> &Api {
        &self.api
    }

    async fn offers(&self) -> Vec<Check> {
        let Config { version, backup_location, .. } = &self.config;
        let location = backup_location.as_deref().unwrap_or_default();
        let (versions, locations) = tokio::join!(
            self.offered::<Version>("/versions", version, "Set version in [database.ionos_v2] to one of them."),
            self.offered::<BackupLocation>(
                "/backup-locations",
                location,
                "Set backup_location in [database.ionos_v2] to one of them.",
            ),
        );
        vec![Check::new("MariaDB", versions), Check::new("Backups", locations)]
    }

    async fn delete(&self, cluster: &Cluster) -> Result<(), Fault> {
        self.api.delete(&format!("/clusters/{}", cluster.id)).await
    }
}
