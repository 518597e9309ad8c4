//! Driver for OpenWebUI 0.12.1 and newer. It has no transactions, no unique names and no item-wise list of connections,
//! so everything here is found by a mark of ours, compared field by field, and read back after a write. What carries
//! no mark is never touched. The facts are in `docs/outside/openwebui.md`.

mod api;
mod connection;
mod group;
mod lock;
mod model;
mod person;
mod proof;
mod rules;

pub use lock::{Alone, ConnectionLock, PATIENCE, Turn};

use super::{Chat, ChatUser, Corner, Held, ToolsSeen, Wanted, Who};
use crate::domain::{Clock, Fault, Gone, Health, Seen};
use crate::systems::http::Http;
use api::Api;
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;

/// What the driver needs to know.
pub struct Config {
    /// Address under which the portal reaches OpenWebUI, without trailing slash.
    pub url: String,
    /// Address under which people reach it, without trailing slash.
    pub public_url: String,
    /// API key of an administrator of OpenWebUI.
    pub api_key: SecretString,
    /// Id of the model that the tenants' presets stand on.
    pub base_model: String,
    /// The secret OpenWebUI signs `X-OpenWebUI-User-Jwt` with; used for the probe only.
    pub jwt_secret: SecretString,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Who may write the list of connections now. [`Alone`] is enough for one process.
    pub lock: Arc<dyn ConnectionLock>,
}

/// The chat on a real OpenWebUI.
pub struct OpenWebUi {
    api: Api,
    config: Config,
}

impl OpenWebUi {
    /// A driver; nothing is sent yet.
    pub fn new(http: Http, config: Config) -> Self {
        let api = Api::new(http, &config.url, config.api_key.clone());
        Self { api, config }
    }

    /// All parts as they are now.
    async fn parts(&self, wanted: &Wanted) -> Result<Parts, Fault> {
        let group = group::find(&self.api, wanted).await?;
        let model = model::record(&self.api, &wanted.key).await?;
        let open = match &group {
            Some(group) => model::opens(model::record(&self.api, &self.config.base_model).await?.as_ref(), &group.id),
            None => false,
        };
        let connection = connection::read(&self.api).await?.state(wanted, group.as_ref().map(|g| g.id.as_str()));
        Ok(Parts { group, model, open, connection })
    }
}

/// A corner, part by part.
struct Parts {
    group: Option<group::Group>,
    model: Option<model::Record>,
    /// The group may use the base model.
    open: bool,
    connection: connection::State,
}

impl Parts {
    /// What differs from what is wanted, one half-sentence each.
    fn faults(&self, wanted: &Wanted, base_model: &str) -> Vec<String> {
        let mut what = Vec::new();
        match &self.group {
            None => what.push("the group is missing".to_owned()),
            Some(group) if group.name != wanted.group => what.push("the group was renamed".to_owned()),
            Some(_) => {}
        }
        let group = self.group.as_ref().map(|g| g.id.as_str());
        if self.group.is_some() && !self.open {
            what.push(format!("the group may not use the model {base_model}"));
        }
        if wanted.tools.url().is_some() {
            what.extend(model::difference(self.model.as_ref(), wanted, base_model, group));
            what.extend(self.connection.difference());
        } else if !self.toolless(wanted) {
            what.push("there is a connection or a model that should not be there".to_owned());
        }
        what
    }

    fn toolless(&self, wanted: &Wanted) -> bool {
        self.connection.is_absent() && !self.model.as_ref().is_some_and(|m| m.is_ours(wanted))
    }

    fn nothing(&self, wanted: &Wanted) -> bool {
        self.group.is_none() && self.toolless(wanted)
    }
}

#[async_trait]
impl Chat for OpenWebUi {
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Corner>, Fault> {
        let parts = self.parts(wanted).await?;
        if parts.nothing(wanted) {
            return Ok(Seen::Absent);
        }
        let faults = parts.faults(wanted, &self.config.base_model);
        match parts.group {
            Some(group) if faults.is_empty() => Ok(Seen::Ready(corner(wanted, group.id))),
            _ => Ok(Seen::Drifted { what: format!("In OpenWebUI {}.", faults.join(", ")) }),
        }
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Corner>, Fault> {
        self.api.check_version().await?;
        let group = group::ensure(&self.api, wanted).await?;
        model::open(&self.api, &*self.config.lock, &self.config.base_model, &group.id).await?;
        let lock = &*self.config.lock;
        if wanted.tools.url().is_some() {
            model::ensure(&self.api, wanted, &self.config.base_model, &group.id).await?;
            model::open(&self.api, lock, &wanted.key, &group.id).await?;
            connection::ensure(&self.api, lock, wanted, &group.id).await?;
        } else {
            connection::remove(&self.api, lock, wanted).await?;
            model::remove(&self.api, wanted).await?;
        }
        self.look(wanted).await
    }

    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        connection::remove(&self.api, &*self.config.lock, wanted).await?;
        model::remove(&self.api, wanted).await?;
        group::remove(&self.api, wanted).await?;
        if self.parts(wanted).await?.nothing(wanted) {
            let (key, group) = (&wanted.key, &wanted.group);
            return Ok(Gone::Seen { what: format!("Connection and model {key} and group {group} are gone.") });
        }
        Err(Fault::retry("OpenWebUI still shows something of the tenant after it was removed."))
    }

    async fn look_at_person(&self, who: &Who<'_>) -> Result<Seen<ChatUser>, Fault> {
        person::look(&self.api, who).await
    }

    async fn ensure_person(&self, who: &Who<'_>) -> Result<Seen<ChatUser>, Fault> {
        person::ensure(&self.api, who).await
    }

    async fn has_access(&self, user_id: &str, subject: &str, group_id: &str) -> Result<Held, Fault> {
        person::held(&self.api, user_id, subject, group_id).await
    }

    async fn give_access(&self, user_id: &str, subject: &str, group_id: &str) -> Result<(), Fault> {
        person::give(&self.api, user_id, subject, group_id).await
    }

    async fn take_access(&self, user_id: &str, group_id: &str) -> Result<(), Fault> {
        person::take(&self.api, user_id, group_id).await
    }

    async fn prove(&self, wanted: &Wanted) -> Result<ToolsSeen, Fault> {
        let pass = proof::probe(&self.config.jwt_secret, self.config.clock.now())?;
        proof::tools(&self.api, wanted, &pass).await
    }

    fn link(&self, key: &str) -> String {
        format!("{}/?model={key}", self.config.public_url)
    }

    fn sign_in(&self) -> String {
        format!("{}/oauth/oidc/login", self.config.public_url)
    }

    fn place(&self) -> String {
        format!("OpenWebUI at {}", self.config.public_url)
    }

    async fn health(&self) -> Health {
        let version = match self.api.check_version().await {
            Ok(version) => version,
            Err(Fault::Fail { say, next, .. }) => return Health::bad(say, next),
            Err(Fault::Retry { why, .. }) => return Health::bad(why, "Check that OpenWebUI runs and its address."),
        };
        let ready = async {
            self.api.check_key().await?;
            rules::check_rules(&self.api).await
        };
        match ready.await {
            Ok(()) => Health::good(format!("OpenWebUI {version}")),
            Err(Fault::Fail { say, next, .. }) => Health::bad(say, next),
            Err(Fault::Retry { why, .. }) => Health::bad(why, "Wait, or look at OpenWebUI's log."),
        }
    }
}

fn corner(wanted: &Wanted, group_id: String) -> Corner {
    Corner { group_id, connection_id: wanted.key.clone(), model_id: wanted.key.clone() }
}

/// The mark that ties an object to its owner; it stands in a group's description.
fn mark(wanted: &Wanted) -> String {
    format!("slipway:{}", wanted.owner)
}

/// Somebody else's object has the name that the tenant needs.
fn taken(what: &str, key: &str) -> Fault {
    Fault::fail(
        "chat_name_taken",
        format!("OpenWebUI has a {what} with the id {key} that Slipway did not make."),
        "Rename or remove it in OpenWebUI, then press Retry now.",
    )
}
