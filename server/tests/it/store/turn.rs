//! Turns between replicas.

use super::{house::House, on_both};
use futures::FutureExt as _;

on_both!(one_holder_at_a_time);

async fn one_holder_at_a_time(house: &House) {
    let first = house.store.turn("list").await.unwrap();
    if house.store.kind() == "sqlite" {
        assert!(first.is_none(), "one process needs no turn of the database");
        return;
    }
    let mut second = std::pin::pin!(house.store.turn("list"));
    tokio::task::yield_now().await;
    assert!(second.as_mut().now_or_never().is_none(), "the first one still holds it");
    assert!(house.store.turn("another list").await.unwrap().is_some(), "other names do not wait");
    drop(first);
    assert!(second.await.unwrap().is_some());
}
