//! The first version of the API: it chooses the id and takes the same order twice, so an order is looked up by its name
//! before and after. The shapes follow the published Python client 2.0.0 and the Go client.
//!
//! The name is the only mark there: names need not be unique, the filter means "contains" in any case, and a cluster has no
//! description. So names are compared by the letter, and of two with the same name none is touched.

use super::{
    Api, Cluster, Clusters, Config, Order,
    cluster::{self, State},
    names,
};
use crate::domain::{Check, Fault, Health};
use async_trait::async_trait;
use reqwest::Method;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// MariaDB's versions there; this version of the API has no list of them.
const VERSIONS: [&str; 2] = ["10.6", "10.11"];

/// Clusters of version 1.
pub(super) struct V1 {
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
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    display_name: String,
    connections: Vec<Connection>,
    /// Size and all else, which is only told.
    #[serde(flatten)]
    rest: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    datacenter_id: String,
    lan_id: String,
    cidr: String,
}

impl From<Read> for Cluster {
    fn from(Read { id, metadata, properties }: Read) -> Self {
        let nowhere = || Connection { datacenter_id: String::new(), lan_id: String::new(), cidr: String::new() };
        let place = properties.connections.into_iter().next().unwrap_or_else(nowhere);
        Self {
            id,
            name: properties.display_name,
            description: None,
            datacenter: place.datacenter_id,
            lan: place.lan_id,
            address: place.cidr,
            state: State::parse(&metadata.state),
            made: cluster::moment(metadata.created_date.as_deref()),
            size: cluster::size(&properties.rest["instances"], &properties.rest),
            message: None,
        }
    }
}

impl V1 {
    pub(super) fn new(api: Api, config: &Config) -> Self {
        Self { api, config: config.clone() }
    }

    fn body(&self, order: &Order) -> Value {
        let size = order.size;
        let Config { version, backup_location, maintenance, .. } = &self.config;
        let mut properties = json!({
            "displayName": order.name,
            "mariadbVersion": version,
            "instances": size.instances, "cores": size.cores, "ram": size.ram.0, "storageSize": size.storage.0,
            "connections": [{"datacenterId": order.datacenter, "lanId": order.lan, "cidr": order.address}],
            "maintenanceWindow": {"dayOfTheWeek": maintenance.0, "time": maintenance.1},
            "credentials": {"username": order.owner, "password": order.password.expose_secret()},
        });
        if let Some(location) = backup_location {
            properties["backup"] = json!({"location": location});
        }
        json!({ "properties": properties })
    }

    async fn named(&self, part: &str) -> Result<Vec<Cluster>, Fault> {
        let found: Vec<Read> = self.api.list("/clusters", &[("filter.name", part)]).await?;
        Ok(found.into_iter().map(Cluster::from).collect())
    }
}

#[async_trait]
impl Clusters for V1 {
    fn pick(&self, clusters: &[Cluster], order: &Order) -> Result<Option<Cluster>, Fault> {
        let named = || clusters.iter().filter(|c| c.name == order.name);
        if let Some(known) = named().find(|c| Some(c.id) == order.known) {
            return Ok(Some(known.clone()));
        }
        let staying: Vec<&Cluster> = named().filter(|c| c.state != State::Destroying).collect();
        match staying[..] {
            [] => Ok(named().next().cloned()),
            [one] => Ok(Some(one.clone())),
            _ => Err(Fault::fail(
                "database_twice",
                format!("IONOS has {} clusters called {}. Slipway touches none of them.", staying.len(), order.name),
                "Find out in IONOS's console which one is in use, remove the others there, then press Retry now.",
            )),
        }
    }

    fn lags(&self) -> bool {
        true
    }

    async fn find(&self, order: &Order) -> Result<Option<Cluster>, Fault> {
        match order.known {
            None => self.pick(&self.named(&order.name).await?, order),
            Some(id) => {
                let found: Option<Read> = self.api.find(&format!("/clusters/{id}")).await?;
                match found {
                    Some(read) if read.id != id => Err(Fault::retry("IONOS answered about another cluster.")),
                    found => Ok(found.map(Cluster::from)),
                }
            }
        }
    }

    async fn list(&self) -> Result<Vec<Cluster>, Fault> {
        let prefix = names::prefix(&self.config.environment);
        let mut found = self.named(&prefix).await?;
        found.retain(|c| c.name.starts_with(&prefix));
        Ok(found)
    }

    async fn create(&self, order: &Order) -> Result<Option<Uuid>, Fault> {
        let secret = order.password.expose_secret();
        match self.api.write(Method::POST, "/clusters", &self.body(order)).await {
            // Taken in any case; without an id in the answer the name finds it.
            Ok(reply) => Ok(reply.json::<Read>().ok().map(|read| read.id)),
            Err(Fault::Fail { code, say, next }) => Err(Fault::Fail { code, say: say.replace(secret, "…"), next }),
            Err(retry) => Err(retry),
        }
    }

    fn api(&self) -> &Api {
        &self.api
    }

    async fn offers(&self) -> Vec<Check> {
        let version = &self.config.version;
        let say = format!("{version}; this version of the API takes {}", VERSIONS.join(" and "));
        vec![match VERSIONS.contains(&version.as_str()) {
            true => Check::new("MariaDB", Health::good(say)),
            false => Check::new("MariaDB", Health::bad(say, "Set version in [database.ionos_v1] to one of them.")),
        }]
    }

    async fn delete(&self, cluster: &Cluster) -> Result<(), Fault> {
        self.api.delete(&format!("/clusters/{}", cluster.id)).await
    }
}
