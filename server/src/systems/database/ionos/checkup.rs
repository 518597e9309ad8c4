//! What can be known of a contract before its first order, question by question. An order costs money and half an hour, and
//! most of what makes one fail can be read beforehand. Nothing here makes, changes or pays for anything: every call is a
//! `GET`. What only an order tells is said as well, so that nobody takes silence for a yes.

use super::{
    IonosDatabases,
    health::{EARLY, LATER, RENEW},
    radar, token,
};
use crate::domain::{Check, Fault, Health, Lan};
use serde::Deserialize;
use uuid::Uuid;

/// An id under which nobody has a cluster.
const NOBODYS: Uuid = uuid::uuid!("00000000-0000-4000-8000-000000000000");

/// What only a first order tells, on either version of the API.
const ONLY_AN_ORDER: [(&str, &str); 4] = [
    (
        "Users",
        "whether the owner's account may make users; if it may not, the step Database says so, and site_user = \"owner\" helps",
    ),
    ("Time", "how long a cluster takes; IONOS's documents say up to 30 minutes"),
    ("Contract", "whether its limits have room for one more cluster: see Management, Resources in IONOS's console"),
    ("Encryption", "whether the database takes TLS; nothing is written about it"),
];

#[derive(Deserialize)]
struct Object<T> {
    properties: T,
}

#[derive(Deserialize)]
struct DataCenter {
    name: Option<String>,
    location: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Network {
    public: Option<bool>,
    ipv4_cidr_block: Option<String>,
}

impl IonosDatabases {
    /// All questions. Those that stand on a bad answer are left out.
    pub(super) async fn questions(&self) -> Vec<Check> {
        let mut checks = vec![Check::new("Token", self.token().await), Check::new("API", self.versions().await)];
        if checks.iter().all(|check| check.health.ok) {
            checks.push(Check::new("Unknown id", self.unknown().await));
            checks.extend(self.clusters.offers().await);
            checks.extend(self.ground().await);
            checks.push(Check::new("Clusters", self.fits().await));
        }
        checks.push(Check::new("Room", self.addresses().await));
        let fresh = match self.clusters.lags() {
            true => "whether IONOS's list shows a new cluster late; two minutes are waited before an order is repeated",
            false => "whether an order under an id of Slipway's own makes a cluster, as IONOS's clients say",
        };
        checks.push(Check::open("First order", fresh));
        checks.extend(ONLY_AN_ORDER.map(|(what, say)| Check::open(what, say)));
        checks
    }

    /// Is there one, and until when? Whether it is taken, the next question tells.
    async fn token(&self) -> Health {
        let token = match token::read(&self.config.token_file).await {
            Ok(token) => token,
            Err(fault) => return Health::fault(&fault, RENEW),
        };
        let Some(end) = token::end(&token) else { return Health::good("there is one; it does not say when it ends") };
        let left = end.since(self.clock.now());
        let say = format!("it counts until {}, for {}", token::date(end), token::left(left));
        match left {
            over if over.is_zero() => Health::bad(format!("it ended on {}", token::date(end)), RENEW),
            soon if soon < EARLY => Health::bad(say, RENEW),
            _ => Health::good(say),
        }
    }

    /// Which versions of the API answer, and does the configured one?
    async fn versions(&self) -> Health {
        let (url, api) = (&self.config.url, self.clusters.api());
        let (first, second) = (api.at(url.clone()), api.at(format!("{url}/v2")));
        let (first, second) = tokio::join!(first.answers(), second.answers());
        let (own, other) = if self.clusters.lags() { (first, second) } else { (second, first) };
        let (own_word, other_word, other_driver) = match self.clusters.lags() {
            true => ("first", "second", "ionos_v2"),
            false => ("second", "first", "ionos_v1"),
        };
        match (own, other) {
            (Ok(()), Ok(())) => Health::good(format!("{url} takes the token; both versions answer")),
            (Ok(()), Err(_)) => Health::good(format!("{url} takes the token; the {own_word} version answers alone")),
            (Err(_), Ok(())) => Health::bad(
                format!("At {url} the {own_word} version does not answer, the {other_word} does."),
                format!("Set driver = \"{other_driver}\" in [database], before the first order."),
            ),
            (Err(fault), Err(_)) => {
                Health::fault(&fault, "Check location in the section of IONOS's databases, and the network.")
            }
        }
    }

    /// Is absence told in data? A page in place of it would leave every removal open.
    async fn unknown(&self) -> Health {
        match self.clusters.api().find::<serde_json::Value>(&format!("/clusters/{NOBODYS}")).await {
            Ok(None) => Health::good("what nobody made is told as absent"),
            Ok(Some(_)) => Health::bad(
                format!("IONOS shows a cluster {NOBODYS}, which nobody made."),
                "Check url: this is no API of IONOS.",
            ),
            Err(fault) => {
                Health::fault(&fault, "Something between here and IONOS answers in its place; look for a proxy.")
            }
        }
    }

    /// Are data center and networks what the configuration says? They belong to another API, which the token need not
    /// open; then nothing is known, and nothing is wrong.
    async fn ground(&self) -> Vec<Check> {
        let Some(cloud) = &self.config.cloud_url else {
            return vec![Check::open("Data center", "not looked at: url is set, and cloud_url is not")];
        };
        let api = self.clusters.api().at(cloud.clone());
        let center = &self.config.datacenter;
        let mut checks = match api.find::<Object<DataCenter>>(&format!("/datacenters/{center}")).await {
            Err(fault) => return vec![unseen("Data center", &fault)],
            Ok(found) => vec![Check::new("Data center", self.center(found.map(|object| object.properties)))],
        };
        if !checks[0].health.ok {
            return checks;
        }
        for lan in &self.config.lans {
            checks.push(match api.find::<Object<Network>>(&format!("/datacenters/{center}/lans/{}", lan.id)).await {
                Err(fault) => unseen("Network", &fault),
                Ok(found) => Check::new("Network", network(lan, found.map(|object| object.properties))),
            });
        }
        checks
    }

    fn center(&self, found: Option<DataCenter>) -> Health {
        let (id, place) = (&self.config.datacenter, &self.config.location);
        let next = "Correct datacenter and location in the section of IONOS's databases: both are of one place.";
        let Some(DataCenter { name, location }) = found else {
            return Health::bad(format!("There is no data center {id} that the token's user may see."), next);
        };
        // `de/fra/2` is served by de-fra.
        let there = location.unwrap_or_default().replace('/', "-");
        match there.starts_with(place.as_str()) {
            true => Health::good(format!("{} in {there}", name.unwrap_or_else(|| id.clone()))),
            false => Health::bad(format!("Data center {id} is in {there}, not in {place}."), next),
        }
    }

    async fn fits(&self) -> Health {
        match self.misfits().await {
            Err(fault) => Health::fault(&fault, LATER),
            Ok(strays) => match radar::say(&strays) {
                None => Health::good("IONOS's list and the book of addresses agree"),
                Some(say) => Health::bad(say, "Decide about each of them on the page Systems (troubleshoot.md)."),
            },
        }
    }

    async fn addresses(&self) -> Health {
        let places = self.places();
        match self.taken().await {
            Err(fault) => Health::fault(&fault, LATER),
            Ok(taken) if taken < places => Health::good(format!("{taken} of {places} addresses are taken")),
            Ok(_) => Health::bad(
                format!("All {places} addresses for databases are taken."),
                "Remove a tenant, or add a network to the data center and to lans, then restart.",
            ),
        }
    }
}

fn network(lan: &Lan, found: Option<Network>) -> Health {
    let (id, wanted) = (&lan.id, lan.cidr(0));
    let next = "Correct lans in the section of IONOS's databases: numbers and networks as the data center has them.";
    let Some(Network { public, ipv4_cidr_block }) = found else {
        return Health::bad(format!("The data center has no network {id}."), next);
    };
    if public == Some(true) {
        return Health::bad(format!("Network {id} is public; databases take only private ones."), next);
    }
    match ipv4_cidr_block {
        Some(block) if block != wanted => Health::bad(format!("Network {id} is {block}, not {wanted}."), next),
        Some(_) => Health::good(format!("{id} is private and {wanted}")),
        None => Health::good(format!("{id} is private; IONOS does not say its addresses")),
    }
}

/// The Cloud API is not for every token.
fn unseen(what: &'static str, fault: &Fault) -> Check {
    let (Fault::Retry { why: say, .. } | Fault::Fail { say, .. }) = fault;
    Check::open(what, format!("not looked at: {say}"))
}
