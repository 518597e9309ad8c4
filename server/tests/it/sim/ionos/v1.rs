//! The first version: it chooses the id itself and takes the same order twice.

use super::{Ask, CREATED, DATACENTER, Effects, Memory, Said, Stored, refuse};
use serde_json::{Value, json};
use uuid::Uuid;

impl Memory {
    pub(super) fn v1(&mut self, ask: &Ask, effects: &Effects) -> Said {
        match (ask.name.as_str(), ask.id) {
            ("GET /clusters", _) => {
                let items: Vec<Value> =
                    self.listed(ask, "displayName", effects).iter().map(|id| shown(*id, &self.clusters[id])).collect();
                (200, Some(json!({"id": "clusters", "items": items})))
            }
            ("GET /clusters/{id}", Some(id)) => match self.look(id, effects) {
                Some(cluster) => (200, Some(shown(id, cluster))),
                None => refuse(404, "Resource does not exist"),
            },
            ("POST /clusters", _) => self.create(&ask.body.as_ref().expect("checked")["properties"], effects),
            ("DELETE /clusters/{id}", Some(id)) if self.destroy(id) => (200, Some(shown(id, &self.clusters[&id]))),
            _ => refuse(404, "Resource does not exist"),
        }
    }

    fn create(&mut self, properties: &Value, effects: &Effects) -> Said {
        if let Some(words) = &self.refusal {
            return refuse(422, words);
        }
        if properties["connections"][0]["datacenterId"] != DATACENTER {
            return refuse(422, "datacenter not found");
        }
        self.born += 1;
        let id = Uuid::from_u128(0x1000 + u128::from(self.born));
        // It calls itself busy right after it was ordered.
        self.store(id, properties, ("connections", "BUSY"), effects);
        if self.unwell_after > 0 {
            self.unwell_after -= 1;
            return refuse(503, "Service Unavailable");
        }
        (201, Some(shown(id, &self.clusters[&id])))
    }
}

fn shown(id: Uuid, cluster: &Stored) -> Value {
    let mut properties = cluster.properties.clone();
    properties.as_object_mut().expect("members").remove("credentials");
    properties["dnsName"] = cluster.dns.clone().into();
    json!({"id": id, "metadata": {"state": cluster.state, "createdDate": CREATED}, "properties": properties})
}
