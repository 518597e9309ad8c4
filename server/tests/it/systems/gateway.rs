//! The gateway asked from outside, through proxies that are set up wrongly: each is told apart, with what to do.

use crate::{
    mcp::house::{Door, KEY},
    sim::{Wire, http},
    stage::town::Town,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use secrecy::SecretString;
use slipway::{
    domain::Fact,
    saga::engine::Calm,
    steps::{Systems, plans},
    store::Store,
    systems::gateway::Gateway,
};
use std::sync::Arc;

/// A proxy in front of `upstream`: one header is set to this, or taken away.
#[expect(clippy::disallowed_methods, reason = "a proxy passes everything on, as it came")]
pub(super) async fn proxy(upstream: &str, name: HeaderName, value: Option<&'static str>) -> Wire {
    let upstream = upstream.to_owned();
    let pass = async move |mut request: Request| -> Response {
        match value {
            Some(value) => drop(request.headers_mut().insert(&name, HeaderValue::from_static(value))),
            None => drop(request.headers_mut().remove(&name)),
        }
        let (head, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("it arrives");
        let to = format!("{upstream}{}", head.uri);
        let sent = reqwest::Client::new().request(head.method, to).headers(head.headers).body(body).send().await;
        let answer = sent.expect("the gateway answers");
        let (status, kind) = (answer.status(), answer.headers()[header::CONTENT_TYPE].clone());
        (status, [(header::CONTENT_TYPE, kind)], Body::from(answer.bytes().await.expect("it arrives"))).into_response()
    };
    Wire::serve(Router::new().fallback(pass)).await
}

async fn answering(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Wire {
    Wire::serve(Router::new().fallback(async move || answer())).await
}

#[tokio::test]
async fn the_doctor_says_what_stands_in_the_way() {
    let door = Door::open().await;
    let straight = Gateway::new(http(), &door.wire.url);
    let key = SecretString::from(KEY);
    assert!(straight.health().await.ok && straight.ask("acme", &key).await.ok);

    let page = || (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<p>Hello").into_response();
    let away = || (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "https://portal.example.org/")]).into_response();
    let bare = |status: StatusCode| move || status.into_response();
    for (proxy, say, next) in [
        (
            proxy(&door.wire.url, header::HOST, Some("upstream:8000")).await,
            "writes the name upstream:8000 into Host",
            "mcp.hosts",
        ),
        (
            proxy(&door.wire.url, header::AUTHORIZATION, None).await,
            "takes the header Authorization away",
            "pass that header on",
        ),
        (answering(page).await, "answers as no gateway does (200)", "mcp.gateway_url"),
        (answering(away).await, "leads elsewhere (301)", "https://portal.example.org/"),
        (answering(bare(StatusCode::UNAUTHORIZED)).await, "a sign-in of its own (401)", "leave /mcp/"),
        (
            answering(bare(StatusCode::NOT_FOUND)).await,
            "does not lead to the gateway (404)",
            "without changing the path",
        ),
        (answering(bare(StatusCode::BAD_GATEWAY)).await, "does not reach the portal (502)", "address of the portal"),
    ] {
        let gateway = Gateway::new(http(), &proxy.url);
        for health in [gateway.health().await, gateway.ask("acme", &key).await] {
            assert!(!health.ok && health.say.contains(say) && health.next.contains(next), "{health:?}, not {say}");
        }
    }
    let gone = Gateway::new(http(), "http://127.0.0.1:9").health().await;
    assert!(!gone.ok && gone.say.contains("cannot be reached"), "{gone:?}");
}

/// Somebody presses Connect behind a proxy that puts its own name into `Host`: the reason is in the log, and the pairing
/// goes on when the way is mended.
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_waits_says_for_what() {
    let mut town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
    let systems = town.house.systems.clone();
    let portal = systems.gateway.url("").replace("/mcp/", "");
    let wrong = proxy(&portal, header::HOST, Some("upstream")).await;
    let behind = Systems { gateway: Gateway::new(http(), &wrong.url), ..systems.clone() };
    town.stage.plans = Arc::new(plans(&behind));
    let tenant = town.order("acme").await;
    town.settle(&tenant, Calm).await;
    let pairing = town.pair(&tenant, 1, "ada@example.org").await;
    let engine = town.stage.engine(Calm);
    let mut why = None;
    for _ in 0..20 {
        let wake = engine.drive(tenant.id).await.expect("the engine works");
        let log = town.stage.store.log(tenant.id).await.expect("the store works");
        why = log.into_iter().rev().find_map(|event| match event.fact {
            Fact::Retrying { why, .. } if event.step == "proof" => Some(why),
            _ => None,
        });
        match (&why, wake) {
            (None, Some(at)) => town.stage.clock.to(at),
            _ => break,
        }
    }
    let why = why.unwrap_or_default();
    assert!(why.contains("writes the name upstream into Host") && why.contains("mcp.hosts"), "{why} of {pairing:?}");
}
