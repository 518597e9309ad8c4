//! Tokens at the door: what opens, what does not, and that neither leaves a trace where it should not.

use super::{Front, api_rights::Desked};
use crate::{portal::stage::Who, sim::idp_login::Person};
use app::model::{audit::AuditQuery, person::Role};
use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use slipway::domain::Standing;
use std::time::Duration;

/// Status and code of `GET /api/v1/me` with these headers.
async fn me(desk: &Desked, headers: &[(header::HeaderName, String)]) -> (u16, String, http::HeaderMap) {
    let request = headers.iter().fold(Request::get("/api/v1/me"), |request, (name, value)| request.header(name, value));
    let answer = desk.send(request, Body::empty()).await;
    let (head, body) = answer.into_parts();
    let body = body.collect().await.expect("it arrives").to_bytes();
    let data: Value = serde_json::from_slice(&body).expect("it is data");
    let said = data["code"].as_str().or(data["name"].as_str()).unwrap_or_default();
    (head.status.as_u16(), said.to_owned(), head.headers)
}

fn bearer(token: &str) -> (header::HeaderName, String) {
    (header::AUTHORIZATION, format!("Bearer {token}"))
}

#[tokio::test]
async fn a_token_opens_until_it_ends() {
    let desk = Desked::open().await;
    let token = desk.token(Who::Operator, "operator", "", "deploy").await;
    let code = async || {
        let (status, code, _) = me(&desk, &[bearer(&token)]).await;
        (status, code)
    };
    assert_eq!(code().await, (200, "deploy".to_owned()));
    let olivia = desk.books.portal(Who::Operator);
    let row = olivia.tokens().await.expect("she may").rows.remove(0);
    assert!(row.used_at.is_some_and(|at| at >= row.made_at), "{row:?}");
    desk.books.stage().clock.by(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(code().await, (401, "token_rests".to_owned()), "a standing is not believed for longer");
    desk.books.town.house.confirm_tokens(&Who::Operator.caller()).await.expect("the store works");
    assert_eq!(code().await.0, 200, "its maker signed in");
    desk.books.stage().clock.by(Duration::from_secs(6 * 24 * 3600));
    desk.books.town.house.confirm_tokens(&Who::Operator.caller()).await.expect("the store works");
    assert_eq!(code().await.0, 200);
    olivia.revoke_token(row.id).await.expect("she may");
    assert_eq!(code().await, (401, "token_revoked".to_owned()));
    let brief = desk.token(Who::Operator, "auditor", "", "brief").await;
    desk.books.stage().clock.by(Duration::from_secs(91 * 24 * 3600));
    assert_eq!(me(&desk, &[bearer(&brief)]).await.1, "token_expired");
}

#[tokio::test]
async fn a_token_ends_with_the_right_of_its_maker() {
    let desk = Desked::open().await;
    desk.books.tenant("acme").await;
    let adas = desk.token(Who::Admin, "tenant-admin", "acme", "people").await;
    let olivias = desk.token(Who::Operator, "tenant-admin", "acme", "people").await;
    assert_eq!(me(&desk, &[bearer(&adas)]).await.0, 200);
    let olivia = desk.books.portal(Who::Operator);
    olivia.put_member("acme".into(), "mia@example.org".into(), Role::Admin).await.expect("she may");
    olivia.put_member("acme".into(), "ada@example.org".into(), Role::Member).await.expect("she may");
    assert_eq!(me(&desk, &[bearer(&adas)]).await.1, "token_groundless");
    assert_eq!(me(&desk, &[bearer(&olivias)]).await.0, 200, "it rests on an operator's right");
    let mut demoted = Who::Operator.caller();
    demoted.standing = Standing::Person;
    desk.books.town.house.confirm_tokens(&demoted).await.expect("the store works");
    assert_eq!(me(&desk, &[bearer(&olivias)]).await.1, "token_revoked");
}

#[tokio::test]
async fn a_request_with_a_token_is_judged_by_it_alone() {
    let desk = Desked::open().await;
    let cookie = (header::COOKIE, desk.cookie(&Who::Operator.caller()).await);
    let token = desk.token(Who::Operator, "auditor", "", "reader").await;
    assert_eq!(me(&desk, std::slice::from_ref(&cookie)).await.0, 200);
    assert_eq!(me(&desk, &[cookie.clone(), bearer(&token)]).await.1, "reader");
    for wrong in ["Bearer ", "Bearer slw_", "Basic b2xpdmlhOng=", &format!("Bearer {}x", &token[..52]), &token] {
        let (status, code, headers) = me(&desk, &[cookie.clone(), (header::AUTHORIZATION, wrong.to_owned())]).await;
        assert_eq!((status, code.as_str()), (401, "token_unknown"), "{wrong}");
        assert_eq!(headers[header::WWW_AUTHENTICATE], r#"Bearer realm="slipway", error="invalid_token""#);
        assert!(headers.get(header::SET_COOKIE).is_none());
    }
    let twice = me(&desk, &[bearer(&token), bearer(&token)]).await;
    assert_eq!(twice.0, 401, "two tokens are none");
    for address in [format!("/api/v1/me?access_token={token}"), format!("/tenants?token={token}")] {
        let answer = desk.send(Request::get(&address).header(header::ACCEPT, "application/json"), Body::empty()).await;
        assert_eq!(answer.status().as_u16(), 401, "{address}");
    }
    let page = Request::get("/tenants").header(header::AUTHORIZATION, format!("Bearer {token}"));
    assert_eq!(desk.send(page, Body::empty()).await.status().as_u16(), 303, "pages are for people");
}

#[tokio::test]
async fn what_a_token_does_stands_under_its_name() {
    let desk = Desked::open().await;
    desk.books.tenant("acme").await;
    let token = desk.token(Who::Admin, "tenant-admin", "acme", "payroll").await;
    let request = Request::put("/api/v1/tenants/acme/members/new@example.org");
    let request = request.header(header::AUTHORIZATION, format!("bearer {token}"));
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let answer = desk.send(request, Body::from(r#"{"role":"member"}"#)).await;
    assert_eq!(answer.status().as_u16(), 204);
    let request = Request::post("/api/v1/tenants/acme/steps/database/retry");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    assert_eq!(desk.send(request, Body::empty()).await.status().as_u16(), 403);
    let rows = desk.books.audit().await;
    let said: Vec<_> = rows.iter().take(2).map(|r| (r.who.as_str(), r.what.as_str(), r.allowed)).collect();
    let who = "token payroll of ada@example.org";
    assert_eq!(said, [(who, "tenant.retry", false), (who, "member.put", true)]);
    assert_eq!((rows[1].before.as_deref(), rows[1].after.as_deref()), (None, Some("Member")));
    assert!(rows.iter().all(|r| !format!("{r:?}").contains(&token[..20])), "the audit holds no token");
}

#[tokio::test]
async fn failing_tokens_are_bounded_and_good_ones_are_not() {
    let desk = Desked::open().await;
    let good = desk.token(Who::Operator, "auditor", "", "good").await;
    let gone = desk.token(Who::Operator, "auditor", "", "gone").await;
    let row = desk.books.portal(Who::Operator).tokens().await.expect("she may").rows;
    let row = row.into_iter().find(|row| row.name == "gone").expect("it is there");
    desk.books.portal(Who::Operator).revoke_token(row.id).await.expect("she may");
    let before = desk.books.audit().await.len();
    let mut refused = Vec::new();
    while refused.len() < 1_000 && !refused.contains(&429) {
        refused.push(me(&desk, &[bearer(&gone)]).await.0);
    }
    assert!(refused.len() > 120 && refused.last() == Some(&429), "{} tries", refused.len());
    assert_eq!(me(&desk, &[bearer(&good)]).await.0, 200);
    let (rows, _) = desk.books.stage().store.audit_page(&AuditQuery::default(), 1000).await.expect("the store works");
    let noted = rows.len() - before;
    assert!((1..=61).contains(&noted), "{noted} refusals are in the audit");
    assert_eq!((rows[0].who.as_str(), rows[0].what.as_str()), ("token gone of olivia@example.org", "token.use"));
}

#[tokio::test]
async fn the_form_shows_a_token_once_and_revokes_it() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let page = olivia.post("/tokens", &[("name", "nightly"), ("scope", "auditor"), ("days", "30")]).await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.text().contains("data-copy=\"slw_shown-once\""), "{}", page.text());
    assert_eq!(page.head("cache-control"), "no-store");
    assert!(!olivia.get("/tokens").await.text().contains("slw_shown-once"));
    let back = olivia.post("/tokens/t1/revoke", &[]).await.location();
    assert_eq!(back, "/tokens?done=revoked");
    assert_eq!(front.desk.asked(), ["olivia@example.org token nightly", "olivia@example.org no token t1"]);
}
