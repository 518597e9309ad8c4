//! The account with the smallest role: it sees what it made, and a look-up is refused as long as it made nothing.

use super::{code, set};
use slipway::domain::Seen;
use slipway::systems::identity::Identity;

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
    for (kind, expected) in [
        ("provider", "identity_name_taken"),
        ("application", "identity_name_taken"),
        ("group", "identity_name_taken"),
        ("binding", "identity_hidden"),
    ] {
        let set = set().await;
        set.sim.inside.memory().narrow = true;
        set.sim.inside.memory().blind = [kind].into();
        let mut last = "";
        for _ in 0..2 {
            last = code(set.identity.ensure(&set.acme).await);
        }
        assert_eq!(last, expected, "{kind}");
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
