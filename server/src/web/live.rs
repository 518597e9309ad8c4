//! Pages that stay current. A browser opens one stream for all its tabs (`app/assets/static/worker.js`) and names the tenants
//! that it shows; the stream tells *that* something of one of them changed, and its state word. The page then asks for itself
//! again, so nobody is shown more than by a reload. See `docs/decisions/live-pages.md`.
//!
//! It begins with `here`: which of the named tenants are followed, and which of them changed while the page was on its way. Then
//! come `changed`, and comments that keep proxies from closing it. It ends when its session does, or when the caller's standing
//! must be asked for again; the browser learns which when it comes back.

mod follower;
mod hub;

pub(super) use follower::{CHECK, Follower, HEARTBEAT, PACE, Streams, UNBUFFERED};
pub(super) use hub::{Hub, Listener, Topic, distribute, topic};

use super::{bound::Caller, dress::Problem, front::Front, serve::stopped};
use app::model::{person::Standing, tenant::Followed};
use axum::{
    Router,
    extract::{Query, State},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    convert::Infallible,
};
use tokio::time::Instant;
use tower_sessions::Session;

/// Where it is.
pub(super) const PATH: &str = "/live";
/// Tenants that one stream follows; pages of more are told that they are not followed, and ask.
const MOST_TENANTS: usize = 100;
/// What stands for all tenants; for those who see all.
const ALL: &str = "*";

/// The route.
pub(super) fn routes() -> Router<Front> {
    Router::new().route("/live", get(follow))
}

#[derive(Deserialize)]
struct Wish {
    /// Slugs or `*`, with commas between them.
    #[serde(default)]
    tenants: String,
}

async fn follow(
    State(front): State<Front>,
    Caller(portal): Caller,
    session: Session,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    let follower = Follower::of(&front, portal, &session, None).await?;
    let mut topics = BTreeMap::new();
    for wanted in wish.tenants.split(',').filter(|wanted| !wanted.is_empty()).take(MOST_TENANTS) {
        let topic = match wanted {
            ALL => (follower.portal.me().standing != Standing::Person).then_some(Topic::Any),
            slug => match follower.portal.follow(slug.to_owned()).await {
                Ok(followed) => Some(topic(&followed)?),
                Err(oops) if oops.status >= 500 => return Err(oops.into()),
                Err(_) => None,
            },
        };
        topics.extend(topic.map(|topic| (topic, wanted.to_owned())));
    }
    let listener = front.hub.listen(topics.keys().copied().collect());
    let lately = listener.lately().iter().filter_map(|topic| topics.get(topic)).collect::<Vec<_>>();
    let here = json!({ "follows": topics.values().collect::<Vec<_>>(), "lately": lately });
    let queue = VecDeque::from([message("here", &here)]);
    let hints = Hints { front, follower, topics, listener, queue, told_at: Instant::now() };
    let events = stream::unfold(hints, |mut hints| async move {
        let event = hints.next().await?;
        Some((Ok::<_, Infallible>(event), hints))
    });
    Ok(([UNBUFFERED], Sse::new(events.fuse()).keep_alive(KeepAlive::new().interval(HEARTBEAT))).into_response())
}

/// One browser's hints.
struct Hints {
    front: Front,
    follower: Follower,
    /// What it follows, and how the browser calls it.
    topics: BTreeMap<Topic, String>,
    listener: Listener,
    queue: VecDeque<Event>,
    told_at: Instant,
}

impl Hints {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            let changed = tokio::select! {
                () = stopped(self.front.stop.clone()) => return None,
                () = tokio::time::sleep(CHECK) => BTreeSet::new(),
                changed = self.listener.rung() => changed,
            };
            if !changed.is_empty() {
                tokio::time::sleep_until(self.told_at + PACE).await;
                self.told_at = Instant::now();
            }
            if self.follower.admitted().await != Some(true) {
                return None;
            }
            for topic in changed.into_iter().chain(self.listener.taken()).collect::<BTreeSet<_>>() {
                self.tell(topic).await?;
            }
        }
    }

    /// Tells of a change, unless they do not see the tenant any more: then this is the last they hear of it.
    async fn tell(&mut self, topic: Topic) -> Option<()> {
        let Some(name) = self.topics.get(&topic) else { return Some(()) };
        let told = match topic {
            Topic::Any => json!({ "tenant": name }),
            Topic::Of(_) => match self.follower.portal.follow(name.clone()).await {
                Ok(Followed { status, .. }) => json!({ "tenant": name, "word": status.word() }),
                Err(oops) if oops.status >= 500 => return None,
                Err(_) => json!({ "tenant": self.topics.remove(&topic)? }),
            },
        };
        self.queue.push_back(message("changed", &told));
        Some(())
    }
}

/// One message of a stream.
pub(super) fn message(name: &str, data: &serde_json::Value) -> Event {
    Event::default().event(name).data(data.to_string())
}
