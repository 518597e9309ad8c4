//! Sessions in the house's own memory. The database knows a session only by the hash of its id, so a stolen copy
//! signs nobody in; and by its person and the provider's own session, so that a sign-out there ends the right ones.

use super::{
    Result, Store,
    both::{all, one, run, statements},
    rows::plain,
};
use crate::domain::{At, Caller, Clock, Standing, person::SignedOut, secret::TokenHash};
use async_trait::async_trait;
use std::sync::Arc;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result as Saved},
};

/// Key under which the sign-in puts the [`Caller`] into a session; its subject becomes the session's person.
pub const CALLER: &str = "caller";
/// Key under which the sign-in puts the provider's name for its session (text), if it told one.
pub const SID: &str = "sid";
/// Key under which the sign-in puts the browser's `User-Agent` (text).
pub const AGENT: &str = "agent";

/// A session as the account page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Names it among the person's own: the beginning of the hash of its id.
    pub name: String,
    /// When it began.
    pub made_at: At,
    /// When it was last written.
    pub seen_at: At,
    /// Browser.
    pub agent: String,
}

/// [`SessionStore`] over the house's memory; it needs a clock, because a session that ended must not be found.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Arc<dyn Clock>,
}

statements! {
    CREATE = "INSERT INTO session
            (id_hash, subject, agent, data, made_at, seen_at, expires_at, sid, issuer, name, email, standing)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    SAVE = "UPDATE session SET subject = $2, agent = $3, data = $4, seen_at = $5, expires_at = $6, sid = $7,
            name = $8, email = $9, standing = $10
        WHERE id_hash = $1";
    LOAD = "SELECT data, expires_at FROM session WHERE id_hash = $1 AND expires_at > $2 AND issuer = $3";
    DELETE = "DELETE FROM session WHERE id_hash = $1";
    END_ALL = "DELETE FROM session WHERE subject = $1";
    END_ONE = "DELETE FROM session WHERE sid = $1 AND (CAST($2 AS TEXT) IS NULL OR subject = $2)";
    END_NAMELESS = "DELETE FROM session WHERE subject = $1 AND sid IS NULL";
    END_NAMED = "DELETE FROM session WHERE subject = $1 AND substr(id_hash, 1, 16) = $2";
    END_OTHERS = "DELETE FROM session WHERE subject = $1 AND substr(id_hash, 1, 16) <> $2";
    END_OLDEST = "DELETE FROM session WHERE subject = $1 AND id_hash NOT IN (
        SELECT id_hash FROM session WHERE subject = $1 ORDER BY seen_at DESC, id_hash LIMIT $2)";
    OF_SUBJECT = "SELECT substr(id_hash, 1, 16), made_at, seen_at, agent FROM session
        WHERE subject = $1 AND expires_at > $2 ORDER BY seen_at DESC LIMIT 100";
}

impl Store {
    /// Ends the sessions that go with what ended at the provider; gives their number. A session of the person that was
    /// made without a `sid` may be the one that is meant, so it ends too.
    ///
    /// # Errors
    /// The database.
    pub async fn end_sessions(&self, ended: &SignedOut) -> Result<u64> {
        let mut link = self.write().await?;
        match ended {
            SignedOut::Person(subject) => run!(&mut link, END_ALL, &*plain(subject)),
            SignedOut::Session { sid, subject } => {
                let subject = subject.as_deref().map(plain);
                let mut rows = run!(&mut link, END_ONE, &*plain(sid), subject.as_deref())?;
                if let Some(subject) = subject {
                    rows += run!(&mut link, END_NAMELESS, &*subject)?;
                }
                Ok(rows)
            }
        }
    }

    /// The living sessions of a person (at most 100), the last used first.
    ///
    /// # Errors
    /// The database.
    pub async fn sessions_of(&self, subject: &str, now: At) -> Result<Vec<SessionRow>> {
        let rows: Vec<(String, i64, i64, String)> = all!(&mut self.read().await?, OF_SUBJECT, &*plain(subject), now.0)?;
        let row = |(name, made, seen, agent)| SessionRow { name, made_at: At(made), seen_at: At(seen), agent };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Ends all sessions of a person but so many that were used last.
    ///
    /// # Errors
    /// The database.
    pub async fn end_oldest_sessions(&self, subject: &str, kept: u32) -> Result<u64> {
        run!(&mut self.write().await?, END_OLDEST, &*plain(subject), i64::from(kept))
    }

    /// Ends one session of a person, or all but that one; gives their number. Names are those of [`SessionRow`].
    ///
    /// # Errors
    /// The database.
    pub async fn end_own_sessions(&self, subject: &str, name: &str, others: bool) -> Result<u64> {
        let sql = if others { END_OTHERS } else { END_NAMED };
        run!(&mut self.write().await?, sql, &*plain(subject), &*plain(name))
    }
}

/// How standings are compared in the database.
fn rank(standing: Standing) -> i64 {
    match standing {
        Standing::Operator => 2,
        Standing::Auditor => 1,
        Standing::Person => 0,
    }
}

/// What a record is in columns.
struct Columns {
    subject: Option<String>,
    name: String,
    email: String,
    standing: i64,
    sid: Option<String>,
    agent: String,
    data: String,
    expires_at: i64,
}

impl Columns {
    fn of(record: &Record) -> Saved<Self> {
        let caller = record.data.get(CALLER).and_then(|v| serde_json::from_value::<Caller>(v.clone()).ok());
        let agent = record.data.get(AGENT).and_then(|v| v.as_str()).unwrap_or_default();
        let expires_at = record.expiry_date.unix_timestamp_nanos() / 1_000;
        let caller = caller.as_ref();
        Ok(Self {
            subject: caller.map(|c| plain(&c.subject).into_owned()),
            name: caller.map(|c| plain(&c.name).into_owned()).unwrap_or_default(),
            email: caller.map(|c| c.email.to_string()).unwrap_or_default(),
            standing: caller.map_or(0, |c| rank(c.standing)),
            sid: record.data.get(SID).and_then(|v| v.as_str()).map(|sid| plain(sid).into_owned()),
            agent: plain(agent).chars().take(300).collect(),
            data: serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?,
            expires_at: i64::try_from(expires_at).unwrap_or(i64::MAX),
        })
    }
}

impl Sessions {
    /// Sessions in this store, ended by this clock.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn insert(&self, record: &Record) -> Saved<bool> {
        let c = Columns::of(record)?;
        let now = self.clock.now().0;
        let mut link = self.store.write().await.map_err(backend)?;
        let (id, issuer, person) = (hashed(&record.id), self.store.issuer(), (c.name, c.email, c.standing));
        let (agent, data, ends) = (c.agent, c.data, c.expires_at);
        let rows =
            run!(&mut link, CREATE, id, c.subject, agent, data, now, ends, c.sid, issuer, person.0, person.1, person.2);
        Ok(rows.map_err(backend)? == 1)
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sessions({:?})", self.store)
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Saved<()> {
        while !self.insert(record).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    /// A session that was ended meanwhile stays ended.
    async fn save(&self, record: &Record) -> Saved<()> {
        let c = Columns::of(record)?;
        let now = self.clock.now().0;
        let mut link = self.store.write().await.map_err(backend)?;
        let (id, person) = (hashed(&record.id), (c.name, c.email, c.standing));
        let (agent, data, ends) = (c.agent, c.data, c.expires_at);
        let rows = run!(&mut link, SAVE, id, c.subject, agent, data, now, ends, c.sid, person.0, person.1, person.2);
        rows.map(drop).map_err(backend)
    }

    async fn load(&self, id: &Id) -> Saved<Option<Record>> {
        let now = self.clock.now().0;
        let mut link = self.store.read().await.map_err(backend)?;
        let row: Option<(String, i64)> =
            one!(&mut link, LOAD, hashed(id), now, self.store.issuer()).map_err(backend)?;
        let Some((data, expires_at)) = row else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_at) * 1_000)
            .map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Saved<()> {
        let mut link = self.store.write().await.map_err(backend)?;
        run!(&mut link, DELETE, hashed(id)).map_err(backend)?;
        Ok(())
    }
}

fn hashed(id: &Id) -> String {
    TokenHash::of(&id.to_string()).hex()
}

fn backend(e: super::Error) -> Error {
    Error::Backend(e.to_string())
}
