//! The first version: it chooses the id itself and takes the same order twice.

use super::{Ask, Memory, Said, Stored, Version, Witness, nothing, refuse};
use serde_json::{Value, json};
use uuid::Uuid;

impl Memory {
    pub(crate) fn v1(&mut self, ask: &Ask, witness: &dyn Witness) -> Said {
        let id = ask.id();
        let there = |memory: &Self| memory.clusters.get(&id).is_some_and(|c| c.version == Version::V1);
        match ask.name.as_str() {
            "GET /clusters" => {
                let listed = self.listed(ask, Version::V1, "displayName", witness);
                page(ask, listed.iter().map(|id| shown(*id, &self.clusters[id])).collect())
            }
            "POST /clusters" => self.create(ask.properties(), witness),
            "GET /clusters/{clusterId}" => {
                self.look(Version::V1, id, witness).map_or_else(nothing, |c| (200, Some(shown(id, c))))
            }
            "DELETE /clusters/{clusterId}" => {
                self.destroy(Version::V1, id).map_or_else(nothing, |c| (200, Some(shown(id, c))))
            }
            "PATCH /clusters/{clusterId}" if there(self) => self.patch(id, ask.properties()),
            "GET /clusters/{clusterId}/backups" if there(self) => page(ask, Vec::new()),
            "POST /clusters/{clusterId}/restore" if there(self) => refuse(422, "backup not found"),
            "GET /backups" => page(ask, Vec::new()),
            _ => nothing(),
        }
    }

    fn create(&mut self, properties: &Value, witness: &dyn Witness) -> Said {
        if let Some(refusal) = self.refusal(&properties["connections"][0], &properties["fromBackup"]) {
            return refusal;
        }
        let id = self.choose();
        let made = shown(id, self.store(id, Version::V1, properties, witness));
        if self.is_unwell() { refuse(503, "Service Unavailable") } else { (201, Some(made)) }
    }

    fn patch(&mut self, id: Uuid, properties: &Value) -> Said {
        let Some(cluster) = self.clusters.get_mut(&id) else { return nothing() };
        if cluster.update(properties) {
            (200, Some(shown(id, cluster)))
        } else {
            refuse(422, "the cluster is busy, or its storage would shrink")
        }
    }
}

fn page(ask: &Ask, items: Vec<Value>) -> Said {
    (
        200,
        Some(
            json!({"id": "list", "limit": ask.number("limit", 100), "offset": ask.number("offset", 0), "items": items}),
        ),
    )
}

fn shown(id: Uuid, cluster: &Stored) -> Value {
    let mut properties = cluster.properties.clone();
    properties.as_object_mut().expect("members").remove("credentials");
    properties["dnsName"] = cluster.dns.clone().into();
    json!({"id": id, "metadata": {"state": cluster.state, "createdDate": cluster.created}, "properties": properties})
}
