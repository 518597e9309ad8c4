//! The house as the gateway's ledger.

use super::{CallRecord, Claim, Ledger, tools::Tool};
use crate::{
    domain::{Actor, Email, Pace, Paced, Pairing, Tenant, TenantId},
    portal::House,
    store,
    systems::wordpress::Login,
};
use async_trait::async_trait;

#[async_trait]
impl Ledger for House {
    async fn open(&self, slug: &str, presented_key: &str) -> anyhow::Result<Option<Tenant>> {
        self.tenant_by_key(slug, presented_key).await
    }

    async fn login(&self, tenant: &Tenant, chat_user: &str) -> anyhow::Result<Option<(Pairing, Login)>> {
        Ok(self.door(tenant, chat_user).await?.map(|d| (d.pairing, d.login)))
    }

    async fn claim(&self, key: &str, tenant: TenantId) -> anyhow::Result<Claim> {
        Ok(match self.store.claim_once(key, tenant, self.clock.now()).await? {
            store::Claim::Fresh => Claim::Fresh,
            store::Claim::Pending => Claim::Pending,
            store::Claim::Done(answer) => Claim::Done(answer),
        })
    }

    async fn finish(&self, key: &str, answer: &serde_json::Value) -> anyhow::Result<()> {
        Ok(self.store.finish_once(key, answer).await?)
    }

    async fn release(&self, key: &str) -> anyhow::Result<()> {
        Ok(self.store.forget_once(key).await?)
    }

    async fn record(&self, call: &CallRecord) {
        // Of somebody who is not let in, the chat's word is all there is.
        let who = Email::parse(&call.who).map_or(Actor::Chat, Actor::Person);
        let tenant = self.store.tenant(call.tenant).await.ok().flatten();
        let detail = format!("{} ({} ms)", call.detail, call.ms);
        let entry = self.entry(&who, &format!("mcp.{}", call.tool), tenant.as_ref(), call.allowed, detail);
        let written = match (call.allowed, call.tool.as_str()) {
            (false, _) => self.refused(entry).await,
            (true, tool) if tool == Tool::CreateDraft.name() => self.store.audit_draft(&entry).await,
            (true, _) => self.store.audit(&entry).await,
        };
        // The call itself is over.
        if let Err(error) = written {
            tracing::error!(%error, tool = call.tool, "a call could not be written into the audit");
        }
    }

    async fn pace(&self, rule: &Pace, whom: &str) -> anyhow::Result<Paced> {
        Ok(House::pace(self, rule, whom).await?)
    }

    async fn broken(&self, pairing: &Pairing, why: &str) {
        tracing::info!(pairing = %pairing.id, why, "a site refused a credential");
        self.suspect(pairing).await;
    }
}
