//! Pairings: kept, found by the chat's user, never moved to another tenant.

use super::{house::House, on_both, ordered, pairing, pairing_id};
use slipway::domain::{At, Pairing, pairing::PairingStatus};

on_both!(a_pairing_comes_back_as_it_was, only_a_connected_one_serves_the_chat);

async fn a_pairing_comes_back_as_it_was(house: &House) {
    let store = &house.store;
    let (tenant, other) = (ordered(store, 1, "acme").await.id, ordered(store, 2, "other").await.id);
    let full = Pairing {
        chat_user: Some("chat-ada".into()),
        note: "Note.".into(),
        proof_at: Some(At(5)),
        proof_ms: Some(6),
        status: PairingStatus::SafeMode,
        ..pairing(1, tenant)
    };
    store.put_pairing(&full).await.unwrap();
    assert_eq!(store.pairing(full.id).await.unwrap(), Some(full.clone()));
    let again = Pairing { name: "Ada L.".into(), ..full.clone() };
    store.put_pairing(&again).await.unwrap();
    assert_eq!(store.pairing(full.id).await.unwrap(), Some(again.clone()));
    assert!(store.put_pairing(&Pairing { tenant: other, ..full }).await.is_err());
    assert_eq!(store.pairings(tenant).await.unwrap(), [again]);
    assert!(store.pairings(other).await.unwrap().is_empty());
}

async fn only_a_connected_one_serves_the_chat(house: &House) {
    let store = &house.store;
    let (tenant, other) = (ordered(store, 1, "acme").await.id, ordered(store, 2, "other").await.id);
    for n in 1..=3 {
        let p = Pairing { chat_user: Some("chat-ada".into()), ..pairing(n, tenant) };
        store.put_pairing(&p).await.unwrap();
    }
    assert_eq!(store.pairing_for_chat_user(tenant, "chat-ada").await.unwrap(), None);
    for n in 1..=2 {
        store.set_pairing_status(pairing_id(n), PairingStatus::Connected, "").await.unwrap();
    }
    let found = store.pairing_for_chat_user(tenant, "chat-ada").await.unwrap().unwrap();
    assert_eq!(found.id, pairing_id(2), "the newest");
    assert_eq!(store.pairing_for_chat_user(other, "chat-ada").await.unwrap(), None);
    assert_eq!(store.pairing_for_chat_user(tenant, "chat-eve").await.unwrap(), None);
    let newest: Vec<_> = store.pairings(tenant).await.unwrap().iter().map(|p| p.id).collect();
    assert_eq!(newest, [pairing_id(3), pairing_id(2), pairing_id(1)]);
}
