//! The driver of OpenWebUI against its simulator.

mod people;

use crate::mcp::house::{House, JWT_SECRET, KEY as GATEWAY_KEY, gateway};
use crate::sim::faults::Trouble;
use crate::sim::openwebui::{BASE, KEY, OpenWebUiSim};
use crate::sim::{Wire, http};
use crate::stage::Hand;
use crate::systems::identity::people;
use secrecy::SecretString;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use slipway::domain::{At, Fault, Gone, Roster, Seen};
use slipway::mcp::Pace;
use slipway::systems::chat::openwebui::{Alone, Config, OpenWebUi};
use slipway::systems::chat::{Chat, Corner, Tools, Wanted};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) fn driver(url: &str, key: &str, base_model: &str, now: At, lock: &Alone) -> OpenWebUi {
    let config = Config {
        url: url.to_owned(),
        public_url: "https://chat.example".to_owned(),
        api_key: SecretString::from(key.to_owned()),
        base_model: base_model.to_owned(),
        jwt_secret: SecretString::from(JWT_SECRET),
        clock: Arc::new(Hand::at(now)),
        lock: Arc::new(lock.clone()),
    };
    OpenWebUi::new(http(), config)
}

pub(crate) fn wanted(slug: &str, gateway_url: &str) -> Wanted {
    Wanted {
        owner: Uuid::new_v5(&Uuid::NAMESPACE_DNS, slug.as_bytes()),
        name: slug.to_uppercase(),
        group: format!("tenant-{slug}"),
        key: format!("wp-{slug}"),
        tools: Tools::Gateway { url: gateway_url.to_owned(), key: SecretString::from(GATEWAY_KEY) },
    }
}

/// An entry of somebody else, with what a careless rewrite would change.
pub(crate) const FOREIGN: &str = r#"{"url": "http://other.example", "z":1.0, "path":"", "auth_type":null,"key":"k\u00e9y", "config":{"enable":false}, "info":{"id":"other","n":12345678901234567890123},"a":"\/"}"#;

struct Set {
    sim: OpenWebUiSim,
    chat: OpenWebUi,
    acme: Wanted,
    people: Arc<dyn Roster>,
}

async fn set() -> Set {
    let sim = OpenWebUiSim::start().await;
    sim.inside.memory().connections.push(RawValue::from_string(FOREIGN.to_owned()).expect("JSON"));
    let chat = driver(&sim.wire.url, KEY, BASE, At(1_790_000_000_000_000), &Alone::default());
    Set { sim, chat, acme: wanted("acme", "http://portal.example/mcp/acme"), people: people([]) }
}

impl Set {
    async fn ready(&self) -> Corner {
        match self.chat.ensure(&self.acme).await {
            Ok(Seen::Ready(corner)) => corner,
            other => panic!("{other:?}"),
        }
    }

    async fn drift(&self) -> String {
        match self.chat.look(&self.acme).await {
            Ok(Seen::Drifted { what }) => what,
            other => panic!("{other:?}"),
        }
    }

    /// The foreign entry is there, to the byte.
    fn foreign_untouched(&self) {
        let memory = self.sim.inside.memory();
        assert!(memory.connections.iter().any(|raw| raw.get() == FOREIGN));
    }
}

fn code(outcome: Result<impl Sized, Fault>) -> &'static str {
    match outcome {
        Ok(_) => "fine",
        Err(Fault::Retry { .. }) => "retry",
        Err(Fault::Fail { code, .. }) => code,
    }
}

#[tokio::test]
async fn makes_a_corner_once_and_removes_it_for_good() {
    let set = set().await;
    assert_eq!(set.chat.look(&set.acme).await, Ok(Seen::Absent));
    let corner = set.ready().await;
    let writes = |set: &Set| set.sim.faults.calls().iter().filter(|c| !c.starts_with("GET")).count();
    let before = writes(&set);
    assert_eq!(set.ready().await, corner);
    assert_eq!(writes(&set), before, "the second time nothing is written");
    let world = set.sim.inside.effects.world();
    assert_eq!(world.made.values().sum::<u64>(), 3, "{world:?}");
    let connection = set.sim.inside.memory().connection("wp-acme").expect("it is there");
    assert_eq!(connection["config"]["access_grants"][0]["principal_id"], corner.group_id.as_str());
    assert_eq!(connection["x_slipway"]["tenant"], set.acme.owner.to_string());
    assert_eq!(connection["key"], GATEWAY_KEY);
    set.foreign_untouched();

    for _ in 0..2 {
        assert!(matches!(set.chat.remove(&set.acme).await, Ok(Gone::Seen { .. })));
        assert_eq!(set.chat.look(&set.acme).await, Ok(Seen::Absent));
    }
    assert!(set.sim.inside.effects.world().objects.is_empty());
    set.foreign_untouched();
}

#[tokio::test]
async fn sees_and_mends_models_and_groups() {
    let set = set().await;
    let corner = set.ready().await;
    let model = |change: &dyn Fn(&mut Value)| {
        let mut memory = set.sim.inside.memory();
        change(memory.models.iter_mut().find(|m| m["id"] == "wp-acme").expect("the preset"));
    };
    model(&|m| m["params"]["system"] = json!("Write like a pirate."));
    assert_eq!(set.chat.look(&set.acme).await, Ok(Seen::Ready(corner)), "what people tune is theirs");
    model(&|m| m["is_active"] = json!(false));
    assert!(set.drift().await.contains("switched off"));
    set.ready().await;
    model(&|m| m["meta"]["toolIds"] = json!(["calculator"]));
    assert!(set.drift().await.contains("its tool"));
    set.ready().await;
    model(&|m| {
        assert_eq!(m["params"]["system"], "Write like a pirate.");
        assert_eq!(m["meta"]["toolIds"], json!(["calculator", "server:mcp:wp-acme"]));
    });
    set.sim.inside.memory().models.iter_mut().for_each(|m| m["access_grants"] = json!([]));
    assert!(set.drift().await.contains("may not use the model"));
    set.ready().await;
    set.sim.inside.memory().groups[0]["name"] = json!("renamed");
    assert!(set.drift().await.contains("renamed"));
    set.ready().await;
}

#[tokio::test]
async fn sees_and_mends_connections() {
    let set = set().await;
    let corner = set.ready().await;
    let mut list = set.sim.inside.memory().connections.clone();
    let ours = list.pop().expect("ours is the last");
    // An administrator saved the dialog: the mark is gone, and it is switched off.
    let mut entry: Value = serde_json::from_str(ours.get()).expect("JSON");
    entry.as_object_mut().expect("an object").remove("x_slipway");
    entry["config"]["enable"] = json!(false);
    list.insert(0, serde_json::value::to_raw_value(&entry).expect("JSON"));
    set.sim.inside.memory().connections = list;
    let what = set.drift().await;
    assert!(what.contains("config") && what.contains("x_slipway") && !what.contains(GATEWAY_KEY), "{what}");
    set.ready().await;
    set.sim.inside.memory().connections.clear();
    assert!(set.drift().await.contains("connection is missing"));
    assert_eq!(set.ready().await, corner);
}

#[tokio::test]
async fn leaves_what_belongs_to_others() {
    let set = set().await;
    let namesake = json!({"id": "g", "name": "tenant-acme", "description": "ours", "members": []});
    set.sim.inside.memory().groups.push(namesake);
    let corner = set.ready().await;
    assert_ne!(corner.group_id, "g", "a namesake without our mark");
    assert!(matches!(set.chat.remove(&set.acme).await, Ok(Gone::Seen { .. })));
    assert_eq!(set.sim.inside.memory().groups.len(), 1);

    let rival = FOREIGN.replace("\"other\"", "\"wp-acme\"");
    set.sim.inside.memory().connections.push(RawValue::from_string(rival.clone()).expect("JSON"));
    assert_eq!(code(set.chat.ensure(&set.acme).await), "chat_name_taken");
    assert!(matches!(set.chat.remove(&set.acme).await, Ok(Gone::Seen { .. })));
    assert!(set.sim.inside.memory().connections.iter().any(|raw| raw.get() == rival));
    set.sim.inside.memory().connections.pop();

    let preset = json!({"id": "wp-acme", "name": "mine", "meta": {}, "params": {}, "access_grants": [], "is_active": true,
        "base_model_id": null, "user_id": "somebody-else"});
    set.sim.inside.memory().models.push(preset.clone());
    assert_eq!(code(set.chat.ensure(&set.acme).await), "chat_name_taken");
    assert!(matches!(set.chat.remove(&set.acme).await, Ok(Gone::Seen { .. })));
    assert!(set.sim.inside.memory().models.contains(&preset));
}

#[tokio::test]
async fn keeps_the_grants_of_others_on_the_base_model() {
    let set = set().await;
    let others = json!({"principal_type": "group", "principal_id": "others", "permission": "read"});
    let base = json!({"id": BASE, "base_model_id": null, "name": "Base", "meta": {}, "params": {}, "is_active": true,
        "access_grants": [others], "user_id": "somebody-else"});
    set.sim.inside.memory().models.push(base);
    let corner = set.ready().await;
    let grants = set.sim.inside.memory().models[0]["access_grants"].clone();
    assert_eq!(grants[0], others);
    assert_eq!(grants[1]["principal_id"], corner.group_id.as_str());
    assert!(matches!(set.chat.remove(&set.acme).await, Ok(Gone::Seen { .. })));
    assert_eq!(set.sim.inside.memory().models[0]["access_grants"], json!([others]));

    let typo = driver(&set.sim.wire.url, KEY, "bse-model", At(0), &Alone::default());
    assert_eq!(code(typo.ensure(&set.acme).await), "chat_model_missing");
}

#[tokio::test]
async fn comes_through_every_fault_at_every_call() {
    let calm = set().await;
    calm.ready().await;
    let (world, calls) = (calm.sim.inside.effects.world(), calm.sim.faults.calls());
    for trouble in [Trouble::LostRequest, Trouble::LostAnswer, Trouble::Unwell, Trouble::Page, Trouble::TooMany(1)] {
        for call in &calls {
            let set = set().await;
            set.sim.faults.arm(call, trouble.clone(), 1);
            let mut tries = 0;
            while !matches!(set.chat.ensure(&set.acme).await, Ok(Seen::Ready(_))) {
                tries += 1;
                assert!(tries < 4, "{trouble:?} at {call}");
            }
            assert_eq!(set.sim.inside.effects.world(), world, "{trouble:?} at {call}");
            set.foreign_untouched();
        }
    }
}

#[tokio::test]
async fn writes_again_when_somebody_overwrites_the_list() {
    let set = set().await;
    set.sim.inside.memory().overwrites = 2;
    set.ready().await;
    assert_eq!(set.sim.inside.memory().overwrites, 0);
    assert!(matches!(set.chat.remove(&set.acme).await, Ok(Gone::Seen { .. })));
    set.sim.inside.memory().overwrites = 1_000;
    assert_eq!(code(set.chat.ensure(&set.acme).await), "retry");
}

#[tokio::test]
async fn many_tenants_at_once_lose_nothing() {
    let sim = OpenWebUiSim::start().await;
    let lock = Alone::default();
    let one = async |n: usize| {
        let chat = driver(&sim.wire.url, KEY, BASE, At(0), &lock);
        let slug = format!("tenant-{n}x");
        let wanted = wanted(&slug, &format!("http://portal.example/mcp/{slug}"));
        assert!(matches!(chat.ensure(&wanted).await, Ok(Seen::Ready(_))));
    };
    futures::future::join_all((0..8).map(one)).await;
    assert_eq!(sim.inside.memory().connections.len(), 8);
    assert_eq!(
        sim.inside.memory().models.iter().find(|m| m["id"] == BASE).expect("base")["access_grants"]
            .as_array()
            .map(Vec::len),
        Some(8)
    );
}

#[tokio::test]
async fn proves_through_the_chats_own_eyes() {
    let set = set().await;
    let house = House::default();
    let clock = Arc::new(Hand::at(At(1_790_000_000_000_000)));
    let wire = Wire::serve(gateway(&house, clock, Pace::default())).await;
    let mut acme = wanted("acme", &format!("{}/mcp/acme", wire.url));
    assert_eq!(code(set.chat.prove(&acme).await), "retry", "nothing is there yet");
    assert!(matches!(set.chat.ensure(&acme).await, Ok(Seen::Ready(_))));
    let seen = set.chat.prove(&acme).await.expect("seen");
    assert_eq!(seen.tools.len(), 8);
    assert!(seen.tools.contains(&"create_draft".to_owned()));
    let stored = set.sim.inside.memory().connection("wp-acme").expect("there");
    assert!(stored.get("headers").is_none(), "the probe's token is not stored");

    let wrong = SecretString::from("wrong");
    acme.tools = Tools::Gateway { url: format!("{}/mcp/acme", wire.url), key: wrong };
    assert!(matches!(set.chat.ensure(&acme).await, Ok(Seen::Ready(_))));
    assert_eq!(code(set.chat.prove(&acme).await), "retry");
}

#[tokio::test]
async fn says_what_is_wrong_with_the_chat() {
    let set = set().await;
    assert!(set.chat.health().await.ok);
    let stranger = driver(&set.sim.wire.url, "sk-somebody", BASE, At(0), &Alone::default());
    let health = stranger.health().await;
    assert!(!health.ok && health.say.contains("401"), "{health:?}");
    assert_eq!(code(stranger.ensure(&set.acme).await), "credential_refused");
    set.sim.inside.memory().version = "0.12.0".to_owned();
    assert_eq!(code(set.chat.ensure(&set.acme).await), "chat_too_old");
    assert!(set.chat.health().await.say.contains("too old"));
    set.sim.faults.arm("GET /api/version", Trouble::Page, 1);
    assert!(set.chat.health().await.say.contains("page instead of data"));
    assert_eq!(set.chat.link("wp-acme"), "https://chat.example/?model=wp-acme");
}
