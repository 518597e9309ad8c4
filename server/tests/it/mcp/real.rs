//! The whole way on a real OpenWebUI 0.12.4: driver, gateway, and people who come from a real provider and chat. The model is a stub that calls the
//! tool when it is offered one; the site is in memory. Takes half a minute and much of a processor, so it runs by itself:
//! `cargo test -p server --test it -- --ignored real_openwebui --nocapture`

use super::house::{House, JWT_SECRET, gateway};
use super::visit::visit;
use crate::real::{MASTER, Part};
use crate::sim::faults::{Effects, Faults};
use crate::sim::wordpress::WordPress;
use crate::sim::{Wire, http};
use crate::systems::{identity, openwebui::FOREIGN, openwebui::driver, openwebui::wanted};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use slipway::domain::{At, Clock, Email, Gone, Seen, TenantId, pairing::PairingStatus};
use slipway::mcp::Pace;
use slipway::systems::chat::openwebui::{Alone, OpenWebUi};
use slipway::systems::chat::{Chat, ChatUser, Held, Tools, Wanted, Who};
use slipway::systems::http::Reply;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) const MODEL: &str = "stub-writer";
const LIST: &str = "/api/v1/configs/tool_servers";

/// The machine's clock: OpenWebUI signs by it.
struct Wall;

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "the other side is a real server on real time")]
    fn now(&self) -> At {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        At(i64::try_from(since.as_micros()).expect("before 294247"))
    }
}

/// OpenWebUI as somebody who calls its API.
struct Caller<'a> {
    base: &'a str,
    token: SecretString,
}

impl Caller<'_> {
    async fn ask(&self, method: Method, path: &str, body: &Value) -> Reply {
        let url = format!("{}{path}", self.base);
        let http = http();
        let call = http.call("OpenWebUI", method.clone(), &url).bearer(&self.token).limit(Duration::from_secs(120));
        let call = if method == Method::GET { call } else { call.json(body) };
        call.send().await.expect("it answers")
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, &Value::Null).await.ok().expect("2xx").json().expect("JSON")
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.ask(Method::POST, path, &body).await.ok().expect("2xx").json().expect("JSON")
    }

    async fn sign_in(base: &str, email: &str, password: &str) -> String {
        let nobody = Caller { base, token: SecretString::from("none") };
        let answer = nobody.post("/api/v1/auths/signin", json!({"email": email, "password": password})).await;
        answer["token"].as_str().expect("a session").to_owned()
    }

    /// One turn, as the browser makes it; answers status and chat.
    async fn turn(&self, model: &str, chat: Option<&str>, parent: Option<&str>, n: u32) -> (u16, Value) {
        let words = "Write a post about slow bread and send it to my site.";
        let user = json!({"id": format!("user-{n}"), "parentId": parent, "role": "user", "content": words});
        let mut body = json!({
            "model": model, "stream": true, "parent_id": parent, "session_id": "a-browser", "id": format!("assistant-{n}"),
            "user_message": user, "messages": [{"role": "user", "content": words}], "tool_ids": ["server:mcp:wp-acme"],
        });
        if let Some(chat) = chat {
            body["chat_id"] = json!(chat);
        }
        let reply = self.ask(Method::POST, "/api/chat/completions", &body).await;
        (reply.status.as_u16(), reply.json().unwrap_or_default())
    }

    /// Waits for a message to be whole.
    async fn message(&self, chat: &str, id: &str) -> Value {
        for _ in 0..300 {
            let message = self.get(&format!("/api/v1/chats/{chat}")).await["chat"]["history"]["messages"][id].clone();
            if message["done"] == true {
                return message;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the message {id} does not end");
    }
}

/// Everything that runs.
pub(super) struct World {
    pub(super) base: String,
    house: House,
    chat: OpenWebUi,
    gateway: Wire,
    pub(super) admin: SecretString,
    _parts: (Part, Part, Part),
}

pub(super) async fn world() -> Option<World> {
    let llm = Part::llm().await?;
    let (part, idp) = Part::openwebui(&llm, JWT_SECRET).await?;
    let base = format!("http://{}:{}", part.host, part.port);
    let begun = Instant::now();
    loop {
        let url = format!("{base}/ready");
        if http().call("OpenWebUI", Method::GET, &url).send().await.is_ok_and(|r| r.status.is_success()) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "OpenWebUI does not get ready");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let session = Caller::sign_in(&base, "admin@lab.test", MASTER).await;
    let admin = Caller { base: &base, token: SecretString::from(session) };
    let key = admin.post("/api/v1/auths/api_key", json!({})).await["api_key"].as_str().expect("a key").to_owned();
    let house = House::default();
    let gateway = Wire::serve(gateway(&house, Arc::new(Wall), Pace::default())).await;
    let chat = driver(&base, &key, MODEL, Wall.now(), &Alone::default());
    Some(World { base, house, chat, gateway, admin: SecretString::from(key), _parts: (llm, part, idp) })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts a real OpenWebUI; `make test` runs it by itself, with --ignored"]
async fn real_openwebui_carries_a_draft() {
    let world = world().await.expect("end2end/parts/setup openwebui brings what is missing");
    let acme = wanted("acme", &format!("{}/mcp/acme", world.gateway.url));
    let admin = Caller { base: &world.base, token: world.admin.clone() };
    let foreign: Value = serde_json::from_str(FOREIGN).expect("JSON");
    admin.post(LIST, json!({"TOOL_SERVER_CONNECTIONS": [foreign]})).await;
    let foreign = admin.get(LIST).await["TOOL_SERVER_CONNECTIONS"][0].clone();
    println!("health: {:?}", world.chat.health().await);

    assert_eq!(world.chat.look(&acme).await, Ok(Seen::Absent));
    let corner = world.chat.ensure(&acme).await.expect("made");
    assert_eq!(world.chat.ensure(&acme).await.as_ref(), Ok(&corner));
    println!("ensure twice: {corner:?}");
    let Seen::Ready(corner) = corner else { panic!("{corner:?}") };
    let seen = world.chat.prove(&acme).await.expect("seen");
    println!("prove: {} tools in {} ms", seen.tools.len(), seen.ms);
    assert_eq!(seen.tools.len(), 8);

    people(&world, &admin, &corner.group_id).await;

    for _ in 0..2 {
        let gone = world.chat.remove(&acme).await;
        println!("remove: {gone:?}");
        assert!(matches!(gone, Ok(Gone::Seen { .. })));
        assert_eq!(world.chat.look(&acme).await, Ok(Seen::Absent));
    }
    let list = admin.get(LIST).await["TOOL_SERVER_CONNECTIONS"].clone();
    assert_eq!(list, json!([foreign]), "the connection of somebody else is as it was");
    println!("foreign connection untouched");
}

/// The same without the gateway: the chat's connection leads to wordpress-mcp at the site, with Ada's password in it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts a real OpenWebUI; `make test` runs it by itself, with --ignored"]
async fn real_openwebui_carries_a_draft_directly() {
    let world = world().await.expect("end2end/parts/setup openwebui brings what is missing");
    let effects = Effects::default();
    let site = WordPress::serve(Faults::default(), effects.clone()).await;
    let tenant = TenantId(uuid::Uuid::from_u128(1));
    site.sites.open(tenant, "secret");
    let (login, _) = site.sites.connect(tenant, 7, "ada");
    let url = format!("{}wp/v2/wpmcp/streamable", login.rest_url);
    let tools = Tools::Site { url, user: login.user.clone(), password: login.password.clone() };
    let corner = Wanted { tools, ..wanted("acme", "") };
    let Ok(Seen::Ready(made)) = world.chat.ensure(&corner).await else { panic!("it is made") };
    let seen = world.chat.prove(&corner).await.expect("seen");
    println!("prove: {:?} in {} ms", seen.tools, seen.ms);
    assert!(seen.tools.len() == 5 && seen.tools.iter().any(|t| t.ends_with("wp_add_post")));

    let (id, token) = world.enter("ada").await;
    world.chat.give_access(&id, "ada", &made.group_id).await.expect("in");
    let ada = Caller { base: &world.base, token };
    let (status, started) = ada.turn("wp-acme", None, None, 1).await;
    let chat = started["chat_id"].as_str().unwrap_or_else(|| panic!("{status} {started}")).to_owned();
    let message = ada.message(&chat, "assistant-1").await;
    println!("ada's turn: {}", message["content"]);
    assert!(effects.world().objects.iter().any(|o| o.starts_with("post")), "{message}");
    assert!(message.to_string().contains("?p=1"), "the link of the tool's answer: {message}");

    site.sites.close(tenant);
    assert!(world.chat.prove(&corner).await.is_err(), "a site that is gone proves nothing");
    assert!(matches!(world.chat.remove(&corner).await, Ok(Gone::Seen { .. })));
}

impl World {
    async fn admit(&self, subject: &str, email: &str, known: &[String]) -> Seen<ChatUser> {
        let (email, people) = (Email::parse(email).expect("an address"), identity::people([]));
        let who = Who { subject, email: &email, known, people: &*people };
        self.chat.ensure_person(&who).await.expect("it answers")
    }

    /// Somebody's first visit, and what the portal does then.
    async fn enter(&self, name: &str) -> (String, SecretString) {
        let email = format!("{name}@example.org");
        assert_eq!(self.admit(name, &email, &[]).await, Seen::Absent);
        let token = visit(&self.base, &email).await.expect("the chat lets them in");
        let Seen::Ready(user) = self.admit(name, &email, &[]).await else { panic!("{name} is there") };
        assert_eq!(self.admit(name, &email, &[]).await, Seen::Ready(user.clone()));
        (user.id, SecretString::from(token))
    }
}

/// Ada is granted, Ben is not.
async fn people(world: &World, admin: &Caller<'_>, group: &str) {
    let chat = &world.chat;
    in_the_way(world, admin).await;
    let ((ada, hers), (ben, his)) = (world.enter("ada").await, world.enter("ben").await);
    println!("ada: {ada}, ben: {ben}");
    chat.give_access(&ada, "ada", group).await.expect("in");
    assert_eq!(chat.has_access(&ada, "ada", group).await, Ok(Held::Yes));
    assert_eq!(chat.has_access(&ada, "eve", group).await, Ok(Held::ByAnother));
    assert_eq!(chat.has_access(&ben, "ben", group).await, Ok(Held::No));
    assert!(chat.give_access(&ben, "ada", group).await.is_err(), "not under another's subject");
    world.house.pair(&ada, "ada@example.org", PairingStatus::Connected);

    let (hers, his) = (Caller { base: &world.base, token: hers }, Caller { base: &world.base, token: his });
    granted(world, &hers).await;
    foreign_person(world, &his).await;

    // Another address, the same person.
    let Seen::Ready(moved) = world.admit("ada", "ada@new.example", &[]).await else { panic!("she is there") };
    let account = admin.get(&format!("/api/v1/users/{ada}")).await;
    assert_eq!((moved.id.as_str(), account["email"].as_str()), (ada.as_str(), Some("ada@new.example")));
    let again = visit(&world.base, "ada@example.org").await.expect("her subject is what counts");
    let again = Caller { base: &world.base, token: SecretString::from(again) };
    assert_eq!(again.get("/api/v1/auths/").await["id"], ada.as_str());

    chat.take_access(&ada, group).await.expect("out");
    assert!(!sees(&hers.get("/api/models").await, "wp-acme"), "leaving counts at once");
    assert_eq!(hers.get("/api/v1/chats/").await.as_array().map(Vec::len), Some(1), "and all of hers is there");
    admin.post(&format!("/api/v1/users/{ada}/update"), json!({"role": "pending"})).await;
    let (email, people) = (Email::parse("ada@new.example").expect("an address"), identity::people([]));
    let who = Who { subject: "ada", email: &email, known: std::slice::from_ref(&ada), people: &*people };
    assert!(chat.ensure_person(&who).await.is_err(), "who is suspended stays suspended");
}

/// An account that an earlier version made for Ada, to which nobody ever signed in.
async fn in_the_way(world: &World, admin: &Caller<'_>) {
    let body = json!({"name": "Ada", "email": "ada@example.org", "password": "Aa1!-nobody-knows-it", "role": "user",
        "profile_image_url": "/api/v1/users/slipway/profile/image"});
    let made = admin.post("/api/v1/auths/add", body).await["id"].as_str().expect("an id").to_owned();
    assert!(visit(&world.base, "ada@example.org").await.is_none(), "nothing is joined by an address");
    assert_eq!(world.admit("ada", "ada@example.org", std::slice::from_ref(&made)).await, Seen::Absent);
    let aside = admin.get(&format!("/api/v1/users/{made}")).await;
    println!("set aside: {} {}", aside["email"], aside["role"]);
    assert_eq!(
        (aside["role"].as_str(), aside["email"].as_str()),
        (Some("pending"), Some(&*format!("{made}@set-aside.invalid")))
    );
}

fn sees(models: &Value, id: &str) -> bool {
    models["data"].as_array().is_some_and(|all| all.iter().any(|m| m["id"] == id))
}

async fn granted(world: &World, ada: &Caller<'_>) {
    assert!(sees(&ada.get("/api/models").await, "wp-acme"));
    let (status, started) = ada.turn("wp-acme", None, None, 1).await;
    let chat = started["chat_id"].as_str().unwrap_or_else(|| panic!("{status} {started}")).to_owned();
    let message = ada.message(&chat, "assistant-1").await;
    println!("ada's turn: {}", message["content"]);
    assert_eq!(world.house.made(), 1, "{message}");
    {
        let memory = world.house.memory();
        let post = &memory.posts[0].1;
        println!("draft: {:?} {:.120}", post.title, post.content.as_deref().unwrap_or_default());
        assert!(post.content.as_deref().is_some_and(|c| c.starts_with("<!-- wp:heading -->")));
        assert!(message.to_string().contains(&post.edit_url), "{message}");
    }
    let (status, started) = ada.turn("wp-acme", Some(&chat), Some("assistant-1"), 2).await;
    assert_eq!(status, 200, "{started}");
    let message = ada.message(&chat, "assistant-2").await;
    let memory = world.house.memory();
    println!("again: {}; drafts: {}; calls: {:?}", message["content"], memory.posts.len(), memory.records);
    assert_eq!((memory.posts.len(), memory.records.len()), (1, 2), "the same message makes one draft");
    assert!(memory.records.iter().all(|r| r.allowed && r.detail == "post 12"));
}

async fn foreign_person(world: &World, bob: &Caller<'_>) {
    let models = bob.get("/api/models").await;
    assert!(!sees(&models, "wp-acme") && !sees(&models, MODEL), "{models}");
    assert!(!bob.get("/api/v1/tools/").await.to_string().contains("wp-acme"));
    let specs = bob.ask(Method::GET, "/api/v1/tools/id/server:mcp:wp-acme/specs", &Value::Null).await;
    for model in ["wp-acme", MODEL] {
        let (status, answer) = bob.turn(model, None, None, 9).await;
        println!("bob's turn on {model}: {status} {answer}");
        assert!(status >= 400);
    }
    println!("bob: no model, no tool, specs {}", specs.status);
    assert_eq!(specs.status.as_u16(), 404);
    assert_eq!(world.house.memory().records.len(), 2, "nothing of Bob's reached the gateway");
}
