//! The timeline as it grows: server-sent events for one tenant, for programs (pages have `live.rs`). A change hint says only
//! *that* something happened; the stream then reads the tenant again through the caller's own portal, so it can never show more
//! than the page does.
//!
//! A stream begins with `here`, so that whoever sits behind a proxy that keeps streams back notices, and asks instead (`once`).
//! A batch is: one `step` for each step that differs from what was sent, `head`, and `settled` when nothing more will
//! happen. Only the last message of a batch carries the id: whoever lost the connection in the middle gets the
//! whole batch again, and steps are replaced, never appended.

use super::{
    api::After,
    bound::Caller,
    dress::Problem,
    front::Front,
    live::{CHECK, Follower, HEARTBEAT, Listener, PACE, UNBUFFERED, message, topic},
    serve::stopped,
    token::Held,
};
use crate::domain::At;
use app::{
    model::timeline::{StepView, Timeline},
    render,
};
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt as _, stream};
use http::HeaderMap;
use serde_json::json;
use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    time::Duration,
};
use tokio::time::Instant;
use tower_sessions::Session;

/// Whoever lost the stream, or asks instead, comes again after this long.
const AGAIN: Duration = Duration::from_secs(5);

/// `GET /api/v1/tenants/{slug}/events`.
pub(super) async fn follow(
    State(front): State<Front>,
    Caller(portal): Caller,
    session: Session,
    held: Option<Extension<Held>>,
    Path(slug): Path<String>,
    Query(since): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // First, so that nothing happens in between.
    let listener = front.hub.listen([topic(&portal.follow(slug.clone()).await?)?].into());
    let page = portal.tenant(slug.clone()).await?;
    let follower = Follower::of(&front, portal, &session, held.map(|Extension(held)| held)).await?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.trim().parse().ok());
    let mut tail = Tail {
        front,
        follower,
        listener,
        slug,
        last: last.unwrap_or(since.after),
        settled: false,
        once: since.once,
        old: false,
        sent: HashMap::new(),
        queue: VecDeque::from([message("here", &json!({})).retry(AGAIN)]),
        read_at: Instant::now(),
    };
    if page.timeline.seq <= tail.last {
        tail.know(&page.timeline);
    }
    tail.take(&page.timeline);
    let events = stream::unfold(tail, |mut tail| async move {
        let event = tail.next().await?;
        Some((Ok::<_, Infallible>(event), tail))
    });
    let stream = Sse::new(events.fuse()).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    Ok(([UNBUFFERED], stream).into_response())
}

/// The end of a tenant's log, as somebody follows it.
struct Tail {
    front: Front,
    follower: Follower,
    listener: Listener,
    slug: String,
    last: i64,
    /// They were told that nothing more will happen.
    settled: bool,
    /// It ends after what there is now.
    once: bool,
    /// They were told that their standing must be asked for again.
    old: bool,
    sent: HashMap<String, StepView>,
    queue: VecDeque<Event>,
    read_at: Instant,
}

impl Tail {
    /// The next message, or the end: the session is over, the tenant is out of sight, or the process stops. Somebody whose
    /// standing must be asked for again is told so first.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if self.old || self.once {
                return None;
            }
            let changed = tokio::select! {
                () = stopped(self.front.stop.clone()) => return None,
                () = tokio::time::sleep(CHECK) => false,
                _ = self.listener.rung() => true,
            };
            if changed {
                tokio::time::sleep_until(self.read_at + PACE).await;
                self.read_at = Instant::now();
                self.listener.taken();
            }
            match self.follower.admitted().await {
                Some(true) => {}
                Some(false) => {
                    self.old = true;
                    return Some(message("standing_old", &json!({})));
                }
                None => return None,
            }
            if changed {
                let page = self.follower.portal.tenant(self.slug.clone()).await.ok()?;
                self.take(&page.timeline);
            }
        }
    }

    /// Remembers what they have already, so that it is not sent again.
    fn know(&mut self, timeline: &Timeline) {
        let steps = timeline.ranks.iter().flatten();
        self.sent.extend(steps.map(|step| (step.name.clone(), step.clone())));
    }

    /// Queues what is new in this timeline.
    fn take(&mut self, timeline: &Timeline) {
        // What moves outside of the log, such as a letter, ends without a number of its own.
        let ends = timeline.settled && !self.settled;
        if timeline.seq <= self.last && !ends {
            return;
        }
        let now = self.front.now();
        let steps = timeline.ranks.iter().flatten();
        let changed = steps.filter(|step| self.sent.get(&step.name) != Some(step));
        let mut batch: Vec<Event> = changed.map(|step| step_message(timeline.seq, step, now)).collect();
        batch.push(message("head", &json!({ "html": render::strip(timeline, now.0) })));
        if timeline.settled {
            batch.push(message("settled", &json!({})));
        }
        if let Some(end) = batch.pop() {
            batch.push(end.id(timeline.seq.to_string()));
        }
        self.queue.extend(batch);
        self.last = timeline.seq;
        self.settled = timeline.settled;
        self.know(timeline);
    }
}

fn step_message(seq: i64, step: &StepView, now: At) -> Event {
    message("step", &json!({ "seq": seq, "name": step.name, "html": render::step(step, now.0) }))
}
