//! Accounts that were made in a tenant's WordPress: who sees them, and how one ends.

use super::stage::{Books, Who};
use crate::sim::faults::Trouble;
use app::model::{oops::Oops, person::LocalAccount};
use serde_json::json;
use slipway::{
    domain::{Actor, Role, Tenant},
    saga::engine::Calm,
};

/// A tenant that is up, in whose WordPress somebody made two accounts.
async fn with_locals(books: &Books) -> Tenant {
    let tenant = books.town.order("acme").await;
    let store = &books.stage().store;
    let entry = books.town.house.entry(&Actor::CommandLine, "member.put", Some(&tenant), true, "");
    store.put_member(tenant.id, &Who::Member.caller().email, Role::Member, &entry).await.expect("the store works");
    for who in [Who::Admin, Who::Member] {
        store.signed_in(&who.caller()).await.expect("the store works");
    }
    books.town.settle(&tenant, Calm).await;
    books.town.wordpress.sites.with(tenant.id, |site| {
        site.locals = vec![
            json!({"id": 7, "login": "mallory", "administrator": true, "role": "administrator", "since": 5, "moved": false}),
            json!({"id": 9, "login": "old-ada", "administrator": false, "role": "author", "since": 6, "moved": true}),
        ];
    });
    look(books, &tenant).await;
    tenant
}

async fn look(books: &Books, tenant: &Tenant) {
    books.stage().engine(Calm).drive(tenant.id).await.expect("the store works");
}

async fn shown(books: &Books, who: Who) -> Vec<LocalAccount> {
    books.portal(who).tenant("acme".into()).await.expect("they see it").locals
}

async fn end(books: &Books, who: Who, account: &str) -> Result<(), Oops> {
    books.portal(who).end_account("acme".into(), account.into()).await
}

#[tokio::test]
async fn who_manages_people_is_told_of_accounts_that_nobody_here_knows() {
    let books = Books::open().await;
    let tenant = with_locals(&books).await;
    for who in [Who::Operator, Who::Admin] {
        let all = shown(&books, who).await;
        let said: Vec<_> = all.iter().map(|a| (a.login.as_str(), a.administrator, a.since, a.moved)).collect();
        assert_eq!(said, [("mallory", true, 5_000_000, false), ("old-ada", false, 6_000_000, true)]);
    }
    for who in [Who::Auditor, Who::Member] {
        assert_eq!(shown(&books, who).await, [], "{who:?}");
    }
    let before = books.stage().state(tenant.id).await;
    let track = before.tenant().and_then(|c| c.track("wordpress")).expect("it has one").clone();
    assert_eq!(track.outside_id.as_deref(), Some("WordPress 7.1.4, with an administrator whom nobody here knows"));
    look(&books, &tenant).await;
    assert_eq!(books.stage().state(tenant.id).await.seq, before.seq, "the same again is no news");
}

#[tokio::test]
async fn one_is_ended_at_the_site_and_the_audit_knows_by_whom() {
    let books = Books::open().await;
    let tenant = with_locals(&books).await;
    assert_eq!(end(&books, Who::Admin, "8").await.expect_err("not listed").status, 404);
    for _ in 0..2 {
        end(&books, Who::Admin, "7").await.expect("it may, and may again");
    }
    look(&books, &tenant).await;
    let left: Vec<_> = shown(&books, Who::Admin).await.into_iter().map(|a| a.login).collect();
    assert_eq!(left, ["old-ada"]);
    let rows = books.audit().await;
    let row = rows.iter().find(|r| r.what == "site.end_account" && r.allowed).expect("it is written down");
    assert_eq!((row.who.as_str(), row.detail.as_str()), ("ada@example.org", "The local account mallory of the site."));
}

#[tokio::test]
async fn a_site_that_does_not_answer_or_knows_another_account_ends_nothing() {
    let books = Books::open().await;
    let tenant = with_locals(&books).await;
    books.town.faults.arm("POST /t", Trouble::Page, 1);
    let refused = end(&books, Who::Operator, "7").await.expect_err("a page is no answer");
    assert_eq!((refused.status, refused.code.as_str()), (503, "site_silent"));
    books.town.wordpress.sites.with(tenant.id, |site| site.locals[0]["login"] = json!("another"));
    let refused = end(&books, Who::Operator, "7").await.expect_err("another account has its number");
    assert_eq!((refused.status, refused.code.as_str()), (409, "account_not_local"));
    let rows = books.audit().await;
    assert!(rows.iter().filter(|r| r.what == "site.end_account").all(|r| !r.allowed), "refusals are in the audit");
    assert_eq!(books.town.wordpress.sites.with(tenant.id, |site| site.locals.len()), 2);
}
