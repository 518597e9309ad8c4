//! A house with one tenant, its ledger and a desk that keeps drafts in memory, and a gateway in front of them.

use super::change::{sum, version};
pub(crate) use super::message::{call, signed};
use crate::sim::{Wire, http};
use crate::stage::Hand;
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Value, json};
use slipway::domain::pairing::PairingStatus;
use slipway::domain::tenant::Status;
use slipway::domain::{At, Clock, Email, Pairing, PairingId, Slug, Tenant, TenantId};
use slipway::mcp::{CallRecord, Claim, Gateway, Ledger, Pace};
use slipway::systems::http::Reply;
use slipway::systems::wordpress::{Desk, DeskError, Draft, Image, Listed, Login, Media, Named, Post, Taxonomy, Term};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use uuid::Uuid;

pub(crate) const KEY: &str = "the-gateway-key-of-acme";
pub(crate) const JWT_SECRET: &str = "a-secret-of-at-least-thirty-two-letters";
pub(crate) const ADA: &str = "chat-user-ada";

/// What the house and the site remember.
#[derive(Default)]
pub(crate) struct Memory {
    /// Account of the chat → its pairing.
    pub(crate) pairings: BTreeMap<String, Pairing>,
    pub(crate) status: Option<Status>,
    pub(crate) claims: BTreeMap<String, Option<Value>>,
    pub(crate) records: Vec<CallRecord>,
    pub(crate) broken: Vec<PairingId>,
    pub(crate) posts: Vec<(String, Post)>,
    /// Pictures by their keys.
    pub(crate) images: BTreeMap<String, Image>,
    pub(crate) changes: Vec<(i64, Draft)>,
    /// What the desk answers next, instead of working.
    pub(crate) trouble: Option<DeskError>,
    /// The next call creates, and its answer is lost.
    pub(crate) lose_answer: bool,
    /// The house cannot note answers.
    pub(crate) forgetful: bool,
    pub(crate) allowances: slipway::domain::Allowances,
    pub(crate) clock: Option<Arc<Hand>>,
}

/// House and site in one.
#[derive(Clone, Default)]
pub(crate) struct House(Arc<Mutex<Memory>>);

impl House {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().expect("no test panics while it holds this")
    }

    pub(crate) fn tenant(&self) -> Tenant {
        Tenant {
            id: TenantId(Uuid::from_u128(1)),
            slug: Slug::parse("acme").expect("a slug"),
            name: "Acme".to_owned(),
            plan: "small".to_owned(),
            site_url: "https://acme.example".to_owned(),
            admin: Email::parse("ada@example.org").expect("an address"),
            ordered_by: "test".to_owned(),
            ordered_at: At(0),
            status: self.memory().status.unwrap_or(Status::Ready),
            gone_at: None,
        }
    }

    /// Connects an account of the chat.
    pub(crate) fn pair(&self, chat_user: &str, email: &str, status: PairingStatus) {
        let pairing = Pairing {
            id: PairingId(Uuid::from_u128(7)),
            tenant: TenantId(Uuid::from_u128(1)),
            subject: "sso-ada".to_owned(),
            email: Email::parse(email).expect("an address"),
            name: "Ada".to_owned(),
            wp_user: 3,
            wp_login: "ada".to_owned(),
            password_uuid: "uuid".to_owned(),
            chat_user: Some(chat_user.to_owned()),
            status,
            note: String::new(),
            made_at: At(0),
            proof_at: None,
            proof_ms: None,
        };
        self.memory().pairings.insert(chat_user.to_owned(), pairing);
    }

    /// Number of posts that were ever made.
    pub(crate) fn made(&self) -> usize {
        self.memory().posts.len()
    }
}

#[async_trait]
impl Ledger for House {
    async fn open(&self, slug: &str, presented_key: &str) -> anyhow::Result<Option<Tenant>> {
        Ok((slug == "acme" && presented_key == KEY).then(|| self.tenant()))
    }
    async fn login(&self, _: &Tenant, chat_user: &str) -> anyhow::Result<Option<(Pairing, Login)>> {
        let login = Login {
            site_url: "https://acme.example".to_owned(),
            rest_url: "https://acme.example/wp-json/".to_owned(),
            user: "ada".to_owned(),
            password: SecretString::from("an application password"),
        };
        Ok(self.memory().pairings.get(chat_user).cloned().map(|pairing| (pairing, login)))
    }
    async fn claim(&self, key: &str, _: TenantId) -> anyhow::Result<Claim> {
        let mut memory = self.memory();
        Ok(match memory.claims.get(key) {
            None => {
                memory.claims.insert(key.to_owned(), None);
                Claim::Fresh
            }
            Some(None) => Claim::Pending,
            Some(Some(answer)) => Claim::Done(answer.clone()),
        })
    }
    async fn finish(&self, key: &str, answer: &Value) -> anyhow::Result<()> {
        let mut memory = self.memory();
        anyhow::ensure!(!memory.forgetful, "database.internal:5432 is down");
        memory.claims.insert(key.to_owned(), Some(answer.clone()));
        Ok(())
    }
    async fn release(&self, key: &str) -> anyhow::Result<()> {
        self.memory().claims.remove(key);
        Ok(())
    }
    async fn record(&self, call: &CallRecord) {
        self.memory().records.push(call.clone());
    }
    async fn pace(&self, rule: &slipway::domain::Pace, whom: &str) -> anyhow::Result<slipway::domain::Paced> {
        let memory = self.memory();
        let now = memory.clock.as_ref().map_or(At(0), |clock| clock.now());
        Ok(memory.allowances.take(rule, whom, now))
    }
    async fn broken(&self, pairing: &Pairing, _: &str) {
        self.memory().broken.push(pairing.id);
    }
}

fn post(id: i64, draft: &Draft) -> Post {
    Post {
        id,
        title: draft.title.clone().unwrap_or_default(),
        status: "draft".to_owned(),
        edit_url: format!("https://acme.example/wp-admin/post.php?post={id}&action=edit"),
        preview_url: format!("https://acme.example/?p={id}&preview=true"),
        featured_media: draft.featured_media.filter(|id| *id < 100).unwrap_or_default(),
        content: draft.content.clone(),
        modified: "2026-01-02T03:04:05".to_owned(),
        version: version(draft.content.as_deref().unwrap_or_default()),
    }
}

impl House {
    fn trouble(&self) -> Result<(), DeskError> {
        self.memory().trouble.take().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Desk for House {
    async fn create_draft(&self, _: &Login, draft: &Draft, key: &str) -> Result<Post, DeskError> {
        self.trouble()?;
        tokio::task::yield_now().await;
        let mut memory = self.memory();
        assert!(key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit()), "{key}");
        let made = match memory.posts.iter().find(|(known, _)| known == key) {
            Some((_, post)) => post.clone(),
            None => {
                let made = post(12 + i64::try_from(memory.posts.len()).expect("few"), draft);
                memory.posts.push((key.to_owned(), made.clone()));
                made
            }
        };
        if std::mem::take(&mut memory.lose_answer) { Err(DeskError::Away("timeout".to_owned())) } else { Ok(made) }
    }
    async fn update_draft(&self, _: &Login, id: i64, change: &Draft) -> Result<Post, DeskError> {
        self.trouble()?;
        let mut memory = self.memory();
        memory.changes.push((id, change.clone()));
        let Some((_, post)) = memory.posts.iter_mut().find(|(_, p)| p.id == id) else {
            return Err(DeskError::NotFound);
        };
        let stored = post.content.clone().unwrap_or_default();
        if change.base.as_ref().is_some_and(|base| base.sum != sum(&stored)) {
            return Err(DeskError::Changed);
        }
        post.title = change.title.clone().unwrap_or_else(|| post.title.clone());
        post.content = Some(change.content.clone().unwrap_or(stored));
        post.version = version(post.content.as_deref().unwrap_or_default());
        Ok(post.clone())
    }
    async fn list_drafts(&self, _: &Login, page: u32) -> Result<Listed<Post>, DeskError> {
        self.trouble()?;
        let posts: Vec<Post> = self.memory().posts.iter().map(|(_, post)| post.clone()).collect();
        let total = Some(posts.len() as u64);
        let items = posts.into_iter().skip(20 * (page as usize - 1)).take(20).collect();
        Ok(Listed { items, total, per_page: 20 })
    }
    async fn get_post(&self, _: &Login, id: i64) -> Result<Post, DeskError> {
        self.trouble()?;
        let memory = self.memory();
        memory.posts.iter().find(|(_, p)| p.id == id).map(|(_, p)| p.clone()).ok_or(DeskError::NotFound)
    }
    async fn search_posts(&self, _: &Login, _: &str, _: u32) -> Result<Listed<Post>, DeskError> {
        self.trouble()?;
        Ok(Listed { items: Vec::new(), total: Some(0), per_page: 20 })
    }
    async fn terms(&self, _: &Login, taxonomy: Taxonomy, _: &str, _: u32) -> Result<Listed<Term>, DeskError> {
        self.trouble()?;
        let name = if taxonomy == Taxonomy::Tags { "bread" } else { "News" };
        Ok(Listed { items: vec![Term { id: 4, name: name.to_owned(), count: 2 }], total: Some(250), per_page: 100 })
    }
    async fn chosen(&self, _: &Login, taxonomy: Taxonomy, named: &[Named]) -> Result<Vec<i64>, DeskError> {
        self.trouble()?;
        let known = |one: &Named| one.id == Some(4) || one.name.as_deref() == Some("News");
        match named.iter().find(|one| taxonomy == Taxonomy::Categories && !known(one)) {
            Some(one) => Err(DeskError::NoTerm(format!("The site has no category {one:?}."))),
            None => Ok(named.iter().map(|one| one.id.unwrap_or(4)).collect()),
        }
    }
    async fn upload_image(&self, _: &Login, image: Image, key: &str) -> Result<Media, DeskError> {
        self.trouble()?;
        let mut memory = self.memory();
        let url = format!("https://acme.example/wp-content/uploads/{}", image.name);
        memory.images.entry(key.to_owned()).or_insert(image);
        if std::mem::take(&mut memory.lose_answer) {
            Err(DeskError::Away("timeout".to_owned()))
        } else {
            Ok(Media { id: 90, url })
        }
    }
}

/// A gateway on a port of its own.
pub(crate) struct Door {
    pub(crate) wire: Wire,
    pub(crate) house: House,
    pub(crate) clock: Arc<Hand>,
}

impl Door {
    pub(crate) async fn open() -> Self {
        Self::with_pace(Pace::default()).await
    }

    pub(crate) async fn with_pace(pace: Pace) -> Self {
        let (house, clock) = (House::default(), Arc::new(Hand::at(At(1_790_000_000_000_000))));
        house.memory().clock = Some(clock.clone());
        let wire = Wire::serve(gateway(&house, clock.clone(), pace)).await;
        house.pair(ADA, "ada@example.org", PairingStatus::Connected);
        Self { wire, house, clock }
    }

    /// A token as OpenWebUI signs them.
    pub(crate) fn token(&self, sub: &str, seconds: i64) -> String {
        signed(
            &json!({"sub": sub, "email": "ada@chat.example", "iss": "open-webui",
            "exp": self.clock.now().unix() + seconds}),
            JWT_SECRET,
        )
    }

    /// Posts one message with these headers.
    pub(crate) async fn post(&self, headers: &[(&'static str, &str)], message: &Value) -> Reply {
        let url = format!("{}/mcp/acme", self.wire.url);
        let http = http();
        let mut call = http
            .call("the gateway", reqwest::Method::POST, &url)
            .header("accept", "application/json, text/event-stream")
            .json(message);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        call.send().await.expect("it answers")
    }

    /// Calls a tool as Ada in a chat; answers `isError`, the text, and the data.
    pub(crate) async fn ada(&self, tool: &str, arguments: Value) -> (bool, String, Value) {
        self.in_chat("chat-1", &self.token(ADA, 900), tool, arguments).await
    }

    pub(crate) async fn in_chat(&self, chat: &str, token: &str, tool: &str, arguments: Value) -> (bool, String, Value) {
        let key = format!("Bearer {KEY}");
        let headers = [("authorization", key.as_str()), ("x-openwebui-user-jwt", token), ("x-openwebui-chat-id", chat)];
        let reply = self.post(&headers, &call(tool, arguments)).await;
        let answer: Value = reply.ok().expect("200").json().expect("JSON");
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_default().to_owned();
        (result["isError"] == json!(true), text, result["structuredContent"].clone())
    }
}

/// The gateway's router over this house.
pub(crate) fn gateway(house: &House, clock: Arc<dyn Clock>, pace: Pace) -> axum::Router {
    Gateway {
        ledger: Arc::new(house.clone()),
        desk: Arc::new(house.clone()),
        jwt_secret: SecretString::from(JWT_SECRET),
        allowed_hosts: Vec::new(),
        pace,
        clock,
    }
    .router()
}
