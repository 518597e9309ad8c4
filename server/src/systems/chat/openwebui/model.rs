//! The tenant's model preset, and the group's right to use the model beneath it: a preset alone is refused with "Model
//! not found" to everyone who may not use its base model, and a base model without a record of its own is for
//! administrators only. What people tuned in the preset (instructions, picture, further tools) stays.

use super::lock::ConnectionLock;
use super::{Wanted, api::Api, taken};
use crate::domain::Fault;
use crate::systems::chat::Tools;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const TRIES: usize = 5;

/// Who may use something. OpenWebUI answers with further fields; it takes these three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Grant {
    principal_type: String,
    principal_id: String,
    permission: String,
}

impl Grant {
    fn to_group(id: &str) -> Self {
        Self { principal_type: "group".to_owned(), principal_id: id.to_owned(), permission: "read".to_owned() }
    }

    fn opens_to(&self, group_id: &str) -> bool {
        let everyone = self.principal_type == "user" && self.principal_id == "*";
        self.permission == "read" && (everyone || *self == Self::to_group(group_id))
    }
}

/// A model's record.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Record {
    id: String,
    base_model_id: Option<String>,
    name: String,
    #[serde(default)]
    params: Map<String, Value>,
    #[serde(default)]
    meta: Map<String, Value>,
    #[serde(default)]
    access_grants: Vec<Grant>,
    is_active: bool,
    /// Without it `params` are left out of the answer.
    #[serde(default)]
    write_access: bool,
}

impl Record {
    /// Ours by the mark, or by the switched-on connection of the tenant.
    pub(super) fn is_ours(&self, wanted: &Wanted) -> bool {
        match self.meta.get("x_slipway").and_then(|x| x["tenant"].as_str()) {
            Some(tenant) => tenant == wanted.owner.to_string(),
            None => self.has_tool(wanted),
        }
    }

    fn has_tool(&self, wanted: &Wanted) -> bool {
        let tool = Value::String(tool(wanted));
        self.meta.get("toolIds").and_then(Value::as_array).is_some_and(|ids| ids.contains(&tool))
    }
}

/// Reads one record. An administrator who is neither owner nor granted is refused with 401 when
/// `BYPASS_ADMIN_ACCESS_CONTROL` is off; the list for administrators has it all the same.
pub(super) async fn record(api: &Api, id: &str) -> Result<Option<Record>, Fault> {
    let reply = api.get("/api/v1/models/model", &[("id", id)]).await?;
    match reply.status {
        StatusCode::NOT_FOUND => return Ok(None),
        StatusCode::UNAUTHORIZED => {}
        _ => {
            let record: Option<Record> = reply.ok()?.json()?;
            if record.as_ref().is_none_or(|r| r.write_access) {
                return Ok(record);
            }
        }
    }
    let all: Vec<Record> = api.get("/api/v1/models/all", &[]).await?.ok()?.json()?;
    Ok(all.into_iter().find(|record| record.id == id))
}

/// May the group use the model of this record?
pub(super) fn opens(record: Option<&Record>, group_id: &str) -> bool {
    record.is_some_and(|r| r.access_grants.iter().any(|g| g.opens_to(group_id)))
}

/// Lets the group use a model: the base, and the preset too, whose update leaves grants as they are. Grants are replaced
/// as a whole, like the connections, so this takes the same lock.
pub(super) async fn open(api: &Api, lock: &dyn ConnectionLock, model: &str, group_id: &str) -> Result<(), Fault> {
    lock.take().await?.within(grant(api, model, group_id)).await
}

async fn grant(api: &Api, model: &str, group_id: &str) -> Result<(), Fault> {
    for _ in 0..TRIES {
        let record = record(api, model).await?;
        if opens(record.as_ref(), group_id) {
            return Ok(());
        }
        if record.is_none() {
            check_offered(api, model).await?;
        }
        let mut grants = record.map(|r| r.access_grants).unwrap_or_default();
        grants.push(Grant::to_group(group_id));
        let body = json!({"id": model, "access_grants": grants});
        api.post("/api/v1/models/model/access/update", &body).await?.ok()?;
    }
    Err(Fault::retry("Somebody else keeps overwriting the grants of a model in OpenWebUI."))
}

/// A record is made for any id; this keeps a misspelt one from getting one.
async fn check_offered(api: &Api, model: &str) -> Result<(), Fault> {
    let offered: Value = api.get("/api/models/base", &[]).await?.ok()?.json()?;
    let models = offered["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    if models.iter().any(|m| m["id"] == model) {
        return Ok(());
    }
    Err(Fault::fail(
        "chat_model_missing",
        format!("OpenWebUI offers no model with the id {model}."),
        "Correct the base model in the configuration or connect it in OpenWebUI, then press Retry now.",
    ))
}

/// What differs, one half-sentence.
pub(super) fn difference(
    have: Option<&Record>,
    wanted: &Wanted,
    base_model: &str,
    group_id: Option<&str>,
) -> Option<String> {
    let Some(have) = have else { return Some("the model is missing".to_owned()) };
    if !have.is_ours(wanted) {
        return Some(format!("the model {} is somebody else's", wanted.key));
    }
    let checks = [
        ("its base", have.base_model_id.as_deref() == Some(base_model)),
        ("its name", have.name == name(wanted)),
        ("its tool", have.has_tool(wanted)),
        ("its mark", have.meta.get("x_slipway") == Some(&mark(wanted))),
        ("who may use it", group_id.is_some_and(|id| opens(Some(have), id))),
        ("it is switched off", have.is_active),
    ];
    let wrong: Vec<_> = checks.into_iter().filter(|(_, right)| !right).map(|(what, _)| what).collect();
    (!wrong.is_empty()).then(|| format!("the model differs ({})", wrong.join(", ")))
}

/// Makes or mends the preset.
pub(super) async fn ensure(api: &Api, wanted: &Wanted, base_model: &str, group_id: &str) -> Result<(), Fault> {
    let mut have = record(api, &wanted.key).await?;
    if have.is_none() {
        let reply = api.post("/api/v1/models/create", &fresh(wanted, base_model, group_id)).await?;
        if reply.status != StatusCode::UNAUTHORIZED {
            return reply.ok().map(drop);
        }
        // 401 is a refused key, or "already registered": the record tells.
        have = record(api, &wanted.key).await?;
        if have.is_none() {
            return Err(reply.fault());
        }
    }
    let Some(have) = have else { return Ok(()) };
    if !have.is_ours(wanted) {
        return Err(taken("model", &wanted.key));
    }
    if difference(Some(&have), wanted, base_model, Some(group_id)).is_none() {
        return Ok(());
    }
    api.post("/api/v1/models/model/update", &mended(have, wanted, base_model)).await?.ok().map(drop)
}

/// Removes the preset, if it is ours.
pub(super) async fn remove(api: &Api, wanted: &Wanted) -> Result<(), Fault> {
    if record(api, &wanted.key).await?.is_none_or(|r| !r.is_ours(wanted)) {
        return Ok(());
    }
    let reply = api.post("/api/v1/models/model/delete", &json!({"id": wanted.key})).await?;
    if reply.status == StatusCode::UNAUTHORIZED && record(api, &wanted.key).await?.is_none() {
        return Ok(()); // 401 is also the answer to an id that is not there
    }
    reply.ok().map(drop)
}

fn fresh(wanted: &Wanted, base_model: &str, group_id: &str) -> Value {
    json!({
        "id": wanted.key,
        "base_model_id": base_model,
        "name": name(wanted),
        "meta": {
            "description": format!("Writes drafts for the WordPress site of {}.", wanted.name),
            "toolIds": [tool(wanted)],
            "x_slipway": mark(wanted),
        },
        "params": {"system": instructions(wanted)},
        "access_grants": [Grant::to_group(group_id)],
        "is_active": true,
    })
}

fn mended(have: Record, wanted: &Wanted, base_model: &str) -> Value {
    let has_tool = have.has_tool(wanted);
    let mut meta = have.meta;
    if !has_tool {
        let mut tools = meta.get("toolIds").and_then(Value::as_array).cloned().unwrap_or_default();
        tools.push(Value::String(tool(wanted)));
        meta.insert("toolIds".to_owned(), Value::Array(tools));
    }
    meta.insert("x_slipway".to_owned(), mark(wanted));
    json!({
        "id": wanted.key,
        "base_model_id": base_model,
        "name": name(wanted),
        "meta": meta,
        "params": have.params,
        "is_active": true,
    })
}

fn name(wanted: &Wanted) -> String {
    format!("{} writer", wanted.name)
}

/// Id under which a connection's tools are switched on in a preset.
fn tool(wanted: &Wanted) -> String {
    format!("server:mcp:{}", wanted.key)
}

fn mark(wanted: &Wanted) -> Value {
    json!({"tenant": wanted.owner})
}

fn instructions(wanted: &Wanted) -> String {
    let how = match wanted.tools {
        Tools::Site { .. } => {
            "write its content as WordPress blocks in HTML and send it with the tool wp_add_post and the status draft, \
             once. Afterwards give the person the link from the tool's answer."
        }
        _ => {
            "write it in Markdown and send it with the tool create_draft, once. Afterwards give the person the links \
             from the tool's answer."
        }
    };
    format!(
        "You help people of {} to write posts for their WordPress site. When a post is wanted, {how} You make drafts \
         only: people publish in WordPress themselves. If a tool reports an error, pass its words on and do not claim \
         success.",
        wanted.name
    )
}
