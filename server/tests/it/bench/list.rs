//! The list of tenants, as an operator loads it, next to a bare handler that sends the very same bytes.

use super::{
    ROUNDS,
    portal::{Portal, Served},
    table::{Bar, Table, share},
    wire::{Ask, LINES, Line, joined, rush, steady},
};
use axum::{Router, body::Bytes, routing::get};
use http::header::CONTENT_TYPE;
use std::time::Duration;

/// Questions a second at the fixed rate.
const RATE: u32 = 200;

pub(super) async fn measure(table: &mut Table) {
    let portal = Portal::with_tenants(50).await;
    let bare = bare(&portal.ask("/tenants")).await;
    let (ours, same) = (portal.ask("/tenants"), Ask::new(bare.at, "/tenants", "accept: text/html\r\n"));
    let (mut many, mut p50, mut p99) = (Pair::default(), Pair::default(), Pair::default());
    let (mut full50, mut full99) = (Pair::default(), Pair::default());
    for ask in [&ours, &same] {
        rush(ask, LINES, Duration::from_secs(1)).await;
    }
    for _ in 0..ROUNDS {
        for (side, ask) in [&ours, &same].into_iter().enumerate() {
            let (rate, took) = rush(ask, LINES, Duration::from_secs(3)).await;
            many.0[side].push(rate);
            full50.0[side].push(share(&took, 0.5));
            full99.0[side].push(share(&took, 0.99));
            let took = steady(ask, RATE, Duration::from_secs(6)).await;
            p50.0[side].push(share(&took, 0.5));
            p99.0[side].push(share(&took, 0.99));
        }
    }
    many.row(table, format!("List of 50, {LINES} connections"), "answers/s", Bar::None);
    full50.row(table, "… p50 at that load".to_owned(), "ms", Bar::None);
    full99.row(table, "… p99 at that load".to_owned(), "ms", Bar::None);
    p50.row(table, format!("List of 50, {RATE}/s, p50"), "ms", Bar::None);
    p99.row(table, format!("List of 50, {RATE}/s, p99"), "ms", Bar::Ratio(3.0));
    large(table, &ours).await;
}

/// Longer lists next to the short one, one question after the other.
async fn large(table: &mut Table, short: &Ask) {
    for count in [1_000, 5_000] {
        let portal = Portal::with_tenants(count).await;
        let last = format!("/tenants?page={}", count / 50);
        for (what, path) in [("", "/tenants"), (", last page", last.as_str()), (", search", "/tenants?q=number%2077")] {
            let mut p95 = Pair::default();
            for _ in 0..ROUNDS {
                for (side, ask) in [&portal.ask(path), short].into_iter().enumerate() {
                    let (_, took) = rush(ask, 1, Duration::from_secs(1)).await;
                    p95.0[side].push(share(&took, 0.95));
                }
            }
            p95.row(table, format!("List of {count}{what}, p95 (reference: list of 50)"), "ms", Bar::None);
        }
    }
}

/// A handler that knows nothing but the bytes of this answer.
async fn bare(ask: &Ask) -> Served {
    let mut line = Line::open(ask).await;
    let body = line.ask().await;
    let body = Bytes::from(if body.starts_with(b"<") { body.to_vec() } else { joined(body) });
    let ends = body.windows(7).any(|w| w == b"</html>");
    assert!(body.starts_with(b"<!DOCTYPE html>") && ends, "the page is whole");
    println!("The page has {} bytes.", body.len());
    let handler = async move || ([(CONTENT_TYPE, "text/html; charset=utf-8")], body.clone());
    Served::new(|_| Router::new().route("/tenants", get(handler))).await
}

/// Ours and the reference, a value for each round.
#[derive(Default)]
pub(super) struct Pair(pub(super) [Vec<f64>; 2]);

impl Pair {
    pub(super) fn row(self, table: &mut Table, what: String, unit: &'static str, bar: Bar) {
        let [ours, reference] = self.0;
        table.row(what, unit, ours, reference, bar);
    }
}
