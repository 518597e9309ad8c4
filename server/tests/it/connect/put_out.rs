//! Who was removed is out of WordPress at the engine's very next work, whatever else that work has to do.

use super::plugin::{Plugin, ada, person, town};
use crate::{sim::faults::Trouble, stage::town::Town};
use slipway::{
    domain::{Clock as _, Fact, Flow, Role, Standing, pairing::PairingStatus, tenant::Status},
    saga::{
        engine::{Calm, Point, Probe},
        journal::Entry,
        machine::Action,
        state::State,
    },
};
use std::time::Duration;

/// Ada is connected, has signed in to WordPress, and Mia is an admin too.
async fn two_admins(town: &Town) -> Plugin<'_> {
    let site = Plugin::of(town, "acme").await;
    site.add(&ada(), Role::Admin).await;
    site.add(&person("mia", Standing::Person), Role::Admin).await;
    site.connect().await;
    town.wordpress.sites.with(site.tenant.id, |s| {
        s.guests =
            ["ada", "mia"].map(|n| [format!("sub-{n}"), format!("{n}@example.org"), "administrator".into()]).into();
    });
    site
}

/// What the engine does with a tenant it claimed, once.
async fn works(town: &Town, site: &Plugin<'_>, probe: impl Probe + 'static) -> bool {
    let (now, store) = (town.stage.clock.now(), &town.stage.store);
    assert_eq!(store.claim("test", now, now.plus(Duration::from_secs(60)), 9).await.expect("the store works").len(), 1);
    let driven = town.stage.engine(probe).drive(site.tenant.id).await;
    if let Ok(wake_at) = driven {
        let lease = store.take(site.tenant.id, "test", now).await.expect("the store works").expect("it is there");
        store.release(&lease, wake_at).await.expect("the store works");
    }
    driven.is_ok()
}

fn inside(town: &Town, site: &Plugin<'_>) -> Vec<String> {
    town.wordpress.sites.with(site.tenant.id, |s| {
        s.guests.iter().filter(|[_, _, role]| !role.is_empty()).map(|[subject, ..]| subject.clone()).collect()
    })
}

async fn mia_removes_ada(town: &Town) {
    let portal = town.house.portal_for(person("mia", Standing::Person));
    portal.remove_member("acme".into(), "ada@example.org".into()).await.expect("she may");
}

#[tokio::test]
async fn a_removed_admin_who_was_connected_is_out_at_once() {
    for chat_is_down in [false, true] {
        let town = town().await;
        let site = two_admins(&town).await;
        if chat_is_down {
            town.chat.faults.arm("", Trouble::Unwell, 1_000);
        }
        mia_removes_ada(&town).await;
        assert!(works(&town, &site, Calm).await);
        assert_eq!(inside(&town, &site), ["sub-mia"], "chat is down: {chat_is_down}");
    }
}

/// Stops at the first thing it does.
struct Dies;

#[async_trait::async_trait]
impl Probe for Dies {
    async fn stop(&self, point: Point, _: &Action) -> bool {
        point == Point::AfterIntent
    }
}

#[tokio::test]
async fn a_look_that_was_asked_for_outlives_its_engine_and_what_comes_in_between() {
    let town = town().await;
    let site = two_admins(&town).await;
    town.wordpress.sites.with(site.tenant.id, |s| s.guests[0][0] = "sub-else".into());
    assert!(works(&town, &site, Calm).await, "a look puts a stranger out");
    town.wordpress.sites.with(site.tenant.id, |s| s.guests.push(["sub-ada".into(), "a@x".into(), "author".into()]));
    mia_removes_ada(&town).await;
    town.faults.arm("/slipway/v1/", Trouble::Unwell, 1);
    assert!(!works(&town, &site, Dies).await, "it dies at its work");
    town.stage.clock.by(Duration::from_secs(60));
    mia_asks_for_more(&town).await;
    assert!(works(&town, &site, Calm).await, "the next one goes on");
    assert_eq!(inside(&town, &site), ["sub-mia"]);
    assert!(town.stage.store.look_asked(site.tenant.id).await.expect("the store works").is_none());
}

async fn mia_asks_for_more(town: &Town) {
    let portal = town.house.portal_for(person("mia", Standing::Person));
    portal.put_member("acme".into(), "new@example.org".into(), Role::Member).await.expect("she may");
}

#[tokio::test]
async fn a_tenant_that_needs_a_person_still_puts_people_out() {
    let town = town().await;
    let site = two_admins(&town).await;
    let failed = Fact::Failed { code: "broken".into(), say: "It broke.".into(), next: "Mend it.".into() };
    let wish = |_: &State| Some(vec![Entry::new(Flow::Tenant, "welcome", failed.clone())]);
    town.house.journal.write(site.tenant.id, town.stage.clock.now(), wish).await.expect("the store works");
    mia_removes_ada(&town).await;
    assert!(works(&town, &site, Calm).await);
    assert_eq!(town.stage.status(site.tenant.id).await, Status::NeedsAttention);
    assert_eq!(inside(&town, &site), ["sub-mia"]);
    let all = town.stage.store.pairings(site.tenant.id).await.expect("the store works");
    assert!(all.iter().all(|p| p.status == PairingStatus::Gone), "{all:?}");
}
