//! OpenWebUI's side of the demo: the API key with which the portal works, and the model that it offers.
//!
//! The key belongs to the administrator whom OpenWebUI made at its first start. Which server has the models, OpenWebUI
//! reads from its environment into an empty folder only, so a changed choice is told it here.

use super::{Folder, Net, folder, model::Model, parts::CHAT_ADMIN};
use crate::systems::http::{Http, Reply};
use anyhow::{Context as _, bail};
use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Session {
    token: SecretString,
}

#[derive(Deserialize)]
struct ApiKey {
    api_key: String,
}

#[derive(Deserialize)]
struct Models {
    data: Vec<Offered>,
}

#[derive(Deserialize)]
struct Offered {
    id: String,
}

/// `GET /openai/config` and what `POST /openai/config/update` takes.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Upstream {
    enable_openai_api: Option<bool>,
    openai_api_base_urls: Vec<String>,
    openai_api_keys: Vec<String>,
    openai_api_configs: Map<String, Value>,
}

/// Signs in as the administrator, keeps an API key in a file, and sees that the model is there.
///
/// # Errors
/// OpenWebUI refuses the administrator, or its model server does not offer the model.
pub(super) async fn prepare(http: &Http, folder: &Folder, net: Net, model: &Model) -> anyhow::Result<()> {
    let chat =
        Admin::sign_in(http, format!("http://{}", net.chat()), &folder.reveal("openwebui-admin-password")?).await?;
    folder::replace(&folder.secret("openwebui-api-key"), &chat.api_key().await?, 0o600)?;
    let key = std::fs::read_to_string(&model.key_file).with_context(|| model.key_file.display().to_string())?;
    chat.choose(&model.url, key.trim()).await?;
    let offered = chat.models().await?;
    if !offered.contains(&model.name) {
        bail!(
            "{} does not offer the model {}; it offers: {}. Check SLIPWAY_LLM_URL, SLIPWAY_LLM_MODEL and the key.",
            model.url,
            model.name,
            offered.join(", ")
        );
    }
    Ok(())
}

struct Admin<'a> {
    http: &'a Http,
    url: String,
    token: SecretString,
}

impl<'a> Admin<'a> {
    async fn sign_in(http: &'a Http, url: String, password: &str) -> anyhow::Result<Self> {
        let at = format!("{url}/api/v1/auths/signin");
        let body = json!({ "email": CHAT_ADMIN, "password": password });
        let reply = http.call("OpenWebUI", Method::POST, &at).json(&body).send().await.map_err(plain)?;
        let session: Session = read(reply).context("its administrator could not be signed in; --reset begins anew")?;
        Ok(Self { http, url, token: session.token })
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Reply> {
        let at = format!("{}{path}", self.url);
        let call = self.http.call("OpenWebUI", method, &at).bearer(&self.token);
        let call = if let Some(body) = body { call.json(body) } else { call };
        call.send().await.map_err(plain)
    }

    /// The key that is there, or a new one.
    async fn api_key(&self) -> anyhow::Result<String> {
        const PATH: &str = "/api/v1/auths/api_key";
        if let Ok(found) = read::<ApiKey>(self.ask(Method::GET, PATH, None).await?) {
            return Ok(found.api_key);
        }
        let made: ApiKey = read(self.ask(Method::POST, PATH, Some(&json!({}))).await?)?;
        Ok(made.api_key)
    }

    /// Makes `url` the first model server; others that somebody added stay.
    async fn choose(&self, url: &str, key: &str) -> anyhow::Result<()> {
        let mut now: Upstream = read(self.ask(Method::GET, "/openai/config", None).await?)?;
        let first = (now.openai_api_base_urls.first(), now.openai_api_keys.first());
        if first.0.is_some_and(|u| u == url) && first.1.is_some_and(|k| k == key) {
            return Ok(());
        }
        put_first(&mut now.openai_api_base_urls, url);
        put_first(&mut now.openai_api_keys, key);
        let body = serde_json::to_value(&now)?;
        read::<Value>(self.ask(Method::POST, "/openai/config/update", Some(&body)).await?).map(drop)
    }

    async fn models(&self) -> anyhow::Result<Vec<String>> {
        let models: Models = read(self.ask(Method::GET, "/api/models", None).await?)?;
        Ok(models.data.into_iter().map(|m| m.id).collect())
    }
}

fn put_first(list: &mut Vec<String>, text: &str) {
    match list.first_mut() {
        Some(first) => text.clone_into(first),
        None => list.push(text.to_owned()),
    }
}

fn read<T: serde::de::DeserializeOwned>(reply: Reply) -> anyhow::Result<T> {
    let what = format!("OpenWebUI answered {}", reply.status);
    if !reply.status.is_success() {
        bail!(what);
    }
    reply.json().map_err(plain)
}

fn plain(fault: crate::domain::Fault) -> anyhow::Error {
    anyhow::anyhow!(fault.to_string())
}
