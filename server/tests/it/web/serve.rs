//! Listening.

use axum::{Router, body::Body, routing::get, serve::ListenerExt as _};
use futures::stream;
use slipway::web;
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

fn streamed() -> Router {
    let parts = || stream::iter(["one ", "two ", "three"].map(Ok::<_, Infallible>));
    Router::new().route("/", get(async move || Body::from_stream(parts())))
}

/// Asks once more on the same connection and reads to the last chunk.
async fn ask(connection: &mut TcpStream) -> String {
    connection.write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").await.expect("it is open");
    let (mut seen, mut buffer) = (String::new(), [0; 1024]);
    while !seen.ends_with("0\r\n\r\n") {
        let count = connection.read(&mut buffer).await.expect("it answers");
        assert_ne!(count, 0, "the connection was closed: {seen}");
        seen.push_str(std::str::from_utf8(&buffer[..count]).expect("it is text"));
    }
    seen
}

#[tokio::test]
async fn a_reused_connection_streams_without_delay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let address = listener.local_addr().expect("it is bound");
    let options = Arc::new(Mutex::new(Vec::new()));
    let seen = options.clone();
    let listener = web::quick(listener).tap_io(move |connection| {
        seen.lock().expect("nobody panicked").push(connection.nodelay().expect("it has the option"));
    });
    let server = tokio::spawn(async move { axum::serve(listener, streamed()).await });
    let mut connection = TcpStream::connect(address).await.expect("somebody listens");
    for _ in 0..2 {
        let answer = ask(&mut connection).await;
        assert!(answer.contains("one ") && answer.contains("three"), "{answer}");
    }
    assert_eq!(*options.lock().expect("nobody panicked"), [true], "one connection, and it sends at once");
    server.abort();
}

#[tokio::test]
async fn a_request_names_one_host() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let address = listener.local_addr().expect("it is bound");
    let (_stop, stopping) = watch::channel(false);
    let server = tokio::spawn(web::serve(listener, web::one_host(streamed()), stopping));
    for (head, status) in [
        ("GET / HTTP/1.1\r\nhost: here\r\n", "HTTP/1.1 200"),
        ("GET / HTTP/1.1\r\n", "HTTP/1.1 400"),
        ("GET / HTTP/1.1\r\nhost: here\r\nhost: there\r\n", "HTTP/1.1 400"),
        ("GET / HTTP/1.0\r\n", "HTTP/1.0 200"),
    ] {
        let mut connection = TcpStream::connect(address).await.expect("somebody listens");
        connection.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await.expect("it is open");
        let mut seen = String::new();
        connection.read_to_string(&mut seen).await.expect("it answers");
        assert!(seen.starts_with(status), "{head}: {seen}");
    }
    server.abort();
}

#[tokio::test]
async fn it_stops_when_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let (stop, stopping) = watch::channel(false);
    let server = tokio::spawn(web::serve(listener, streamed(), stopping));
    stop.send_replace(true);
    server.await.expect("it does not panic").expect("it ends well");
}

#[tokio::test]
async fn answers_are_counted_by_route() {
    let metrics = web::metrics::router().expect("nobody else records");
    let front = super::Front::open().await;
    front.browser().get("/assets/slipway.0a1b.css").await;
    let page = super::Browser::new(metrics).get("/metrics").await.text();
    let line = r#"slipway_http_requests_total{method="GET",route="/assets/{file}",status="200"}"#;
    assert!(page.contains(line), "{page}");
    assert!(page.contains("slipway_http_request_seconds_bucket"), "{page}");
}

#[tokio::test]
async fn made_up_methods_are_one() {
    let metrics = web::metrics::router().expect("nobody else records");
    let front = super::Front::open().await;
    for n in 0..50 {
        let request = http::Request::builder().method(format!("MADEUP{n}").as_str()).uri("/");
        front.browser().send(request, Body::empty()).await;
    }
    let page = super::Browser::new(metrics).get("/metrics").await.text();
    assert!(page.contains(r#"method="other""#) && !page.contains("MADEUP"), "{page}");
}

/// Says this much and waits for the end of the connection; how long it took.
async fn until_closed(address: std::net::SocketAddr, say: &str) -> Duration {
    let begun = tokio::time::Instant::now();
    let mut connection = TcpStream::connect(address).await.expect("somebody listens");
    connection.write_all(say.as_bytes()).await.expect("it is open");
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(60), connection.read_to_end(&mut rest)).await;
    let _closed_or_reset = ended.expect("the connection has an end");
    begun.elapsed()
}

#[tokio::test]
async fn who_says_nothing_or_half_of_it_is_put_out_and_who_listens_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopping) = watch::channel(false);
    // A stream that says something now and then, for longer than a silent connection lives.
    let beats = || {
        stream::unfold(0, |n| async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            (n < 12).then(|| (Ok::<_, Infallible>(format!("{n} ")), n + 1))
        })
    };
    let take = axum::routing::post(async |body: String| body);
    let router = Router::new().route("/", get(async move || Body::from_stream(beats()))).route("/take", take);
    let idle = Duration::from_secs(1);
    let server = tokio::spawn(web::serve_within(listener, router, stopping, idle));
    let half_a_body = "POST /take HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\nhalf";
    let said = ["", "GET", "GET / HTTP/1.1\r\nhost:", half_a_body, "PRI * HTTP/2.0\r\n"];
    futures::future::join_all(said.map(|say| until_closed(address, say))).await;
    let mut listening = TcpStream::connect(address).await.expect("somebody listens");
    assert!(ask(&mut listening).await.contains("11 "), "the stream came to its own end");
    stop.send_replace(true);
    server.await.expect("it does not panic").expect("it ends well");
}

#[test]
fn numbers_that_nobody_asks_for_do_not_pile_up() {
    let ran = std::process::Command::new(std::env::current_exe().expect("it runs"))
        .args(["--exact", "web::serve::unasked", "--ignored", "--nocapture"])
        .output()
        .expect("it can be run");
    assert!(ran.status.success(), "{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
}

/// Resident memory of this process, bytes.
fn memory() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("this is Linux");
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("a number") * 4_096
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures its own process: see the test above"]
async fn unasked() {
    let _router = web::metrics::router().expect("nobody else records");
    tokio::spawn(web::metrics::tend(Duration::from_millis(20)));
    let before = memory();
    for _ in 0..40 {
        for _ in 0..100_000 {
            metrics::histogram!("slipway_test_seconds").record(0.5);
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let grown = memory().saturating_sub(before) / 1_000_000;
    assert!(grown < 30, "four million numbers took {grown} MB");
}
