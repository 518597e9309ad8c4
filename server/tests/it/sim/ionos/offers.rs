//! What can be asked without an order: what is offered, and the ground that databases stand on, which is another API.

use super::{Ask, DATACENTER, Memory, Said, refuse};
use serde_json::{Value, json};

pub(super) const PATHS: [&str; 4] = [
    "/v2/versions",
    "/v2/backup-locations",
    "/cloudapi/v6/datacenters/{id}",
    "/cloudapi/v6/datacenters/{id}/lans/{lan}",
];

impl Memory {
    pub(super) fn offers(&self, ask: &Ask) -> Option<Said> {
        Some(match ask.name.as_str() {
            "GET /v2/versions" => listed("version", &["10.11", "11.4"]),
            "GET /v2/backup-locations" => listed("location", &["eu-central-3", "eu-central-4"]),
            "GET /cloudapi/v6/datacenters/{id}" => match ask.path.ends_with(DATACENTER) {
                true => {
                    let properties = json!({"name": "acme", "location": "de/txl", "version": 4});
                    (200, Some(json!({"id": DATACENTER, "type": "datacenter", "properties": properties})))
                }
                false => refuse(404, "Resource does not exist"),
            },
            "GET /cloudapi/v6/datacenters/{id}/lans/{lan}" => {
                let id = ask.path.rsplit('/').next().unwrap_or_default();
                let Some((public, block)) = self.lans.get(id) else {
                    return Some(refuse(404, "Resource does not exist"));
                };
                let properties = json!({"name": "databases", "public": public, "ipv4CidrBlock": block});
                (200, Some(json!({"id": id, "type": "lan", "properties": properties})))
            }
            _ => return None,
        })
    }
}

fn listed(property: &str, values: &[&str]) -> Said {
    let item = |value: &&str| json!({"id": value, "type": "offer", "properties": {property: value}});
    let items: Vec<Value> = values.iter().map(item).collect();
    (200, Some(json!({"id": "offers", "type": "collection", "items": items})))
}
