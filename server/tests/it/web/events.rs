//! The timeline as a program hears it.

use super::{Front, browser::Browser, renewal::pass};
use crate::sim::idp_login::Person;
use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use http::Request;
use slipway::web::session::FRESH;
use std::time::Duration;

/// An open stream.
pub(super) struct Heard {
    body: BodyDataStream,
    text: String,
}

/// One message: event, id, data.
pub(super) type Message = (String, String, String);

impl Heard {
    pub(super) async fn open(browser: &mut Browser, path: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(path).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = browser.open(request, Body::empty()).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { body: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// The next message after the one that each stream begins with; `None` when the stream ends.
    async fn next(&mut self) -> Option<Message> {
        loop {
            let message = self.any().await?;
            if message.0 != "here" {
                return Some(message);
            }
        }
    }

    /// The next message; `None` when the stream ends.
    pub(super) async fn any(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = message.lines().find_map(|line| line.strip_prefix(name));
                    line.map_or("", |value| value.trim_start_matches(": ")).to_owned()
                };
                let message = (field("event"), field("id"), field("data"));
                self.text = rest.to_owned();
                return Some(message);
            }
            let chunk = self.body.next().await?.expect("it arrives");
            self.text.push_str(std::str::from_utf8(&chunk).expect("it is text"));
        }
    }

    async fn names(&mut self, count: usize) -> Vec<String> {
        let mut names = Vec::new();
        for _ in 0..count {
            let (event, id, data) = self.next().await.expect("there is more");
            let name: serde_json::Value = serde_json::from_str(&data).expect("it is data");
            names.push(format!("{event} {} {id}", name["name"].as_str().unwrap_or_default()));
        }
        names
    }
}

const PATH: &str = "/api/v1/tenants/acme/events";

#[tokio::test]
async fn a_page_that_is_behind_gets_all_at_once() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let mut heard = Heard::open(&mut ada, &format!("{PATH}?after=2"), None).await;
    assert_eq!(heard.names(3).await, ["step database ", "step site ", "head  3"]);
}

#[tokio::test]
async fn a_page_that_is_fresh_hears_only_what_changes() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let mut heard = Heard::open(&mut ada, &format!("{PATH}?after=3"), None).await;
    front.desk.happens("site", "Pods are starting.");
    front.hint("acme");
    let (event, id, data) = heard.next().await.expect("there is more");
    assert_eq!((event.as_str(), id.as_str()), ("step", ""));
    assert!(data.contains("Pods are starting.") && data.contains("\"name\":\"site\"") && data.contains("\"seq\":4"));
    assert_eq!(heard.names(1).await, ["head  4"]);
    front.desk.happens("database", "Settles.");
    front.desk.timeline.lock().expect("nobody panicked").settled = true;
    front.hint("acme");
    assert_eq!(heard.names(3).await, ["step database ", "head  ", "settled  5"]);
}

#[tokio::test]
async fn after_a_break_the_header_counts_and_not_the_address() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let mut heard = Heard::open(&mut ada, &format!("{PATH}?after=1"), Some("3")).await;
    front.desk.happens("site", "One.");
    front.hint("acme");
    assert_eq!(heard.names(2).await, ["step site ", "head  4"]);
    drop(heard);
    front.desk.happens("site", "Two.");
    front.desk.happens("database", "Three.");
    let mut heard = Heard::open(&mut ada, &format!("{PATH}?after=1"), Some("4")).await;
    assert_eq!(heard.names(3).await, ["step database ", "step site ", "head  6"]);
}

/// Behind a proxy that keeps streams back: the page asks, gets what there is, and the answer ends.
#[tokio::test]
async fn who_asks_once_gets_an_answer_with_an_end() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let page = ada.get(&format!("{PATH}?after=2&once=true")).await;
    assert_eq!((page.status.as_u16(), page.head("x-accel-buffering")), (200, "no"));
    let text = page.text();
    assert!(text.starts_with("event: here\n") && text.contains("retry: 5000"), "{text}");
    assert!(text.contains("event: step") && text.contains("event: head"), "{text}");
    let fresh = ada.get(&format!("{PATH}?after=3&once=true")).await.text();
    assert!(fresh.contains("event: here") && !fresh.contains("event: step"), "{fresh}");
}

#[tokio::test]
async fn foreign_tenants_cannot_be_followed() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    assert_eq!(ada.get("/api/v1/tenants/foreign/events").await.status, 404);
    assert_eq!(ada.get(&format!("{PATH}?after=x")).await.status, 400);
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let mut heard = Heard::open(&mut ada, &format!("{PATH}?after=3"), None).await;
    ada.post("/sign-out", &[]).await;
    front.desk.happens("site", "Not for Ada any more.");
    front.hint("acme");
    let end = tokio::time::timeout(Duration::from_secs(60), heard.next()).await.expect("it ends");
    assert_eq!(end, None);
}

#[tokio::test]
async fn a_session_has_so_many_streams_and_gets_them_back() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(Heard::open(&mut ada, PATH, None).await);
    }
    assert_eq!(ada.get(PATH).await.status, 429);
    open.pop();
    Heard::open(&mut ada, PATH, None).await;
}

/// Something happens, and the stream looks again.
fn nudge(front: &Front, note: &str) {
    front.desk.happens("site", note);
    front.hint("acme");
}

#[tokio::test]
async fn a_stream_is_not_older_than_the_standing_of_its_person() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let mut heard = Heard::open(&mut olivia, &format!("{PATH}?after=3"), None).await;
    pass(&front, FRESH);
    // While the provider does not answer, it goes on for the same bounded time as pages do.
    front.idp.switch(|s| s.down = true);
    nudge(&front, "One.");
    assert_eq!(heard.names(2).await, ["step site ", "head  4"]);
    front.idp.switch(|s| s.down = false);
    pass(&front, Duration::from_secs(60));
    nudge(&front, "Two.");
    assert_eq!(heard.next().await.map(|(event, ..)| event).as_deref(), Some("standing_old"));
    assert_eq!(heard.next().await, None);
    assert_eq!(olivia.get(PATH).await.status.as_u16(), 303, "the page begins it anew, by the provider");
}

#[tokio::test]
async fn a_stream_ends_when_another_tab_learns_that_a_standing_is_gone() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let mut heard = Heard::open(&mut olivia, &format!("{PATH}?after=3"), None).await;
    pass(&front, FRESH);
    let away = olivia.get("/tenants").await.location();
    olivia.get(&front.idp.sign_in(&away, Person { groups: vec![], ..Person::olivia() })).await;
    nudge(&front, "Not for her any more.");
    let end = tokio::time::timeout(Duration::from_secs(60), heard.next()).await.expect("it ends");
    assert_eq!(end, None);
}
