//! What IONOS refuses, by the rules of its documentation (`docs/outside/ionos.md`).

use super::{LANS, Login, Memory};
use serde_json::Value;
use std::net::Ipv4Addr;

/// A refusal: status and words.
pub(super) type No = (u16, String);

fn no<T>(words: impl Into<String>) -> Result<T, No> {
    Err((422, words.into()))
}

/// An order, in either version, taken apart.
pub(super) struct Asked {
    pub(super) properties: Value,
    pub(super) login: Login,
}

pub(super) fn judge(version: u8, body: &Value, memory: &Memory, own_id: Option<&str>) -> Result<Asked, No> {
    let mut properties = body["properties"].clone();
    if !properties.is_object() {
        return Err((400, "properties is missing".to_owned()));
    }
    let login = login(version, &properties)?;
    size(version, &properties)?;
    name(version, &properties)?;
    let connection = if version == 1 { &properties["connections"][0] } else { &properties["connection"] };
    let key = if version == 1 { "cidr" } else { "primaryInstanceAddress" };
    address(connection, key, memory, own_id)?;
    // Passwords are written and never read.
    if let Some(credentials) = properties["credentials"].as_object_mut() {
        credentials.remove("password");
    }
    if version == 1
        && let Some(all) = properties.as_object_mut()
    {
        all.remove("credentials");
    }
    Ok(Asked { properties, login })
}

fn login(version: u8, properties: &Value) -> Result<Login, No> {
    let text = |key: &str| properties["credentials"][key].as_str().map(str::to_owned);
    let (Some(user), Some(password)) = (text("username"), text("password")) else {
        return no("credentials need username and password");
    };
    let word = |s: &str| s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let begins = user.starts_with(|c: char| c.is_ascii_alphabetic());
    if !(2..=16).contains(&user.len()) || !word(&user) || (version == 1 && (!begins || user.contains("__"))) {
        return no("username is not allowed");
    }
    if ["mariadb", "admin", "standby"].contains(&user.as_str()) {
        return no("username is reserved");
    }
    let longest = if version == 1 { 63 } else { 256 };
    if !(10..=longest).contains(&password.len()) {
        return no("password is too short or too long");
    }
    let database = text("database");
    match (&database, version) {
        (None, 2) => no("credentials need a database"),
        (Some(d), 2) if !(2..=63).contains(&d.len()) || !word(d) => no("database is not allowed"),
        _ => Ok(Login { user, password, database }),
    }
}

fn size(version: u8, properties: &Value) -> Result<(), No> {
    let place = if version == 1 { properties } else { &properties["instances"] };
    let within = |key: &str, least: u64, most: u64| place[key].as_u64().is_some_and(|n| (least..=most).contains(&n));
    let (cores, ram, storage) = if version == 1 { (16, 4096, 2000) } else { (62, 240, 4096) };
    let offered: &[&str] = if version == 1 { &["10.6", "10.11"] } else { &["10.11", "11.4"] };
    let key = if version == 1 { "mariadbVersion" } else { "version" };
    match () {
        () if !within("cores", 1, cores) => no("cores is out of range"),
        () if !within("ram", 4, ram) => no("ram is out of range"),
        () if !within("storageSize", 10, storage) => no("storageSize is out of range"),
        () if !properties[key].as_str().is_some_and(|v| offered.contains(&v)) => no("this version is not offered"),
        () => Ok(()),
    }
}

fn name(version: u8, properties: &Value) -> Result<(), No> {
    let key = if version == 1 { "displayName" } else { "name" };
    let name = properties[key].as_str().unwrap_or_default();
    let fine = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b) || version == 1 && b": ".contains(&b));
    let edges = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    match (2..=63).contains(&name.len()) && fine && (version == 1 || edges) {
        true => Ok(()),
        false => no(format!("{key} is not allowed")),
    }
}

/// An address must be host 3 to 10 of the LAN's network, and nobody's. Whether IONOS itself refuses an address that is in
/// use is not known; this one does.
fn address(connection: &Value, key: &str, memory: &Memory, own_id: Option<&str>) -> Result<(), No> {
    let text = |key: &str| connection[key].as_str().unwrap_or_default();
    if text("datacenterId") != super::DATACENTER {
        return no("the data center does not exist");
    }
    let Some((_, network)) = LANS.iter().find(|(id, _)| *id == text("lanId")) else {
        return no("the LAN does not exist in this data center");
    };
    let host = text(key).strip_suffix("/24").and_then(|ip| ip.parse::<Ipv4Addr>().ok());
    let Some(ip) = host.filter(|ip| ip.to_string().starts_with(&format!("{network}."))) else {
        return no(format!("{} is not of the LAN's network", text(key)));
    };
    if !(3..=10).contains(&ip.octets()[3]) {
        return no(format!("host {} belongs to DHCP", ip.octets()[3]));
    }
    let holds = |p: &Value| p["connection"][key] == connection[key] || p["connections"][0][key] == connection[key];
    let other = memory.clusters.iter().find(|c| own_id != Some(c.id.as_str()) && holds(&c.properties));
    match other {
        Some(_) => no(format!("[(root).properties] '{}' is in use", text(key))),
        None => Ok(()),
    }
}
