//! The second version: who orders may choose the id.

use super::{Ask, Memory, Said, Stored, Version, Witness, nothing, refuse};
use serde_json::{Value, json};
use uuid::Uuid;

/// Versions of MariaDB, each with those that it can be lifted to.
const MARIADB: [(&str, &[&str]); 2] = [("10.11", &["11.4"]), ("11.4", &[])];
/// Where backups are kept.
const LOCATIONS: [&str; 2] = ["eu-central-3", "eu-central-4"];

impl Memory {
    pub(crate) fn v2(&mut self, ask: &Ask, witness: &dyn Witness) -> Said {
        let id = ask.id();
        let (versions, locations) = (MARIADB.map(version).to_vec(), LOCATIONS.map(location).to_vec());
        match ask.name.as_str() {
            "GET /v2/clusters" => {
                let listed = self.listed(ask, Version::V2, "name", witness);
                page(ask, "clusters", listed.iter().map(|id| shown(*id, &self.clusters[id])).collect())
            }
            "POST /v2/clusters" => {
                let id = self.choose();
                self.order(id, ask.properties(), witness)
            }
            "GET /v2/clusters/{clusterId}" => {
                self.look(Version::V2, id, witness).map_or_else(nothing, |c| (200, Some(shown(id, c))))
            }
            "PUT /v2/clusters/{clusterId}" => self.ensure(id, ask, witness),
            "DELETE /v2/clusters/{clusterId}" => self.destroy(Version::V2, id).map_or_else(nothing, |_| (202, None)),
            "GET /v2/backups" => page(ask, "backups", Vec::new()),
            "GET /v2/versions" => page(ask, "versions", part(ask, versions)),
            "GET /v2/versions/{versionId}" => one(ask, versions),
            "GET /v2/backup-locations" => page(ask, "backup-locations", part(ask, locations)),
            "GET /v2/backup-locations/{backupLocationId}" => one(ask, locations),
            _ => nothing(),
        }
    }

    /// Makes or changes the cluster of this id.
    fn ensure(&mut self, id: Uuid, ask: &Ask, witness: &dyn Witness) -> Said {
        let (body, properties) = (ask.body.as_ref().expect("it was checked"), ask.properties());
        if body["id"].as_str().and_then(|text| text.parse().ok()) != Some(id) {
            self.flaws.push(format!("{id} is called otherwise in the body"));
            return refuse(422, "the id in the body is another one");
        }
        let Some(before) = self.clusters.get_mut(&id) else { return self.order(id, properties, witness) };
        if before.state == "PROVISIONING" && before.properties == *properties {
            return (200, Some(shown(id, before)));
        }
        self.flaws.push(format!("an order for {id}, which is {}", before.state));
        if before.version == Version::V2 && before.update(properties) {
            (200, Some(shown(id, before)))
        } else {
            refuse(409, "the cluster is busy, or its storage would shrink")
        }
    }

    fn order(&mut self, id: Uuid, properties: &Value, witness: &dyn Witness) -> Said {
        if let Some(refusal) = self.refusal(&properties["connection"], &properties["restoreFromBackup"]) {
            return refusal;
        }
        if properties["credentials"].is_null() {
            return refuse(422, "credentials are missing");
        }
        let made = shown(id, self.store(id, Version::V2, properties, witness));
        if self.is_unwell() { refuse(503, "Service Unavailable") } else { (201, Some(made)) }
    }
}

fn page(ask: &Ask, kind: &str, items: Vec<Value>) -> Said {
    let (limit, offset) = (ask.number("limit", 100), ask.number("offset", 0));
    let href = format!("/{kind}");
    let page =
        json!({"id": kind, "type": "collection", "href": href, "limit": limit, "offset": offset, "items": items});
    (200, Some(page))
}

fn part(ask: &Ask, items: Vec<Value>) -> Vec<Value> {
    items.into_iter().skip(ask.number("offset", 0)).take(ask.number("limit", 100)).collect()
}

fn one(ask: &Ask, items: Vec<Value>) -> Said {
    items.into_iter().find(|item| item["id"] == ask.key(0)).map_or_else(nothing, |item| (200, Some(item)))
}

fn resource(kind: &str, id: &str, metadata: &Value, properties: &Value) -> Value {
    json!({"id": id, "type": kind, "href": format!("/{kind}s/{id}"), "metadata": metadata, "properties": properties})
}

fn version((name, to): (&str, &[&str])) -> Value {
    resource("version", name, &json!({}), &json!({"version": name, "status": "supported", "canUpgradeTo": to}))
}

fn location(name: &str) -> Value {
    resource("backup-location", name, &json!({}), &json!({"location": name}))
}

fn shown(id: Uuid, cluster: &Stored) -> Value {
    let mut properties = cluster.properties.clone();
    if let Some(credentials) = properties["credentials"].as_object_mut() {
        credentials.remove("password");
    }
    let mut metadata = json!({"state": cluster.state, "dnsName": cluster.dns, "createdDate": cluster.created});
    if cluster.state == "FAILED" {
        metadata["statusMessage"] = json!(cluster.message);
    }
    resource("cluster", &id.to_string(), &metadata, &properties)
}
