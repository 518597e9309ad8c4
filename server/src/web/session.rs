//! Who is signed in, kept on the server; the browser holds a random number. Idle and absolute ends are checked here by
//! the house's own clock on every request, whatever the store does with old rows.
//!
//! The record's keys: `caller`, `sid` and `agent` (the store reads them: whose session it is, the account page), `stay` (the
//! rest of [`Presence`]), `forms` (what was typed and waits for the provider's answer). Only somebody who is or was signed in has
//! one: a sign-in that is under way is in a cookie (`sign_in/trips.rs`).

use super::{front::Front, live};
use crate::domain::{At, Caller, secret::TokenHash};
use async_trait::async_trait;
use axum::extract::Request;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{self, Id, Record},
    session_store,
};

/// Name of the cookie. Not one of the names that the identity provider or the chat use: cookies ignore ports.
pub const COOKIE: &str = "slipway_session";
/// The same over TLS: browsers then take it from this host alone, for all paths, and never in the clear (RFC 6265bis,
/// section 4.1.3.2).
pub const HOST_COOKIE: &str = "__Host-slipway_session";
/// A session ends after this long without a request.
pub const IDLE: Duration = Duration::from_secs(8 * 3600);
/// A session ends this long after the sign-in, whatever happens.
pub const ABSOLUTE: Duration = Duration::from_secs(24 * 3600);
/// What the provider said of somebody's standing is believed this long.
pub const FRESH: Duration = Duration::from_secs(15 * 60);
/// While the provider does not answer, it is believed this long; nothing prolongs it.
pub const BORNE: Duration = Duration::from_secs(45 * 60);
/// How exact "without a request" is; saves a write per request.
const TOUCH: Duration = Duration::from_secs(5 * 60);

/// Key of the [`Caller`].
pub const CALLER: &str = "caller";
/// Key of the browser's name for itself.
pub const AGENT: &str = "agent";
/// Key of the provider's name for its session.
pub const SID: &str = "sid";
const STAY: &str = "stay";
/// Header of what a page asks for by itself (`app/assets/static/live.js`).
const BY_ITSELF: &str = "x-slipway-by-itself";

/// Where sessions are kept.
#[derive(Debug, Clone)]
pub struct Sessions(pub Arc<dyn SessionStore>);

/// A signed-in person, as the session keeps them.
#[derive(Debug, Clone)]
pub struct Presence {
    /// Who.
    pub caller: Caller,
    /// Since when, and what ends it.
    pub stay: Stay,
}

/// How long somebody is here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stay {
    /// When they signed in.
    pub since: At,
    /// Their last request, to five minutes.
    pub seen: At,
    /// When the provider was asked for what it last said of them, if that is not when they signed in.
    #[serde(default)]
    pub confirmed: Option<At>,
    /// The provider did not answer when it was to be asked.
    #[serde(default)]
    pub silence: Option<Silence>,
    /// The provider's id token, sealed, shown to it again when the person signs out.
    #[serde(default)]
    pub hint: Option<String>,
}

/// The provider did not answer when it was to be asked who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// It is asked again then, not before.
    pub ask_at: At,
    /// The audit knows that their standing was dropped.
    pub over: bool,
}

/// Put into a request whose caller's standing may be believed; without it they have none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Believed;

impl Stay {
    /// When the provider last said who they are.
    pub fn confirmed(&self) -> At {
        self.confirmed.unwrap_or(self.since)
    }

    /// How old that is.
    pub fn age(&self, now: At) -> Duration {
        now.since(self.confirmed())
    }

    /// The session has not ended yet.
    pub fn holds(&self, now: At) -> bool {
        now.since(self.seen) < IDLE && now.since(self.since) < ABSOLUTE
    }

    /// When it ends unless there is another request.
    fn ends(&self) -> At {
        self.seen.plus(IDLE).min(self.since.plus(ABSOLUTE))
    }
}

impl Presence {
    /// The person of a stored record, if it has one whose session has not ended.
    pub fn of(record: &Record, now: At) -> Option<Self> {
        let read = |key| record.data.get(key).cloned();
        let stay: Stay = serde_json::from_value(read(STAY)?).ok()?;
        let caller = serde_json::from_value(read(CALLER)?).ok()?;
        stay.holds(now).then_some(Self { caller, stay })
    }
}

/// The name of a session among a person's own, as the store tells it: worth nothing to whoever reads it.
pub(super) fn name(session: &Session) -> Option<String> {
    let hash = TokenHash::of(&session.id()?.to_string()).hex();
    Some(hash.chars().take(16).collect())
}

/// The person of this request's session. A session whose time is over is deleted.
pub(super) async fn presence(session: &Session, now: At) -> Result<Option<Presence>, session::Error> {
    let (Some(caller), Some(stay)) = (session.get::<Caller>(CALLER).await?, session.get::<Stay>(STAY).await?) else {
        return Ok(None);
    };
    if !stay.holds(now) {
        session.flush().await?;
        return Ok(None);
    }
    Ok(Some(Presence { caller, stay }))
}

/// Notes that somebody was here.
pub(super) async fn touch(session: &Session, stay: &Stay, now: At) -> Result<(), session::Error> {
    if now.since(stay.seen) < TOUCH {
        return Ok(());
    }
    keep(session, &Stay { seen: now, ..stay.clone() }).await
}

/// A page asked for this by itself, so nobody need be there: a page that is left open keeps no session alive.
pub(super) fn by_itself(request: &Request) -> bool {
    request.uri().path() == live::PATH || request.headers().contains_key(BY_ITSELF)
}

/// Makes the session that of a person, under a new number: one that somebody else planted before is worth nothing.
pub(super) async fn enter(
    session: &Session,
    presence: &Presence,
    sid: Option<&str>,
    agent: &str,
) -> Result<(), session::Error> {
    session.cycle_id().await?;
    session.insert(CALLER, &presence.caller).await?;
    session.insert(SID, sid).await?;
    session.insert(AGENT, agent.chars().take(200).collect::<String>()).await?;
    keep(session, &presence.stay).await
}

/// Goes on with somebody who is here already.
pub(super) async fn go_on(session: &Session, presence: &Presence, sid: Option<&str>) -> Result<(), session::Error> {
    session.insert(CALLER, &presence.caller).await?;
    session.insert(SID, sid).await?;
    keep(session, &presence.stay).await
}

/// Nobody is here any more. What waits in the session under `key` waits on, until `end`, for the person to come back.
pub(super) async fn leave(session: &Session, key: &str, end: At) -> Result<(), session::Error> {
    let waiting: Option<serde_json::Value> = session.get(key).await?;
    session.flush().await?;
    if let Some(waiting) = waiting {
        session.insert(key, waiting).await?;
        last_until(session, end).await?;
    }
    Ok(())
}

/// Writes down how long somebody is here.
pub(super) async fn keep(session: &Session, stay: &Stay) -> Result<(), session::Error> {
    session.insert(STAY, stay).await?;
    session.set_expiry(Some(until(stay.ends())));
    Ok(())
}

/// The session is kept until then at least; that of somebody who is here, as long as they may be.
async fn last_until(session: &Session, end: At) -> Result<(), session::Error> {
    let stay = session.get::<Stay>(STAY).await?;
    session.set_expiry(Some(until(stay.map_or(end, |stay| stay.ends().max(end)))));
    Ok(())
}

/// When the store may forget a session, by the house's clock.
fn until(end: At) -> Expiry {
    let end = time::OffsetDateTime::from_unix_timestamp(end.unix());
    end.map_or(Expiry::OnSessionEnd, Expiry::AtDateTime)
}

/// Reads the cookie and, when something changed, writes it.
pub(super) fn layer(front: &Front) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(front.sessions.clone())
        .with_name(if front.public.secure() { HOST_COOKIE } else { COOKIE })
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(front.public.secure())
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
