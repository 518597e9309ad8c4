//! The whole way on a real OpenWebUI 0.12.4: driver, gateway, and people who chat. The model is a stub that calls the
//! tool when it is offered one; the site is in memory. Takes half a minute and much of a processor, so it runs by itself:
//! `cargo test -p server --test it -- --ignored real_openwebui --nocapture`

use super::house::{House, JWT_SECRET, gateway};
use crate::real::{MASTER, Part};
use crate::sim::faults::{Effects, Faults};
use crate::sim::wordpress::WordPress;
use crate::sim::{Wire, http};
use crate::systems::openwebui::{FOREIGN, driver, wanted};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use slipway::domain::pairing::PairingStatus;
use slipway::domain::{At, Clock, Email, Gone, Seen, TenantId};
use slipway::mcp::Pace;
use slipway::systems::chat::openwebui::{Alone, OpenWebUi};
use slipway::systems::chat::{Chat, Tools, Wanted};
use slipway::systems::http::Reply;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MODEL: &str = "stub-writer";
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
struct World {
    base: String,
    house: House,
    chat: OpenWebUi,
    gateway: Wire,
    admin: SecretString,
    _parts: (Part, Part),
}

async fn world() -> Option<World> {
    let llm = Part::llm().await?;
    let part = Part::openwebui(&llm, JWT_SECRET).await?;
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
    Some(World { base, house, chat, gateway, admin: SecretString::from(key), _parts: (llm, part) })
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

    let ada = world.chat.ensure_person(&Email::parse("ada@lab.test").expect("an address"), "Ada").await.expect("made");
    world.chat.set_access(&ada.id, &made.group_id, true).await.expect("in");
    let admin = Caller { base: &world.base, token: world.admin.clone() };
    admin.post(&format!("/api/v1/users/{}/update", ada.id), json!({"password": "for-this-test-only"})).await;
    let token = SecretString::from(Caller::sign_in(&world.base, "ada@lab.test", "for-this-test-only").await);
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

/// Ada is granted, Bob is not.
async fn people(world: &World, admin: &Caller<'_>, group: &str) {
    let email = |text: &str| Email::parse(text).expect("an address");
    let chat = &world.chat;
    let bob = chat.ensure_person(&email("bob.ada@lab.test"), "Bob Ada").await.expect("made");
    let ada = chat.ensure_person(&email("ada@lab.test"), "Ada").await.expect("made");
    let again = chat.ensure_person(&email("ada@lab.test"), "Ada").await.expect("found");
    println!("ada: {ada:?}, again: {again:?}");
    assert!(ada == again && ada.made, "the mark of an account that we made lasts");
    chat.set_access(&ada.id, group, true).await.expect("in");
    assert_eq!(chat.has_access(&ada.id, group).await, Ok(true));
    assert_eq!(chat.has_access(&bob.id, group).await, Ok(false));
    world.house.pair(&ada.id, "ada@lab.test", PairingStatus::Connected);

    let mut sessions = Vec::new();
    for (user, mail) in [(&ada, "ada@lab.test"), (&bob, "bob.ada@lab.test")] {
        admin.post(&format!("/api/v1/users/{}/update", user.id), json!({"password": "for-this-test-only"})).await;
        let token = SecretString::from(Caller::sign_in(&world.base, mail, "for-this-test-only").await);
        sessions.push(Caller { base: &world.base, token });
    }
    granted(world, &sessions[0]).await;
    foreign_person(world, &sessions[1]).await;

    chat.set_access(&ada.id, group, false).await.expect("out");
    assert!(!sees(&sessions[0].get("/api/models").await, "wp-acme"), "leaving counts at once");
    for user in [&ada, &bob] {
        chat.remove_person(&user.id).await.expect("gone");
    }
    assert_eq!(chat.find_person(&email("ada@lab.test")).await, Ok(None));
    println!("persons removed");
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
