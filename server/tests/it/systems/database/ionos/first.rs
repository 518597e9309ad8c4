//! The first version of the API, which takes the same order twice: the same proofs, and what only it can do wrong.

use super::{Set, fail, first};
use crate::sim::faults::Trouble;
use slipway::{
    domain::{Fault, Gone, Seen, Stage},
    systems::database::Databases as _,
};
use std::time::Duration;

async fn ready_with_one(set: &Set) {
    set.ready(&set.acme).await;
    assert_eq!((set.made(), set.sim.inside.memory().clusters.len()), (1, 1));
}

#[tokio::test]
async fn comes_and_goes() {
    let set = first(|_| ()).await;
    assert!(matches!(set.act(&set.acme).await, Ok(Seen::Working { .. })));
    let (id, stored) = set.sim.one();
    assert_eq!(set.held(&set.acme).map(|h| (h.stage, h.cluster)), Some((Stage::Asked, Some(id))));
    assert_eq!(stored.properties["connections"][0]["cidr"], "10.7.222.3/24");
    ready_with_one(&set).await;
    assert_eq!(set.calls("POST"), 1);
    assert!(matches!(set.gone(&set.acme).await, Ok(Gone::Seen { .. })));
    assert_eq!((set.held(&set.acme), set.sim.inside.effects.world().objects.len()), (None, 0));
}

#[tokio::test]
async fn an_order_of_unknown_outcome_is_found_by_its_name_even_when_the_list_lags() {
    for lag in [0, 3] {
        for stored in [false, true] {
            let set = first(|_| ()).await;
            set.sim.inside.memory().lag = lag;
            if stored {
                set.sim.inside.memory().unwell_after = 1;
            } else {
                set.sim.faults.arm("POST", Trouble::LostAnswer, 1);
            }
            assert!(matches!(set.act(&set.acme).await, Err(Fault::Retry { .. })));
            ready_with_one(&set).await;
            assert_eq!(set.calls("POST"), 1, "lag {lag}, stored {stored}");
        }
    }
}

#[tokio::test]
async fn an_order_that_never_arrived_is_sent_again_after_the_lists_had_their_time() {
    let set = first(|_| ()).await;
    set.sim.faults.arm("POST", Trouble::LostRequest, 1);
    let begun = set.now();
    assert!(matches!(set.act(&set.acme).await, Err(Fault::Retry { .. })));
    let Ok(Seen::Working { note, .. }) = set.act(&set.acme).await else { panic!("it waits") };
    assert_eq!(note, "IONOS was asked for a database and does not show one yet. It is not asked twice.");
    ready_with_one(&set).await;
    assert_eq!(set.calls("POST"), 2);
    assert!(set.now().since(begun) > Duration::from_secs(120));
}

#[tokio::test]
async fn a_similar_name_is_another_cluster_and_two_of_one_name_are_an_alarm() {
    let set = first(|_| ()).await;
    set.act(&set.acme).await.expect("ordered");
    let (_, ours) = set.sim.one();
    let twin = |n: u128, name: &str| {
        let mut twin = ours.clone();
        twin.properties["displayName"] = name.into();
        set.sim.inside.memory().clusters.insert(uuid::Uuid::from_u128(n), twin);
    };
    let name = ours.properties["displayName"].as_str().expect("a name");
    twin(7, &format!("{name}2"));
    twin(8, &name.to_uppercase());
    set.ready(&set.acme).await;

    // Nobody knows the id any more, and somebody made one of the very same name.
    set.book.0.lock().unwrap().get_mut(&set.acme.tenant).expect("it is there").cluster = None;
    twin(9, name);
    set.clock.by(Duration::from_secs(60));
    for (code, say) in [fail(set.databases.look(&set.acme).await), fail(set.databases.remove(&set.acme).await)] {
        assert!(code == "database_twice" && say.contains("has 2 clusters called"), "{say}");
    }
    assert_eq!(set.calls("DELETE"), 0);
}

#[tokio::test]
async fn only_a_cluster_at_our_own_place_is_adopted() {
    for (path, value, words) in [
        ("/connections/0/datacenterId", "11111111-72e5-11ec-90d6-0242ac120003", "in another data center"),
        ("/connections/0/lanId", "7", "in network 7"),
        ("/connections/0/cidr", "10.7.222.9/24", "at 10.7.222.9/24"),
    ] {
        let set = first(|_| ()).await;
        set.sim.faults.arm("POST", Trouble::LostAnswer, 1);
        assert!(set.act(&set.acme).await.is_err());
        set.sim.change(|c| *c.properties.pointer_mut(path).expect("it is there") = value.into());
        let (code, say) = fail(set.act(&set.acme).await);
        assert!(code == "database_cluster_not_ours" && say.contains(words), "{say}");
        assert_eq!((set.calls("POST"), set.made()), (1, 1));
    }
}

#[tokio::test]
async fn a_cluster_that_fails_is_made_anew_when_a_person_says_so() {
    let set = first(|_| ()).await;
    set.sim.inside.memory().failing = vec!["no capacity".to_owned()];
    assert_eq!(fail(set.settle(&set.acme).await).0, "database_failed");
    set.ready(&set.acme).await;
    assert_eq!((set.made(), set.sim.inside.memory().clusters.len(), set.calls("POST")), (2, 1, 2));
    set.gone(&set.acme).await.expect("it goes");
    assert!(set.sim.inside.effects.world().objects.is_empty());
}

#[tokio::test]
async fn bad_weather_makes_no_second_cluster() {
    for seed in 0..12 {
        let set = first(|_| ()).await;
        set.sim.inside.memory().lag = 2;
        set.sim.faults.weather(seed, 200);
        set.ready(&set.acme).await;
        set.gone(&set.acme).await.expect("it goes");
        set.sim.faults.calm();
        assert_eq!((set.made(), set.sim.inside.effects.world().objects.len()), (1, 0), "seed {seed}");
    }
}
