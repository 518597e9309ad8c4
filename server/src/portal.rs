//! The use cases: what people may do, each bound to one caller. Authorization is decided in `authority`, once.

mod account;
pub mod authority;
mod gateway;
mod house;
mod local;
mod member_key;
mod order;
mod pace;
mod pairing;
mod people;
mod post;
mod reading;
mod rebind;
mod session;
mod stray;
mod tenant_page;
pub mod timeline;
pub mod token;
mod way_in;
mod wish;

use crate::{
    domain::{Actor, Caller, Slug, Tenant, event::Flow},
    saga::state::State,
    store::{self, audit::AuditEntry},
};
use app::{
    model::{
        account::AccountPage,
        audit::{ActivityPage, AuditPage, AuditQuery},
        oops::Oops,
        pairing::ConsentPage,
        person::{Language, Me, Role},
        rebind::{RebindForm, RebindPage, RebindReport},
        session::{SessionQuery, SessionsPage},
        systems::SystemsPage,
        tenant::{Followed, ListQuery, OrderForm, OrderPage, SlugVerdict, TenantList, TenantPage},
        token::{MadeToken, TokenForm, TokensPage},
    },
    portal::{Answer, Portal},
};
use async_trait::async_trait;
use authority::Right;
use member_key::MemberKey;

pub use gateway::Door;
pub use house::House;

/// The use cases, bound to their caller.
pub(crate) struct Bound {
    house: House,
    caller: Caller,
    /// Who they are in log and audit.
    actor: Actor,
    /// The token that speaks for the caller.
    pass: Option<token::Pass>,
}

/// A fault of our own database: the log has the details, people get a sentence.
pub(crate) fn internal(error: store::Error) -> Oops {
    tracing::error!(%error, "a use case failed");
    match error {
        store::Error::Db(_) | store::Error::Newer(_) => Oops::internal(),
        store::Error::Corrupt(what) => {
            let say = format!("The portal's database holds something that this version cannot read ({what}).");
            Oops::new(
                500,
                "unreadable_record",
                say,
                "Run the version that wrote it, or restore a backup. Nothing was changed.",
            )
        }
    }
}

impl Bound {
    async fn audit(
        &self,
        what: &str,
        tenant: Option<&Tenant>,
        allowed: bool,
        detail: impl Into<String> + Send,
    ) -> Answer<()> {
        let entry = self.house.entry(&self.actor, what, tenant, allowed, detail);
        match allowed {
            true => self.note(entry).await,
            false => self.house.refused(entry).await.map_err(internal),
        }
    }

    async fn note(&self, entry: AuditEntry) -> Answer<()> {
        self.house.store.audit(&entry).await.map_err(internal)
    }

    /// The caller's name in the log.
    fn who(&self) -> String {
        self.actor.to_string()
    }
}

#[async_trait]
impl Portal for Bound {
    fn me(&self) -> Me {
        let Caller { name, email, standing, .. } = self.caller.clone();
        Me { name, email: email.into(), standing }
    }

    async fn account(&self) -> Answer<AccountPage> {
        self.my_account().await
    }

    async fn end_session(&self, session: String) -> Answer<()> {
        self.end_mine(&session, false).await
    }

    async fn end_other_sessions(&self, kept: String) -> Answer<()> {
        self.end_mine(&kept, true).await
    }

    async fn sessions(&self, query: SessionQuery) -> Answer<SessionsPage> {
        self.may_read_all("session.list").await?;
        self.people_here(query).await
    }

    async fn end_sessions_of(&self, person: String) -> Answer<()> {
        self.may_order("session.end").await?;
        self.end_theirs(&person).await
    }

    async fn choose_language(&self, language: Language) -> Answer<()> {
        self.choose(language).await
    }

    async fn tenants(&self, query: ListQuery) -> Answer<TenantList> {
        self.list(query).await
    }

    async fn order_page(&self, form: OrderForm) -> Answer<OrderPage> {
        self.may_order("tenant.order_page").await?;
        self.order_form(form).await
    }

    async fn judge_slug(&self, slug: String) -> Answer<SlugVerdict> {
        self.may_order("tenant.judge_slug").await?;
        self.verdict(&slug).await
    }

    async fn order(&self, form: OrderForm) -> Answer<String> {
        self.may_order("tenant.order").await?;
        self.place_order(form).await
    }

    async fn tenant(&self, slug: String) -> Answer<TenantPage> {
        let (tenant, standing) = self.open(&slug, Right::See, "tenant.see").await?;
        self.page(tenant, standing).await
    }

    async fn follow(&self, slug: String) -> Answer<Followed> {
        let (tenant, _) = self.open(&slug, Right::See, "tenant.see").await?;
        Ok(Followed { id: tenant.id.to_string(), status: tenant.status })
    }

    async fn retry(&self, slug: String, step: String) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::Operate, "tenant.retry").await?;
        self.nudge(&tenant, &step).await
    }

    async fn skip(&self, slug: String, step: String, reason: String) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::Operate, "tenant.skip").await?;
        self.pass_over(&tenant, &step, &reason).await
    }

    async fn remove(&self, slug: String, typed: String) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::Operate, "tenant.remove").await?;
        self.turn_around(&tenant, &typed).await
    }

    async fn put_member(&self, slug: String, email: String, role: Role) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::ManagePeople, "member.put").await?;
        self.save_member(&tenant, MemberKey::parse(&email), role).await
    }

    async fn invite(&self, slug: String, email: String) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::ManagePeople, "member.invite").await?;
        self.invite_again(&tenant, MemberKey::parse(&email).address).await
    }

    async fn remove_member(&self, slug: String, email: String) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::ManagePeople, "member.remove").await?;
        self.drop_member(&tenant, MemberKey::parse(&email)).await
    }

    async fn let_rebind(&self, slug: String, email: String, typed: String) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::Operate, "person.rebind").await?;
        Bound::let_rebind(self, &tenant, MemberKey::parse(&email), &typed).await
    }

    async fn rebind_page(&self) -> Answer<RebindPage> {
        self.may_order("person.rebind").await?;
        let others = self.house.store.other_issuers().await.map_err(internal)?;
        Ok(RebindPage { issuer: self.house.store.issuer().to_owned(), others })
    }

    async fn rebind(&self, form: RebindForm) -> Answer<RebindReport> {
        self.may_order("person.rebind").await?;
        self.rebind_list(form).await
    }

    async fn end_account(&self, slug: String, account: String) -> Answer<()> {
        let (tenant, _) = self.open(&slug, Right::ManagePeople, "site.end_account").await?;
        self.end_local(&tenant, &account).await
    }

    async fn disconnect(&self, slug: String, pairing: String) -> Answer<()> {
        let (tenant, standing) = self.open(&slug, Right::See, "pairing.disconnect").await?;
        self.unpair(&tenant, standing, &pairing).await
    }

    async fn consent(&self, intent: String) -> Answer<ConsentPage> {
        self.question(&intent).await
    }

    async fn answer_consent(&self, intent: String, approve: bool) -> Answer<String> {
        self.decide(&intent, approve).await
    }

    async fn sign_in_to_site(&self, slug: String, state: String, challenge: String, to: String) -> Answer<String> {
        let (tenant, standing) = self.open(&slug, Right::SignIn, "site.sign_in").await?;
        self.sign_in(&tenant, standing, state, challenge, to).await
    }

    async fn activity(&self, query: AuditQuery) -> Answer<ActivityPage> {
        self.recent(query).await
    }

    async fn audit(&self, query: AuditQuery) -> Answer<AuditPage> {
        self.may_read_all("audit.read").await?;
        self.audit_rows(query).await
    }

    async fn systems(&self) -> Answer<SystemsPage> {
        self.may_read_all("systems.read").await?;
        self.doctor().await
    }

    async fn adopt(&self, cluster: String, typed: String) -> Answer<()> {
        self.may_order("database.adopt").await?;
        self.adopt_cluster(&cluster, &typed).await
    }

    async fn tokens(&self) -> Answer<TokensPage> {
        self.token_page().await
    }

    async fn make_token(&self, form: TokenForm) -> Answer<MadeToken> {
        self.throw_token(form).await
    }

    async fn revoke_token(&self, id: String) -> Answer<()> {
        self.end_token(&id).await
    }
}

/// A flow of a pairing that is neither reversed nor closed.
pub(crate) fn live_pair(state: &State, flow: Flow) -> bool {
    state.flows.get(&flow).is_some_and(|c| c.reversed.is_none() && c.closed_at.is_none())
}

/// Parses a slug from an address; anything else simply is not there.
pub(crate) fn slug(text: &str) -> Answer<Slug> {
    Slug::parse(text).map_err(|_| Oops::not_found())
}
