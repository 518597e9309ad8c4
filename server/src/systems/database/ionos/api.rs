//! Calls to IONOS's database API, tolerant in what they take. Only a Bearer token is accepted. Errors have one shape, of
//! which every part may be missing; a proxy in between may answer with a page. A page is never taken for "there is none".

use super::{Config, token};
use crate::{
    domain::{Commands, Fault},
    systems::http::{Http, Reply},
};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::path::PathBuf;
use uuid::Uuid;

/// How the other side is called in sentences.
const PEER: &str = "IONOS";
/// Entries of one page of a list.
const PAGE: usize = 100;
/// More pages than this are no answer.
const MAX_PAGES: usize = 50;

/// The API at one location, with the portal's token.
#[derive(Debug, Clone)]
pub(super) struct Api {
    http: Http,
    base: String,
    token_file: PathBuf,
    contract: Option<String>,
}

#[derive(Deserialize)]
struct Page<T> {
    // Not optional: an answer of another shape must not look like an empty list.
    items: Vec<T>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    messages: Vec<Message>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Message {
    error_code: Option<String>,
    message: Option<String>,
}

impl Api {
    /// `base` is the address of one version of the API.
    pub(super) fn new(http: Http, base: String, config: &Config) -> Self {
        Self { http, base, token_file: config.token_file.clone(), contract: config.contract.clone() }
    }

    /// The same, with the same token, at another address.
    pub(super) fn at(&self, base: String) -> Self {
        Self { base, ..self.clone() }
    }

    /// How a person looks at a cluster and removes it, with a token of their own.
    pub(super) fn commands(&self, cluster: Uuid) -> Commands {
        let contract = self.contract.as_ref().map_or_else(String::new, |c| format!(" -H 'X-Contract-Number: {c}'"));
        let line = |verb: &str| {
            let token = "-H \"Authorization: Bearer $IONOS_TOKEN\"";
            format!("curl -sS {verb}{token}{contract} {}/clusters/{cluster}", self.base)
        };
        Commands { look: line(""), remove: line("-X DELETE ") }
    }

    /// Does this version answer here, with data and to our token?
    pub(super) async fn answers(&self) -> Result<(), Fault> {
        let reply = self.send(Method::GET, "/clusters", &[("limit", "1")], None).await?;
        reply.ok()?.json::<Page<Value>>().map(drop)
    }

    /// Sends; gives what was taken, and 404.
    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Reply, Fault> {
        let token = token::read(&self.token_file).await?;
        let mut call = self.http.call(PEER, method, &format!("{}{path}", self.base)).bearer(&token).query(query);
        if let Some(contract) = &self.contract {
            call = call.header("X-Contract-Number", contract);
        }
        let reply = match body {
            Some(body) => call.json(body).send().await?,
            None => call.send().await?,
        };
        let data = reply.content_type.contains("json");
        match reply.status {
            status if status.is_success() => Ok(reply),
            StatusCode::NOT_FOUND if data => Ok(reply),
            StatusCode::UNAUTHORIZED => Err(Fault::fail(
                "ionos_token_refused",
                "IONOS does not take the portal's token (401): it has expired, was revoked, or is none.",
                "Put a new token into the file that token_file names, then press Retry now. No restart is needed.",
            )),
            StatusCode::FORBIDDEN if data => Err(Fault::fail(
                "ionos_right_missing",
                format!("The portal's token may not do this (403). {}", words(&reply)).trim_end().to_owned(),
                "Give its user the right to access and manage DBaaS, then press Retry now.",
            )),
            StatusCode::CONFLICT | StatusCode::LOCKED => {
                Err(Fault::retry(format!("IONOS is still busy with it. {}", words(&reply)).trim_end().to_owned()))
            }
            status if status.is_client_error() && data && !passing(status) => Err(Fault::fail(
                "ionos_refused",
                format!("IONOS refused it ({}). {}", status.as_u16(), words(&reply)).trim_end().to_owned(),
                "Correct what it names in the section of IONOS's databases, restart, then press Retry now.",
            )),
            status if status.is_client_error() && !passing(status) => {
                Err(Fault::retry(format!("{PEER} answered with a page instead of data ({}).", status.as_u16())))
            }
            _ => Err(reply.fault()),
        }
    }

    /// One object; `None` when the API itself says that there is none.
    pub(super) async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Fault> {
        let reply = self.send(Method::GET, path, &[], None).await?;
        if reply.status == StatusCode::NOT_FOUND { Ok(None) } else { reply.json().map(Some) }
    }

    /// All entries of a list.
    pub(super) async fn list<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<T>, Fault> {
        let mut found = Vec::new();
        for page in 0..MAX_PAGES {
            let (limit, offset) = (PAGE.to_string(), (page * PAGE).to_string());
            let paged = [query, &[("limit", limit.as_str()), ("offset", offset.as_str())]].concat();
            let reply = self.send(Method::GET, path, &paged, None).await?;
            let page: Page<T> = reply.ok()?.json()?;
            let last = page.items.len() < PAGE;
            found.extend(page.items);
            if last {
                return Ok(found);
            }
        }
        Err(Fault::retry("A list of IONOS does not end."))
    }

    /// Sends a body. Whatever comes back is looked up again by the caller.
    pub(super) async fn write(&self, method: Method, path: &str, body: &Value) -> Result<Reply, Fault> {
        self.send(method, path, &[], Some(body)).await?.ok()
    }

    /// Lets something be removed; already gone is success.
    pub(super) async fn delete(&self, path: &str) -> Result<(), Fault> {
        self.send(Method::DELETE, path, &[], None).await.map(drop)
    }
}

/// Client errors that heal by themselves.
fn passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429)
}

/// What an error says, for people: at most 300 characters.
fn words(reply: &Reply) -> String {
    let said: Said = reply.json().unwrap_or_default();
    let one = |m: Message| match (m.message, m.error_code) {
        (Some(message), Some(code)) => Some(format!("{message} ({code})")),
        (message, code) => message.or(code),
    };
    let said: Vec<String> = said.messages.into_iter().filter_map(one).collect();
    said.join(" ").chars().filter(|c| !c.is_control()).take(300).collect()
}
