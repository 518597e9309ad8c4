//! The live timeline: server-sent events for one tenant. A change hint says only *that* something happened; the stream
//! then reads the tenant again through the caller's own portal, so it can never show more than the page does.
//!
//! A stream begins with `here`, so that a page behind a proxy that keeps streams back notices, and asks instead (`once`).
//! A batch is: one `step` for each step that differs from what was sent, `head`, and `settled` when nothing more will
//! happen. Only the last message of a batch carries the id: a browser that lost the connection in the middle gets the
//! whole batch again, and steps are replaced, never appended.

use super::{
    api::After,
    bound::Caller,
    dress::Problem,
    front::Front,
    serve::stopped,
    session::{self, Presence},
    sign_in,
    token::Held,
};
use crate::domain::{self, At, secret::TokenHash};
use app::{
    model::{
        oops::Oops,
        timeline::{StepView, Timeline},
    },
    portal::Portal,
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
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;
use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};
use tower_sessions::{Session, session::Id};

/// A stream reads its tenant at most this often.
const PACE: Duration = Duration::from_millis(100);
/// Without a hint it looks anyway: another process may have done the work.
const LOOK: Duration = Duration::from_secs(5);
/// Comment lines keep proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A browser that lost the stream, or asks instead, comes again after this long.
const AGAIN: Duration = Duration::from_secs(5);
/// nginx and those who follow it pass each message on at once (nginx, ngx_http_proxy_module, `proxy_buffering`).
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
/// Open streams a session or a token may have. A browser opens six connections to a host (HTTP/1.1): with all of them taken,
/// the next page would stand still without a word.
const MOST: usize = 5;
/// Open streams a person may have, over all their sessions.
const MOST_OF_PERSON: usize = 20;

/// Who listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Ear {
    Session(Id),
    Token(TokenHash),
    Person(String),
}

impl Ear {
    fn most(&self) -> usize {
        if matches!(self, Self::Person(_)) { MOST_OF_PERSON } else { MOST }
    }
}

/// Counts open streams per listener.
#[derive(Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<Ear, usize>>>);

/// One open stream's place; given back when the stream ends.
struct Place {
    streams: Streams,
    ear: Ear,
}

impl Streams {
    fn take(&self, ear: Ear) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(ear.clone()).or_default();
        (*count < ear.most()).then(|| {
            *count += 1;
            Place { streams: self.clone(), ear }
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.ear) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.ear);
            }
        }
    }
}

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
    let hints = front.feed.changes();
    let page = portal.tenant(slug.clone()).await?;
    let ear = held.map(|held| Ear::Token(held.0.0)).or_else(|| session.id().map(Ear::Session));
    let person = session::presence(&session, front.now()).await.ok().flatten().map(|presence| presence.caller);
    let place = ear.and_then(|ear| front.streams.take(ear)).ok_or_else(crowded)?;
    let theirs = match &person {
        Some(person) => Some(front.streams.take(Ear::Person(person.subject.clone())).ok_or_else(crowded)?),
        None => None,
    };
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.trim().parse().ok());
    let mut tail = Tail {
        portal,
        person,
        slug,
        front: front.clone(),
        place,
        _theirs: theirs,
        hints,
        stop: front.stop.clone(),
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

fn crowded() -> Oops {
    Oops::new(
        429,
        "too_many_streams",
        "Too many live pages are open.",
        "Close some of them, then load this page again.",
    )
}

/// The end of a tenant's log, as one browser follows it.
struct Tail {
    portal: Arc<dyn Portal>,
    /// Who the session said they are when the stream began.
    person: Option<domain::Caller>,
    slug: String,
    front: Front,
    place: Place,
    _theirs: Option<Place>,
    hints: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    last: i64,
    /// The page was told that nothing more will happen.
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
    /// standing must be asked for again is told so first, and opens the page anew.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if self.old || self.once {
                return None;
            }
            tokio::select! {
                () = stopped(self.stop.clone()) => return None,
                () = hinted(&mut self.hints) => tokio::time::sleep_until(self.read_at + PACE).await,
                () = tokio::time::sleep(LOOK) => {}
            }
            self.hints.mark_unchanged();
            self.read_at = Instant::now();
            match self.admitted().await {
                Some(true) => {}
                Some(false) => {
                    self.old = true;
                    return Some(message("standing_old", &json!({})));
                }
                None => return None,
            }
            let page = self.portal.tenant(self.slug.clone()).await.ok()?;
            self.take(&page.timeline);
        }
    }

    /// Whether they may go on; `None` when nobody is there any more, or somebody else: another tab may have learned it.
    async fn admitted(&self) -> Option<bool> {
        match &self.place.ear {
            Ear::Session(id) => {
                let record = self.front.sessions.0.load(id).await.ok()??;
                let presence = Presence::of(&record, self.front.now())?;
                let same = self.person.as_ref() == Some(&presence.caller);
                if same { Some(sign_in::may_watch(&self.front, &presence).await) } else { None }
            }
            Ear::Token(hash) => self.front.tokens.portal(hash).await.is_ok().then_some(true),
            Ear::Person(_) => None,
        }
    }

    /// Remembers what the page already shows, so that it is not sent again.
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

/// Waits for a hint; a feed that is gone gives none.
async fn hinted(hints: &mut watch::Receiver<u64>) {
    if hints.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn step_message(seq: i64, step: &StepView, now: At) -> Event {
    message("step", &json!({ "seq": seq, "name": step.name, "html": render::step(step, now.0) }))
}

fn message(name: &str, data: &serde_json::Value) -> Event {
    Event::default().event(name).data(data.to_string())
}
