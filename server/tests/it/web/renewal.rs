//! Who somebody is, asked again at the provider while they work.

use super::{
    Front,
    browser::{Browser, Page},
};
use crate::sim::idp_login::Person;
use axum::body::Body;
use http::{Request, header};
use slipway::web::session::{ABSOLUTE, COOKIE};
use std::time::Duration;

const QUARTER: Duration = Duration::from_secs(15 * 60);

/// Time goes by, here and at the provider.
fn pass(front: &Front, time: Duration) {
    front.stage.clock.by(time);
    front.idp.by(time);
}

/// Opens a page as browsers of today say that they do.
async fn open(browser: &mut Browser, path: &str) -> Page {
    let request = Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8");
    let request = request.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
    browser.send(request, Body::empty()).await
}

/// The provider's answer to a trip on which nobody was asked anything.
fn refusal(authorize: &str, error: &str) -> String {
    let url = url::Url::parse(authorize).expect("an address");
    let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    format!("/sign-in/callback?error={error}&state={state}")
}

fn is_quiet(page: &Page) -> bool {
    page.status.is_redirection() && page.head("location").contains("prompt=none")
}

#[tokio::test]
async fn whoever_left_the_group_is_no_operator_at_the_next_page() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let number = olivia.cookies[COOKIE].clone();
    pass(&front, QUARTER / 2);
    assert_eq!(open(&mut olivia, "/account").await.status, 200, "it is believed for a while");
    pass(&front, QUARTER / 2);
    let away = open(&mut olivia, "/account?done=x").await;
    assert!(is_quiet(&away), "{} {}", away.status, away.head("location"));
    let back = front.idp.sign_in(&away.location(), Person { groups: vec![], ..Person::olivia() });
    assert_eq!(olivia.get(&back).await.location(), "/account?done=x");
    assert!(!open(&mut olivia, "/account").await.text().to_lowercase().contains("operator"));
    assert_eq!(olivia.cookies[COOKIE], number, "other tabs go on");

    // It ends when it would have ended.
    for _ in 0..ABSOLUTE.as_secs() / QUARTER.as_secs() - 2 {
        pass(&front, QUARTER);
        let away = open(&mut olivia, "/account").await.location();
        olivia.get(&front.idp.sign_in(&away, Person::olivia())).await;
    }
    pass(&front, QUARTER);
    assert_eq!(open(&mut olivia, "/account").await.location(), "/welcome?to=%2Faccount");
}

#[tokio::test]
async fn whoever_signed_out_at_the_provider_is_out_here() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    pass(&front, QUARTER);
    let away = open(&mut ada, "/tenants").await.location();
    assert_eq!(ada.get(&refusal(&away, "login_required")).await.location(), "/welcome?to=%2Ftenants");
    assert_eq!(ada.get("/tenants").await.location(), "/welcome?to=%2Ftenants");

    let mut ada = front.signed_in(Person::ada()).await;
    pass(&front, QUARTER);
    let away = open(&mut ada, "/tenants").await.location();
    assert_eq!(ada.get(&refusal(&away, "access_denied")).await.status, 403);
    assert_eq!(ada.get("/tenants").await.location(), "/welcome?to=%2Ftenants");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_keeps_nobody_out() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    pass(&front, QUARTER);
    front.idp.switch(|s| s.down = true);
    assert_eq!(open(&mut ada, "/tenants").await.status, 200);
    let asked = front.idp.discoveries();
    assert_eq!(open(&mut ada, "/tenants").await.status, 200);
    assert_eq!(front.idp.discoveries(), asked, "it is left alone for a minute");
    front.idp.switch(|s| s.down = false);
    pass(&front, Duration::from_secs(60));
    let away = open(&mut ada, "/tenants").await;
    assert!(is_quiet(&away));
    // It fell silent in between.
    assert_eq!(ada.get(&refusal(&away.location(), "temporarily_unavailable")).await.location(), "/tenants");
    assert_eq!(open(&mut ada, "/tenants").await.status, 200);
}

#[tokio::test]
async fn only_a_person_who_opens_a_page_is_sent_there() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    pass(&front, QUARTER);
    assert_eq!(ada.get("/tenants").await.status, 200, "a browser that does not say what it does");
    for path in ["/api/v1/tenants", "/welcome", "/signed-out"] {
        assert!(!is_quiet(&open(&mut ada, path).await), "{path}");
    }
    // The page after a form is under the form's policy, which lets it lead nowhere else.
    assert_eq!(ada.post("/account/theme", &[("theme", "dark")]).await.location(), "/account");
    assert_eq!(open(&mut ada, "/account").await.status, 200);
    pass(&front, Duration::from_secs(60));
    assert!(is_quiet(&open(&mut ada, "/account").await));
}

#[tokio::test]
async fn somebody_else_is_a_sign_in_like_any_other() {
    let front = Front::open().await;
    let mut browser = front.signed_in(Person::olivia()).await;
    let number = browser.cookies[COOKIE].clone();
    pass(&front, QUARTER);
    let away = open(&mut browser, "/account").await.location();
    assert_eq!(browser.get(&front.idp.sign_in(&away, Person::ada())).await.location(), "/account");
    assert_ne!(browser.cookies[COOKIE], number);
    assert!(browser.get("/account").await.text().contains("ada@example.org"));
}
