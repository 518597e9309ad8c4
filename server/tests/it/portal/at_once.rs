//! What two people do at the same moment, and what is left of a change whose process died: on both databases.

use super::stage::{Books, Who};
use crate::{
    connect::plugin::person,
    stage::town::Town,
    store::{house::House, on_both},
};
use app::{model::oops::Oops, model::person::Role, portal::Answer};
use slipway::{
    domain::{Fact, Flow, Pairing, Standing, Tenant, pairing::PairingStatus},
    saga::engine::Calm,
    store::Store,
};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

on_both!(
    two_admins_do_not_take_the_right_from_each_other,
    who_lost_the_right_meanwhile_changes_nobody,
    nobody_connects_while_they_are_removed,
    a_change_of_people_is_whole_wherever_it_dies,
);

const MIA: &str = "mia@example.org";
const ADA: &str = "ada@example.org";

async fn books(store: &Store) -> Books {
    Books { town: Town::new(store.clone()).await }
}

/// Ada and Mia are its admins.
async fn two_admins(books: &Books, slug: &str) -> Tenant {
    let tenant = books.tenant(slug).await;
    books.portal(Who::Operator).put_member(slug.into(), MIA.into(), Role::Admin).await.expect("it may");
    tenant
}

async fn admins(books: &Books, tenant: &Tenant) -> usize {
    let members = books.stage().store.members(tenant.id).await.expect("the store works");
    members.iter().filter(|m| m.role == Role::Admin).count()
}

async fn two_admins_do_not_take_the_right_from_each_other(house: &House) {
    let books = books(&house.store).await;
    for n in 0..24 {
        let slug = format!("tenant-{n}");
        let tenant = two_admins(&books, &slug).await;
        let each = [(Who::Admin, MIA), (Who::Member, ADA)].map(|(who, other)| {
            let (portal, slug) = (books.portal(who), slug.clone());
            tokio::spawn(async move {
                match n % 2 {
                    0 => portal.put_member(slug, other.into(), Role::Member).await,
                    _ => portal.remove_member(slug, other.into()).await,
                }
            })
        });
        let mut refused: Vec<Oops> = Vec::new();
        for one in each {
            refused.extend(one.await.expect("it does not panic").err());
        }
        assert_eq!((refused.len(), admins(&books, &tenant).await), (1, 1), "{n}: {refused:?}");
        assert!([403, 404, 409].contains(&refused[0].status), "{refused:?}");
    }
}

async fn who_lost_the_right_meanwhile_changes_nobody(house: &House) {
    let books = books(&house.store).await;
    for n in 0..12 {
        let slug = format!("tenant-{n}");
        let tenant = two_admins(&books, &slug).await;
        let (ada, mia) = (books.portal(Who::Admin), books.portal(Who::Member));
        let (one, two) = (slug.clone(), slug.clone());
        let removes = tokio::spawn(async move { ada.remove_member(one, MIA.into()).await });
        let adds = tokio::spawn(async move { mia.put_member(two, "friend@example.org".into(), Role::Admin).await });
        removes.await.expect("it does not panic").expect("she may");
        let added = adds.await.expect("it does not panic").is_ok();
        let rows = books.audit().await;
        let place =
            |what: &str| rows.iter().position(|r| r.tenant == slug && r.what == what && r.allowed && r.who != "test");
        let removed = place("member.remove").expect("it is written down");
        let friend = rows.iter().position(|r| r.tenant == slug && r.detail.starts_with("friend@"));
        // The newest entry is the first one: who was added was added before.
        assert_eq!(added, friend.is_some_and(|friend| friend > removed), "{n}: {rows:?}");
        assert_eq!(admins(&books, &tenant).await, 1 + usize::from(added), "{n}");
    }
}

async fn nobody_connects_while_they_are_removed(house: &House) {
    use crate::connect::plugin::Plugin;
    let town = Town::new(house.store.clone()).await;
    let site = Plugin::of(&town, "acme").await;
    for n in 0..6 {
        let mia = person("mia", Standing::Person);
        site.add(&mia, Role::Member).await;
        let (code, question) = site.code(mia).await;
        let (body, _) = site.handing_over(&code, &question);
        let ada = town.house.portal_for(Who::Admin.caller());
        let removes = ada.remove_member("acme".into(), MIA.into());
        let connects = async {
            let path = "/connect/v1/complete";
            tokio::select! { said = site.post(path, &body) => Some(said.status), () = crate::connect::plugin::work(&town, &site.tenant) => None }
        };
        let (removed, _) = tokio::join!(removes, connects);
        removed.expect("she may");
        town.settle(&site.tenant, Calm).await;
        let all = town.stage.store.pairings(site.tenant.id).await.expect("the store works");
        assert!(all.iter().all(|p| p.status == PairingStatus::Gone), "{n}: {all:?}");
    }
}

/// A future that dies when it has waited so often, as with its process.
struct Dying<F>(Pin<Box<F>>, usize);

impl<F: Future> Future for Dying<F> {
    type Output = Option<F::Output>;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.1 == 0 {
            return Poll::Ready(None);
        }
        self.1 -= 1;
        self.0.as_mut().poll(cx).map(Some)
    }
}

/// What a change of people leaves behind: the place, what the log says of the pairing, entries of the audit, and whether a
/// look is asked for.
async fn traces(books: &Books, tenant: &Tenant, pairing: &Pairing) -> (Option<Role>, bool, usize, bool) {
    let store = &books.stage().store;
    let members = store.members(tenant.id).await.expect("the store works");
    let log = store.log(tenant.id).await.expect("the store works");
    let ends = |e: &slipway::domain::Event| e.flow == Flow::Pair(pairing.id) && matches!(e.fact, Fact::Reversed { .. });
    let audit = books.audit().await;
    let slug = tenant.slug.as_str();
    let told = audit.iter().filter(|r| r.tenant == slug && r.who == ADA && r.allowed).count();
    (
        members.iter().find(|m| m.email.as_str() == MIA).map(|m| m.role),
        log.iter().any(ends),
        told,
        store.look_asked(tenant.id).await.expect("the store works").is_some(),
    )
}

async fn a_change_of_people_is_whole_wherever_it_dies(house: &House) {
    let books = books(&house.store).await;
    for change in ["remove", "promote", "disconnect"] {
        let (mut deaths, mut whole) = (0, 0);
        for waits in 1.. {
            let slug = format!("{change}-{waits}");
            let tenant = books.tenant(&slug).await;
            let pairing = books.pairing(&tenant, Who::Member).await;
            let before = traces(&books, &tenant, &pairing).await;
            let portal = books.portal(Who::Admin);
            let act = async {
                let answer: Answer<()> = match change {
                    "remove" => portal.remove_member(slug.clone(), MIA.into()).await,
                    "promote" => portal.put_member(slug.clone(), MIA.into(), Role::Admin).await,
                    _ => portal.disconnect(slug.clone(), pairing.id.to_string()).await,
                };
                answer
            };
            let lived = Dying(Box::pin(act), waits).await;
            let done = match change {
                "remove" => (None, true, 1, true),
                "promote" => (Some(Role::Admin), false, 1, true),
                _ => (Some(Role::Member), true, 1, false),
            };
            let after = traces(&books, &tenant, &pairing).await;
            assert!(after == before || after == done, "{change} died after {waits} waits: {before:?} {after:?}");
            whole += usize::from(after == done);
            match lived {
                None => deaths += 1,
                Some(answer) => {
                    answer.expect("she may");
                    assert_eq!(after, done, "{change}");
                    break;
                }
            }
        }
        assert!(deaths > 0 && whole > 0, "{change}: it died {deaths} times");
    }
}
