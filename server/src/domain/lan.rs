//! Private networks in which a provider puts managed databases, and the house's book of addresses there.

use super::At;
use serde::Deserialize;
use std::{net::Ipv4Addr, ops::RangeInclusive, str::FromStr};
use uuid::Uuid;

/// Networks that IONOS keeps for itself (`docs/outside/ionos.md`): first address and length of the prefix.
const RESERVED: [(Ipv4Addr, u32); 5] = [
    (Ipv4Addr::new(10, 208, 0, 0), 12),
    (Ipv4Addr::new(10, 233, 0, 0), 18),
    (Ipv4Addr::new(10, 233, 64, 0), 18),
    (Ipv4Addr::new(10, 233, 114, 0), 24),
    (Ipv4Addr::new(192, 168, 230, 0), 24),
];

/// A private network: its number in the data center, and its /24. Written `2=10.7.222.0/24`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lan {
    /// Its number, which the provider writes as text.
    pub id: String,
    network: Ipv4Addr,
}

impl Lan {
    /// Last parts of the addresses that DHCP never gives away.
    pub const HOSTS: RangeInclusive<u8> = 3..=10;

    /// An address in it.
    pub fn address(&self, host: u8) -> Ipv4Addr {
        let [a, b, c, _] = self.network.octets();
        Ipv4Addr::new(a, b, c, host)
    }

    /// An address with its mask, as the provider takes it: `10.7.222.3/24`.
    pub fn cidr(&self, host: u8) -> String {
        format!("{}/24", self.address(host))
    }
}

impl FromStr for Lan {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let say = "write each network as its number and its /24, such as 2=10.7.222.0/24";
        let (id, network) = text.trim().split_once('=').ok_or(say)?;
        let network: Ipv4Addr = network.trim().strip_suffix("/24").and_then(|n| n.parse().ok()).ok_or(say)?;
        let id = id.trim();
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) || network.octets()[3] != 0 {
            return Err(say);
        }
        // Loopback is where a simulated provider has its networks.
        if !network.is_private() && !network.is_loopback() {
            return Err("a network of databases has private addresses");
        }
        let covers = |(first, length): &(Ipv4Addr, u32)| (network.to_bits() ^ first.to_bits()) >> (32 - length) == 0;
        if RESERVED.iter().any(covers) {
            return Err("IONOS keeps this network for itself");
        }
        Ok(Self { id: id.to_owned(), network })
    }
}

/// Networks, by comma: `2=10.7.222.0/24, 3=10.7.223.0/24`. At least one, each once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Lans(pub Vec<Lan>);

impl TryFrom<String> for Lans {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let lans = text.split(',').map(str::parse).collect::<Result<Vec<Lan>, _>>()?;
        let twice = |(i, lan): (usize, &Lan)| lans[..i].iter().any(|l| l.id == lan.id || l.network == lan.network);
        if lans.iter().enumerate().any(twice) { Err("name each network once") } else { Ok(Self(lans)) }
    }
}

/// A tenant's entry in the book of addresses, and how far the cluster at that address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Number of the network.
    pub lan: String,
    /// Last part of the address.
    pub host: u8,
    /// Which try at a cluster this is, from 1.
    pub generation: u32,
    /// The provider's own id of the cluster, where it chooses one.
    pub cluster: Option<Uuid>,
    /// How far it is.
    pub stage: Stage,
    /// When that began, or when the last order was sent.
    pub since: At,
}

/// How far a cluster is. Persisted, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No order was sent, or the last one was refused.
    Reserved,
    /// An order was sent; what became of it may be unknown.
    Asked,
    /// It was seen to be usable, so it may hold data.
    Available,
    /// The provider could not make it, and people were told.
    Failed,
    /// It is being removed.
    Leaving,
}

impl Stage {
    /// As the store has it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Asked => "asked",
            Self::Available => "available",
            Self::Failed => "failed",
            Self::Leaving => "leaving",
        }
    }

    /// From the store.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Reserved, Self::Asked, Self::Available, Self::Failed, Self::Leaving].into_iter().find(|s| s.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_networks_and_refuses_what_is_none() {
        let Lans(lans) =
            Lans::try_from("2=10.7.222.0/24, 3=192.168.7.0/24, 4=127.0.9.0/24".to_owned()).expect("networks");
        assert_eq!((lans[0].id.as_str(), lans[1].cidr(10).as_str()), ("2", "192.168.7.10/24"));
        for (text, say) in [
            ("", "write each"),
            ("2", "write each"),
            ("x=10.7.222.0/24", "write each"),
            ("2=10.7.222.0/16", "write each"),
            ("2=10.7.222.1/24", "write each"),
            ("2=8.8.8.0/24", "private"),
            ("2=10.233.64.0/24", "itself"),
            ("2=10.215.1.0/24", "itself"),
            ("2=10.7.222.0/24,2=10.7.223.0/24", "once"),
            ("2=10.7.222.0/24,3=10.7.222.0/24", "once"),
        ] {
            assert!(Lans::try_from(text.to_owned()).is_err_and(|e| e.contains(say)), "{text}");
        }
    }
}
