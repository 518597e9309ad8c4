//! Who somebody is, asked again at the provider while they work, whatever their browser tells of itself.

use super::{
    Front,
    browser::{Browser, Page},
    rights::Whole,
};
use crate::{portal::stage::Who, sim::idp_login::Person};
use axum::body::Body;
use http::{Request, header};
use slipway::web::session::{ABSOLUTE, BORNE, FRESH, HOST_COOKIE};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// Time goes by, here and at the provider.
pub(super) fn pass(front: &Front, time: Duration) {
    front.stage.clock.by(time);
    front.idp.by(time);
}

/// The provider's answer to a trip on which nobody was asked anything.
pub(super) fn refusal(authorize: &str, error: &str) -> String {
    let url = url::Url::parse(authorize).expect("an address");
    let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    format!("/sign-in/callback?error={error}&state={state}")
}

pub(super) fn is_quiet(page: &Page) -> bool {
    page.status.is_redirection() && page.head("location").contains("prompt=none")
}

/// Sends what a script on a page sends.
async fn fetch(browser: &mut Browser, method: &str, path: &str, body: &'static str) -> Page {
    let request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
    let request = request.header(header::ACCEPT, "*/*").header(header::CONTENT_TYPE, "application/json");
    browser.send(request, Body::from(body)).await
}

#[tokio::test]
async fn whoever_left_the_group_is_no_operator_at_the_next_page() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let number = olivia.cookies[HOST_COOKIE].clone();
    pass(&front, FRESH / 2);
    assert_eq!(olivia.get("/account").await.status, 200, "it is believed for a while");
    pass(&front, FRESH / 2);
    // Over plain HTTP on a host name no browser says with `Sec-Fetch-Mode` what it does.
    let away = olivia.get("/account?done=x").await;
    assert!(is_quiet(&away), "{} {}", away.status, away.head("location"));
    let back = front.idp.sign_in(&away.location(), Person { groups: vec![], ..Person::olivia() });
    assert_eq!(olivia.get(&back).await.location(), "/account?done=x");
    assert!(!olivia.get("/account").await.text().to_lowercase().contains("operator"));
    assert_eq!(olivia.cookies[HOST_COOKIE], number, "other tabs go on");

    // It ends when it would have ended.
    for _ in 0..ABSOLUTE.as_secs() / FRESH.as_secs() - 2 {
        pass(&front, FRESH);
        let away = olivia.get("/account").await.location();
        olivia.get(&front.idp.sign_in(&away, Person::olivia())).await;
    }
    pass(&front, FRESH);
    assert_eq!(olivia.get("/account").await.location(), "/welcome?to=%2Faccount");
}

#[tokio::test]
async fn nothing_puts_the_question_off() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let retry = "/tenants/acme/steps/site/retry";
    for minute in 1..14 {
        pass(&front, MINUTE);
        assert_eq!(olivia.post(retry, &[]).await.location(), "/tenants/acme?done=retried", "minute {minute}");
        olivia.post("/account/theme", &[("theme", "dark")]).await;
    }
    pass(&front, MINUTE);
    let kept = olivia.post(retry, &[]).await.location();
    assert!(kept.starts_with("/sign-in/again?form="), "{kept}");
    assert_eq!(front.desk.asked().len(), 13);
    assert_eq!(olivia.get("/tenants").await.status, 200, "the page after the last form is not led away");
    pass(&front, MINUTE);
    assert!(is_quiet(&olivia.get("/tenants?done=retried").await));
}

#[tokio::test]
async fn a_program_with_a_cookie_is_told_to_come_back() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    assert_eq!(fetch(&mut olivia, "GET", "/api/v1/tenants", "").await.status, 200);
    pass(&front, FRESH);
    for (method, path, body) in [
        ("GET", "/api/v1/tenants", ""),
        ("GET", "/api/v1/me", ""),
        ("GET", "/api/v1/tenants/acme/events", ""),
        ("POST", "/api/v1/tenants/acme/steps/site/retry", ""),
        ("DELETE", "/api/v1/tenants/acme/members/bo@example.org", ""),
    ] {
        let page = fetch(&mut olivia, method, path, body).await;
        assert_eq!(page.status, 401, "{method} {path}");
        assert!(page.text().contains("\"code\":\"standing_old\"") && page.text().contains("/sign-in/again"), "{path}");
    }
    assert!(front.desk.asked().is_empty());
    assert_eq!(fetch(&mut olivia, "GET", "/api/v1/openapi.json", "").await.status, 200, "it is everybody's");
    assert!(is_quiet(&olivia.get("/api/v1/audit.csv").await), "a link on a page can go there");
    for path in ["/welcome", "/signed-out"] {
        assert_eq!(olivia.get(path).await.status, 200, "{path}");
    }
    let page = olivia.get("/sign-in/again?to=/audit").await;
    let away = leads_to(&page);
    let back = olivia.get(&front.idp.sign_in(&away, Person::olivia())).await.location();
    assert_eq!(back, "/audit");
    assert_eq!(fetch(&mut olivia, "GET", "/api/v1/tenants", "").await.status, 200);
    pass(&front, FRESH);
    assert!(is_quiet(&olivia.get("/sign-in?to=/audit").await), "the usual way in asks too");
}

/// Where a page leads by itself.
pub(super) fn leads_to(page: &Page) -> String {
    assert_eq!(page.status, 200);
    let text = page.text();
    let to = text.split("content=\"0;url=").nth(1).and_then(|rest| rest.split('"').next()).expect("it leads on");
    to.replace("&#38;", "&").replace("&amp;", "&")
}

#[tokio::test]
async fn whoever_signed_out_at_the_provider_is_out_here() {
    let front = Front::open().await;
    for (error, status) in [("login_required", 303), ("access_denied", 403)] {
        let mut ada = front.signed_in(Person::ada()).await;
        pass(&front, FRESH);
        let away = ada.get("/tenants").await.location();
        assert_eq!(ada.get(&refusal(&away, error)).await.status, status, "{error}");
        assert_eq!(ada.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
    }
}

#[tokio::test]
async fn a_slow_provider_is_waited_for() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    front.idp.switch(|s| s.slow = Duration::from_millis(2700));
    assert!(is_quiet(&ada.get("/tenants").await), "a busy Authentik takes 2.7 s");
    let asked = front.idp.discoveries();
    assert!(is_quiet(&olivia.get("/tenants").await));
    assert_eq!(front.idp.discoveries(), asked, "the next one does not wait");
}

#[tokio::test]
async fn while_the_provider_is_silent_people_go_on_for_a_bounded_time() {
    let whole = Whole::open().await;
    let front = &whole.front;
    whole.books.tenant("acme").await;
    let mut olivia = whole.browser(Some(Who::Operator)).await;
    pass(front, FRESH);
    front.idp.switch(|s| s.down = true);
    let page = olivia.get("/audit").await;
    assert_eq!(page.status, 200);
    let said = page.text();
    assert!(said.contains("Your sign-in service does not answer.") && said.contains("you can go on"), "{said}");
    let retry = "/tenants/acme/steps/database/retry";
    assert_eq!(olivia.post(retry, &[]).await.location(), "/tenants/acme?done=retried");
    let asked = front.idp.discoveries();
    olivia.get("/audit").await;
    assert_eq!(front.idp.discoveries(), asked, "it is left alone for a while");
    // What cannot be taken back easily waits, and what was typed is kept.
    let kept = olivia.post("/tokens", &[("name", "deploy"), ("scope", "operator")]).await.location();
    let waits = olivia.get(&kept).await;
    assert_eq!(waits.status, 503);
    assert!(waits.text().contains("is kept for ten minutes") && waits.text().contains(&kept), "{}", waits.text());

    pass(front, BORNE - FRESH);
    let page = olivia.get("/audit").await;
    assert_eq!(page.status, 403, "nobody is an operator for ever on an old word");
    assert!(
        page.text().contains("which is too long ago") && page.text().contains("Reload the page"),
        "{}",
        page.text()
    );
    assert_eq!(olivia.post(retry, &[]).await.status, 404);
    assert_eq!(olivia.get("/audit").await.status, 403);
    let rows = whole.books.audit().await;
    let noted = |what: &str| rows.iter().filter(|row| row.what == what).count();
    assert_eq!((noted("standing.unconfirmed"), noted("standing.dropped")), (1, 1), "{rows:?}");

    front.idp.switch(|s| s.down = false);
    pass(front, MINUTE);
    let away = olivia.get("/audit").await;
    assert!(is_quiet(&away));
    olivia.get(&front.idp.sign_in(&away.location(), Person::olivia())).await;
    let page = olivia.get("/audit").await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("Your sign-in service does not answer."));
}

#[tokio::test]
async fn a_browser_cannot_say_for_the_provider_that_it_is_silent() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    for error in ["temporarily_unavailable", "server_error"] {
        let away = olivia.get("/audit").await;
        assert_eq!(olivia.get(&refusal(&away.location(), error)).await.status, 503, "{error}");
        assert!(is_quiet(&olivia.get("/audit").await), "{error}");
    }
}

#[tokio::test]
async fn an_answer_counts_from_its_question_on() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    let away = olivia.get("/audit").await.location();
    let back = front.idp.sign_in(&away, Person::olivia());
    // It lies in the browser for a while.
    pass(&front, FRESH - MINUTE);
    assert_eq!(olivia.get(&back).await.location(), "/audit");
    pass(&front, MINUTE);
    assert!(is_quiet(&olivia.get("/audit").await));
}

#[tokio::test]
async fn somebody_else_is_a_sign_in_like_any_other() {
    let front = Front::open().await;
    let mut browser = front.signed_in(Person::olivia()).await;
    let number = browser.cookies[HOST_COOKIE].clone();
    pass(&front, FRESH);
    let away = browser.get("/account").await.location();
    assert_eq!(browser.get(&front.idp.sign_in(&away, Person::ada())).await.location(), "/account");
    assert_ne!(browser.cookies[HOST_COOKIE], number);
    assert!(browser.get("/account").await.text().contains("ada@example.org"));
}
