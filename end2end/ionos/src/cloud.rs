//! The ground that databases stand on, which is another API: the data center and its networks, only looked at.

use super::{Ask, Memory, Said, nothing};
use serde_json::json;

impl Memory {
    pub(crate) fn cloud(&self, ask: &Ask) -> Said {
        if self.datacenter.as_ref().is_some_and(|one| *one != ask.key(0)) {
            return nothing();
        }
        match ask.name.as_str() {
            "GET /cloudapi/v6/datacenters/{datacenterId}" => {
                let properties = json!({"name": "acme", "location": "de/txl", "version": 4});
                (200, Some(json!({"id": ask.key(0), "type": "datacenter", "properties": properties})))
            }
            "GET /cloudapi/v6/datacenters/{datacenterId}/lans/{lanId}" => {
                let Some((public, block)) = self.lans.get(ask.key(1)) else { return nothing() };
                let properties = json!({"name": "databases", "public": public, "ipv4CidrBlock": block});
                (200, Some(json!({"id": ask.key(1), "type": "lan", "properties": properties})))
            }
            _ => nothing(),
        }
    }
}
