//! Retry, skip, remove.

use super::stage::{Books, Who};
use slipway::{
    domain::{Fact, Flow},
    saga::engine::Calm,
};

#[tokio::test]
async fn a_step_is_skipped_only_when_it_needs_attention_and_with_a_reason() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    let portal = books.portal(Who::Operator);
    let skip = async |step: &str, reason: &str| {
        let answer = portal.skip("acme".into(), step.into(), reason.into()).await;
        answer.err().map_or_else(String::new, |oops| oops.code)
    };
    for empty in ["", "  ", "\n\t", "\u{7}"] {
        assert_eq!(skip("database", empty).await, "reason_missing", "{empty:?}");
    }
    assert_eq!(skip("nothing", "Known.").await, "not_found");
    assert_eq!(skip("identity", "Known.").await, "not_skippable", "it was never tried");
    assert_eq!(skip("database", "Made by hand.\n").await, "");
    assert_eq!(skip("database", "Again.").await, "not_skippable", "it is skipped");
    let state = books.town.stage.state(tenant.id).await;
    let track = state.tenant().and_then(|c| c.track("database")).expect("it has one");
    assert!(format!("{:?}", track.phase).contains("Made by hand."), "{track:?}");
    let rows = books.audit().await;
    let row = rows.iter().find(|r| r.what == "tenant.skip" && r.allowed).expect("it is written down");
    assert_eq!(row.detail, "Step database: Made by hand.");
}

#[tokio::test]
async fn retry_looks_again_and_is_harmless_where_nothing_is_wrong() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    let portal = books.portal(Who::Operator);
    assert_eq!(portal.retry("acme".into(), "nothing".into()).await.expect_err("no step").status, 404);
    let before = books.town.stage.state(tenant.id).await.seq;
    for step in ["identity", "database", "database"] {
        portal.retry("acme".into(), step.into()).await.expect("it may");
    }
    assert_eq!(books.town.stage.state(tenant.id).await.seq, before + 1, "pressed thrice, tried once");
}

#[tokio::test]
async fn removing_needs_the_name_typed_exactly_and_turns_around_once() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    let portal = books.portal(Who::Operator);
    for wrong in ["", "Acme", "acm", "acme2", "acme tools", "асме"] {
        let refused = portal.remove("acme".into(), wrong.into()).await.expect_err("it is not its name");
        assert_eq!((refused.status, refused.code.as_str()), (422, "slug_mismatch"), "{wrong:?}");
    }
    assert!(!books.town.stage.state(tenant.id).await.leaving());
    for _ in 0..2 {
        portal.remove("acme".into(), " acme ".into()).await.expect("it may, and may again");
    }
    assert!(books.town.stage.state(tenant.id).await.leaving());
    let log = books.town.stage.store.log(tenant.id).await.expect("the store works");
    assert_eq!(log.iter().filter(|e| matches!(e.fact, Fact::Reversed { .. })).count(), 1);
    let skip = portal.skip("acme".into(), "database".into(), "Known.".into()).await.expect_err("it leaves");
    assert_eq!(skip.code, "not_skippable");
}

/// A page that shows "Connecting" or "Disconnecting" is followed until it is over; one that rests is not.
#[tokio::test]
async fn a_pairing_on_its_way_keeps_the_page_live() {
    let town = crate::connect::plugin::town().await;
    let tenant = town.order("acme").await;
    let settled = async || {
        let page = town.house.portal_for(super::stage::Who::Operator.caller()).tenant("acme".into()).await;
        page.expect("an operator sees it").timeline.settled
    };
    assert!(!settled().await);
    town.settle(&tenant, Calm).await;
    assert!(settled().await);
    let pairing = town.pair(&tenant, 1, "ada@example.org").await;
    assert!(!settled().await, "connecting");
    town.settle(&tenant, Calm).await;
    assert!(settled().await);
    town.reverse(&tenant, Flow::Pair(pairing.id)).await;
    assert!(!settled().await, "disconnecting");
    town.settle(&tenant, Calm).await;
    assert!(settled().await);
}
