//! What can go wrong between here and IONOS. In every case: no second cluster, none that nobody knows, and none in the place
//! of one with data.

use super::{fail, set, with};
use crate::sim::{faults::Trouble, ionos::TOKEN};
use slipway::{
    domain::{Fault, Gone, Seen, Stage},
    systems::database::Databases as _,
};
use std::{sync::atomic::Ordering, time::Duration};

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_found_again() {
    let set = set().await;
    set.sim.faults.arm("PUT", Trouble::LostAnswer, 1);
    assert!(matches!(set.act(&set.acme).await, Err(Fault::Retry { .. })));
    assert!(matches!(set.act(&set.acme).await, Ok(Seen::Working { .. })));
    set.ready(&set.acme).await;
    assert_eq!((set.calls("PUT"), set.made()), (1, 1));
}

#[tokio::test]
async fn an_order_that_never_arrived_is_sent_again_as_it_was() {
    let set = set().await;
    set.sim.faults.arm("PUT", Trouble::LostRequest, 2);
    set.ready(&set.acme).await;
    assert_eq!((set.calls("PUT"), set.made()), (3, 1));
    assert_eq!(set.held(&set.acme).map(|h| h.generation), Some(1));
}

#[tokio::test]
async fn an_order_that_is_stored_and_answered_with_503_is_found() {
    let set = set().await;
    set.sim.inside.memory().unwell_after = 1;
    assert!(matches!(set.act(&set.acme).await, Err(Fault::Retry { .. })));
    set.ready(&set.acme).await;
    assert_eq!((set.calls("PUT"), set.made()), (1, 1));
}

#[tokio::test]
async fn a_list_that_lags_behind_is_not_believed() {
    let set = set().await;
    set.sim.inside.memory().lag = 30;
    set.ready(&set.acme).await;
    assert_eq!((set.calls("PUT"), set.made()), (1, 1));
}

#[tokio::test]
async fn a_cluster_of_the_same_name_is_somebody_elses() {
    let set = set().await;
    set.act(&set.acme).await.expect("ordered");
    let (_, mut twin) = set.sim.one();
    twin.properties["connection"]["primaryInstanceAddress"] = "10.7.222.9/24".into();
    let foreign = uuid::Uuid::from_u128(7);
    set.sim.inside.memory().clusters.insert(foreign, twin);
    set.ready(&set.acme).await;
    set.gone(&set.acme).await.expect("it goes");
    assert_eq!(set.sim.one().0, foreign, "it is left alone");
}

#[tokio::test]
async fn a_cluster_that_fails_waits_for_a_person_and_is_made_anew() {
    let set = set().await;
    set.sim.inside.memory().failing = vec!["no capacity in this location".to_owned()];
    let (code, say) = fail(set.settle(&set.acme).await);
    assert_eq!(
        (code, say.as_str()),
        ("database_failed", "IONOS could not make the database: no capacity in this location")
    );
    let (first, _) = set.sim.one();
    // Retry now.
    set.ready(&set.acme).await;
    let (second, _) = set.sim.one();
    assert_ne!(first, second);
    assert_eq!(set.held(&set.acme).map(|h| (h.generation, h.host, h.stage)), Some((2, 3, Stage::Available)));
    assert_eq!(set.made(), 2);
    set.gone(&set.acme).await.expect("it goes");
    assert!(set.sim.inside.effects.world().objects.is_empty());
}

#[tokio::test]
async fn a_cluster_with_data_is_never_replaced() {
    let set = set().await;
    set.ready(&set.acme).await;
    set.sim.change(|c| (c.state, c.message) = ("FAILED".to_owned(), Some("disk".to_owned())));
    set.clock.by(Duration::from_secs(60));
    for _ in 0..3 {
        assert_eq!(fail(set.act(&set.acme).await).0, "database_lost");
    }
    set.sim.inside.memory().clusters.clear();
    set.clock.by(Duration::from_secs(60));
    for _ in 0..3 {
        assert_eq!(fail(set.act(&set.acme).await).0, "database_lost");
    }
    assert_eq!((set.calls("PUT"), set.calls("DELETE"), set.made()), (1, 0, 1));
}

#[tokio::test]
async fn a_cluster_without_the_tenants_marks_is_left_alone() {
    let set = set().await;
    set.ready(&set.acme).await;
    let right = set.sim.one().1.properties;
    let other = "11111111-72e5-11ec-90d6-0242ac120003";
    for (path, value, words) in [
        ("/connection/datacenterId", other, "in another data center"),
        ("/name", "somebody-elses", "called somebody-elses"),
        ("/description", "slipway:prod:1", "without the tenant's mark"),
    ] {
        set.sim.change(|c| *c.properties.pointer_mut(path).expect("it is there") = value.into());
        set.clock.by(Duration::from_secs(60));
        for (code, say) in [fail(set.databases.ensure(&set.acme).await), fail(set.databases.remove(&set.acme).await)] {
            assert!(code == "database_cluster_not_ours" && say.contains(words), "{code} {say}");
        }
        set.sim.change(|c| c.properties = right.clone());
    }
    // Somebody moved it: it is not adopted, and may still be removed.
    set.sim.change(|c| c.properties["connection"]["lanId"] = "7".into());
    set.clock.by(Duration::from_secs(60));
    assert_eq!(fail(set.databases.look(&set.acme).await).0, "database_cluster_not_ours");
    assert_eq!(set.calls("DELETE"), 0);
    set.gone(&set.acme).await.expect("it goes");
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_replaced_without_a_restart() {
    let set = set().await;
    set.act(&set.acme).await.expect("ordered");
    set.sim.inside.memory().token = "a-new-one".to_owned();
    set.clock.by(Duration::from_secs(10));
    let (code, say) = fail(set.act(&set.acme).await);
    assert!(code == "ionos_token_refused" && !say.contains(TOKEN), "{say}");
    std::fs::write(set.folder.path().join("ionos.token"), "a-new-one").unwrap();
    set.clock.by(Duration::from_secs(10));
    set.ready(&set.acme).await;
    assert_eq!(set.made(), 1);
}

#[tokio::test]
async fn a_refused_order_tells_why_without_secrets_and_keeps_nothing() {
    let set = set().await;
    set.sim.inside.memory().refusal = Some("the password owner-canary-1 is too short".to_owned());
    let (code, say) = fail(set.act(&set.acme).await);
    assert!(code == "ionos_refused" && say.contains("is too short (dbaas-422)") && !say.contains("canary"), "{say}");
    assert_eq!(set.held(&set.acme).map(|h| h.stage), Some(Stage::Reserved));
    assert!(matches!(set.databases.remove(&set.acme).await, Ok(Gone::Seen { .. })), "at once");
    assert_eq!(set.held(&set.acme), None);
}

#[tokio::test]
async fn an_order_of_unknown_outcome_is_waited_for_before_its_address_is_free() {
    let set = set().await;
    set.sim.faults.arm("PUT", Trouble::LostRequest, 1);
    assert!(set.act(&set.acme).await.is_err());
    let Ok(Gone::Working { again, .. }) = set.databases.remove(&set.acme).await else { panic!("it may still come") };
    assert!(again > Duration::from_secs(119) && again <= Duration::from_secs(120), "{again:?}");
    assert!(set.held(&set.acme).is_some());
    set.clock.by(again);
    assert!(matches!(set.databases.remove(&set.acme).await, Ok(Gone::Seen { .. })));
}

#[tokio::test]
async fn a_network_that_lets_nothing_through_is_tried_again() {
    let set = set().await;
    set.reach.cut.store(true, Ordering::SeqCst);
    for _ in 0..5 {
        let _waiting = set.act(&set.acme).await;
        set.clock.by(Duration::from_secs(30));
    }
    assert!(matches!(set.act(&set.acme).await, Err(Fault::Retry { .. })));
    set.reach.cut.store(false, Ordering::SeqCst);
    set.ready(&set.acme).await;
    assert_eq!(set.made(), 1);
}

#[tokio::test]
async fn without_dumps_none_is_written() {
    let set = with(|c| c.dumps = false).await;
    set.ready(&set.acme).await;
    set.gone(&set.acme).await.expect("it goes");
    assert!(set.sim.inside.within().dumps.is_empty());
}
