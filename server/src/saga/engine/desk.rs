//! One tenant on the engine's desk: its folded log, and the only pen that may write to it while steps run side by side.
//! The pen writes under the lease's epoch, and takes in what people and this lease wrote, nothing else.

use super::{Action, Engine, Stop, hand::Hand};
use crate::{
    domain::{At, Fact, Fault, Flow, Pairing, Roster, Tenant, TenantId, pairing::PairingStatus, person::Member},
    saga::{
        cx::{Cx, Secrets},
        journal::{Entry, number},
        machine,
        state::State,
    },
    store::{Appended, Noted, Store},
};
use async_trait::async_trait;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Mutex;

pub(super) struct Desk<'e> {
    engine: &'e Engine,
    hand: &'e Hand,
    tenant: Tenant,
    state: Mutex<State>,
}

/// What a step's context borrows from.
pub(super) struct Bench {
    tenant: Tenant,
    people: Arc<dyn Roster>,
    pairing: Option<Pairing>,
    siblings: Vec<Pairing>,
    chat_accounts: Vec<String>,
    outputs: BTreeMap<String, Value>,
    leaving: bool,
    secrets: Box<dyn Secrets>,
}

/// The rows of the table, each time anew.
struct Rows {
    store: Store,
    tenant: TenantId,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Rows").field(&self.tenant).finish()
    }
}

#[async_trait]
impl Roster for Rows {
    async fn people(&self) -> Result<Vec<Member>, Fault> {
        let rows = self.store.members(self.tenant).await;
        rows.map_err(|_| Fault::retry("The portal's own database did not answer."))
    }
}

impl Bench {
    pub(super) fn cx(&self, now: At) -> Cx<'_> {
        Cx {
            tenant: &self.tenant,
            pairing: self.pairing.as_ref(),
            siblings: &self.siblings,
            chat_accounts: &self.chat_accounts,
            people: &self.people,
            outputs: &self.outputs,
            leaving: self.leaving,
            secrets: &*self.secrets,
            now,
        }
    }
}

impl<'e> Desk<'e> {
    /// The log up to here may be of any engine: since the claim nobody but people and this lease can write.
    pub(super) async fn open(engine: &'e Engine, hand: &'e Hand) -> Result<Option<Self>, Stop> {
        let Some(tenant) = engine.store.tenant(hand.lease.tenant).await? else { return Ok(None) };
        let state = State::fold(&engine.store.log(tenant.id).await?);
        Ok(Some(Self { engine, hand, tenant, state: Mutex::new(state) }))
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(super) fn hand(&self) -> &Hand {
        self.hand
    }

    /// Takes in what people wrote since.
    pub(super) async fn refresh(&self) -> Result<State, Stop> {
        let mut state = self.state.lock().await;
        self.catch_up(&mut state).await?;
        Ok(state.clone())
    }

    async fn catch_up(&self, state: &mut State) -> Result<(), Stop> {
        for noted in self.engine.store.events_after(self.tenant.id, state.seq, 1000).await? {
            if !self.may_follow(&noted) {
                return Err(Stop::Lost);
            }
            state.apply(&noted.event);
        }
        Ok(())
    }

    fn may_follow(&self, noted: &Noted) -> bool {
        match noted.epoch {
            Some(epoch) => epoch == self.hand.lease.epoch,
            // A portal of an older version writes no epoch.
            None => !is_ours(&noted.event.fact),
        }
    }

    /// Asked right before an effect: the fence around the log keeps no hand from the world outside. A lease that is over
    /// and that nobody took is taken up again.
    pub(super) async fn holds(&self) -> Result<(), Stop> {
        let (store, lease, now) = (&self.engine.store, &self.hand.lease, self.engine.clock.now());
        let held = store.holds(lease, now).await? || store.renew(lease, now.plus(self.engine.settings.lease)).await?;
        if held { Ok(()) } else { Err(Stop::Lost) }
    }

    pub(super) async fn tries(&self, action: &Action) -> u32 {
        let state = self.state.lock().await;
        state.flows.get(&action.flow).and_then(|c| c.track(action.step)).map_or(0, |t| t.tries)
    }

    /// Writes one fact under the next number. A person may have written in between: then theirs comes first.
    pub(super) async fn write(&self, flow: Flow, step: &str, fact: Fact) -> Result<(), Stop> {
        let mut state = self.state.lock().await;
        loop {
            let now = self.engine.clock.now();
            let events = number(&state, vec![Entry::new(flow, step, fact.clone())], now);
            let mut after = state.clone();
            events.iter().for_each(|e| after.apply(e));
            // No time to wake: the lease runs out by itself should this process die.
            let digest = machine::digest(&self.engine.plans, &after, None);
            match self.engine.store.append(&self.hand.lease, &events, &digest).await? {
                Appended::Ok => {
                    *state = after;
                    return Ok(());
                }
                Appended::Lost => return Err(Stop::Lost),
                Appended::Conflict => self.catch_up(&mut state).await?,
            }
        }
    }

    pub(super) async fn bench(&self, flow: Flow) -> Result<Bench, Stop> {
        let (outputs, leaving) = {
            let state = self.state.lock().await;
            (state.outputs(flow), state.leaving())
        };
        let all = match flow {
            Flow::Tenant => Vec::new(),
            Flow::Pair(_) => self.engine.store.pairings(self.tenant.id).await?,
        };
        let (mine, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|p| flow == Flow::Pair(p.id));
        let pairing = mine.into_iter().next();
        let chat_accounts = match &pairing {
            Some(pairing) => self.engine.store.chat_accounts_of(&pairing.subject).await?,
            None => Vec::new(),
        };
        let live = |p: &Pairing| !matches!(p.status, PairingStatus::Gone | PairingStatus::Leaving);
        Ok(Bench {
            tenant: self.tenant.clone(),
            people: Arc::new(Rows { store: self.engine.store.clone(), tenant: self.tenant.id }),
            pairing,
            siblings: others.into_iter().filter(live).collect(),
            chat_accounts,
            outputs,
            leaving,
            secrets: Box::new(self.engine.vault.of(self.tenant.id)),
        })
    }
}

/// Only engines write these; the others are wishes of people. Each fact must be named here.
fn is_ours(fact: &Fact) -> bool {
    match fact {
        Fact::Started { .. }
        | Fact::Waiting { .. }
        | Fact::Retrying { .. }
        | Fact::Done { .. }
        | Fact::Failed { .. }
        | Fact::Undone { .. }
        | Fact::Drifted { .. }
        | Fact::Healed {}
        | Fact::Closed {} => true,
        Fact::Opened { .. }
        | Fact::Replaces { .. }
        | Fact::Skipped { .. }
        | Fact::Nudged { .. }
        | Fact::Reversed { .. } => false,
    }
}
