//! The driver for Authentik against its stand-in, which holds every call against the published description.

mod faults;
mod hidden;
mod invitations;
mod narrow;
mod people;

use super::wanted;
use crate::sim::{
    self,
    authentik::{AuthentikSim, EMAIL, TOKEN},
    faults::{Effects, Faults},
};
use crate::stage::Hand;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use slipway::domain::{At, Fault, Gone, Seen};
use slipway::systems::identity::{
    Identity, Registration, Wanted,
    authentik::{Authentik, Config},
};
use std::{sync::Arc, time::Duration};

pub(crate) fn driver(url: &str, token: &str, clock: Arc<Hand>) -> Authentik {
    Authentik::new(sim::http(), config(url, token, clock))
}

fn config(url: &str, token: &str, clock: Arc<Hand>) -> Config {
    Config {
        url: url.to_owned(),
        public_url: "https://sso.example".to_owned(),
        token: SecretString::from(token),
        authorization_flow: "default-provider-authorization-implicit-consent".to_owned(),
        invalidation_flow: "default-provider-invalidation-flow".to_owned(),
        signing_key: "authentik Self-signed Certificate".to_owned(),
        email_mapping: EMAIL.to_owned(),
        enrolment_flow: Some("default-provider-authorization-implicit-consent".to_owned()),
        access_token_validity: "minutes=10".to_owned(),
        refresh_token_validity: "days=30".to_owned(),
        clock,
    }
}

/// An id of somebody else's object.
pub(super) const FOREIGN: &str = "5b0c1c6e-2f4a-4f0b-9d57-51a0f5c3a7de";

pub(super) struct Set {
    pub(super) sim: AuthentikSim,
    pub(super) identity: Authentik,
    pub(super) clock: Arc<Hand>,
    pub(super) acme: Wanted,
}

pub(super) async fn set() -> Set {
    let sim = AuthentikSim::serve(Faults::default(), Effects::default()).await;
    let clock = Arc::new(Hand::at(At(1_790_000_000_000_000)));
    let identity = driver(&sim.wire.url, TOKEN, clock.clone());
    Set { sim, identity, clock, acme: wanted(1, None) }
}

impl Set {
    pub(super) async fn ready(&self) -> Registration {
        super::ready(self.identity.ensure(&self.acme).await)
    }

    pub(super) async fn drift(&self) -> String {
        match self.identity.look(&self.acme).await {
            Ok(Seen::Drifted { what }) => what,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn gone(&self) {
        let gone = self.identity.remove(&self.acme).await;
        assert!(matches!(gone, Ok(Gone::Seen { .. })), "{gone:?}");
    }

    pub(super) fn writes(&self) -> usize {
        self.sim.faults.calls().iter().filter(|c| !c.starts_with("GET")).count()
    }

    fn change(&self, kind: &str, name: &str, change: impl FnOnce(&mut Value)) {
        change(self.sim.inside.memory().one(kind, name));
    }
}

pub(super) fn code(outcome: Result<impl Sized, Fault>) -> &'static str {
    match outcome {
        Ok(_) => "fine",
        Err(Fault::Retry { .. }) => "retry",
        Err(Fault::Fail { code, .. }) => code,
    }
}

#[tokio::test]
async fn makes_a_client_once_and_removes_it_for_good() {
    let set = set().await;
    assert_eq!(set.identity.look(&set.acme).await, Ok(Seen::Absent));
    let made = set.ready().await;
    assert_eq!(made.client.client_id, format!("slipway-{}", set.acme.tenant));
    assert_eq!(made.client.issuer, "https://sso.example/application/o/wp-acme/");
    assert_eq!(made.secret.expose_secret(), "proposed", "the secret is ours to choose");
    let before = set.writes();
    assert_eq!(set.ready().await.client, made.client);
    assert_eq!(set.writes(), before, "the second time nothing is written");
    let world = set.sim.effects.world();
    let expected = [
        "application Acme & Söhne",
        "binding Acme & Söhne to tenant-acme",
        "binding Acme & Söhne to tenant-acme-admins",
        "group tenant-acme",
        "group tenant-acme-admins",
        "provider wp-acme",
    ];
    assert_eq!(world.objects.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let provider = set.sim.inside.memory().one("provider", "wp-acme").clone();
    let redirect = "http://127.77.3.9:8000/wp-admin/admin-ajax.php?action=openid-connect-authorize";
    assert_eq!(provider["redirect_uris"], json!([{"matching_mode": "strict", "url": redirect}]));
    assert_eq!(
        (provider["sub_mode"].as_str(), provider["client_type"].as_str()),
        (Some("user_uuid"), Some("confidential"))
    );
    assert_eq!(provider["property_mappings"].as_array().map(Vec::len), Some(3));
    assert!(
        set.sim.inside.memory().one("group", "tenant-acme").get("parents").is_none(),
        "groups inherit from parents"
    );
    for _ in 0..2 {
        set.gone().await;
        assert_eq!(set.identity.look(&set.acme).await, Ok(Seen::Absent));
    }
    assert!(set.sim.effects.world().objects.is_empty());
    let removed: Vec<String> = set.sim.faults.calls().into_iter().filter(|c| c.starts_with("DELETE")).collect();
    assert!(removed[0].contains("/applications/") && removed[1].contains("/oauth2/"), "{removed:?}");
    assert!(!set.sim.faults.calls().iter().any(|c| c.starts_with("PUT")));
}

#[tokio::test]
async fn the_door_is_opened_last() {
    let set = set().await;
    set.ready().await;
    let calls = set.sim.faults.calls();
    let first = |call: &str| calls.iter().position(|c| c.starts_with(call)).expect("it was made");
    assert!(first("POST /api/v3/policies/bindings/") < first("PATCH /api/v3/core/applications/wp-acme/"));
    assert_eq!(set.sim.inside.memory().one("application", "wp-acme")["provider"], json!(1));
}

#[tokio::test]
async fn sees_and_mends_what_was_changed() {
    let set = set().await;
    let made = set.ready().await;
    let other = json!([{"matching_mode": "strict", "url": "https://elsewhere.example/"}]);
    for (kind, name, key, value) in [
        ("provider", "wp-acme", "client_secret", json!("another")),
        ("provider", "wp-acme", "redirect_uris", other),
        ("provider", "wp-acme", "signing_key", json!(null)),
        ("provider", "wp-acme", "property_mappings", json!([])),
        ("provider", "wp-acme", "name", json!("renamed")),
        ("application", "wp-acme", "provider", json!(null)),
        ("application", "wp-acme", "policy_engine_mode", json!("all")),
        ("application", "wp-acme", "meta_publisher", json!("")),
        ("group", "tenant-acme", "name", json!("renamed")),
    ] {
        set.change(kind, name, |object| object[key] = value);
        let what = set.drift().await;
        assert!(what.contains(kind) && !what.contains("proposed"), "{what}");
        assert_eq!(set.ready().await.client, made.client, "{kind} {key}");
    }
    set.sim.inside.memory().rows.get_mut("application").expect("it is there").clear();
    assert!(set.drift().await.contains("the application is missing"));
    set.ready().await;
    set.sim.inside.memory().rows.get_mut("provider").expect("it is there").clear();
    assert!(set.drift().await.contains("the provider is missing"));
    assert_eq!(set.ready().await.client, made.client, "made anew it is the same client");
    set.gone().await;
}

#[tokio::test]
async fn bindings_are_never_doubled_and_always_open() {
    let set = set().await;
    set.ready().await;
    let bindings = |change: &dyn Fn(&mut Vec<crate::sim::authentik::Row>)| {
        change(set.sim.inside.memory().rows.get_mut("binding").expect("they are there"));
    };
    // Authentik takes the same binding twice.
    bindings(&|rows| {
        let mut twin = rows[0].clone();
        twin.value["pk"] = json!(FOREIGN);
        rows.push(twin);
    });
    assert!(set.drift().await.contains("not bound once"));
    set.ready().await;
    assert_eq!(set.sim.inside.memory().rows["binding"].len(), 2);
    for key in ["enabled", "negate"] {
        bindings(&|rows| rows[0].value[key] = json!(key == "negate"));
        assert!(set.drift().await.contains("not bound once"), "{key}");
        set.ready().await;
    }
    bindings(&Vec::clear);
    set.drift().await;
    set.ready().await;
    // A binding of somebody else stays.
    let foreign = json!({"pk": "5b0c1c6e-2f4a-4f0b-9d57-51a0f5c3a7df", "group": null, "user": 5, "enabled": true, "order": 9,
        "target": set.sim.inside.memory().one("application", "wp-acme")["pk"]});
    set.sim.inside.memory().put("binding", foreign);
    let before = set.writes();
    set.ready().await;
    assert_eq!(set.writes(), before);
}

#[tokio::test]
async fn what_belongs_to_others_stays() {
    for (kind, value) in [
        (
            "provider",
            json!({"pk": 900, "name": "wp-acme", "client_id": "theirs", "redirect_uris": [],
            "authorization_flow": FOREIGN, "invalidation_flow": FOREIGN}),
        ),
        ("application", json!({"pk": FOREIGN, "slug": "wp-acme", "name": "Theirs"})),
        ("group", json!({"pk": FOREIGN, "name": "tenant-acme", "attributes": {}})),
    ] {
        for narrow in [false, true] {
            let set = set().await;
            set.sim.inside.memory().put(kind, value.clone());
            set.sim.inside.memory().rows.get_mut(kind).expect("it is there")[0].seen = !narrow;
            set.sim.inside.memory().narrow = narrow;
            assert_eq!(set.identity.look(&set.acme).await, Ok(Seen::Absent));
            // A client's id is the tenant's own, so a taken name alone is somebody else's. Of the others that are not to be
            // seen nobody can tell.
            let untold = narrow && kind != "provider";
            let expected = if untold { "identity_hidden" } else { "identity_name_taken" };
            assert_eq!(code(set.identity.ensure(&set.acme).await), expected, "{kind} narrow {narrow}");
            match set.identity.remove(&set.acme).await {
                Ok(Gone::Seen { .. }) if !untold => {}
                Ok(Gone::Unseen { what }) if untold => assert!(what.contains("acme is taken among"), "{what}"),
                other => panic!("{kind} narrow {narrow}: {other:?}"),
            }
            assert_eq!(set.sim.inside.memory().rows[kind][0].value, value, "{kind} narrow {narrow}");
            assert!(set.sim.effects.world().objects.is_empty());
        }
    }
}

#[tokio::test]
async fn each_version_gets_what_it_knows() {
    for (version, typed) in
        [("2025.12.4", false), ("2026.2.2", false), ("2026.5.0", true), ("2026.8.5", true), ("2027.2.1", true)]
    {
        let set = set().await;
        set.sim.inside.memory().version = version.to_owned();
        set.ready().await;
        let provider = set.sim.inside.memory().one("provider", "wp-acme").clone();
        let kinds: Vec<&str> = provider["redirect_uris"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|r| r["redirect_uri_type"].as_str())
            .collect();
        assert_eq!(kinds, if typed { vec!["authorization", "logout"] } else { Vec::new() }, "{version}");
        assert_eq!(provider.get("grant_types").is_some(), typed, "{version}");
    }
    // An upgrade in place: what the new version wants is added at a later look.
    let set = set().await;
    set.ready().await;
    set.sim.inside.memory().version = "2026.8.0".to_owned();
    set.change("provider", "wp-acme", |p| p["grant_types"] = json!([]));
    set.clock.by(Duration::from_secs(700));
    let what = set.drift().await;
    assert!(what.contains("grant_types") && what.contains("redirect_uris"), "{what}");
    set.ready().await;
    let set = self::set().await;
    set.sim.inside.memory().version = "2025.10.3".to_owned();
    assert_eq!(code(set.identity.ensure(&set.acme).await), "identity_too_old");
    assert!(set.identity.health().await.say.contains("2025.12 or newer"));
}

/// A refresh token works on after its person has left the group, so no client of a site may have any.
#[tokio::test]
async fn sites_get_no_refresh_tokens_and_older_clients_lose_them() {
    let set = set().await;
    set.sim.inside.memory().version = "2026.8.0".to_owned();
    set.ready().await;
    let lasting =
        set.sim.inside.memory().one("mapping", "authentik default OAuth Mapping: offline_access")["pk"].clone();
    let own = |set: &Set| set.sim.inside.memory().one("provider", "wp-acme").clone();
    let without = own(&set);
    assert_eq!(without["grant_types"], json!(["authorization_code"]));
    assert!(!without["property_mappings"].as_array().expect("a list").contains(&lasting));
    // As an older Slipway left it.
    set.change("provider", "wp-acme", |provider| {
        provider["property_mappings"].as_array_mut().expect("a list").push(lasting.clone());
        provider["grant_types"] = json!(["authorization_code", "refresh_token"]);
    });
    let what = set.drift().await;
    assert!(what.contains("grant_types") && what.contains("property_mappings"), "{what}");
    set.ready().await;
    assert_eq!(own(&set), without);
}
