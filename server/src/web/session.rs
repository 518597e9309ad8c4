//! Who is signed in, kept on the server; the browser holds a random number. Idle and absolute ends are checked here by
//! the house's own clock on every request, whatever the store does with old rows.
//!
//! The record's keys: `subject` (plain, so that the store can find all sessions of a person), `person` (all of
//! [`Presence`]), `pending` (sign-ins that are under way).

use super::front::Front;
use crate::domain::{At, Caller};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};

/// Name of the cookie. Not one of the names that the identity provider or the chat use: cookies ignore ports.
pub const COOKIE: &str = "slipway_session";
/// A session ends after this long without a request.
pub const IDLE: Duration = Duration::from_secs(8 * 3600);
/// A session ends this long after the sign-in, whatever happens.
pub const ABSOLUTE: Duration = Duration::from_secs(24 * 3600);
/// How exact "without a request" is; saves a write per request.
const TOUCH: Duration = Duration::from_secs(5 * 60);

/// Read by the store, which finds sessions by their person and lists them by their browser.
const CALLER: &str = "caller";
const AGENT: &str = "agent";
const PERSON: &str = "person";

/// Where sessions are kept.
#[derive(Debug, Clone)]
pub struct Sessions(pub Arc<dyn SessionStore>);

/// A signed-in person, as the session keeps them.
#[derive(Clone, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    pub caller: Caller,
    /// When they signed in.
    pub since: At,
    /// Their last request, to five minutes.
    pub seen: At,
    /// The provider's id token, shown to it again when the person signs out. Never logged.
    pub id_token: String,
    /// The browser, as it names itself, cut to 200 characters.
    pub agent: String,
}

impl std::fmt::Debug for Presence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presence").field("caller", &self.caller).finish_non_exhaustive()
    }
}

impl Presence {
    /// The session has not ended yet.
    pub fn holds(&self, now: At) -> bool {
        now.since(self.seen) < IDLE && now.since(self.since) < ABSOLUTE
    }

    /// The person of a stored record, if it has one whose session has not ended.
    pub fn of(record: &Record, now: At) -> Option<Self> {
        let kept: Self = serde_json::from_value(record.data.get(PERSON)?.clone()).ok()?;
        kept.holds(now).then_some(kept)
    }
}

/// The person of this request's session. Notes that they were here; a session whose time is over is deleted.
pub(super) async fn presence(session: &Session, now: At) -> Result<Option<Presence>, tower_sessions::session::Error> {
    let Some(mut kept) = session.get::<Presence>(PERSON).await? else { return Ok(None) };
    if !kept.holds(now) {
        session.flush().await?;
        return Ok(None);
    }
    if now.since(kept.seen) >= TOUCH {
        kept.seen = now;
        session.insert(PERSON, &kept).await?;
    }
    Ok(Some(kept))
}

/// Makes the session that of a person, under a new number: one that somebody else planted before is worth nothing.
pub(super) async fn enter(session: &Session, presence: &Presence) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(CALLER, &presence.caller).await?;
    session.insert(AGENT, &presence.agent).await?;
    session.insert(PERSON, presence).await?;
    session.set_expiry(Some(expiry(IDLE)));
    Ok(())
}

/// How long the store keeps a session after its last change.
pub(super) fn expiry(idle: Duration) -> Expiry {
    Expiry::OnInactivity(time::Duration::seconds(i64::try_from(idle.as_secs()).unwrap_or(i64::MAX)))
}

/// Reads the cookie and, when something changed, writes it.
pub(super) fn layer(front: &Front) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(front.sessions.clone())
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(front.public.secure())
        .with_expiry(expiry(IDLE))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.0.create(record).await
    }
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0.save(record).await
    }
    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.0.load(id).await
    }
    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.delete(id).await
    }
}
