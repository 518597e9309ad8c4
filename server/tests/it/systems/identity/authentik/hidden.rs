//! Authentik gives an account its permissions on what it makes in a second transaction. Stopped in between, the account does
//! not see its own object: then *not found* means *hidden*, and nothing of that kind may be called gone.

use super::{Set, code, set};
use slipway::{
    domain::{Fault, Gone, Seen},
    systems::identity::Identity,
};

const MADE: [(&str, &str, &str); 3] = [
    ("provider", "wp-acme", "wp-acme"),
    ("application", "wp-acme", "wp-acme"),
    ("group", "tenant-acme", "tenant-acme"),
];

/// An order that was cut short after an object of this kind was made and before its permissions came.
async fn struck(kind: &'static str) -> Set {
    let set = set().await;
    set.sim.inside.memory().narrow = true;
    set.sim.inside.memory().struck = [kind].into();
    let _cut_short = set.identity.ensure(&set.acme).await;
    set
}

#[tokio::test]
async fn an_object_without_its_permissions_is_named_and_heals_once_they_are_given() {
    for (kind, object, name) in MADE {
        let set = struck(kind).await;
        for _ in 0..2 {
            match set.identity.ensure(&set.acme).await {
                Err(Fault::Fail { code: "identity_hidden", say, next }) => {
                    assert!(say.contains(kind) && say.contains(name) && next.contains("Retry now"), "{say} {next}");
                }
                other => panic!("{kind}: {other:?}"),
            }
        }
        set.sim.inside.memory().grant(kind, object);
        set.ready().await;
        assert!(matches!(set.identity.look(&set.acme).await, Ok(Seen::Ready(_))), "{kind}");
        assert_eq!(set.sim.effects.world().made[kind], if kind == "group" { 2 } else { 1 }, "nothing is made twice");
        set.gone().await;
        assert!(set.sim.effects.world().objects.is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn what_could_not_be_seen_is_not_called_gone() {
    for (kind, object, name) in MADE {
        let set = struck(kind).await;
        for _ in 0..2 {
            match set.identity.remove(&set.acme).await {
                // Its id has the tenant in it: this one is certainly there.
                Err(Fault::Fail { code: "identity_hidden", say, .. }) if kind == "provider" => {
                    assert!(say.contains(name))
                }
                Ok(Gone::Unseen { what }) if kind != "provider" => assert!(what.contains(name), "{what}"),
                other => panic!("{kind}: {other:?}"),
            }
        }
        assert!(set.sim.effects.world().objects.contains(&format!("{kind} {}", title(kind, object))), "{kind}");
        set.sim.inside.memory().grant(kind, object);
        set.gone().await;
        assert!(set.sim.effects.world().objects.is_empty(), "{kind}");
    }
}

/// What the stand-in calls it.
fn title<'a>(kind: &str, object: &'a str) -> &'a str {
    if kind == "application" { "Acme & Söhne" } else { object }
}

#[tokio::test]
async fn whoever_may_not_even_ask_says_so() {
    let set = set().await;
    set.sim.inside.memory().narrow = true;
    set.sim.inside.memory().forbidden = ["group"].into();
    match set.identity.remove(&set.acme).await {
        Ok(Gone::Unseen { what }) => assert!(what.contains("neither see nor make groups"), "{what}"),
        other => panic!("{other:?}"),
    }
    set.sim.inside.memory().forbidden = ["provider", "application", "group"].into();
    assert!(matches!(set.identity.remove(&set.acme).await, Ok(Gone::Unseen { .. })));
    set.sim.inside.memory().forbidden.clear();
    set.gone().await;
}

/// A look-up that is refused because the account sees nothing of the kind is the usual beginning, and no reason to doubt.
#[tokio::test]
async fn whoever_made_nothing_sees_that_nothing_is_there() {
    let set = set().await;
    set.sim.inside.memory().narrow = true;
    assert_eq!(code(set.identity.remove(&set.acme).await), "fine");
    set.gone().await;
    assert!(set.sim.effects.world().made.is_empty(), "asking makes nothing");
}
