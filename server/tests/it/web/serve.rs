//! Listening.

use axum::{Router, body::Body, routing::get, serve::ListenerExt as _};
use futures::stream;
use slipway::web;
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
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
