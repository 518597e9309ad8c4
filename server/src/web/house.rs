//! The house, as the front sees it beside the use cases.

use super::{Feed, SignedIn, Tokens};
use crate::{
    domain::{Actor, At, Caller, Hint, Standing, person::SignedOut, secret::TokenHash},
    portal::{House, token::Turned},
};
use app::portal::Portal;
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Sessions of one person: browsers they use, and some that they forgot. The one that was used longest ago ends for a new one.
const MOST_SESSIONS: u32 = 20;

/// What is looked for again, in microseconds: clocks of portals on one database are further apart than that only when one of
/// them is wrong, and then the engine says so.
const LATELY: i64 = 120_000_000;

#[async_trait]
impl SignedIn for House {
    async fn signed_in(&self, caller: &Caller) -> anyhow::Result<()> {
        self.seen_again(caller).await?;
        self.store.end_oldest_sessions(&caller.subject, MOST_SESSIONS - 1).await?;
        let who = Actor::Person(caller.email.clone());
        self.list_sign_in(self.entry(&who, "portal.sign_in", None, true, "")).await?;
        Ok(())
    }

    async fn seen_again(&self, caller: &Caller) -> anyhow::Result<()> {
        self.store.end_invitations(self.clock.now()).await?;
        self.store.lapse_rebinds(self.clock.now()).await?;
        self.store.signed_in(caller).await?;
        Ok(self.confirm_tokens(caller).await?)
    }

    async fn seal(&self, purpose: &'static str, text: &SecretString) -> anyhow::Result<String> {
        Ok(self.vault.seal(purpose, text).await?)
    }

    async fn unseal(&self, purpose: &'static str, sealed: &str) -> anyhow::Result<SecretString> {
        Ok(self.vault.unseal(purpose, sealed).await?)
    }

    async fn way_in(&self, sealed: &str) -> anyhow::Result<String> {
        self.follow_invitation(sealed).await
    }

    async fn unconfirmed(&self, caller: &Caller, confirmed: At, until: Option<At>) {
        let word =
            |at: At| jiff::Timestamp::from_microsecond(at.0).unwrap_or_default().strftime("%H:%M:%S UTC").to_string();
        let standing = if caller.standing == Standing::Operator { "Operator" } else { "Auditor" };
        let known = format!("The sign-in service does not answer. {standing}, last confirmed {}", word(confirmed));
        let (what, detail) = match until {
            Some(until) => ("standing.unconfirmed", format!("{known}, goes on until {} at most.", word(until))),
            None => ("standing.dropped", format!("{known}, has no standing until it answers.")),
        };
        self.record(&self.entry(&Actor::Person(caller.email.clone()), what, None, until.is_some(), detail)).await;
    }

    async fn end_sessions(&self, ended: &SignedOut) -> anyhow::Result<u64> {
        Ok(self.store.end_sessions(ended).await?)
    }
}

#[async_trait]
impl Tokens for House {
    async fn portal(&self, presented: &TokenHash) -> Result<Arc<dyn Portal>, Turned> {
        self.portal_for_token(presented).await
    }

    async fn note(&self, turned: &Turned) {
        let entry = self.entry(&turned.who, "token.use", None, false, &*turned.oops.say);
        if let Err(error) = self.refused(entry).await {
            tracing::error!(%error, "a refused token could not be written into the audit");
        }
    }

    async fn missed(&self) -> bool {
        self.token_missed().await.unwrap_or_else(|error| {
            tracing::error!(%error, "refused tokens cannot be counted");
            false
        })
    }
}

#[async_trait]
impl Feed for House {
    fn hints(&self) -> broadcast::Receiver<Hint> {
        self.store.hints()
    }

    async fn newest(&self) -> Vec<Hint> {
        let now = self.clock.now();
        self.store.newest(At(now.0 - LATELY)).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "changes that no hint told of could not be looked for");
            Vec::new()
        })
    }
}
