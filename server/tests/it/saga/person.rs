//! Who somebody is in the chat, through the whole life of a pairing: their subject, and nothing that can be written by
//! somebody else; and whatever ends, what they wrote there stays.

use crate::{
    connect::plugin::{Plugin, ada},
    stage::town::Town,
};
use serde_json::{Value, json};
use slipway::{
    domain::{Caller, Email, Flow, Pairing, PairingId, Tenant, pairing::PairingStatus},
    saga::engine::Calm,
    store::Store,
};
use std::time::Duration;

pub(super) async fn town() -> Town {
    Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await
}

pub(super) async fn up(town: &Town) -> Tenant {
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    tenant
}

impl Town {
    /// What the engine does now, and a look, without waiting for what comes later.
    pub(super) async fn pass(&self, tenant: &Tenant) {
        for _ in 0..2 {
            self.stage.engine(Calm).drive(tenant.id).await.expect("the store works");
        }
    }

    /// Two looks, a minute apart.
    pub(super) async fn two_minutes(&self, tenant: &Tenant) {
        for _ in 0..2 {
            self.stage.clock.by(Duration::from_secs(60));
            self.pass(tenant).await;
        }
    }

    pub(super) async fn now(&self, pairing: &Pairing) -> Pairing {
        self.pairing(pairing.id).await.expect("it is there")
    }

    /// Accounts in the tenant's group.
    pub(super) fn in_group(&self) -> Vec<String> {
        let groups = self.chat.inside.memory().groups.clone();
        let members = groups.iter().flat_map(|g| g["members"].as_array().cloned().unwrap_or_default());
        members.map(|m| m.as_str().unwrap_or_default().to_owned()).collect()
    }

    fn accounts(&self) -> Vec<Value> {
        self.chat.inside.memory().users.clone()
    }
}

pub(super) fn flow(pairing: &Pairing) -> Flow {
    Flow::Pair(pairing.id)
}

#[tokio::test]
async fn it_waits_for_the_first_visit_and_says_so() {
    let town = town().await;
    let tenant = up(&town).await;
    let pairing = town.begin(&tenant, 1, "sub-ada", "ada@example.org").await;
    town.pass(&tenant).await;
    let waiting = town.now(&pairing).await;
    assert_eq!(waiting.status, PairingStatus::Working);
    assert!(waiting.note.contains("/oauth/oidc/login"), "{}", waiting.note);
    assert_eq!(town.accounts().len(), 1, "nobody makes her an account");

    let id = town.chat.inside.sign_in("sub-ada", "ada@example.org").expect("it lets her in");
    town.settle(&tenant, Calm).await;
    let connected = town.now(&pairing).await;
    assert_eq!(
        (connected.status, connected.chat_user.as_deref()),
        (PairingStatus::Connected, Some(&*id)),
        "{}",
        connected.note
    );
    assert_eq!((town.chat.inside.account(&id, "role"), town.in_group()), (json!("user"), vec![id]));
}

#[tokio::test]
async fn the_wait_ends_and_leaves_nothing() {
    let town = town().await;
    let tenant = up(&town).await;
    let before = town.world();
    let pairing = town.begin(&tenant, 1, "sub-ada", "ada@example.org").await;
    let begun = slipway::domain::Clock::now(&*town.stage.clock);
    town.settle(&tenant, Calm).await;
    let over = town.now(&pairing).await;
    assert_eq!(over.status, PairingStatus::Gone);
    assert!(over.note.contains("within half an hour"), "{}", over.note);
    let took = slipway::domain::Clock::now(&*town.stage.clock).since(begun);
    assert!(took < Duration::from_secs(40 * 60), "{took:?}");
    assert_eq!((before.0.objects, before.1.objects), (town.world().0.objects, town.world().1.objects));
}

#[tokio::test]
async fn no_end_of_anything_takes_the_account_along() {
    let town = town().await;
    let tenant = up(&town).await;
    let pairing = town.pair(&tenant, 1, "ada@example.org").await;
    town.settle(&tenant, Calm).await;
    let id = town.now(&pairing).await.chat_user.expect("she is connected");
    town.chat.inside.sign_in("ada@example.org", "ada@example.org").expect("she writes there");
    let account = town.accounts().pop();

    town.reverse(&tenant, flow(&pairing)).await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.now(&pairing).await.status, PairingStatus::Gone);
    assert!(town.in_group().is_empty());
    assert_eq!(town.accounts().pop(), account, "disconnected, and all of hers is there");

    let again = town.pair(&tenant, 2, "ada@example.org").await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.now(&again).await.chat_user, Some(id), "and hers again");
    town.reverse(&tenant, Flow::Tenant).await;
    town.settle(&tenant, Calm).await;
    assert!(
        town.accounts().iter().any(|a| a["oauth"]["oidc"]["sub"] == "ada@example.org"),
        "the tenant is gone, she is not"
    );
    assert!(town.chat.faults.calls().iter().all(|call| !call.starts_with("DELETE /api/v1/users")));
}

/// The old pairing's undo and the new one's steps run at the same time, in either order: the membership stays.
#[tokio::test]
async fn an_end_and_a_new_beginning_at_once_keep_the_membership() {
    for late in [false, true] {
        let town = town().await;
        let tenant = up(&town).await;
        let old = town.pair(&tenant, 1, "ada@example.org").await;
        town.settle(&tenant, Calm).await;
        if late {
            town.reverse(&tenant, flow(&old)).await;
        }
        let new = town.pair(&tenant, 2, "ada@example.org").await;
        if !late {
            town.reverse(&tenant, flow(&old)).await;
        }
        town.settle(&tenant, Calm).await;
        let new = town.now(&new).await;
        assert_eq!((town.now(&old).await.status, new.status), (PairingStatus::Gone, PairingStatus::Connected));
        assert_eq!(town.in_group(), [new.chat_user.expect("an account")]);
    }
}

fn moved() -> Caller {
    Caller { email: Email::parse("ada@new.example").expect("an address"), ..ada() }
}

#[tokio::test]
async fn a_new_address_is_the_same_person_everywhere() {
    let town = town().await;
    let plugin = Plugin::of(&town, "acme").await;
    let tenant = plugin.tenant.clone();
    town.stage.store.signed_in(&ada()).await.expect("the store works");
    let old = plugin.connect().await;
    let id = old.chat_user.clone().expect("an account");
    let count = town.accounts().len();

    // She signs in to the portal with her new address.
    town.stage.store.signed_in(&moved()).await.expect("the store works");
    town.settle(&tenant, Calm).await;
    let members = town.stage.store.members(tenant.id).await.expect("the store works");
    assert_eq!(members.iter().map(|m| m.email.as_str()).collect::<Vec<_>>(), ["ada@new.example"]);
    let now = town.now(&old).await;
    assert_eq!((now.status, now.email.as_str()), (PairingStatus::Connected, "ada@new.example"), "{}", now.note);
    assert_eq!((town.chat.inside.account(&id, "email"), town.accounts().len()), (json!("ada@new.example"), count));

    // She renews: one account, one pairing, and the chat goes on.
    let (code, question) = plugin.code(moved()).await;
    let said = plugin.complete(&code, &question).await;
    assert_eq!(said.status, 200, "{}", said.data);
    town.settle(&tenant, Calm).await;
    let new = town.pairing(said.pairing()).await.expect("it is there");
    assert_eq!((new.status, new.chat_user.as_deref()), (PairingStatus::Connected, Some(&*id)));
    assert_eq!(town.now(&old).await.status, PairingStatus::Gone, "the old one goes after the new one is proven");
    assert_eq!((town.in_group(), town.accounts().len()), (vec![id], count));
    assert!(plugin.draft(&new, "Slow bread").await.0);
}

#[tokio::test]
async fn an_account_that_was_taken_over_counts_no_more() {
    let town = town().await;
    let plugin = Plugin::of(&town, "acme").await;
    let tenant = plugin.tenant.clone();
    let pairing = plugin.connect().await;
    let id = pairing.chat_user.clone().expect("an account");
    assert!(plugin.draft(&pairing, "Mine").await.0);

    // A chat that joined accounts by address for a while: Eve came with Ada's, unverified.
    town.chat.inside.memory().joins = true;
    town.pass(&tenant).await;
    let now = town.now(&pairing).await;
    assert!(now.status == PairingStatus::Broken && now.note.contains("joins accounts"), "{}", now.note);
    assert_eq!(town.chat.inside.sign_in("sub-eve", "ada@example.org"), Ok(id.clone()));
    assert!(!plugin.draft(&pairing, "Not mine").await.0, "nobody writes while that is so");
    town.chat.inside.memory().joins = false;

    town.pass(&tenant).await;
    let now = town.now(&pairing).await;
    assert_eq!(now.status, PairingStatus::Broken);
    assert!(now.note.contains("not this person's") && now.note.contains("/oauth/oidc/login"), "{}", now.note);
    assert_eq!(town.in_group(), Vec::<String>::new(), "Eve is out of the group");
    assert!(!plugin.draft(&pairing, "Not mine").await.0);

    // Ada signs in: the chat has her address under Eve's account, whose owner has to give it up first.
    assert!(town.chat.inside.sign_in("sub-ada", "ada@example.org").is_err());
    town.chat.inside.memory().users.iter_mut().find(|u| u["id"] == id).expect("Eve's")["email"] =
        json!("eve@example.org");
    let hers = town.chat.inside.sign_in("sub-ada", "ada@example.org").expect("her own");
    town.two_minutes(&tenant).await;
    let now = town.now(&pairing).await;
    assert_eq!((now.status, now.chat_user.as_deref()), (PairingStatus::Connected, Some(&*hers)), "{}", now.note);
    assert_eq!(town.in_group(), [hers]);
    assert!(plugin.draft(&now, "Mine again").await.0);
    assert!(!plugin.draft(&pairing, "Not mine").await.0, "Eve's account, with whatever address it names");
}

#[tokio::test]
async fn an_account_of_an_earlier_version_becomes_their_own_at_the_first_visit() {
    let town = town().await;
    let tenant = up(&town).await;
    let made = town.chat.inside.made_before("ada@example.org");
    let mia = town.chat.inside.made_before("mia@example.org");
    town.chat.inside.memory().joins = true;
    town.chat.inside.sign_in("sub-mia", "mia@example.org").expect("she was there while accounts were joined");
    town.chat.inside.memory().joins = false;
    let pairing = town.begin(&tenant, 1, "sub-ada", "ada@example.org").await;
    let hers = town.begin(&tenant, 2, "sub-mia", "mia@example.org").await;
    town.pass(&tenant).await;
    assert_eq!(town.now(&hers).await.chat_user, Some(mia), "who was there once is found");
    assert_eq!(town.now(&pairing).await.status, PairingStatus::Working);
    let id = town.chat.inside.sign_in("sub-ada", "ada@example.org").expect("nothing is in her way");
    town.settle(&tenant, Calm).await;
    assert_eq!(town.now(&pairing).await.chat_user, Some(id));
    assert_eq!(town.chat.inside.account(&made, "role"), "pending");
}

#[tokio::test]
async fn two_tenants_share_the_account_and_part_one_by_one() {
    let town = town().await;
    let (acme, quay) = (up(&town).await, town.order("quay").await);
    town.settle(&quay, Calm).await;
    let one = town.pair(&acme, 1, "ada@example.org").await;
    let two = town.pair(&quay, 2, "ada@example.org").await;
    town.settle(&acme, Calm).await;
    town.settle(&quay, Calm).await;
    town.reverse(&acme, flow(&one)).await;
    town.settle(&acme, Calm).await;
    town.settle(&quay, Calm).await;
    let two = town.now(&two).await;
    assert_eq!(two.status, PairingStatus::Connected, "{}", two.note);
    assert_eq!(town.in_group(), [two.chat_user.expect("an account")]);
    assert_eq!(two.id, PairingId(uuid::Uuid::from_u128(2)));
}
