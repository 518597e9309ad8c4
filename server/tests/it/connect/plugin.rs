//! The plugin's half of the protocol, as small as a test needs it: a person presses Connect in a tenant's WordPress,
//! answers in the portal, comes back, and the site's server hands over an application password.

use crate::{
    sim::http,
    stage::town::{JWT, Town},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use slipway::{
    domain::{Actor, Caller, Clock as _, Email, Pairing, PairingId, Role, Standing, Tenant, tenant::Status},
    saga::{Secrets as _, engine::Calm, plan::Plans},
    steps::purpose,
    store::Store,
    systems::http::{Http, Reply},
};
use std::{collections::BTreeMap, time::Duration};
use url::Url;
use uuid::Uuid;

/// A person of the provider.
pub(crate) fn person(name: &str, standing: Standing) -> Caller {
    let email = Email::parse(&format!("{name}@example.org")).expect("it is one");
    Caller { subject: format!("sub-{name}"), email, name: name.to_owned(), standing }
}

/// Ada, the first admin of every tenant here.
pub(crate) fn ada() -> Caller {
    person("ada", Standing::Person)
}

/// What the portal said to the site.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) data: Value,
}

impl Said {
    pub(crate) fn code(&self) -> &str {
        self.data["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn pairing(&self) -> PairingId {
        let id = self.data["pairing"].as_str().unwrap_or_else(|| panic!("no pairing: {}", self.data));
        id.parse().expect("an id")
    }
}

/// A question that one person asked, and what the browser of that person keeps.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) intent: String,
    pub(crate) state: String,
    pub(crate) verifier: String,
    /// Whose account it is in WordPress.
    pub(crate) subject: String,
}

/// The address a browser was sent back to, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Back {
    pub(crate) url: Url,
    pub(crate) query: BTreeMap<String, String>,
}

impl Back {
    pub(crate) fn parse(address: &str) -> Self {
        let url = Url::parse(address).expect("an address");
        let query = url.query_pairs().into_owned().collect();
        Self { url, query }
    }

    pub(crate) fn code(&self) -> &str {
        &self.query["code"]
    }
}

/// The server of one tenant's site.
pub(crate) struct Plugin<'t> {
    pub(crate) town: &'t Town,
    pub(crate) tenant: Tenant,
    pub(crate) secret: SecretString,
    pub(crate) http: Http,
    /// WordPress user who sits in front of it.
    pub(crate) user: (i64, &'static str),
}

impl<'t> Plugin<'t> {
    /// A tenant that is up, and its site.
    pub(crate) async fn of(town: &'t Town, slug: &str) -> Self {
        let tenant = town.order(slug).await;
        Self::at(town, tenant).await
    }

    /// The site of a tenant that was ordered; comes up first.
    pub(crate) async fn at(town: &'t Town, tenant: Tenant) -> Self {
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
        let secret = town.stage.vault.of(tenant.id).get(purpose::SITE).await.expect("the vault works");
        Self { town, tenant, secret: secret.expect("it was thrown"), http: http(), user: (7, "ada") }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Said {
        let url = format!("{}{path}", self.town.house.systems.public_url);
        let mut call = self.http.call("the portal", method, &url).bearer(&self.secret).limit(Duration::from_secs(20));
        if let Some(body) = body {
            call = call.json(body);
        }
        said(call.send().await.expect("the portal answers"))
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Said {
        self.call(Method::POST, path, Some(body)).await
    }

    /// [`Plugin::post`] while the engine works for this tenant.
    pub(crate) async fn worked(&self, path: &str, body: &Value) -> Said {
        tokio::select! {
            said = self.post(path, body) => said,
            () = work(self.town, &self.tenant) => panic!("the engine never ends"),
        }
    }

    /// What the plugin sends when somebody presses Connect.
    pub(crate) fn asking(&self) -> (Value, Question) {
        let random =
            || self.town.house.dice.uuid().simple().to_string() + &self.town.house.dice.uuid().simple().to_string();
        let (state, verifier) = (random(), random());
        let body = json!({
            "wp_user_id": self.user.0, "wp_login": self.user.1, "wp_email": "ada@site.example", "wp_name": "Ada",
            "site_url": self.tenant.site_url, "state": state, "code_challenge": challenge(&verifier),
            "code_challenge_method": "S256", "versions": {"plugin": "1.0.0", "wordpress": "7.1.4", "php": "8.2.36"},
        });
        (body, Question { intent: String::new(), state, verifier, subject: ada().subject })
    }

    /// Presses Connect.
    pub(crate) async fn press(&self) -> Question {
        let (body, mut question) = self.asking();
        let said = self.post("/connect/v1/intents", &body).await;
        assert_eq!(said.status, 201, "{}", said.data);
        let address = said.data["authorize_url"].as_str().expect("an address");
        let start = format!("{}/connect/", self.town.house.systems.public_url);
        question.intent = address.strip_prefix(&start).expect("it is the portal's").to_owned();
        question
    }

    /// The person approves; gives the way back. Who connects here was in the chat before.
    pub(crate) async fn approve(&self, question: &Question, who: Caller) -> Back {
        self.town.chat.inside.sign_in(&who.subject, who.email.as_str()).expect("the chat lets them in");
        let portal = self.town.house.portal_for(who);
        Back::parse(&portal.answer_consent(question.intent.clone(), true).await.expect("it may"))
    }

    /// Asks and approves: a code that nobody has seen yet, and its question.
    pub(crate) async fn code(&self, who: Caller) -> (String, Question) {
        let question = Question { subject: who.subject.clone(), ..self.press().await };
        let back = self.approve(&question, who).await;
        (back.code().to_owned(), question)
    }

    /// Makes an application password and the body that hands it over.
    pub(crate) fn handing_over(&self, code: &str, question: &Question) -> (Value, Uuid) {
        let (login, uuid) = self.town.wordpress.sites.connect(self.tenant.id, self.user.0, self.user.1);
        let body = json!({
            "code": code, "code_verifier": question.verifier, "password": login.password.expose_secret(),
            "password_uuid": uuid, "wp_user_id": self.user.0, "wp_login": self.user.1, "rest_url": login.rest_url,
            "mcp_url": format!("{}wp/v2/wpmcp/streamable", login.rest_url), "wp_subject": question.subject,
        });
        (body, uuid)
    }

    /// Hands a password over, and deletes it when the portal does not take it.
    pub(crate) async fn complete(&self, code: &str, question: &Question) -> Said {
        let (body, uuid) = self.handing_over(code, question);
        let said = self.worked("/connect/v1/complete", &body).await;
        if !said.ok() {
            self.town.wordpress.sites.revoke(self.tenant.id, uuid);
        }
        said
    }

    /// All of it, for Ada.
    pub(crate) async fn connect(&self) -> Pairing {
        let (code, question) = self.code(ada()).await;
        let said = self.complete(&code, &question).await;
        assert_eq!((said.status, said.data["status"].as_str()), (200, Some("connected")), "{}", said.data);
        self.town.settle(&self.tenant, Calm).await;
        self.town.pairing(said.pairing()).await.expect("it is there")
    }

    /// Adds a person of the tenant.
    pub(crate) async fn add(&self, who: &Caller, role: Role) {
        let entry = self.town.house.entry(&Actor::CommandLine, "member.put", Some(&self.tenant), true, "");
        self.town.stage.store.put_member(self.tenant.id, &who.email, role, &entry).await.expect("the store works");
        self.town.stage.store.signed_in(who).await.expect("the store works");
    }

    /// Somebody asks the chat for a draft. Answers whether it was made, and the words.
    pub(crate) async fn draft(&self, pairing: &Pairing, title: &str) -> (bool, String) {
        let key = self.town.stage.vault.of(self.tenant.id).get(purpose::GATEWAY).await.expect("the vault works");
        let user = pairing.chat_user.as_deref().unwrap_or("nobody");
        let claims = json!({"sub": user, "email": pairing.email, "iss": "open-webui",
            "exp": self.town.stage.clock.now().unix() + 300});
        let signed = jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(JWT.as_bytes()));
        let arguments = json!({"title": title, "markdown": "Flour and water."});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "create_draft", "arguments": arguments}});
        let url = format!("{}/mcp/{}", self.town.house.systems.public_url, self.tenant.slug);
        let call = self.http.call("the gateway", Method::POST, &url).bearer(&key.expect("it was thrown"));
        let call = call.header("accept", "application/json, text/event-stream").json(&message);
        let call = call.header("x-openwebui-user-jwt", &signed.expect("signed"));
        let answer: Value =
            call.header("x-openwebui-chat-id", title).send().await.expect("it answers").json().expect("JSON");
        let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_default().to_owned();
        (answer["result"]["isError"] != json!(true) && !text.is_empty(), text)
    }

    /// Objects of this kind in the world outside.
    pub(crate) fn there(&self, kind: &str) -> Vec<String> {
        let (ours, chat) = self.town.world();
        ours.objects.into_iter().chain(chat.objects).filter(|o| o.starts_with(&format!("{kind} "))).collect()
    }

    /// Lines of the audit about an action, newest first: who, and whether it was allowed.
    pub(crate) async fn audit(&self, what: &str) -> Vec<(String, bool)> {
        let query = app::model::audit::AuditQuery { what: what.into(), ..Default::default() };
        let (rows, _) = self.town.stage.store.audit_page(&query, 100).await.expect("the store works");
        rows.into_iter().map(|r| (r.who, r.allowed)).collect()
    }
}

/// Everything works for this tenant, until the future is dropped.
pub(crate) async fn work(town: &Town, tenant: &Tenant) {
    let engine = town.stage.engine(Calm);
    let mut changes = town.stage.store.changes();
    loop {
        engine.drive(tenant.id).await.expect("the store works");
        // That it gave the tenant back is no news.
        changes.mark_unchanged();
        let _hint = tokio::time::timeout(Duration::from_millis(200), changes.changed()).await;
    }
}

pub(crate) fn said(reply: Reply) -> Said {
    let data = serde_json::from_slice(&reply.body).unwrap_or_default();
    Said { status: reply.status.as_u16(), body: reply.body, data }
}

/// The S256 challenge of RFC 7636 for a verifier.
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// An empty town.
pub(crate) async fn town() -> Town {
    Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await
}

/// A town whose plans are changed.
pub(crate) async fn town_with(change: impl FnOnce(Plans) -> Plans) -> Town {
    Town::with(Store::open("sqlite::memory:").await.expect("memory is there"), change).await
}
