//! People of a tenant: addresses, roles, and that one admin always stays.

use super::stage::{Books, Who};
use app::model::person::Role;
use slipway::domain::{Actor, Caller, Clock as _, Email};
use std::time::Duration;

#[tokio::test]
async fn a_tenant_keeps_an_admin() {
    let books = Books::open().await;
    books.tenant("acme").await;
    for who in [Who::Operator, Who::Admin] {
        let portal = books.portal(who);
        let demoted = portal.put_member("acme".into(), "ADA@example.org ".into(), Role::Member).await;
        let removed = portal.remove_member("acme".into(), "ada@example.org".into()).await;
        for refused in [demoted, removed] {
            let oops = refused.expect_err("she is the last");
            assert_eq!((oops.status, oops.code.as_str()), (409, "last_admin"), "{who:?}");
        }
    }
    let (ada, mia) = (books.portal(Who::Admin), books.portal(Who::Member));
    ada.put_member("acme".into(), "mia@example.org".into(), Role::Admin).await.expect("it may");
    ada.remove_member("acme".into(), "ada@example.org".into()).await.expect("there is another one");
    assert_eq!(ada.tenant("acme".into()).await.expect_err("she left").status, 404);
    let last = mia.remove_member("acme".into(), "mia@example.org".into()).await.expect_err("now Mia is the last");
    assert_eq!(last.code, "last_admin");
}

/// A page that is old by the time its button is pressed means whom it showed.
#[tokio::test]
async fn an_address_that_went_to_somebody_else_is_not_the_person_of_the_page() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let (store, portal) = (&books.town.stage.store, books.portal(Who::Admin));
    let person = |subject: &str, email: &str| Caller {
        subject: subject.into(),
        email: Email::parse(email).expect("an address"),
        name: "Name".into(),
        standing: slipway::domain::Standing::Person,
    };
    portal.put_member("acme".into(), "ben@example.org".into(), Role::Member).await.expect("she may");
    let first = [person("sub-mia", "mia@example.org"), person("sub-ben", "ben@example.org")];
    for who in first {
        store.signed_in(&who).await.expect("the store works");
    }
    let page = portal.tenant("acme".into()).await.expect("she may");
    let shown = page.members.iter().find(|m| m.email == "mia@example.org").expect("Mia").key.clone();
    portal.put_member("acme".into(), shown.clone(), Role::Member).await.expect("it is her");
    for who in [person("sub-mia", "mia@new.example"), person("sub-ben", "mia@example.org")] {
        store.signed_in(&who).await.expect("the store works");
    }
    let roles = async || {
        let members = portal.tenant("acme".into()).await.expect("she may").members;
        members.into_iter().map(|m| (m.email, m.role)).collect::<Vec<_>>()
    };
    let before = roles().await;
    for refused in [
        portal.put_member("acme".into(), shown.clone(), Role::Admin).await,
        portal.remove_member("acme".into(), shown.clone()).await,
        books.portal(Who::Operator).let_rebind("acme".into(), shown, "mia@example.org".into()).await,
    ] {
        assert_eq!(refused.expect_err("that is Ben by now").code, "person_changed");
    }
    assert_eq!(roles().await, before);
    portal.remove_member("acme".into(), "mia@example.org".into()).await.expect("a program means whoever has it");
}

#[tokio::test]
async fn the_engine_looks_at_once_when_people_change() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    let (store, portal) = (&books.town.stage.store, books.portal(Who::Admin));
    for adds in [true, false] {
        let (now, later) = (books.town.stage.clock.now(), books.town.stage.clock.now().plus(Duration::from_secs(60)));
        let leases = store.claim("test", now, later, 10).await.expect("the store works");
        let lease = leases.iter().find(|lease| lease.tenant == tenant.id).expect("it is due");
        store.release(lease, None).await.expect("the store works");
        assert_eq!(store.next_wake().await.expect("the store works"), None);
        let done = match adds {
            true => portal.put_member("acme".into(), "new@example.org".into(), Role::Member).await,
            false => portal.remove_member("acme".into(), "new@example.org".into()).await,
        };
        done.expect("she may");
        assert!(store.next_wake().await.expect("the store works").is_some_and(|at| at < later), "adds {adds}");
    }
}

#[tokio::test]
async fn nonsense_is_no_address_and_strangers_cannot_be_removed() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let portal = books.portal(Who::Admin);
    for bad in [
        "",
        "ada",
        "ada@",
        "a b@example.org",
        "ada@example.org,eve@example.org",
        "ada@exa\0mple.org",
        "chat-admin@slipway.invalid",
    ] {
        let refused = portal.put_member("acme".into(), bad.into(), Role::Member).await.expect_err("no address");
        assert_eq!((refused.status, refused.on("email").is_some()), (422, true), "{bad:?}");
        assert_eq!(portal.remove_member("acme".into(), bad.into()).await.expect_err("nobody").status, 404, "{bad:?}");
    }
    let nobody = portal.remove_member("acme".into(), "nobody@example.org".into()).await.expect_err("nobody");
    assert_eq!(nobody.status, 404);
    for _ in 0..2 {
        portal.put_member("acme".into(), "New@Example.org".into(), Role::Member).await.expect("it may");
    }
    let page = portal.tenant("acme".into()).await.expect("it may");
    let people: Vec<(&str, Role)> = page.members.iter().map(|m| (m.email.as_str(), m.role)).collect();
    let expected = [
        ("ada@example.org", Role::Admin),
        ("guest@example.org", Role::Member),
        ("mia@example.org", Role::Member),
        ("new@example.org", Role::Member),
    ];
    assert_eq!(people, expected);
}

#[tokio::test]
async fn an_address_that_somebody_else_has_now_opens_nothing() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let mut heir = Who::Member.caller();
    heir.subject = "sub-somebody-else".into();
    let refused = books.town.house.portal_for(heir).tenant("acme".into()).await;
    assert_eq!(refused.expect_err("the place is Mia's by her subject").status, 404);
}

#[tokio::test]
async fn buttons_follow_what_the_server_allows() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    let pairing = books.pairing(&tenant, Who::Member).await;
    for (who, operate, people, end) in [
        (Who::Operator, true, true, true),
        (Who::Auditor, false, false, false),
        (Who::Admin, false, true, true),
        (Who::Member, false, false, true),
    ] {
        let page = books.portal(who).tenant("acme".into()).await.expect("it may");
        assert_eq!((page.may.operate, page.may.manage_people), (operate, people), "{who:?}");
        let shown = page.pairings.iter().find(|p| p.id == pairing.id.to_string()).expect("it is on the page");
        assert_eq!(shown.may_disconnect, end, "{who:?}");
    }
}

#[tokio::test]
async fn whoever_has_an_address_of_earlier_rules_stays_and_can_go() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    let old = Email::on_record("j\u{fc}rgen@example.org").expect("an earlier version took it");
    let entry = books.town.house.entry(&Actor::CommandLine, "member.put", Some(&tenant), true, "");
    books.stage().store.put_member(tenant.id, &old, Role::Member, &entry).await.expect("the store works");
    let portal = books.portal(Who::Admin);
    portal.put_member("acme".into(), old.to_string(), Role::Admin).await.expect("it may");
    let page = portal.tenant("acme".into()).await.expect("it may");
    assert!(page.members.iter().any(|m| m.email == old.as_str() && m.role == Role::Admin), "{:?}", page.members);
    portal.remove_member("acme".into(), old.to_string()).await.expect("it may");
    let refused = portal.put_member("acme".into(), old.to_string(), Role::Member).await.expect_err("not anew");
    assert_eq!((refused.status, refused.code.as_str()), (422, "email_refused"));
    assert!(refused.on("email").is_some_and(|say| say.contains("before the @")), "{refused:?}");
}

#[tokio::test]
async fn every_spelling_of_an_address_is_one_person() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let portal = books.portal(Who::Admin);
    let before = portal.tenant("acme".into()).await.expect("it may").members.len();
    for spelling in ["Mia@B\u{fc}cher.example", "mia@xn--bcher-kva.EXAMPLE", " MIA@b\u{dc}cher.example "] {
        portal.put_member("acme".into(), spelling.into(), Role::Member).await.expect("it may");
    }
    let page = portal.tenant("acme".into()).await.expect("it may");
    assert_eq!(page.members.len(), before + 1);
    portal.remove_member("acme".into(), "mia@b\u{fc}cher.example".into()).await.expect("it is her address");
}
