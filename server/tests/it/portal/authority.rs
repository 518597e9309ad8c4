//! The whole table: every use case for every role, and that no use case is missing from it.

use super::stage::{Books, Who, form};
use app::{
    model::{
        audit::AuditQuery,
        oops::Oops,
        person::{Language, Role},
        rebind::RebindForm,
        session::SessionQuery,
        tenant::ListQuery,
        token::TokenForm,
    },
    portal::Portal,
};
use futures::future::{BoxFuture, FutureExt as _};
use slipway::domain::Tenant;
use std::{collections::BTreeSet, sync::Arc};

/// What a call is about.
#[derive(Clone)]
struct About {
    slug: String,
    intent: String,
    pairing: String,
    token: String,
    fresh: String,
}

type Call = fn(Arc<dyn Portal>, About) -> BoxFuture<'static, Result<(), Oops>>;

/// One use case: its name, what operator, auditor, tenant's admin, member and foreign person get (0 is success), what an
/// operator gets at a tenant that is gone, and the call.
struct Row(&'static str, [u16; 5], u16, Call);

macro_rules! call {
    (|$portal:ident, $about:ident| $body:expr) => {
        |$portal, $about| async move { $body.await.map(drop) }.boxed()
    };
}

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const STATE: &str = "a-state-of-the-site";
const CLUSTER: &str = "00000000-0000-4000-8000-000000000000";
const NEW: &str = "new@example.org";
const GUEST: &str = "guest@example.org";
const MIA: &str = "mia@example.org";

#[rustfmt::skip]
const TABLE: [Row; 36] = [
    //                     oper aud  adm  mem  foreign  gone
    Row("me",              [0,   0,   0,   0,   0  ],    0,   |p, _| async move { p.me(); Ok(()) }.boxed()),
    Row("account",         [0,   0,   0,   0,   0  ],    0,   call!(|p, _a| p.account())),
    Row("end_session",     [0,   0,   0,   0,   0  ],    0,   call!(|p, _a| p.end_session("0123456789abcdef".into()))),
    Row("end_other_sessions", [0, 0,  0,   0,   0  ],    0,   call!(|p, _a| p.end_other_sessions("0123456789abcdef".into()))),
    Row("sessions",        [0,   0,   403, 403, 403],    0,   call!(|p, _a| p.sessions(SessionQuery::default()))),
    Row("end_sessions_of", [0,   403, 403, 403, 403],    0,   call!(|p, _a| p.end_sessions_of("sub-mia".into()))),
    Row("choose_language", [0,   0,   0,   0,   0  ],    0,   call!(|p, _a| p.choose_language(Language::De))),
    Row("tenants",         [0,   0,   0,   0,   0  ],    0,   call!(|p, _a| p.tenants(ListQuery::default()))),
    Row("order_page",      [0,   403, 403, 403, 403],    0,   call!(|p, a| p.order_page(form(&a.fresh)))),
    Row("judge_slug",      [0,   403, 403, 403, 403],    0,   call!(|p, a| p.judge_slug(a.fresh))),
    Row("order",           [0,   403, 403, 403, 403],    0,   call!(|p, a| p.order(form(&a.fresh)))),
    Row("tenant",          [0,   0,   0,   0,   404],    0,   call!(|p, a| p.tenant(a.slug))),
    Row("follow",          [0,   0,   0,   0,   404],    0,   call!(|p, a| p.follow(a.slug))),
    Row("retry",           [0,   403, 403, 403, 404],    409, call!(|p, a| p.retry(a.slug, "database".into()))),
    Row("skip",            [0,   403, 403, 403, 404],    409, call!(|p, a| p.skip(a.slug, "database".into(), "Known.".into()))),
    Row("remove",          [0,   403, 403, 403, 404],    409, call!(|p, a| p.remove(a.slug.clone(), a.slug))),
    Row("put_member",      [0,   403, 0,   403, 404],    409, call!(|p, a| p.put_member(a.slug, NEW.into(), Role::Member))),
    Row("invite",          [0,   403, 0,   403, 404],    409, call!(|p, a| p.invite(a.slug, GUEST.into()))),
    Row("remove_member",   [0,   403, 0,   403, 404],    409, call!(|p, a| p.remove_member(a.slug, MIA.into()))),
    Row("let_rebind",      [0,   403, 403, 403, 404],    409, call!(|p, a| p.let_rebind(a.slug, MIA.into(), MIA.into()))),
    Row("rebind_page",     [0,   403, 403, 403, 403],    0,   call!(|p, _a| p.rebind_page())),
    Row("rebind",          [0,   403, 403, 403, 403],    0,   call!(|p, _a| p.rebind(list("nobody@example.org,sub-new", "")))),
    Row("end_account",     [404, 403, 404, 403, 404],    409, call!(|p, a| p.end_account(a.slug, "7".into()))),
    Row("disconnect",      [0,   403, 0,   403, 404],    404, call!(|p, a| p.disconnect(a.slug, a.pairing))),
    Row("consent",         [404, 404, 0,   0,   404],    404, call!(|p, a| p.consent(a.intent))),
    Row("answer_consent",  [404, 404, 0,   0,   404],    404, call!(|p, a| p.answer_consent(a.intent, true))),
    Row("sign_in_to_site", [403, 403, 0,   0,   404],    403, call!(|p, a| p.sign_in_to_site(a.slug, STATE.into(), CHALLENGE.into(), String::new()))),
    Row("activity",        [0,   0,   0,   0,   0  ],    0,   call!(|p, _a| p.activity(AuditQuery::default()))),
    Row("audit",           [0,   0,   403, 403, 403],    0,   call!(|p, _a| p.audit(AuditQuery::default()))),
    Row("systems",         [0,   0,   403, 403, 403],    0,   call!(|p, _a| p.systems())),
    Row("adopt",           [409, 403, 403, 403, 403],    422, call!(|p, a| p.adopt(CLUSTER.into(), a.slug))),
    Row("tokens",          [0,   0,   0,   0,   0  ],    0,   call!(|p, _a| p.tokens())),
    Row("make_token",      [0,   403, 0,   403, 404],    409, call!(|p, a| p.make_token(token("tenant-admin", &a)))),
    Row("make_token",      [0,   403, 403, 403, 403],    0,   call!(|p, a| p.make_token(token("operator", &a)))),
    Row("revoke_token",    [0,   403, 0,   404, 404],    404, call!(|p, a| p.revoke_token(a.token))),
    // The same use case again: a member's own connection.
    Row("disconnect",      [0,   403, 0,   0,   404],    404, call!(|p, a| p.disconnect(a.slug, a.pairing))),
];

fn list(map: &str, typed: &str) -> RebindForm {
    RebindForm { from_issuer: String::new(), map: map.into(), typed: typed.into() }
}

fn token(scope: &str, about: &About) -> TokenForm {
    let text = |part: &str| part.to_owned();
    TokenForm { name: about.fresh.clone(), scope: text(scope), tenant: about.slug.clone(), days: text("7") }
}

#[test]
fn no_use_case_is_missing_from_the_table() {
    let contract = include_str!("../../../../app/src/portal.rs");
    let body = contract.split("pub trait Portal").nth(1).expect("the trait is there");
    let name =
        |line: &str| line.trim().trim_start_matches("async ").strip_prefix("fn ")?.split('(').next().map(str::to_owned);
    let written: BTreeSet<String> = body.lines().filter_map(name).collect();
    let tried: BTreeSet<String> = TABLE.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(written, tried);
    assert!(written.len() >= 21, "{written:?}");
}

async fn about(books: &Books, tenant: &Tenant, of: Who, fresh: String) -> About {
    let form = TokenForm {
        name: tenant.slug.to_string(),
        scope: "tenant-admin".into(),
        tenant: tenant.slug.to_string(),
        days: String::new(),
    };
    About {
        token: books.portal(Who::Admin).make_token(form).await.expect("Ada is its admin").id,
        slug: tenant.slug.to_string(),
        intent: books.question(tenant).await.id.to_string(),
        pairing: books.pairing(tenant, of).await.id.to_string(),
        fresh,
    }
}

/// Each cell of the table has a tenant of its own, so that no cell changes another one.
#[tokio::test]
async fn every_use_case_for_every_role() {
    let books = Books::open().await;
    for (number, Row(name, expected, _, call)) in TABLE.iter().enumerate() {
        let of = if number + 1 == TABLE.len() { Who::Member } else { Who::Admin };
        for (who, expected) in Who::ALL.into_iter().zip(expected) {
            let slug = format!("{who:?}-{number}").to_lowercase();
            let about = about(&books, &books.tenant(&slug).await, of, format!("fresh-{number}")).await;
            let before = books.audit().await.len();
            let got = call(books.portal(who), about).await.err().map_or(0, |oops| oops.status);
            assert_eq!(got, *expected, "{name} by {who:?}");
            let rows = books.audit().await;
            let new = &rows[..rows.len() - before];
            let refused = new.iter().any(|r| !r.allowed && r.who == who.caller().email.as_str());
            assert_eq!(refused, got != 0, "a refusal is in the audit, and only that: {name} by {who:?}: {new:?}");
        }
    }
}

#[tokio::test]
async fn a_tenant_that_is_gone_can_be_looked_at_and_nothing_else() {
    let books = Books::open().await;
    let gone = books.gone("oldco").await;
    let nobody = "00000000-0000-4000-8000-000000000000".to_owned();
    for (number, Row(name, _, expected, call)) in TABLE.iter().enumerate() {
        let fresh = format!("fresh-{number}");
        let about = About {
            slug: "oldco".into(),
            intent: nobody.clone(),
            pairing: nobody.clone(),
            token: nobody.clone(),
            fresh,
        };
        let got = async |who: Who| call(books.portal(who), about.clone()).await.err().map_or(0, |oops| oops.status);
        assert_eq!(got(Who::Operator).await, *expected, "{name} by an operator");
        if [
            "tenant",
            "retry",
            "skip",
            "remove",
            "put_member",
            "invite",
            "remove_member",
            "end_account",
            "sign_in_to_site",
        ]
        .contains(name)
        {
            assert_eq!(got(Who::Auditor).await, if *name == "tenant" { 0 } else { 403 }, "{name} by an auditor");
            assert_eq!(got(Who::Admin).await, 404, "{name} by its former admin");
        }
    }
    let members = books.town.stage.store.members(gone.id).await.expect("the store works");
    assert!(members.is_empty(), "nobody belongs to a tenant that is gone: {members:?}");
}

#[tokio::test]
async fn what_is_not_theirs_looks_like_what_is_not_there() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let portal = books.portal(Who::Foreign);
    let missing = portal.tenant("nothing-here".into()).await.expect_err("it is not there");
    assert_eq!(portal.tenant("acme".into()).await.expect_err("not theirs"), missing);
    for odd in ["", "ACME", "../acme", "acme/..", "acme\0", "%61cme", "acme ", "àcme"] {
        for who in Who::ALL {
            let refused = books.portal(who).tenant(odd.into()).await.expect_err("no slug");
            assert_eq!(refused, missing, "{odd:?} by {who:?}");
        }
    }
}
