//! Who may write by way of the chat: whoever connected, whatever else they may do, and nobody else.

use super::plugin::{Plugin, town};
use crate::portal::stage::Who;
use slipway::{
    domain::{Pairing, Role},
    saga::engine::Calm,
};

/// As somebody comes whose account in the chat nobody connected.
fn stranger(who: Who, pairing: &Pairing) -> Pairing {
    let email = who.caller().email;
    Pairing { chat_user: Some(format!("chat account of {email}")), email, ..pairing.clone() }
}

#[tokio::test]
async fn the_chat_writes_for_connected_people_and_for_nobody_else() {
    let town = town().await;
    let mut site = Plugin::of(&town, "acme").await;
    site.add(&Who::Member.caller(), Role::Member).await;
    let ada = site.connect().await;
    assert!(site.draft(&ada, "by the admin").await.0);
    for who in Who::ALL {
        let (made, words) = site.draft(&stranger(who, &ada), "by a stranger").await;
        assert!(!made && words.contains("onnect"), "{who:?}: {words}");
    }

    site.user = (8, "mia");
    let (code, question) = site.code(Who::Member.caller()).await;
    let said = site.complete(&code, &question).await;
    assert_eq!(said.status, 200, "{}", said.data);
    town.settle(&site.tenant, Calm).await;
    let mia = town.pairing(said.pairing()).await.expect("it is there");
    assert!(site.draft(&mia, "by the member").await.0);

    // Elsewhere a connection counts for nothing.
    let other = Plugin::of(&town, "globex").await;
    for pairing in [&ada, &mia] {
        assert!(!other.draft(pairing, "in another tenant").await.0);
    }
}
