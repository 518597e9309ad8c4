//! A house with one tenant, its ledger and a desk that keeps drafts in memory, and a gateway in front of them.

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
use slipway::systems::wordpress::{DeskError, Draft, Image, Login, Post};
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
            language: slipway::domain::SiteLanguage::En,
            time_zone: slipway::domain::TimeZone::utc(),
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
