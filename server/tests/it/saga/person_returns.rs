//! Who comes back to the chat: suspended there, or with another account at the sign-in service.

use super::person::{flow, town, up};
use crate::connect::plugin::{Plugin, ada};
use serde_json::json;
use slipway::{
    domain::{Flow, pairing::PairingStatus},
    saga::engine::Calm,
    store::rebind::{Moved, Subject},
};

/// Who runs the chat set an account to pending; a new connection, here or in another tenant, is no way back in.
#[tokio::test]
async fn who_was_suspended_in_the_chat_is_not_let_in_by_connecting_anew() {
    let town = town().await;
    let (acme, quay) = (up(&town).await, town.order("quay").await);
    town.settle(&quay, Calm).await;
    let one = town.pair(&acme, 1, "ada@example.org").await;
    town.settle(&acme, Calm).await;
    let id = town.now(&one).await.chat_user.expect("she is connected");
    town.reverse(&acme, flow(&one)).await;
    town.settle(&acme, Calm).await;
    town.chat.inside.memory().users.iter_mut().find(|u| u["id"] == id).expect("hers")["role"] = json!("pending");
    for (n, tenant) in [(2, &acme), (3, &quay)] {
        let new = town.begin(tenant, n, "ada@example.org", "ada@example.org").await;
        town.pass(tenant).await;
        let now = town.now(&new).await;
        assert!(now.status != PairingStatus::Connected, "{n}: {}", now.note);
        assert_eq!((town.chat.inside.account(&id, "role"), town.in_group()), (json!("pending"), vec![]), "{n}");
    }
    // Nor is the end of all tenants in which she was.
    for tenant in [&acme, &quay] {
        town.reverse(tenant, Flow::Tenant).await;
        town.settle(tenant, Calm).await;
    }
    let globex = town.order("globex").await;
    town.settle(&globex, Calm).await;
    town.begin(&globex, 4, "ada@example.org", "ada@example.org").await;
    town.pass(&globex).await;
    assert_eq!((town.chat.inside.account(&id, "role"), town.in_group()), (json!("pending"), vec![]));
}

/// A rebuilt sign-in service: she has another subject there, and the same address.
#[tokio::test]
async fn whose_account_was_replaced_comes_back_by_one_more_visit() {
    let town = town().await;
    let plugin = Plugin::of(&town, "acme").await;
    let tenant = plugin.tenant.clone();
    town.stage.store.signed_in(&ada()).await.expect("the store works");
    let pairing = plugin.connect().await;
    let store = &town.stage.store;
    let old = Subject { issuer: store.issuer().to_owned(), subject: "sub-ada".into() };
    let entry = town.house.entry(&slipway::domain::Actor::CommandLine, "person.rebind", None, true, "");
    assert_eq!(store.rebind(&old, "sub-ada-2", &ada().email, &entry).await.expect("the store works"), Moved::Ok);
    assert!(town.chat.inside.sign_in("sub-ada-2", "ada@example.org").is_err(), "her old account has the address");
    town.pass(&tenant).await;
    assert!(town.now(&pairing).await.note.contains("/oauth/oidc/login"), "{}", town.now(&pairing).await.note);
    let hers = town.chat.inside.sign_in("sub-ada-2", "ada@example.org").expect("it made way");
    town.two_minutes(&tenant).await;
    let now = town.now(&pairing).await;
    assert_eq!((now.status, now.chat_user.as_deref()), (PairingStatus::Connected, Some(&*hers)), "{}", now.note);
    assert_eq!(town.in_group(), [hers]);
}
