//! Turns between portals.

use super::{house::House, on_both};
use slipway::domain::At;

on_both!(one_holder_at_a_time, a_turn_ends_by_itself);

/// Asks at `now` for a turn of ten.
async fn take(house: &House, owner: &str, now: i64) -> Option<String> {
    let until = (At(now + 10), At(now + 100));
    house.store.take_turn("list", owner, &format!("portal {owner}"), At(now), until).await.unwrap()
}

async fn one_holder_at_a_time(house: &House) {
    let asked: Vec<_> = (0..8).map(|n| async move { take(house, &n.to_string(), 1).await }).collect();
    let got = futures::future::join_all(asked).await;
    assert_eq!(got.iter().filter(|other| other.is_none()).count(), 1, "{got:?}");
    let holder = got.iter().position(Option::is_none).unwrap().to_string();
    assert!(
        got.iter().flatten().all(|other| *other == format!("portal {holder}")),
        "who waits knows for whom: {got:?}"
    );
    house.store.end_turn("list", "somebody else").await.unwrap();
    assert_eq!(take(house, "next", 2).await, Some(format!("portal {holder}")));
    house.store.end_turn("list", &holder).await.unwrap();
    assert_eq!(take(house, "next", 2).await, None);
}

async fn a_turn_ends_by_itself(house: &House) {
    assert_eq!(take(house, "a", 1).await, None);
    assert_eq!(take(house, "b", 10).await, Some("portal a".into()));
    assert_eq!(take(house, "b", 11).await, None, "it stood still");
    house.store.end_turn("list", "a").await.unwrap();
    assert_eq!(take(house, "c", 12).await, Some("portal b".into()), "whoever comes late ends nobody's turn");
    // The clock was far ahead when it was taken.
    assert_eq!(take(house, "d", 5_000).await, None);
    assert_eq!(take(house, "e", 4_950).await, Some("portal d".into()));
    assert_eq!(take(house, "e", 20).await, None);
}
