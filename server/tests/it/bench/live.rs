//! From an event to a browser: an append to the log, and the message of the live timeline at the other end of a real
//! connection; next to a bare stream that is woken by the same append and sends a message of the same size.

use super::{
    ROUNDS,
    list::Pair,
    portal::{Portal, Served},
    table::{Bar, Table, ms, share},
    wire::{Ask, Line, head},
};
use axum::{
    Router,
    response::sse::{Event as Message, Sse},
    routing::get,
};
use futures::stream;
use slipway::{
    domain::{At, Clock as _, Event, Fact, Flow, Tenant},
    saga::{machine, state::State},
    store::Store,
};
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

/// Events of one round; a tenant's whole log is about as long.
const EVENTS: i64 = 40;
/// Longer than the stream's own pause between two messages.
const CALM: Duration = Duration::from_millis(150);

pub(super) async fn measure(table: &mut Table) {
    let portal = Portal::open().await;
    let (mut p50, mut p99, mut commit, mut hurried) = <(Pair, Pair, Pair, Pair)>::default();
    let (mut all, mut size) = ([Vec::new(), Vec::new()], 0);
    for round in 0..ROUNDS {
        for (side, all) in all.iter_mut().enumerate() {
            let slug = format!("live-{round}-{side}");
            let tenant = portal.town.stage.order(&slug, "http://127.0.0.1:1").await;
            let bare = bare(portal.town.stage.store.clone(), size).await;
            let path = format!("/api/v1/tenants/{slug}/events");
            let ask = if side == 0 { portal.ask(&path) } else { Ask::new(bare.at, "/events", "") };
            let mut follower = Follower::new(&portal, tenant, &ask).await;
            let (mut took, mut wrote) = (Vec::new(), Vec::new());
            for _ in 0..EVENTS {
                tokio::time::sleep(CALM).await;
                let (message, append) = follower.event().await;
                took.push(message);
                wrote.push(append);
            }
            if side == 0 {
                size = follower.size;
                hurried.0[0].push(share(&follower.hurry().await, 0.5));
            }
            commit.0[side].push(share(&wrote, 0.5));
            p50.0[side].push(share(&took, 0.5));
            p99.0[side].push(share(&took, 0.99));
            all.extend(took);
        }
    }
    p50.row(table, "Event to browser, after a pause, p50".to_owned(), "ms", Bar::None);
    p99.row(table, format!("… p99 of each round ({EVENTS} events)"), "ms", Bar::Most(10.0));
    let whole = |side: usize| vec![share(&all[side], 0.99)];
    table.row(format!("… p99 over all {}", all[0].len()), "ms", whole(0), whole(1), Bar::Most(10.0));
    commit.row(table, "… of which the append with its sync, p50".to_owned(), "ms", Bar::None);
    hurried.row(table, "Event 20 ms after another one, p50".to_owned(), "ms", Bar::None);
}

/// One who follows a tenant and makes its events.
struct Follower<'p> {
    portal: &'p Portal,
    tenant: Tenant,
    line: Line,
    state: State,
    /// Bytes of the last message.
    size: usize,
}

impl<'p> Follower<'p> {
    async fn new(portal: &'p Portal, tenant: Tenant, ask: &Ask) -> Self {
        let mut line = Line::open(ask).await;
        line.send().await;
        // The headers, then the first batch: the page as it is.
        while head(line.more().await).is_none() {}
        tokio::time::sleep(CALM).await;
        let state = State::fold(&portal.town.stage.store.log(tenant.id).await.expect("the store works"));
        let mut this = Self { portal, tenant, line, state, size: 0 };
        this.event().await;
        this
    }

    /// Writes an event and waits for the first message about it: milliseconds from the beginning of the append to the
    /// message, and of the append alone.
    async fn event(&mut self) -> (f64, f64) {
        // What is left of the batch before.
        while tokio::time::timeout(Duration::from_millis(1), self.line.more()).await.is_ok() {}
        let Self { portal, tenant, line, state, .. } = self;
        line.forget();
        let (begun, event) = (Instant::now(), next(state, portal.town.stage.clock.now()));
        let digest = machine::digest(&portal.town.stage.plans, state, None);
        let store = &portal.town.stage.store;
        let lease = store.take(tenant.id, "bench", event.at).await.expect("the store works").expect("it is there");
        let write = async {
            store.append(&lease, &[event], &digest).await.expect("the store works");
            ms(begun.elapsed())
        };
        let hear = async {
            loop {
                if let Some(end) = line.more().await.windows(2).position(|w| w == b"\n\n") {
                    return (ms(begun.elapsed()), end);
                }
            }
        };
        let (append, (message, size)) = tokio::join!(write, hear);
        self.size = size;
        (message, append)
    }

    /// Events so soon after another one that the stream lets them wait.
    async fn hurry(&mut self) -> Vec<f64> {
        let mut late = Vec::new();
        for _ in 0..10 {
            tokio::time::sleep(CALM).await;
            self.event().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            late.push(self.event().await.0);
        }
        late
    }
}

/// A step says something new.
fn next(state: &mut State, at: At) -> Event {
    let seq = state.seq + 1;
    let fact = match seq % 2 {
        0 => Fact::Started { attempt: 1 },
        _ => Fact::Waiting { note: format!("The pods are starting, {seq} by now."), again_at: at },
    };
    let event = Event { seq, flow: Flow::Tenant, step: "site".into(), fact, at };
    state.apply(&event);
    event
}

/// A stream that looks at nothing.
async fn bare(store: Store, size: usize) -> Served {
    let text = "x".repeat(size.saturating_sub(24));
    let follow = async move || {
        let changes = store.changes();
        Sse::new(stream::unfold((changes, true), move |(mut changes, first)| {
            let text = text.clone();
            async move {
                if !first {
                    changes.changed().await.ok()?;
                }
                Some((Ok::<_, Infallible>(Message::default().event("step").data(text)), (changes, false)))
            }
        }))
    };
    Served::new(|_| Router::new().route("/events", get(follow))).await
}
