//! The log: what happened to a tenant, in order. Two fences keep it linear. Its key is (tenant, number): of two that append
//! the same number exactly one wins, and the other one wrote nothing. And an engine's append names the epoch of its lease:
//! the statement that writes the digest finds no row once anybody else took the tenant.

use super::{
    Error, Result, Store,
    both::{Tx, all, run, statements},
    forget,
    lease::{LATE, Lease},
    rows::{plain, urgency},
};
use crate::domain::{At, Event, Fact, PairingId, TenantId, pairing::PairingStatus, tenant::Status};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the log says in short; written with each append so that lists and the engine need not read logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// State word.
    pub status: Status,
    /// What happens now, or why a person is needed; one line.
    pub now: String,
    /// Step that needs a person.
    pub stuck_step: Option<String>,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub steps: u32,
    /// When the engine should go on at the latest; `None` leaves what was asked for before, and so does a later moment.
    pub wake_at: Option<At>,
    /// Set once every absence was seen: the same transaction forgets the tenant's people, secrets and pairings.
    pub gone_at: Option<At>,
    /// States of pairings; those not named stay as they are.
    pub pairings: Vec<PairingState>,
}

/// What the log says about one pairing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairingState {
    /// Which.
    pub id: PairingId,
    /// State.
    pub status: PairingStatus,
    /// Reason and next action when it is not connected.
    pub note: String,
    /// The person in the chat; `None` keeps what is known.
    pub chat_user: Option<String>,
    /// When the last proof held and how many milliseconds it took; `None` keeps what is known.
    pub proof: Option<(At, i64)>,
}

/// What an append came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// Written.
    Ok,
    /// Somebody else wrote that number; nothing was written. Read the log again.
    Conflict,
    /// The lease is another's by now, or the tenant is gone; nothing was written, and nothing ever will be.
    Lost,
}

/// An event, and under which epoch an engine wrote it; people, sites and older versions have none.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// What happened.
    pub event: Event,
    /// Of the lease.
    pub epoch: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct NotedRow {
    #[sqlx(flatten)]
    event: EventRow,
    epoch: Option<i64>,
}

#[derive(sqlx::FromRow)]
pub(super) struct EventRow {
    seq: i64,
    flow: String,
    step: String,
    kind: String,
    body: String,
    at: i64,
}

/// What an append may change of a pairing.
#[derive(PartialEq, Eq, sqlx::FromRow)]
struct PairingRow {
    id: String,
    status: String,
    note: String,
    chat_user: Option<String>,
    proof_at: Option<i64>,
    proof_ms: Option<i64>,
}

statements! {
    LOG = "SELECT seq, flow, step, kind, body, at FROM event WHERE tenant = $1 ORDER BY seq";
    AFTER = "SELECT seq, flow, step, kind, body, at, epoch FROM event WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    WRITE = "INSERT INTO event (tenant, seq, flow, step, kind, body, at, epoch)
        SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT),
            CAST($6 AS TEXT), CAST($7 AS BIGINT), CAST($8 AS BIGINT)
        WHERE $2 = 1 OR EXISTS (SELECT 1 FROM event WHERE tenant = $1 AND seq = $2 - 1)
        ON CONFLICT DO NOTHING";
    DIGEST = "UPDATE tenant SET status = $2, urgency = $3, now_text = $4, stuck_step = $5, done = $6, steps = $7,
            wake_at = CASE WHEN CAST($9 AS BIGINT) IS NOT NULL THEN $8
                WHEN wake_at IS NULL OR wake_at > $8 THEN COALESCE($8, wake_at) ELSE wake_at END, gone_at = $9
        WHERE id = $1 AND gone_at IS NULL
            AND (CAST($10 AS BIGINT) IS NULL OR (lease_epoch = $10 AND lease_owner = $11))";
    PAIRINGS = "SELECT id, status, note, chat_user, proof_at, proof_ms FROM pairing WHERE tenant = $1";
    SET_PAIRING = "UPDATE pairing SET status = $3, note = $4, chat_user = $5, proof_at = $6, proof_ms = $7
        WHERE id = $1 AND tenant = $2";
}

impl Store {
    /// The whole log of a tenant, by number.
    ///
    /// # Errors
    /// The database, or an event that this version cannot read.
    pub async fn log(&self, tenant: TenantId) -> Result<Vec<Event>> {
        let rows: Vec<EventRow> = all!(&mut self.read().await?, LOG, tenant.to_string())?;
        rows.into_iter().map(Event::try_from).collect()
    }

    /// At most `limit` events with a number greater than `after`.
    ///
    /// # Errors
    /// The database, or an event that this version cannot read.
    pub async fn events_after(&self, tenant: TenantId, after: i64, limit: u32) -> Result<Vec<Noted>> {
        let rows: Vec<NotedRow> =
            all!(&mut self.read().await?, AFTER, tenant.to_string(), after, i64::from(limit.min(10_000)))?;
        rows.into_iter().map(|row| Ok(Noted { event: row.event.try_into()?, epoch: row.epoch })).collect()
    }

    /// Writes an engine's events (with consecutive numbers) and what they come to, or nothing. A lease that is another's by
    /// now writes nothing, and a tenant that is gone takes none.
    ///
    /// # Errors
    /// The database, or numbers that are not consecutive.
    pub async fn append(&self, lease: &Lease, events: &[Event], digest: &Digest) -> Result<Appended> {
        let mut tx = self.begin().await?;
        let appended = append(&mut tx, lease.tenant, Some(lease), events, digest).await?;
        if appended == Appended::Ok {
            tx.commit().await?;
            self.changed_at(lease.tenant, events.last().map(|event| event.seq));
        }
        Ok(appended)
    }
}

/// See [`super::Held::log`].
pub(super) async fn whole(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = all!(tx, LOG, tenant.to_string())?;
    rows.into_iter().map(Event::try_from).collect()
}

/// See [`Store::append`]; people need no lease. Unless it is `Ok`, the transaction is to be dropped.
pub(super) async fn append(
    tx: &mut Tx,
    tenant: TenantId,
    lease: Option<&Lease>,
    events: &[Event],
    digest: &Digest,
) -> Result<Appended> {
    if events.windows(2).any(|pair| pair[1].seq != pair[0].seq + 1) {
        return Err(Error::Corrupt("events to append are not consecutive"));
    }
    if !write_digest(tx, tenant, lease, digest).await? {
        return Ok(Appended::Lost);
    }
    for event in events {
        if !write(tx, tenant, lease.map(|l| l.epoch), event).await? {
            return Ok(Appended::Conflict);
        }
    }
    if digest.gone_at.is_some() {
        forget::all_of(tx, tenant).await?;
    } else if !digest.pairings.is_empty() {
        write_pairings(tx, tenant, &digest.pairings).await?;
    }
    Ok(Appended::Ok)
}

/// Writes one event; `false` when its number is taken or does not follow the last one.
pub(super) async fn write(tx: &mut Tx, tenant: TenantId, epoch: Option<i64>, event: &Event) -> Result<bool> {
    let (kind, body) = split(&event.fact)?;
    let (id, flow) = (tenant.to_string(), event.flow.to_string());
    let rows = run!(tx, WRITE, id, event.seq, flow, &*plain(&event.step), kind, body, event.at.0, epoch)?;
    Ok(rows == 1)
}

/// `false` when there is no such living tenant, or the lease is another's. On PostgreSQL this also holds the tenant's row
/// until the end, so nobody claims it before what is written is there.
async fn write_digest(tx: &mut Tx, tenant: TenantId, lease: Option<&Lease>, d: &Digest) -> Result<bool> {
    let wake_at = d.gone_at.map(|at| at.plus(LATE)).or(d.wake_at).map(|at| at.0);
    let stuck = d.stuck_step.as_deref().map(plain);
    let rows = run!(
        tx,
        DIGEST,
        tenant.to_string(),
        d.status.key(),
        urgency(d.status),
        &*plain(&d.now),
        stuck.as_deref(),
        i64::from(d.done),
        i64::from(d.steps),
        wake_at,
        d.gone_at.map(|at| at.0),
        lease.map(|l| l.epoch),
        lease.map(|l| l.owner.as_str()),
    )?;
    Ok(rows == 1)
}

/// One look, then one update for each pairing that really changed.
async fn write_pairings(tx: &mut Tx, tenant: TenantId, states: &[PairingState]) -> Result<()> {
    let tenant = tenant.to_string();
    let rows: Vec<PairingRow> = all!(&mut *tx, PAIRINGS, &tenant)?;
    let mut known: BTreeMap<String, PairingRow> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    for state in states {
        let Some(old) = known.remove(&state.id.to_string()) else { continue };
        let new = old.after(state);
        if new != old {
            let (proof_at, proof_ms) = (new.proof_at, new.proof_ms);
            run!(&mut *tx, SET_PAIRING, &new.id, &tenant, &new.status, &new.note, &new.chat_user, proof_at, proof_ms)?;
        }
    }
    Ok(())
}

impl PairingRow {
    fn after(&self, s: &PairingState) -> Self {
        Self {
            id: self.id.clone(),
            status: s.status.key().to_owned(),
            note: plain(&s.note).into_owned(),
            chat_user: s.chat_user.as_deref().map(|c| plain(c).into_owned()).or_else(|| self.chat_user.clone()),
            proof_at: s.proof.map_or(self.proof_at, |(at, _)| Some(at.0)),
            proof_ms: s.proof.map_or(self.proof_ms, |(_, ms)| Some(ms)),
        }
    }
}

/// A fact as its tag and the rest.
fn split(fact: &Fact) -> Result<(String, String)> {
    let Ok(Value::Object(mut body)) = serde_json::to_value(fact) else { return Err(Error::Corrupt("a fact")) };
    let Some(Value::String(kind)) = body.remove("kind") else { return Err(Error::Corrupt("a fact's kind")) };
    Ok((kind, Value::Object(body).to_string()))
}

impl TryFrom<EventRow> for Event {
    type Error = Error;
    fn try_from(row: EventRow) -> Result<Self> {
        let Ok(Value::Object(mut body)) = serde_json::from_str(&row.body) else {
            return Err(Error::Corrupt("event.body"));
        };
        body.insert("kind".to_owned(), Value::String(row.kind));
        Ok(Self {
            seq: row.seq,
            flow: row.flow.parse().map_err(|_| Error::Corrupt("event.flow"))?,
            step: row.step,
            fact: serde_json::from_value(Value::Object(body)).map_err(|_| Error::Corrupt("event.kind or body"))?,
            at: At(row.at),
        })
    }
}
