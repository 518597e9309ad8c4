//! Accounts at the sign-in service that were replaced: of one person, of everybody, and by another service.

use super::stage::{Books, Who};
use crate::{
    connect::plugin::{Plugin, ada, person, town},
    sim::smtp::{Habits, SmtpSim},
    stage::town::Town,
    store::{house::House, on_both},
    systems::mail::driver,
};
use app::model::{
    person::{Replaced, Role},
    rebind::{RebindForm, RebindReport},
};
use slipway::{
    domain::{Caller, Standing, invitation::HOLDS, person::SignedOut, tenant::Status},
    saga::engine::Calm,
    store::Store,
    systems::mail::smtp::Privacy,
    web::SignedIn as _,
};
use std::sync::Arc;

on_both!(
    a_new_account_takes_over_only_where_an_operator_said_so,
    a_list_moves_each_old_subject_to_its_new_one,
    another_sign_in_service_matches_nobody,
    a_permission_ends_with_what_it_rests_on,
);

const MIA: &str = "mia@example.org";

/// Mia by another account with the same address.
fn again() -> Caller {
    Caller { subject: "sub-mia-2".into(), ..Who::Member.caller() }
}

async fn books(store: &Store) -> Books {
    Books { town: Town::new(store.clone()).await }
}

async fn comes(books: &Books, who: &Caller) {
    books.town.house.signed_in(who).await.expect("the store works");
}

async fn a_new_account_takes_over_only_where_an_operator_said_so(house: &House) {
    let mut books = books(&house.store).await;
    let sim = SmtpSim::start(Habits::default()).await;
    books.town.house.systems.mail = Arc::new(driver(&sim, Privacy::None, ""));
    let tenant = books.tenant("acme").await;
    let pairing = books.pairing(&tenant, Who::Member).await;
    let (admin, operator) = (books.portal(Who::Admin), books.portal(Who::Operator));
    let new = books.town.house.portal_for(again());
    comes(&books, &again()).await;
    assert_eq!(new.tenant("acme".into()).await.expect_err("not hers").status, 404);
    let list = new.tenants(app::model::tenant::ListQuery::default()).await.expect("it may");
    assert_eq!((list.rows.len(), list.replaced), (0, Some(Replaced::Account)));
    let added = admin.put_member("acme".into(), MIA.into(), Role::Member).await.expect_err("it would change nothing");
    assert_eq!((added.status, added.code.as_str()), (409, "account_replaced"));
    let raised =
        admin.put_member("acme".into(), MIA.into(), Role::Admin).await.expect_err("the old account would get it");
    assert_eq!(raised.code, "account_replaced");
    let page = admin.tenant("acme".into()).await.expect("she may");
    assert!(page.members.iter().any(|m| m.email == MIA && m.replaced && m.signed_in));

    for wrong in ["", "mia", "ada@example.org"] {
        let refused = operator.let_rebind("acme".into(), MIA.into(), wrong.into()).await.expect_err("not typed");
        assert_eq!((refused.status, refused.code.as_str()), (422, "address_mismatch"), "{wrong}");
    }
    let guest = super::stage::guest().to_string();
    let never = operator.let_rebind("acme".into(), guest.clone(), guest).await.expect_err("a guest has no account");
    assert_eq!(never.code, "never_signed_in");
    operator.let_rebind("acme".into(), MIA.into(), MIA.into()).await.expect("it may");
    let role =
        async |who: &Caller| books.stage().store.role_of(tenant.id, &who.subject, &who.email).await.expect("it works");
    assert_eq!(role(&Who::Member.caller()).await, Some(Role::Member), "until then nothing changes");
    comes(&books, &Caller { email: ada().email, ..again() }).await;
    assert_eq!(role(&again()).await, None, "another address takes nothing over");
    comes(&books, &again()).await;
    assert_eq!(role(&again()).await, Some(Role::Member));
    assert_eq!(role(&Who::Member.caller()).await, None, "the old account is out");
    let theirs = books.stage().store.pairings_of("sub-mia-2").await.expect("the store works");
    assert_eq!(theirs.iter().map(|p| p.id).collect::<Vec<_>>(), [pairing.id]);
    let member =
        books.stage().store.members(tenant.id).await.expect("it works").into_iter().find(|m| m.email.as_str() == MIA);
    let member = member.expect("she is there");
    assert!(!member.replaced && member.was.contains(&"sub-mia".to_owned()), "{member:?}");
    assert!(books.stage().store.look_asked(tenant.id).await.expect("it works").is_some(), "the site is told at once");

    books.town.house.carry_due().await.expect("the store works");
    books.town.house.carry_due().await.expect("the store works");
    let letters = sim.taken();
    assert_eq!(letters.iter().map(|l| l.to.clone()).collect::<Vec<_>>(), [[MIA]], "once, and to her");
    assert!(letters[0].text.contains("new account"), "{}", letters[0].text);
    let rows = books.audit().await;
    assert!(rows.iter().any(|r| r.what == "person.rebind" && r.allowed && r.who == "olivia@example.org"), "{rows:?}");
}

/// The old account is there after all, or its place is gone: then nobody takes anything over.
async fn a_permission_ends_with_what_it_rests_on(house: &House) {
    let books = books(&house.store).await;
    let tenant = books.tenant("acme").await;
    let (admin, operator) = (books.portal(Who::Admin), books.portal(Who::Operator));
    let allow = async || operator.let_rebind("acme".into(), MIA.into(), MIA.into()).await.expect("it may");
    let role =
        async |who: &Caller| books.stage().store.role_of(tenant.id, &who.subject, &who.email).await.expect("it works");
    allow().await;
    comes(&books, &Who::Member.caller()).await;
    comes(&books, &again()).await;
    assert_eq!((role(&Who::Member.caller()).await, role(&again()).await), (Some(Role::Member), None));

    allow().await;
    admin.remove_member("acme".into(), MIA.into()).await.expect("she may");
    comes(&books, &again()).await;
    assert_eq!(role(&again()).await, None);
}

fn list(from: &str, map: &str, typed: &str) -> RebindForm {
    RebindForm { from_issuer: from.into(), map: map.into(), typed: typed.into() }
}

fn moves(report: &RebindReport) -> Vec<bool> {
    report.rows.iter().map(|row| row.moves).collect()
}

async fn a_list_moves_each_old_subject_to_its_new_one(house: &House) {
    let books = books(&house.store).await;
    let tenants = [books.tenant("acme").await, books.tenant("globex").await];
    let operator = books.portal(Who::Operator);
    let map = "sub-ada,sub-ada-2\nmia@example.org, sub-mia-2\nnobody@example.org,sub-x\nguest@example.org,sub-y\nsub-ada,sub-z\n";
    let trial = operator.rebind(list("", map, "")).await.expect("it may");
    assert_eq!((moves(&trial), trial.people, trial.done), (vec![true, true, false, false, false], 2, false));
    for typed in ["1", "5", "two"] {
        let refused = operator.rebind(list("", map, typed)).await.expect_err("not that number");
        assert_eq!((refused.status, refused.code.as_str()), (422, "number_mismatch"), "{typed}");
    }
    let store = &books.stage().store;
    let role = async |id, subject: &str| store.role_of(id, subject, &super::stage::guest()).await.expect("it works");
    assert_eq!(role(tenants[0].id, "sub-ada").await, Some(Role::Admin), "a trial changes nothing");
    let done = operator.rebind(list("", map, "2")).await.expect("it may");
    assert_eq!((moves(&done), done.people, done.done), (vec![true, true, false, false, false], 2, true));
    for tenant in &tenants {
        assert_eq!(role(tenant.id, "sub-ada-2").await, Some(Role::Admin), "in each of her tenants");
        assert_eq!(role(tenant.id, "sub-mia-2").await, Some(Role::Member));
    }
    let again = operator.rebind(list("", map, "")).await.expect("it may");
    assert_eq!(again.people, 0, "given once more it does nothing: {again:?}");
    let taken = operator.rebind(list("", "mia@example.org,sub-ada-2", "")).await.expect("it may");
    assert_eq!(moves(&taken), [false], "two people never become one");
}

/// The portal is set to another issuer, whose subjects happen to look like the old ones.
async fn another_sign_in_service_matches_nobody(house: &House) {
    let old = "https://old.example.org/";
    let store = house.store.clone().at_issuer(old).await.expect("the store works");
    let before = books(&store).await;
    let tenant = before.tenant("acme").await;
    let store = house.store.clone().at_issuer("https://new.example.org/").await.expect("the store works");
    let mut books = books(&store).await;
    for who in [Who::Admin, Who::Member] {
        comes(&books, &who.caller()).await;
        let oops = books.portal(who).tenant("acme".into()).await.expect_err("nobody is matched");
        assert_eq!((oops.status, oops.code.as_str()), (403, "other_sign_in"), "{who:?}");
        let page = books.portal(who).tenants(app::model::tenant::ListQuery::default()).await.expect("it may");
        assert_eq!((page.rows.len(), page.replaced), (0, Some(Replaced::Service)));
    }
    let mallory = Caller { email: person("mallory", Standing::Person).email, ..Who::Admin.caller() };
    comes(&books, &mallory).await;
    let oops =
        books.town.house.portal_for(mallory).tenant("acme".into()).await.expect_err("an equal subject is no match");
    assert_eq!(oops.status, 404);
    let identity = books.town.house.examine().await.into_iter().find(|s| s.name == "Identity").expect("it is asked");
    assert_eq!(identity.status, Status::NeedsAttention);
    assert!(identity.say.contains("2 by https://old.example.org/"), "{identity:?}");

    let operator = books.portal(Who::Operator);
    let page = operator.rebind_page().await.expect("it may");
    assert_eq!((page.issuer.as_str(), &page.others[..]), ("https://new.example.org/", &[(old.to_owned(), 2)][..]));
    let map = "ada@example.org,sub-ada\nsub-mia,sub-mia-9\n";
    let report = operator.rebind(list(old, map, "2")).await.expect("it may");
    assert_eq!(moves(&report), [true, true], "{report:?}");
    books.portal(Who::Admin).tenant("acme".into()).await.expect("she is herself again");
    let mia = books.portal(Who::Member).tenant("acme".into()).await.expect_err("this subject is not hers any more");
    assert_eq!(mia.status, 404);
    let identity = books.town.house.examine().await.into_iter().find(|s| s.name == "Identity").expect("it is asked");
    assert_eq!(identity.status, Status::Ready, "{identity:?}");
    assert_eq!(books.town.house.end_sessions(&SignedOut::Person("sub-mia".into())).await.expect("it works"), 0);
    let members = store.members(tenant.id).await.expect("the store works");
    assert!(members.iter().all(|m| !m.replaced), "{members:?}");
    books.town.house.drivers = Arc::default();
}

#[tokio::test]
async fn a_permission_ends_after_a_while() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    books.portal(Who::Operator).let_rebind("acme".into(), MIA.into(), MIA.into()).await.expect("it may");
    let until =
        async || books.stage().store.rebinds_until(tenant.id, &Who::Member.caller().email).await.expect("it works");
    assert!(until().await.is_some());
    books.stage().clock.by(HOLDS);
    comes(&books, &again()).await;
    assert!(until().await.is_none());
    assert_eq!(books.town.house.portal_for(again()).tenant("acme".into()).await.expect_err("too late").status, 404);
}

#[tokio::test]
async fn a_last_admin_whose_account_was_replaced_can_be_followed_by_somebody_invited() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let operator = books.portal(Who::Operator);
    comes(&books, &Caller { subject: "sub-ada-2".into(), ..ada() }).await;
    let remove = async || operator.remove_member("acme".into(), "ada@example.org".into()).await;
    assert_eq!(remove().await.expect_err("nobody would be left").code, "last_admin");
    operator.put_member("acme".into(), "ben@example.org".into(), Role::Admin).await.expect("it may");
    remove().await.expect("somebody is asked to follow, and she cannot come in");
    operator.put_member("acme".into(), "ada@example.org".into(), Role::Admin).await.expect("and is asked in again");
    let new = Caller { subject: "sub-ada-2".into(), ..ada() };
    comes(&books, &new).await;
    books.town.house.portal_for(new).tenant("acme".into()).await.expect("now it is hers");
}

/// The WordPress account goes with the person, and nobody is put out on the way.
#[tokio::test]
async fn the_site_is_told_who_is_who() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let mia = person("mia", Standing::Person);
    site.add(&mia, Role::Member).await;
    let guest = ["sub-mia", MIA, "author"].map(str::to_owned);
    town.wordpress.sites.with(site.tenant.id, |s| s.guests = vec![guest]);
    let operator = town.house.portal_for(person("olivia", Standing::Operator));
    operator.rebind(list("", "mia@example.org,sub-mia-2", "1")).await.expect("it may");
    town.stage.engine(Calm).drive(site.tenant.id).await.expect("the store works");
    let inside = town.wordpress.sites.with(site.tenant.id, |s| s.guests.clone());
    assert_eq!(inside, [["sub-mia-2", MIA, "author"].map(str::to_owned)]);
}
