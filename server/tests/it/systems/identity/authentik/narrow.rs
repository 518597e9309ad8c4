//! The account with the smallest role: it sees what it made, and a look-up is refused as long as it made nothing.

use super::{code, set};
use slipway::domain::{Fault, Seen};
use slipway::systems::identity::Identity;
use std::time::Duration;

#[tokio::test]
async fn the_smallest_role_is_enough() {
    let set = set().await;
    set.sim.inside.memory().narrow = true;
    assert!(set.identity.examine().await.iter().all(|c| c.health.ok), "{:#?}", set.identity.examine().await);
    assert_eq!(set.identity.look(&set.acme).await, Ok(Seen::Absent));
    set.ready().await;
    let before = set.writes();
    set.ready().await;
    assert_eq!(set.writes(), before);
    for _ in 0..2 {
        set.gone().await;
    }
    assert!(set.sim.effects.world().objects.is_empty());
}

#[tokio::test]
async fn without_initial_permissions_it_stops_and_doubles_nothing() {
    // Where it may not look at them, what it made and does not see tells.
    for kind in ["provider", "application", "group", "binding"] {
        let set = set().await;
        set.sim.inside.memory().narrow = true;
        set.sim.inside.memory().forbidden = ["initial"].into();
        set.sim.inside.memory().blind = [kind].into();
        let mut last = "";
        for _ in 0..2 {
            last = code(set.identity.ensure(&set.acme).await);
        }
        assert_eq!(last, "identity_hidden", "{kind}");
        let application = set.sim.inside.memory().rows.get("application").and_then(|rows| rows.first().cloned());
        assert!(application.is_none_or(|a| a.value["provider"].is_null()), "{kind}: nobody may come in");
    }
}

#[tokio::test]
async fn rights_that_were_taken_away_are_named_and_no_binding_is_made_again() {
    let set = set().await;
    set.sim.inside.memory().narrow = true;
    set.ready().await;
    set.sim.inside.memory().rows.get_mut("binding").expect("they are there").iter_mut().for_each(|r| r.seen = false);
    let made = set.sim.effects.world().made["binding"];
    for _ in 0..3 {
        assert_eq!(code(set.identity.ensure(&set.acme).await), "identity_hidden");
    }
    assert_eq!(set.sim.effects.world().made["binding"], made);
}

#[tokio::test]
async fn people_must_be_seen() {
    let set = set().await;
    set.sim.inside.memory().narrow = true;
    set.sim.inside.memory().forbidden = ["user"].into();
    assert_eq!(code(set.identity.ensure(&set.acme).await), "identity_forbidden");
    let checks = set.identity.examine().await;
    let people = checks.iter().find(|c| c.what == "People").expect("it is asked");
    assert!(!people.health.ok && people.health.next.contains("authentik_core.view_user"));
}

/// Blueprints are applied one after the other, so in the first minutes they may come yet. Nothing is made before them.
#[tokio::test]
async fn initial_permissions_are_asked_for_before_anything_is_made() {
    for kind in ["provider", "application", "group", "binding", "invitation"] {
        let set = set().await;
        set.sim.inside.memory().narrow = true;
        set.sim.inside.memory().blind = [kind].into();
        match set.identity.ensure(&set.acme).await {
            Err(Fault::Retry { why, after }) => {
                assert!(why.contains("its role lacks"), "{why}");
                assert_eq!(after, Some(Duration::from_secs(15)));
            }
            other => panic!("{kind}: {other:?}"),
        }
        set.clock.by(Duration::from_secs(601));
        assert_eq!(code(set.identity.ensure(&set.acme).await), "identity_hidden", "{kind}");
        assert!(set.sim.effects.world().made.is_empty(), "{kind}");
        set.sim.inside.memory().blind.clear();
        set.ready().await;
    }
}

#[tokio::test]
async fn the_doctor_looks_at_initial_permissions() {
    let set = set().await;
    let line = async || {
        let checks = set.identity.examine().await;
        checks.into_iter().find(|c| c.what == "Initial permissions").expect("it is asked")
    };
    assert!(line().await.health.say.contains("administrator"), "an administrator needs none");
    set.sim.inside.memory().narrow = true;
    let fine = line().await;
    assert!(fine.health.ok && !fine.open, "{fine:?}");
    set.sim.inside.memory().blind = ["group", "binding"].into();
    let bad = line().await.health;
    assert!(!bad.ok && bad.say.contains("authentik_core.view_group") && bad.next.contains("step 6"), "{bad:?}");
    assert!(bad.say.contains("and 5 more"), "{}", bad.say);
    set.sim.inside.memory().forbidden = ["initial"].into();
    let open = line().await;
    assert!(open.open && open.health.say.contains("view_initialpermissions"), "what was not seen is not called good");
}
