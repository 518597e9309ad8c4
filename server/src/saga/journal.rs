//! Writing facts: each goes to the log together with the digest it leads to, in one transaction, under the next number.

use super::{machine, plan::Plans, state::State};
use crate::{
    domain::{At, Event, Fact, Flow, TenantId},
    store::{self, Held, Store, log::Appended},
};
use std::sync::Arc;

/// A fact with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Flow.
    pub flow: Flow,
    /// Step, or empty.
    pub step: String,
    /// What happened.
    pub fact: Fact,
}

impl Entry {
    /// A fact about a step.
    pub fn new(flow: Flow, step: impl Into<String>, fact: Fact) -> Self {
        Self { flow, step: step.into(), fact }
    }
}

/// Writes facts for everybody but the engine: people's wishes, notices from sites.
#[derive(Clone)]
pub struct Journal {
    store: Store,
    plans: Arc<Plans>,
}

impl Journal {
    /// A journal over the store.
    pub fn new(store: Store, plans: Arc<Plans>) -> Self {
        Self { store, plans }
    }

    /// The plans, for readers of the log.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// The tenant's folded log.
    ///
    /// # Errors
    /// The store's.
    pub async fn state(&self, tenant: TenantId) -> store::Result<State> {
        Ok(State::fold(&self.store.log(tenant).await?))
    }

    /// Asks `wish` what to write, given the current state, writes it and wakes the engine. `None` from `wish` writes
    /// nothing, and nothing is written to the log of a tenant that is gone: it is a certificate.
    ///
    /// # Errors
    /// The store's.
    pub async fn write(
        &self,
        tenant: TenantId,
        now: At,
        wish: impl Fn(&State) -> Option<Vec<Entry>> + Send,
    ) -> store::Result<Option<State>> {
        let Some(mut held) = self.store.hold(tenant).await? else { return Ok(None) };
        let state = self.add(&mut held, now, wish).await?;
        if state.is_some() {
            held.commit(None).await?;
        }
        Ok(state)
    }

    /// The same as a part of a change to a tenant that is held: it becomes true with the rest of the change, or not at all.
    ///
    /// # Errors
    /// The store's.
    pub async fn add(
        &self,
        held: &mut Held,
        now: At,
        wish: impl Fn(&State) -> Option<Vec<Entry>> + Send,
    ) -> store::Result<Option<State>> {
        let mut state = State::fold(&held.log().await?);
        let Some(entries) = wish(&state) else { return Ok(None) };
        let events = number(&state, entries, now);
        events.iter().for_each(|e| state.apply(e));
        let digest = machine::digest(&self.plans, &state, Some(now));
        match held.append(&events, &digest).await? {
            Appended::Ok => Ok(Some(state)),
            Appended::Conflict | Appended::Lost => {
                Err(store::Error::Corrupt("a log that grew while its tenant was held"))
            }
        }
    }
}

/// Numbers entries after the state's newest event.
pub fn number(state: &State, entries: Vec<Entry>, at: At) -> Vec<Event> {
    let event = |(seq, e): (i64, Entry)| Event { seq, flow: e.flow, step: e.step, fact: e.fact, at };
    (state.seq + 1..).zip(entries).map(event).collect()
}
