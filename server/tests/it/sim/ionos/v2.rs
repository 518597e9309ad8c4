//! The second version: the orderer chooses the id.

use super::{Ask, CREATED, DATACENTER, Effects, Memory, Said, Stored, refuse};
use serde_json::{Value, json};
use uuid::Uuid;

impl Memory {
    pub(super) fn v2(&mut self, ask: &Ask, effects: &Effects) -> Said {
        match (ask.name.as_str(), ask.id) {
            ("GET /v2/clusters", _) => {
                let items: Vec<Value> =
                    self.listed(ask, "name", effects).iter().map(|id| shown(*id, &self.clusters[id])).collect();
                (200, Some(json!({"id": "clusters", "type": "collection", "href": "/clusters", "items": items})))
            }
            ("GET /v2/clusters/{id}", Some(id)) => match self.look(id, effects) {
                Some(cluster) => (200, Some(shown(id, cluster))),
                None => refuse(404, "Resource does not exist"),
            },
            ("PUT /v2/clusters/{id}", Some(id)) => self.ensure(id, ask.body.as_ref().expect("checked"), effects),
            ("DELETE /v2/clusters/{id}", Some(id)) if self.destroy(id) => (202, None),
            _ => refuse(404, "Resource does not exist"),
        }
    }

    fn ensure(&mut self, id: Uuid, body: &Value, effects: &Effects) -> Said {
        let properties = &body["properties"];
        if body["id"] != id.to_string() {
            self.flaws.push(format!("{id} is called otherwise in the body"));
        }
        if let Some(words) = &self.refusal {
            return refuse(422, words);
        }
        if properties["connection"]["datacenterId"] != DATACENTER {
            return refuse(422, "datacenter not found");
        }
        if let Some(before) = self.clusters.get(&id) {
            // It would be an update, and what it does with credentials is not known.
            if before.state != "PROVISIONING" || before.properties != *properties {
                self.flaws.push(format!("an order for {id}, which is {}", before.state));
            }
            return (200, Some(shown(id, before)));
        }
        self.store(id, properties, ("connection", "PROVISIONING"), effects);
        if self.unwell_after > 0 {
            self.unwell_after -= 1;
            return refuse(503, "Service Unavailable");
        }
        (201, Some(shown(id, &self.clusters[&id])))
    }
}

fn shown(id: Uuid, cluster: &Stored) -> Value {
    let mut properties = cluster.properties.clone();
    if let Some(credentials) = properties["credentials"].as_object_mut() {
        credentials.remove("password");
    }
    let mut metadata = json!({"state": cluster.state, "dnsName": cluster.dns, "createdDate": CREATED});
    if cluster.state == "FAILED" {
        metadata["statusMessage"] = json!(cluster.message);
    }
    let href = format!("/clusters/{id}");
    json!({"id": id, "type": "cluster", "href": href, "metadata": metadata, "properties": properties})
}
