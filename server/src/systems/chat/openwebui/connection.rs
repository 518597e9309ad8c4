//! The tenant's entry in OpenWebUI's list of tool servers. The list can only be replaced as a whole, so a write takes
//! the lock, reads right before, carries the entries of others over byte for byte, and reads back until ours is right.
//! An administrator who presses Save with an old page overwrites ours at any time: the drift finder puts it back.

use super::lock::ConnectionLock;
use super::{Wanted, api::Api, taken};
use crate::domain::Fault;
use crate::systems::chat::Tools;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/configs/tool_servers";

/// How often a write is repeated when the list read back is not as it was written.
const TRIES: usize = 5;

/// The whole list.
#[derive(Serialize, Deserialize)]
pub(super) struct List {
    #[serde(rename = "TOOL_SERVER_CONNECTIONS", deserialize_with = "nullable")]
    entries: Vec<Box<RawValue>>,
}

fn nullable<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Box<RawValue>>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// How the list stands to what is wanted.
pub(super) enum State {
    /// Ours is not there.
    Absent,
    /// Ours is there once and right.
    Right,
    /// Ours is there, and these fields differ.
    Wrong(Vec<String>),
}

impl State {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(super) fn difference(&self) -> Option<String> {
        match self {
            Self::Right => None,
            Self::Absent => Some("the connection is missing".to_owned()),
            Self::Wrong(fields) => Some(format!("the connection differs ({})", fields.join(", "))),
        }
    }
}

/// Whose an entry is.
#[derive(PartialEq)]
enum Owner {
    Us,
    /// Somebody else's, under the id that the tenant needs: at call time the first of an id wins.
    Rival,
    Other,
}

/// Ours by the mark; or by id and address together, because OpenWebUI's own dialog drops fields it does not know.
fn owner(entry: &Value, wanted: &Wanted) -> Owner {
    let same_id = entry.pointer("/info/id").and_then(Value::as_str) == Some(wanted.key.as_str());
    let tenant = entry.pointer("/x_slipway/tenant").and_then(Value::as_str);
    match tenant {
        Some(tenant) if tenant == wanted.owner.to_string() => Owner::Us,
        None if same_id && entry["url"].as_str() == wanted.tools.url() => Owner::Us,
        _ if same_id => Owner::Rival,
        _ => Owner::Other,
    }
}

impl List {
    fn parsed(&self) -> impl Iterator<Item = Value> {
        self.entries.iter().map(|raw| serde_json::from_str(raw.get()).unwrap_or(Value::Null))
    }

    /// Compares with what is wanted. Without a group only presence can be told.
    pub(super) fn state(&self, wanted: &Wanted, group_id: Option<&str>) -> State {
        let ours: Vec<Value> = self.parsed().filter(|entry| owner(entry, wanted) == Owner::Us).collect();
        let Some(first) = ours.first() else { return State::Absent };
        let want = entry(wanted, group_id.unwrap_or_default());
        let mut fields = differing(first, &want);
        if ours.len() > 1 {
            fields.push("it is there more than once".to_owned());
        }
        if fields.is_empty() { State::Right } else { State::Wrong(fields) }
    }

    fn has_rival(&self, wanted: &Wanted) -> bool {
        self.parsed().any(|entry| owner(&entry, wanted) == Owner::Rival)
    }

    /// The tenant's entry as OpenWebUI holds it.
    pub(super) fn ours(&self, wanted: &Wanted) -> Option<Value> {
        self.parsed().find(|entry| owner(entry, wanted) == Owner::Us)
    }

    /// The list with `want` in the place of ours, or at the end; with `None`, without ours.
    fn with(self, wanted: &Wanted, want: Option<&Value>) -> Result<Self, Fault> {
        let mut want = want.map(to_raw_value).transpose().map_err(|_| Fault::retry("The connection is no JSON."))?;
        let mut entries = Vec::with_capacity(self.entries.len() + 1);
        for raw in self.entries {
            let entry = serde_json::from_str(raw.get()).unwrap_or(Value::Null);
            match owner(&entry, wanted) {
                Owner::Us => entries.extend(want.take()),
                Owner::Rival | Owner::Other => entries.push(raw),
            }
        }
        entries.extend(want);
        Ok(Self { entries })
    }
}

pub(super) async fn read(api: &Api) -> Result<List, Fault> {
    api.get(PATH, &[]).await?.ok()?.json()
}

pub(super) async fn ensure(api: &Api, lock: &dyn ConnectionLock, wanted: &Wanted, group_id: &str) -> Result<(), Fault> {
    lock.take().await?.within(put(api, wanted, group_id)).await
}

async fn put(api: &Api, wanted: &Wanted, group_id: &str) -> Result<(), Fault> {
    let want = entry(wanted, group_id);
    for _ in 0..TRIES {
        let list = read(api).await?;
        if list.has_rival(wanted) {
            return Err(taken("connection", &wanted.key));
        }
        if matches!(list.state(wanted, Some(group_id)), State::Right) {
            return Ok(());
        }
        api.post(PATH, &list.with(wanted, Some(&want))?).await?.ok()?;
    }
    Err(overwritten())
}

pub(super) async fn remove(api: &Api, lock: &dyn ConnectionLock, wanted: &Wanted) -> Result<(), Fault> {
    lock.take().await?.within(take_out(api, wanted)).await
}

async fn take_out(api: &Api, wanted: &Wanted) -> Result<(), Fault> {
    for _ in 0..TRIES {
        let list = read(api).await?;
        if list.state(wanted, None).is_absent() {
            return Ok(());
        }
        api.post(PATH, &list.with(wanted, None)?).await?.ok()?;
    }
    Err(overwritten())
}

fn overwritten() -> Fault {
    Fault::retry("Somebody else keeps overwriting the list of connections in OpenWebUI.")
}

/// The entry as it should be. `path`, `auth_type`, `key` and `config` are required; further fields are kept by OpenWebUI.
fn entry(wanted: &Wanted, group_id: &str) -> Value {
    let mut entry = json!({
        "type": "mcp",
        "url": wanted.tools.url(),
        "path": "",
        "auth_type": "none",
        "key": "",
        "config": {
            "enable": true,
            "function_name_filter_list": "",
            "access_grants": [{"principal_type": "group", "principal_id": group_id, "permission": "read"}],
        },
        "info": {
            "id": wanted.key,
            "name": format!("WordPress: {}", wanted.name),
            "description": format!("Drafts on the site of {}", wanted.name),
        },
        "x_slipway": {"tenant": wanted.owner},
    });
    match &wanted.tools {
        Tools::None => {}
        Tools::Gateway { key, .. } => {
            entry["auth_type"] = json!("bearer");
            entry["key"] = json!(key.expose_secret());
        }
        // OpenWebUI has no kind of sign-in for Basic.
        Tools::Site { user, password, .. } => {
            let pair = STANDARD.encode(format!("{user}:{}", password.expose_secret()));
            entry["headers"] = json!({"Authorization": format!("Basic {pair}")});
        }
    }
    entry
}

/// Names of the fields of `want` that `have` does not hold alike. Never values: one of them is a key.
fn differing(have: &Value, want: &Value) -> Vec<String> {
    let Some(want) = want.as_object() else { return Vec::new() };
    want.iter().filter(|(name, value)| !covers(&have[name.as_str()], value)).map(|(name, _)| name.clone()).collect()
}

/// Does `have` say all that `want` says? OpenWebUI adds fields to objects, never to lists.
fn covers(have: &Value, want: &Value) -> bool {
    match (have, want) {
        (Value::Object(have), Value::Object(want)) => {
            want.iter().all(|(name, value)| have.get(name).is_some_and(|h| covers(h, value)))
        }
        (Value::Array(have), Value::Array(want)) => {
            have.len() == want.len() && have.iter().zip(want).all(|(h, w)| covers(h, w))
        }
        _ => have == want,
    }
}
