//! The pages' stream: who hears of which tenant, and who sleeps.

use super::{Front, browser::Browser, events::Heard, renewal::pass};
use crate::sim::idp_login::Person;
use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};
use slipway::web::session::IDLE;
use std::time::Duration;

async fn open(browser: &mut Browser, tenants: &str) -> (Heard, Value) {
    let mut heard = Heard::open(browser, &format!("/live?tenants={tenants}"), None).await;
    let (name, data) = next(&mut heard).await.expect("it begins");
    assert_eq!(name, "here");
    (heard, data)
}

/// The next message; `None` when the stream ends.
async fn next(heard: &mut Heard) -> Option<(String, Value)> {
    let (name, _, data) = tokio::time::timeout(Duration::from_secs(60), heard.any()).await.expect("it goes on")?;
    Some((name, serde_json::from_str(&data).expect("it is data")))
}

fn changed(tenant: &str) -> Option<(String, Value)> {
    Some(("changed".to_owned(), json!({ "tenant": tenant, "word": "Provisioning" })))
}

#[tokio::test]
async fn one_stream_tells_of_the_tenants_it_names_and_the_others_sleep() {
    let front = Front::open().await;
    let (mut ada, mut olivia) = (front.signed_in(Person::ada()).await, front.signed_in(Person::olivia()).await);
    let (mut both, here) = open(&mut ada, "acme,globex").await;
    assert_eq!(here, json!({ "follows": ["acme", "globex"], "lately": [] }));
    let (mut other, _) = open(&mut olivia, "globex").await;
    let asked = front.desk.asked().len();
    front.hint("acme");
    assert_eq!(next(&mut both).await, changed("acme"));
    assert_eq!(front.desk.asked()[asked..], ["ada@example.org follow acme"], "one look, by the one whom it concerns");
    front.hint("globex");
    assert_eq!(next(&mut other).await, changed("globex"));
    assert_eq!(next(&mut both).await, changed("globex"));
}

#[tokio::test]
async fn what_changed_on_the_way_of_a_page_is_told_at_once() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    front.hint("acme");
    tokio::task::yield_now().await;
    let (_, here) = open(&mut olivia, "acme,globex,*").await;
    assert_eq!(here["lately"], json!(["*", "acme"]));
}

#[tokio::test]
async fn nobody_hears_of_what_they_do_not_see() {
    let front = Front::open().await;
    let (mut ada, mut olivia) = (front.signed_in(Person::ada()).await, front.signed_in(Person::olivia()).await);
    assert_eq!(front.browser().get("/live?tenants=acme").await.location(), "/welcome?to=%2Flive%3Ftenants%3Dacme");
    let (mut mine, here) = open(&mut ada, "foreign,*,acme,,no%20slug").await;
    assert_eq!(here["follows"], json!(["acme"]));
    let (mut all, here) = open(&mut olivia, "*").await;
    assert_eq!(here["follows"], json!(["*"]));
    front.hint("foreign");
    assert_eq!(next(&mut all).await, Some(("changed".to_owned(), json!({ "tenant": "*" }))));
    // The tenant goes out of sight: the page is told to look, and then nothing more.
    front.desk.out_of_sight.lock().expect("nobody panicked").push("acme".to_owned());
    front.hint("acme");
    assert_eq!(next(&mut mine).await, Some(("changed".to_owned(), json!({ "tenant": "acme" }))));
    let asked = front.desk.asked().len();
    front.hint("acme");
    assert_eq!(next(&mut all).await, Some(("changed".to_owned(), json!({ "tenant": "*" }))));
    assert!(tokio::time::timeout(Duration::from_millis(300), mine.any()).await.is_err());
    assert_eq!(front.desk.asked().len(), asked);
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_tells_nothing_more() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let (mut heard, _) = open(&mut ada, "acme").await;
    ada.post("/sign-out", &[]).await;
    front.hint("acme");
    assert_eq!(next(&mut heard).await, None);
}

#[tokio::test]
async fn a_session_has_few_streams_and_each_page_knows_why() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(open(&mut ada, "acme").await);
    }
    let request = Request::get("/live?tenants=acme").header(header::ACCEPT, "text/event-stream");
    let refused = ada.send(request, Body::empty()).await;
    assert_eq!((refused.status.as_u16(), refused.head("content-type")), (429, "application/problem+json"));
    assert!(refused.text().contains("too_many_streams"), "{}", refused.text());
    streams.pop();
    open(&mut ada, "acme").await;
}

/// What a page asks by itself.
async fn by_itself(browser: &mut Browser) -> u16 {
    let request = Request::get("/tenants/acme").header(header::ACCEPT, "text/html");
    let request = request.header("x-slipway-by-itself", "1");
    browser.send(request, Body::empty()).await.status.as_u16()
}

#[tokio::test]
async fn a_page_that_is_left_open_keeps_no_session_alive() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    front.idp.switch(|s| s.down = true);
    for _ in 0..7 {
        pass(&front, IDLE / 8);
        assert_eq!(by_itself(&mut ada).await, 200);
        open(&mut ada, "acme").await;
    }
    pass(&front, IDLE / 8);
    assert_eq!(by_itself(&mut ada).await, 303, "nobody was here for eight hours");
}

#[tokio::test]
async fn a_page_says_what_it_follows() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let page = olivia.get("/tenants/acme?done=ordered").await.text();
    for said in [r#"data-follows="acme""#, r#"data-path="/tenants/acme""#, "<title>Acme Tools: Provisioning, Slipway"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(olivia.get("/tenants/acme?people=mia&at=2").await.text().contains("/tenants/acme?people=mia&amp;at=2"));
    assert!(olivia.get("/tenants?q=ac&state=ready&page=2").await.text().contains(r#"data-follows="*""#));
    let list = front.signed_in(Person::ada()).await.get("/tenants").await.text();
    assert!(list.contains(r#"data-follows="""#) && list.contains("data-looks"), "{list}");
    let refused = olivia.post("/tenants/acme/remove", &[("typed", "acm")]).await.text();
    assert!(refused.contains(r#"data-path="/tenants/acme""#), "{refused}");
    assert!(!olivia.get("/account").await.text().contains("data-follows"));
}
