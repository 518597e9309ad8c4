//! The contract between pages and server: every use case a person has, and nothing else.
//!
//! An implementation is bound to one caller, so a page cannot forget authorization: what the caller may not see comes
//! back as [`Oops::not_found`] or [`Oops::forbidden`].

use crate::model::{
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
};
use async_trait::async_trait;

/// Result of a use case.
pub type Answer<T> = Result<T, Oops>;

/// Every use case, for one caller.
#[async_trait]
pub trait Portal: Send + Sync {
    /// Who is calling.
    fn me(&self) -> Me;
    /// Sessions, pairings and choices of the caller.
    async fn account(&self) -> Answer<AccountPage>;
    /// Ends one of the caller's sessions; one that ended before is no error.
    async fn end_session(&self, session: String) -> Answer<()>;
    /// Ends all sessions of the caller but this one.
    async fn end_other_sessions(&self, kept: String) -> Answer<()>;
    /// Who is signed in; operators and auditors only.
    async fn sessions(&self, query: SessionQuery) -> Answer<SessionsPage>;
    /// Ends all sessions of a person, by their subject; operators only. One who has none is no error.
    async fn end_sessions_of(&self, person: String) -> Answer<()>;
    /// Chooses the language of letters to the caller.
    async fn choose_language(&self, language: Language) -> Answer<()>;
    /// One page of the tenants the caller may see.
    async fn tenants(&self, query: ListQuery) -> Answer<TenantList>;
    /// The order form with verdict and preview; operators only.
    async fn order_page(&self, form: OrderForm) -> Answer<OrderPage>;
    /// Judges a slug; operators only.
    async fn judge_slug(&self, slug: String) -> Answer<SlugVerdict>;
    /// Orders a tenant and gives its slug. The same `key` again gives the same tenant.
    async fn order(&self, form: OrderForm) -> Answer<String>;
    /// One tenant with timeline, people and pairings.
    async fn tenant(&self, slug: String) -> Answer<TenantPage>;
    /// What to listen to for changes of a tenant, and its state; for everybody who sees it.
    async fn follow(&self, slug: String) -> Answer<Followed>;
    /// Looks again or tries again now; `step` is a step's name.
    async fn retry(&self, slug: String, step: String) -> Answer<()>;
    /// Goes on without a step that needs attention.
    async fn skip(&self, slug: String, step: String, reason: String) -> Answer<()>;
    /// Undoes everything and removes the tenant; `typed` must be its slug.
    async fn remove(&self, slug: String, typed: String) -> Answer<()>;
    /// Changes a person's role, or adds them: somebody new is invited by a letter. Here and below `email` may be the key of
    /// the page, which means nobody else than the person shown there.
    async fn put_member(&self, slug: String, email: String, role: Role) -> Answer<()>;
    /// Invites a person who never signed in again: a new letter, and the time begins anew.
    async fn invite(&self, slug: String, email: String) -> Answer<()>;
    /// Removes a person, withdraws their invitation and ends their pairings.
    async fn remove_member(&self, slug: String, email: String) -> Answer<()>;
    /// The person's account at the sign-in service was replaced: the next verified sign-in with their address takes their
    /// places over; `typed` must be the address. Operators only.
    async fn let_rebind(&self, slug: String, email: String, typed: String) -> Answer<()>;
    /// Which sign-in services people belong to; operators only.
    async fn rebind_page(&self) -> Answer<RebindPage>;
    /// The same for a list that names the new subjects: a trial run first, then with its number typed. Operators only.
    async fn rebind(&self, form: RebindForm) -> Answer<RebindReport>;
    /// Ends an account that was made in the tenant's WordPress; `account` is its number there.
    async fn end_account(&self, slug: String, account: String) -> Answer<()>;
    /// Ends a pairing.
    async fn disconnect(&self, slug: String, pairing: String) -> Answer<()>;
    /// What a plugin asks the caller to allow.
    async fn consent(&self, intent: String) -> Answer<ConsentPage>;
    /// Approves or denies; gives the address to send the browser to.
    async fn answer_consent(&self, intent: String, approve: bool) -> Answer<String>;
    /// Signs the caller in to a tenant's WordPress; gives the address to send the browser to.
    async fn sign_in_to_site(&self, slug: String, state: String, challenge: String, to: String) -> Answer<String>;
    /// Events over all visible tenants.
    async fn activity(&self, query: AuditQuery) -> Answer<ActivityPage>;
    /// The audit; operators and auditors only.
    async fn audit(&self, query: AuditQuery) -> Answer<AuditPage>;
    /// Health of the outside systems; operators and auditors only.
    async fn systems(&self) -> Answer<SystemsPage>;
    /// Takes a database cluster that fits nobody into the books, for the tenant whose marks it carries; `cluster` is the
    /// provider's id, `typed` that tenant's slug. Operators only.
    async fn adopt(&self, cluster: String, typed: String) -> Answer<()>;
    /// Tokens for programs: all for operators and auditors, their own for admins of a tenant.
    async fn tokens(&self) -> Answer<TokensPage>;
    /// Makes a token, never with more rights than the caller's; the answer is the only place that shows its text.
    async fn make_token(&self, form: TokenForm) -> Answer<MadeToken>;
    /// Ends a token for ever.
    async fn revoke_token(&self, id: String) -> Answer<()>;
}
