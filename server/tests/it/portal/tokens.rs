//! Tokens: who sees which, what a form must say, and that a token is never a person.

use super::stage::{Books, Who};
use app::{
    model::token::{MadeToken, TokenForm, TokenState},
    portal::Portal,
};
use slipway::domain::api_token::{TokenText, UNSEEN};
use std::sync::Arc;

fn form(name: &str, scope: &str, tenant: &str, days: &str) -> TokenForm {
    TokenForm { name: name.into(), scope: scope.into(), tenant: tenant.into(), days: days.into() }
}

async fn bound(books: &Books, made: &MadeToken) -> Arc<dyn Portal> {
    let hash = TokenText::parse(&made.text).expect("it is one");
    books.town.house.portal_for_token(&hash).await.expect("it opens")
}

#[tokio::test]
async fn people_see_their_own_and_those_who_see_everything_all() {
    let books = Books::open().await;
    books.tenant("acme").await;
    books.portal(Who::Operator).make_token(form("all", "auditor", "", "")).await.expect("she may");
    books.portal(Who::Admin).make_token(form("people", "tenant-admin", "acme", "7")).await.expect("she may");
    for (who, names, scopes, revocable) in [
        (Who::Operator, &["people", "all"][..], 3, 2),
        (Who::Auditor, &["people", "all"], 0, 0),
        (Who::Admin, &["people"], 1, 1),
        (Who::Member, &[], 0, 0),
        (Who::Foreign, &[], 0, 0),
    ] {
        let page = books.portal(who).tokens().await.expect("everybody sees their own");
        let seen: Vec<_> = page.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!((seen.as_slice(), page.scopes.len()), (names, scopes), "{who:?}");
        assert_eq!(page.rows.iter().filter(|row| row.may_revoke).count(), revocable, "{who:?}");
        assert!(page.rows.iter().all(|row| row.state == TokenState::Living));
    }
}

#[tokio::test]
async fn a_form_says_a_name_a_right_and_a_life() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let olivia = books.portal(Who::Operator);
    olivia.make_token(form("taken", "auditor", "", "1")).await.expect("she may");
    for (form, field) in [
        (form("", "auditor", "", ""), "name"),
        (form(&"x".repeat(61), "auditor", "", ""), "name"),
        (form("a\nb", "auditor", "", ""), "name"),
        (form("\u{3164}", "auditor", "", ""), "name"),
        (form("taken", "operator", "", ""), "name"),
        (form("ok", "king", "", ""), "scope"),
        (form("ok", "tenant-admin", " ", ""), "tenant"),
        (form("ok", "auditor", "", "0"), "days"),
        (form("ok", "auditor", "", "366"), "days"),
        (form("ok", "auditor", "", "-1"), "days"),
        (form("ok", "auditor", "", "ten"), "days"),
    ] {
        let oops = olivia.make_token(form.clone()).await.expect_err("it is unfit");
        assert_eq!((oops.status, oops.fields[0].field.as_str()), (422, field), "{form:?}");
    }
}

#[tokio::test]
async fn a_token_is_no_person() {
    let books = Books::open().await;
    let tenant = books.tenant("acme").await;
    let question = books.question(&tenant).await.id.to_string();
    let adas = books.portal(Who::Admin).make_token(form("people", "tenant-admin", "acme", "")).await.expect("she may");
    let olivias = books.portal(Who::Operator).make_token(form("all", "operator", "", "")).await.expect("she may");
    for made in [adas, olivias] {
        let token = bound(&books, &made).await;
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned();
        let entered =
            token.sign_in_to_site("acme".into(), "a-state-of-the-site".into(), challenge, String::new()).await;
        assert_eq!(entered.expect_err("it signs in nowhere").status, 403, "{made:?}");
        assert_eq!(token.consent(question.clone()).await.expect_err("it is asked nothing").status, 404);
        assert_eq!(token.answer_consent(question.clone(), true).await.expect_err("it answers nothing").status, 404);
        assert_eq!(token.tokens().await.expect_err("it has no list").status, 403);
        let more = token.make_token(form("more", "tenant-admin", "acme", "")).await;
        assert_eq!(more.expect_err("it makes none").status, 403);
        assert_eq!(token.revoke_token(made.id.clone()).await.expect_err("it ends none").status, 403);
    }
}

#[tokio::test]
async fn a_token_of_one_tenant_sees_that_one_alone() {
    let books = Books::open().await;
    for slug in ["acme", "other"] {
        books.tenant(slug).await;
    }
    for maker in [Who::Admin, Who::Operator] {
        let made = books.portal(maker).make_token(form("one", "tenant-admin", "acme", "")).await.expect("they may");
        let token = bound(&books, &made).await;
        let list = token.tenants(Default::default()).await.expect("it sees one");
        assert_eq!(list.rows.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), ["acme"], "{maker:?}");
        assert_eq!((list.total, list.may_order), (1, false));
        assert_eq!(token.tenant("other".into()).await.expect_err("not its own").status, 404);
        let seen = token.activity(Default::default()).await.expect("it sees one").rows;
        assert!(!seen.is_empty() && seen.iter().all(|row| row.tenant.0 == "acme"), "{seen:?}");
    }
}

#[tokio::test]
async fn nobody_is_the_command_line_by_a_name() {
    let books = Books::open().await;
    let mut namesake = Who::Operator.caller();
    namesake.subject = "command line".into();
    let theirs = books.town.house.portal_for(namesake);
    let ours = books.town.house.portal_for_command_line().expect("it has an address");
    let theirs = theirs.make_token(form("theirs", "operator", "", "365")).await.expect("an operator may");
    let ours = ours.make_token(form("ours", "operator", "", "365")).await.expect("it may");
    books.stage().clock.by(UNSEEN);
    for (made, code) in [(theirs, Some("token_rests")), (ours, None)] {
        let hash = TokenText::parse(&made.text).expect("it is one");
        let turned = books.town.house.portal_for_token(&hash).await.err();
        assert_eq!(turned.as_ref().map(|turned| turned.oops.code.as_str()), code);
    }
    let made = books.audit().await.into_iter().filter(|row| row.what == "token.make");
    let who: Vec<String> = made.map(|row| row.who).collect();
    assert_eq!(who, ["command-line@slipway.invalid", "olivia@example.org"]);
}
