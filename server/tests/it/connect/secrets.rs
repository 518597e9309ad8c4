//! Who calls, and what each secret is good for: a site for itself, the chat for the gateway, a code for one hand-over.

use super::plugin::{Plugin, town};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;
use slipway::{
    domain::{Flow, tenant::Status},
    saga::{Secrets as _, engine::Calm},
    steps::purpose,
};

/// Calls the portal with just this `authorization`.
async fn knock(site: &Plugin<'_>, method: Method, path: &str, authorization: &str) -> (u16, Vec<u8>) {
    let url = format!("{}{path}", site.town.house.systems.public_url);
    let mut call = site.http.call("the portal", method.clone(), &url);
    if !authorization.is_empty() {
        call = call.header("authorization", authorization);
    }
    if method == Method::POST {
        call = call.json(&json!({}));
    }
    let reply = call.send().await.expect("it answers");
    (reply.status.as_u16(), reply.body)
}

#[tokio::test]
async fn p5_every_door_needs_the_secret_of_a_living_site() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let secret = site.secret.expose_secret();
    let wrong = [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        format!("bearer {secret}x"),
        format!("Basic {secret}"),
        format!("Bearer {}", &secret[..42]),
        format!("Bearer {}", secret.to_lowercase()),
        format!("Bearer {}", site.tenant.id),
    ];
    let mut answers = Vec::new();
    for (method, path) in [
        (Method::GET, "/connect/v1/status"),
        (Method::POST, "/connect/v1/intents"),
        (Method::POST, "/connect/v1/complete"),
        (Method::GET, "/connect/v1/pairings/00000000-0000-4000-8000-000000000000"),
        (Method::POST, "/connect/v1/disconnect"),
        (Method::POST, "/connect/v1/notices"),
        (Method::POST, "/connect/v1/sign-in"),
    ] {
        for authorization in &wrong {
            answers.push(knock(&site, method.clone(), path, authorization).await);
        }
    }
    let one = answers[0].clone();
    assert_eq!(one.0, 401);
    assert!(answers.iter().all(|a| *a == one), "{answers:?}");
    assert_eq!(knock(&site, Method::GET, "/connect/v1/status", &format!("Bearer {secret}")).await.0, 200);
}

#[tokio::test]
async fn p5_the_secret_of_a_removed_tenant_opens_nothing() {
    let town = town().await;
    let gone = Plugin::of(&town, "globex").await;
    town.reverse(&gone.tenant, Flow::Tenant).await;
    town.settle(&gone.tenant, Calm).await;
    assert_eq!(town.stage.status(gone.tenant.id).await, Status::Deleted);
    assert_eq!(gone.get("/connect/v1/status").await.code(), "site_unknown");
}

#[tokio::test]
async fn p6_no_secret_is_good_at_another_door() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let vault = town.stage.vault.of(site.tenant.id);
    let key = vault.get(purpose::GATEWAY).await.expect("the vault works").expect("it was thrown");
    let (key, secret) = (key.expose_secret(), site.secret.expose_secret());
    // The key of the chat is no site secret, the site secret no key of the chat, and neither is another tenant's.
    assert_eq!(knock(&site, Method::GET, "/connect/v1/status", &format!("Bearer {key}")).await.0, 401);
    assert_eq!(knock(&site, Method::POST, "/mcp/acme", &format!("Bearer {secret}")).await.0, 401);
    assert_eq!(knock(&site, Method::POST, "/mcp/globex", &format!("Bearer {key}")).await.0, 401);
    assert_ne!(other.secret.expose_secret(), secret);
    // A pairing of one tenant is nothing to another tenant's site.
    let pairing = site.connect().await;
    let path = format!("/connect/v1/pairings/{}", pairing.id);
    assert_eq!(site.get(&path).await.data["status"], "connected");
    let unknown = other.get("/connect/v1/pairings/00000000-0000-4000-8000-000000000000").await;
    assert_eq!((unknown.status, other.get(&path).await), (404, unknown));
    let ended = other.post("/connect/v1/disconnect", &json!({"pairing": pairing.id})).await;
    assert_eq!(ended.data["status"], "gone", "an unknown pairing is gone");
    let notice = json!({"event": "password_revoked", "password_uuid": pairing.password_uuid, "wp_user_id": 7});
    assert_eq!(other.post("/connect/v1/notices", &notice).await.status, 204);
    town.settle(&site.tenant, Calm).await;
    assert!(site.draft(&pairing, "still here").await.0, "nobody else's word counts");
}

#[tokio::test]
async fn p6_the_chat_is_told_its_own_key_and_no_other_secret() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let pairing = site.connect().await;
    assert!(site.draft(&pairing, "one").await.0);
    let vault = town.stage.vault.of(site.tenant.id);
    let password = vault.get(&slipway::domain::Pairing::credential(pairing.id)).await.expect("the vault works");
    let told = {
        let memory = town.chat.inside.memory();
        let lists: Vec<&str> = memory.connections.iter().map(|c| c.get()).collect();
        format!("{lists:?} {:?} {:?} {:?}", memory.users, memory.groups, memory.models)
    };
    let key = vault.get(purpose::GATEWAY).await.expect("the vault works").expect("it was thrown");
    assert!(told.contains(key.expose_secret()), "the chat has its key");
    for secret in [site.secret.expose_secret(), password.expect("it is sealed").expose_secret()] {
        assert!(!told.contains(secret), "the chat knows a secret that is not its own");
    }
}

#[tokio::test]
async fn p9_a_credential_that_may_more_than_draft_is_not_taken() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let before = (town.world().0.objects, town.world().1.objects);
    town.wordpress.sites.with(site.tenant.id, |s| s.wide = true);
    let (code, question) = site.code(super::plugin::ada()).await;
    let (body, _) = site.handing_over(&code, &question);
    let answer = site.worked("/connect/v1/complete", &body).await;
    assert_eq!((answer.status, answer.code()), (502, "pairing_failed"), "{}", answer.data);
    assert!(answer.data["message"].as_str().is_some_and(|m| m.contains("could publish or manage")), "{}", answer.data);
    town.settle(&site.tenant, Calm).await;
    assert_eq!(
        before,
        (town.world().0.objects, town.world().1.objects),
        "the password is revoked by the portal itself"
    );
}

#[tokio::test]
async fn p9_a_password_of_somebody_else_is_not_taken() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    // The id of one password with the text of another one; then another person's password.
    for (user, login) in [(7, "ada"), (8, "bob")] {
        let (code, question) = site.code(super::plugin::ada()).await;
        let (mut body, _) = site.handing_over(&code, &question);
        let (other, _) = town.wordpress.sites.connect(site.tenant.id, user, login);
        body["password"] = json!(other.password.expose_secret());
        let answer = site.worked("/connect/v1/complete", &body).await;
        assert_eq!((answer.status, answer.code()), (502, "pairing_failed"), "{}", answer.data);
    }
}
