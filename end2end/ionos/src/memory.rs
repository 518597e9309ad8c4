//! What IONOS remembers, how it behaves, and how time goes by for its clusters.

use super::{Ask, CREATED, DATACENTER, Said, Witness, refuse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// By what time goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// By looks: each one lets a moment go by for the cluster that is looked at, so tests need not wait.
    Looks,
    /// By the clock: a moment is a second, and whoever runs it calls [`super::Inside::second`].
    Clock,
}

/// By which version of the API a cluster was ordered. Neither version shows those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// The one without a name.
    V1,
    /// Below `/v2`.
    V2,
}

/// A cluster that is paid for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    /// By which version it was ordered.
    pub version: Version,
    /// As they were sent, credentials and all.
    pub properties: Value,
    /// In IONOS's words.
    pub state: String,
    /// When it was ordered.
    pub created: String,
    /// Why it failed, or will fail.
    pub message: Option<String>,
    /// Its name on the network.
    pub dns: String,
    /// Moments until the state moves on.
    pub left: u32,
    /// It moves on only when whoever stands behind it has said so.
    pub held: bool,
    /// Lists that do not show it yet.
    hidden: u32,
}

impl Stored {
    /// It is on its way to be usable.
    pub fn is_coming(&self) -> bool {
        matches!(self.state.as_str(), "PROVISIONING" | "CREATING" | "BUSY")
    }

    /// Its address in its network, without the mask.
    pub fn address(&self) -> &str {
        let place = match self.version {
            Version::V1 => &self.properties["connections"][0]["cidr"],
            Version::V2 => &self.properties["connection"]["primaryInstanceAddress"],
        };
        place.as_str().and_then(|cidr| cidr.split('/').next()).unwrap_or_default()
    }

    /// The account and the first database that were ordered.
    pub fn credential(&self, name: &str) -> Option<&str> {
        self.properties["credentials"][name].as_str()
    }

    /// A change of a usable cluster, which takes a moment. Credentials stay: what IONOS does with them is not known.
    pub(crate) fn update(&mut self, properties: &Value) -> bool {
        let storage = |p: &Value| p["storageSize"].as_u64().or(p["instances"]["storageSize"].as_u64());
        if self.state != "AVAILABLE" || storage(properties).is_some_and(|size| Some(size) < storage(&self.properties)) {
            return false;
        }
        for (name, value) in properties.as_object().into_iter().flatten().filter(|(name, _)| *name != "credentials") {
            self.properties[name] = value.clone();
        }
        (self.state, self.left) = ("UPDATING".to_owned(), 1);
        true
    }
}

/// What IONOS remembers, and how it behaves.
#[derive(Debug)]
pub struct Memory {
    /// All that is paid for.
    pub clusters: BTreeMap<Uuid, Stored>,
    /// The token that it takes.
    pub token: String,
    /// The data center that it knows; without one it takes any.
    pub datacenter: Option<String>,
    /// Networks of the data center: whether each is public, and its addresses.
    pub lans: BTreeMap<String, (bool, String)>,
    /// What time it is, for clusters that are ordered.
    pub now: String,
    /// Moments until a new cluster is usable.
    pub making: u32,
    /// Moments until one that goes is gone.
    pub removing: u32,
    /// Something stands behind the clusters: they come and go when it does ([`Stored::held`]).
    pub holding: bool,
    /// Lists that do not show a new cluster.
    pub lag: u32,
    /// Why the next clusters fail.
    pub failing: Vec<String>,
    /// So many orders are stored and answered with 503.
    pub unwell_after: u32,
    /// Orders are refused with these words.
    pub refusal: Option<String>,
    /// What is not there is answered with a page, as a proxy does.
    pub pages: bool,
    /// Beginnings of paths at which only such a page answers.
    pub closed: Vec<&'static str>,
    /// Its answers may be such as no description knows.
    pub strange: bool,
    /// What broke the contract.
    pub flaws: Vec<String>,
    time: Time,
    /// Ids that it has chosen so far.
    born: u32,
}

/// What outlives a restart.
#[derive(Serialize, Deserialize)]
struct Kept {
    clusters: BTreeMap<Uuid, Stored>,
    born: u32,
}

impl Memory {
    pub(crate) fn new(token: &str, time: Time) -> Self {
        Self {
            clusters: BTreeMap::new(),
            token: token.to_owned(),
            datacenter: Some(DATACENTER.to_owned()),
            lans: BTreeMap::new(),
            now: CREATED.to_owned(),
            making: 2,
            removing: 2,
            holding: false,
            lag: 0,
            failing: Vec::new(),
            unwell_after: 0,
            refusal: None,
            pages: false,
            closed: Vec::new(),
            strange: false,
            flaws: Vec::new(),
            time,
            born: 0,
        }
    }

    /// All clusters, with their passwords, as JSON.
    ///
    /// # Errors
    /// None that is known.
    pub fn keep(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Kept { clusters: self.clusters.clone(), born: self.born })
    }

    /// Takes up what [`Self::keep`] gave.
    ///
    /// # Errors
    /// It is of another shape.
    pub fn recall(&mut self, kept: &str) -> serde_json::Result<()> {
        Kept { clusters: self.clusters, born: self.born } = serde_json::from_str(kept)?;
        Ok(())
    }

    pub(crate) fn ask(&mut self, ask: &Ask, witness: &dyn Witness) -> Said {
        match &ask.name {
            name if name.contains(" /v2/") => self.v2(ask, witness),
            name if name.contains(" /cloudapi/") => self.cloud(ask),
            _ => self.v1(ask, witness),
        }
    }

    pub(crate) fn second(&mut self, witness: &dyn Witness) {
        for id in self.clusters.keys().copied().collect::<Vec<_>>() {
            self.moment(id, witness);
        }
    }

    /// A moment goes by for one cluster.
    fn moment(&mut self, id: Uuid, witness: &dyn Witness) {
        let Some(cluster) = self.clusters.get_mut(&id) else { return };
        if cluster.left > 0 {
            cluster.left -= 1;
        } else if cluster.held {
            // Whoever stands behind it is not so far yet.
        } else if cluster.is_coming() {
            cluster.state = if cluster.message.is_some() { "FAILED" } else { "AVAILABLE" }.to_owned();
        } else if cluster.state == "UPDATING" {
            cluster.state = "AVAILABLE".to_owned();
        } else if cluster.state == "DESTROYING" {
            self.clusters.remove(&id);
            witness.gone(id);
        }
    }

    /// A look; what is gone is answered as never having been.
    pub(crate) fn look(&mut self, version: Version, id: Uuid, witness: &dyn Witness) -> Option<&Stored> {
        if self.time == Time::Looks {
            self.moment(id, witness);
        }
        self.clusters.get(&id).filter(|cluster| cluster.version == version)
    }

    /// An id of its own choice.
    pub(crate) fn choose(&mut self) -> Uuid {
        self.born += 1;
        Uuid::from_u128(0x1000 + u128::from(self.born))
    }

    /// Why an order at this place is refused.
    pub(crate) fn refusal(&self, place: &Value, backup: &Value) -> Option<Said> {
        if let Some(words) = &self.refusal {
            return Some(refuse(422, words));
        }
        if self.datacenter.as_ref().is_some_and(|one| place["datacenterId"] != **one) {
            return Some(refuse(422, "datacenter not found"));
        }
        (!backup.is_null()).then(|| refuse(422, "backup not found"))
    }

    /// Stores an order; two clusters at one address are a flaw of whoever ordered.
    pub(crate) fn store(&mut self, id: Uuid, version: Version, properties: &Value, witness: &dyn Witness) -> &Stored {
        // The first one calls itself busy right after it was ordered.
        let (place, state) = match version {
            Version::V1 => ("connections", "BUSY"),
            Version::V2 => ("connection", "PROVISIONING"),
        };
        if let Some((other, _)) = self.clusters.iter().find(|(_, c)| c.properties[place] == properties[place]) {
            self.flaws.push(format!("{id} and {other} are at one address"));
        }
        let cluster = Stored {
            version,
            properties: properties.clone(),
            state: state.to_owned(),
            created: self.now.clone(),
            message: if self.failing.is_empty() { None } else { Some(self.failing.remove(0)) },
            dns: format!("ma-{}.mariadb.de-txl.ionos.com", &id.simple().to_string()[..8]),
            left: self.making,
            held: self.holding,
            hidden: self.lag,
        };
        witness.made(id);
        self.clusters.entry(id).insert_entry(cluster).into_mut()
    }

    /// The order is stored, and its answer gets lost on the way.
    pub(crate) fn is_unwell(&mut self) -> bool {
        let unwell = self.unwell_after > 0;
        self.unwell_after = self.unwell_after.saturating_sub(1);
        unwell
    }

    /// Lets it go; `None` when it is not there.
    pub(crate) fn destroy(&mut self, version: Version, id: Uuid) -> Option<&Stored> {
        let cluster = self.clusters.get_mut(&id).filter(|cluster| cluster.version == version)?;
        if cluster.state != "DESTROYING" {
            (cluster.state, cluster.left, cluster.held) = ("DESTROYING".to_owned(), self.removing, self.holding);
        }
        Some(cluster)
    }

    /// Ids that a list shows now, by a part of their name and by their state.
    pub(crate) fn listed(&mut self, ask: &Ask, version: Version, name: &str, witness: &dyn Witness) -> Vec<Uuid> {
        let part = ask.query.get("filter.name").map(|p| p.to_lowercase()).unwrap_or_default();
        let named = |c: &Stored| c.properties[name].as_str().unwrap_or_default().to_lowercase().contains(&part);
        let mut shown = Vec::new();
        for (id, cluster) in self.clusters.iter_mut().filter(|(_, c)| c.version == version) {
            if cluster.hidden > 0 {
                cluster.hidden -= 1;
            } else if named(cluster) {
                shown.push(*id);
            }
        }
        let state = ask.query.get("filter.state");
        shown.retain(|id| self.look(version, *id, witness).is_some_and(|c| state.is_none_or(|s| *s == c.state)));
        shown.into_iter().skip(ask.number("offset", 0)).take(ask.number("limit", 100)).collect()
    }
}
