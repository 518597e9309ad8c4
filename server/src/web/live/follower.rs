//! One open stream of somebody: its place among their streams, and whether they may still watch.

use crate::{
    domain::{self, secret::TokenHash},
    web::{
        dress::Problem,
        front::Front,
        session::{self, Presence},
        sign_in,
        token::Held,
    },
};
use app::{model::oops::Oops, portal::Portal};
use http::{HeaderName, HeaderValue};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tower_sessions::{Session, session::Id};

/// A stream tells at most this often.
pub(in crate::web) const PACE: Duration = Duration::from_millis(100);
/// A stream on which nothing happens asks this often whether its session still is: nothing is told without asking, so this
/// only ends what nobody may listen to any more.
pub(in crate::web) const CHECK: Duration = Duration::from_secs(60);
/// Comment lines keep proxies from closing a quiet stream.
pub(in crate::web) const HEARTBEAT: Duration = Duration::from_secs(15);
/// nginx and those who follow it pass each message on at once (nginx, ngx_http_proxy_module, `proxy_buffering`).
pub(in crate::web) const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
/// Open streams a session or a token may have. A browser has one for all its tabs, and opens six connections to a host
/// (HTTP/1.1): with all of them taken, the next page would stand still without a word.
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
pub(in crate::web) struct Streams(Arc<Mutex<HashMap<Ear, usize>>>);

/// One open stream's place; given back when the stream ends.
struct Place {
    streams: Streams,
    ear: Ear,
}

impl Streams {
    fn take(&self, ear: Ear) -> Result<Place, Oops> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(ear.clone()).or_default();
        if *count >= ear.most() {
            let next = "Close some of them, then load this page again.";
            return Err(Oops::new(429, "too_many_streams", "Too many live pages are open.", next));
        }
        *count += 1;
        Ok(Place { streams: self.clone(), ear })
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

/// One open stream of somebody.
pub(in crate::web) struct Follower {
    pub(in crate::web) portal: Arc<dyn Portal>,
    front: Front,
    /// Who the session said they are when the stream began.
    person: Option<domain::Caller>,
    place: Place,
    _theirs: Option<Place>,
}

impl Follower {
    /// Takes a place.
    ///
    /// # Errors
    /// 429 when they have too many.
    pub(in crate::web) async fn of(
        front: &Front,
        portal: Arc<dyn Portal>,
        session: &Session,
        token: Option<Held>,
    ) -> Result<Self, Problem> {
        let ear = token.map(|Held(hash)| Ear::Token(hash)).or_else(|| session.id().map(Ear::Session));
        let person = session::presence(session, front.now()).await.ok().flatten().map(|presence| presence.caller);
        let place = front.streams.take(ear.ok_or_else(Oops::internal)?)?;
        let theirs = person.as_ref().map(|person| front.streams.take(Ear::Person(person.subject.clone())));
        Ok(Self { portal, front: front.clone(), person, place, _theirs: theirs.transpose()? })
    }

    /// Whether they may go on; `Some(false)` when their standing must be asked for again, `None` when nobody is there any more,
    /// or somebody else: another tab may have learned it.
    pub(in crate::web) async fn admitted(&self) -> Option<bool> {
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
}
