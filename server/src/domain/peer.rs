//! Peers: parties on the network with which a site may speak. Their form is narrow, because they become firewall rules.

use ipnet::IpNet;
use std::{net::IpAddr, str::FromStr};

/// A party, and at which TCP port. Written as `10.0.0.0/24`, `10.0.0.5/32:3306`, `fd00::/8:443`, `namespace:portal` or
/// `namespace:portal:8000`. Port 53 also means UDP.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Who.
    pub party: Party,
    /// TCP port; without one all.
    pub port: Option<u16>,
}

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// A range of addresses, such as `10.0.0.0/24`.
    Cidr(String),
    /// All pods of a namespace of the cluster.
    Namespace(String),
}

/// Why a text names no peer. The words are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write ranges such as 10.0.0.0/24 or 10.0.0.5/32:3306, or namespace:<name>, with commas between them")]
pub struct PeerError;

impl Peer {
    /// One address and port.
    pub fn address(ip: IpAddr, port: u16) -> Self {
        let bits = if ip.is_ipv4() { 32 } else { 128 };
        Self { party: Party::Cidr(format!("{ip}/{bits}")), port: Some(port) }
    }

    /// Does a rule for this peer let through to the address and port?
    pub fn covers(&self, ip: IpAddr, port: u16) -> bool {
        let Party::Cidr(range) = &self.party else { return false };
        range.parse::<IpNet>().is_ok_and(|range| range.contains(&ip)) && self.port.is_none_or(|only| only == port)
    }

    /// Several, with commas between them.
    ///
    /// # Errors
    /// One of them is none.
    pub fn list(text: &str) -> Result<Vec<Self>, PeerError> {
        text.split(',').map(|one| one.trim().parse()).collect()
    }
}

impl FromStr for Peer {
    type Err = PeerError;

    fn from_str(text: &str) -> Result<Self, PeerError> {
        if let Some(rest) = text.strip_prefix("namespace:") {
            let (name, port) = with_port(rest)?;
            return label(name).map(|name| Self { party: Party::Namespace(name), port });
        }
        let (ip, rest) = text.split_once('/').ok_or(PeerError)?;
        let (bits, port) = with_port(rest)?;
        let ip: IpAddr = ip.parse().map_err(|_| PeerError)?;
        let bits: u8 = bits.parse().map_err(|_| PeerError)?;
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        if bits > longest {
            return Err(PeerError);
        }
        Ok(Self { party: Party::Cidr(format!("{ip}/{bits}")), port })
    }
}

fn with_port(text: &str) -> Result<(&str, Option<u16>), PeerError> {
    match text.split_once(':') {
        None => Ok((text, None)),
        Some((head, port)) => match port.parse() {
            Ok(port) if port > 0 => Ok((head, Some(port))),
            _ => Err(PeerError),
        },
    }
}

/// A DNS label (RFC 1123), as names of namespaces are.
pub(super) fn label(text: &str) -> Result<String, PeerError> {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fine = (1..=63).contains(&text.len()) && text.chars().all(inside);
    if fine && !text.starts_with('-') && !text.ends_with('-') { Ok(text.to_owned()) } else { Err(PeerError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges_and_namespaces() {
        let cidr = |text: &str, port| Peer { party: Party::Cidr(text.to_owned()), port };
        let all = Peer::list("10.0.0.0/24, 10.0.0.5/32:3306,fd00::/8:443,namespace:portal,namespace:dns:53");
        let namespace = |text: &str, port| Peer { party: Party::Namespace(text.to_owned()), port };
        let expected = vec![
            cidr("10.0.0.0/24", None),
            cidr("10.0.0.5/32", Some(3306)),
            cidr("fd00::/8", Some(443)),
            namespace("portal", None),
            namespace("dns", Some(53)),
        ];
        assert_eq!(all, Ok(expected));
        assert_eq!(Peer::address("10.0.0.5".parse().expect("an address"), 80), cidr("10.0.0.5/32", Some(80)));
        assert_eq!(Peer::address("fd00::1".parse().expect("an address"), 80), cidr("fd00::1/128", Some(80)));
    }

    #[test]
    fn knows_what_a_range_covers() {
        let peer = |text: &str| text.parse::<Peer>().expect("a peer");
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(peer("10.7.222.0/24:3306").covers(ip("10.7.222.3"), 3306));
        assert!(peer("10.7.222.0/24").covers(ip("10.7.222.3"), 3306));
        assert!(!peer("10.7.222.0/24:53").covers(ip("10.7.222.3"), 3306));
        assert!(!peer("10.7.222.0/24:3306").covers(ip("10.7.223.3"), 3306));
        assert!(!peer("namespace:admin-apps").covers(ip("10.7.222.3"), 3306));
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "10.0.0.1",
            "10.0.0.0/33",
            "10.0.0.0/24:0",
            "10.0.0.0/24:http",
            "db.example.org/32",
            "namespace:",
            "namespace:-a",
            "namespace:A",
            "namespace:a b",
            "10.0.0.0/24,",
        ] {
            assert_eq!(Peer::list(text), Err(PeerError), "{text}");
        }
    }
}
