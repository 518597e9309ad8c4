//! The front of the house: everything that arrives over HTTP. It knows who is calling and hands each request to the
//! use cases of that caller; it decides nothing itself.
//!
//! Layers, outside in: trace, headers, error pages, panics, time limit, body limit, same-origin guard, sessions, caller, routes.
//! What servers send to servers (`/connect/v1`, `/mcp`, the back-channel logout), the links of letters to people who may have
//! no account, and what is the same for everybody (`/assets`, `/health`) stays outside of the last four: no cookie is read or made there.

mod api;
pub mod assets;
mod bound;
mod destination;
mod dress;
mod events;
mod forms;
mod front;
mod guard;
mod headers;
mod health;
mod host;
mod house;
mod invitation;
mod limits;
mod live;
mod lively;
pub mod metrics;
pub mod oidc;
mod origin;
mod pages;
mod serve;
pub mod session;
mod sign_in;
mod token;
mod trace;

pub use api::openapi;
pub use destination::Destination;
pub use host::one_host;
pub use origin::PublicOrigin;
pub use serve::{quick, serve, serve_within};
pub use token::Tokens;

use crate::domain::{At, Caller, Clock, Dice, Hint, person::SignedOut};
use app::portal::Portal;
use async_trait::async_trait;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};
use front::Front;
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};
use tower_http::{compression::CompressionLayer, limit::RequestBodyLimitLayer};

/// Largest form, in bytes.
const FORM_LIMIT: usize = 64 * 1024;

/// Hands out the portal bound to a caller.
pub type PortalFor = Arc<dyn Fn(Caller) -> Arc<dyn Portal> + Send + Sync>;

/// Asks whether the house can work; the error is one plain sentence without secrets.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What the house does when somebody comes or goes. The id token that the provider wants to see at the sign-out is kept
/// with the session, sealed: a copy of the database tells nobody what is in it.
#[async_trait]
pub trait SignedIn: Send + Sync {
    /// Somebody signed in: memberships that wait for their e-mail address become theirs.
    ///
    /// # Errors
    /// The store did not answer.
    async fn signed_in(&self, caller: &Caller) -> anyhow::Result<()>;

    /// The provider says the same of somebody who is here already; a newer name or address counts.
    ///
    /// # Errors
    /// The store did not answer.
    async fn seen_again(&self, caller: &Caller) -> anyhow::Result<()>;

    /// Seals a text for one purpose, to be kept elsewhere: in the session, or in the browser.
    ///
    /// # Errors
    /// The store did not answer, or the vault stays shut.
    async fn seal(&self, purpose: &'static str, text: &SecretString) -> anyhow::Result<String>;

    /// Opens it again.
    ///
    /// # Errors
    /// The store did not answer, or nothing was sealed so for this purpose.
    async fn unseal(&self, purpose: &'static str, sealed: &str) -> anyhow::Result<SecretString>;

    /// Where the link of an invitation's letter leads, by what is sealed in it.
    ///
    /// # Errors
    /// The store or the provider did not answer.
    async fn way_in(&self, sealed: &str) -> anyhow::Result<String>;

    /// The provider does not answer, so somebody's standing goes on without its word, until then at most; or, with `None`,
    /// is believed no longer. `confirmed` is when the provider last knew it. For the audit.
    async fn unconfirmed(&self, caller: &Caller, confirmed: At, until: Option<At>);

    /// Ends the sessions that go with what ended at the provider, and says how many.
    ///
    /// # Errors
    /// The store did not answer.
    async fn end_sessions(&self, ended: &SignedOut) -> anyhow::Result<u64>;
}

/// Says that something of a tenant changed; what it was, the listener looks up.
#[async_trait]
pub trait Feed: Send + Sync {
    /// A hint after every change. Some may be lost.
    fn hints(&self) -> broadcast::Receiver<Hint>;

    /// The tenants to whose log something was written lately, and the number of their newest event; for hints that were lost.
    /// Nothing when the store does not answer.
    async fn newest(&self) -> Vec<Hint>;
}

/// Everything the front needs, made by `boot`.
pub struct Web {
    /// Use cases, bound to a caller.
    pub portal_for: PortalFor,
    /// The OpenID client.
    pub sign_in: oidc::SignIn,
    /// Where sessions are kept. Its `save` must not bring a deleted session back.
    pub sessions: session::Sessions,
    /// Told when somebody comes or goes.
    pub people: Arc<dyn SignedIn>,
    /// Opens the API to tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub dice: Arc<dyn Dice>,
    /// The address browsers use.
    pub public: PublicOrigin,
    /// Routes of the pairing protocol, all below `/connect/v1/`.
    pub connect: Router,
    /// Routes of the gateway, all below `/mcp/`.
    pub mcp: Router,
    /// Change hints for live pages.
    pub feed: Arc<dyn Feed>,
    /// Asked by `/health/ready`.
    pub ready: Ready,
    /// Stylesheet, scripts and icons.
    pub assets: assets::Assets,
    /// E-mail address of the platform team.
    pub support: String,
    /// Becomes `true` when the process is about to end: live streams close, browsers come back elsewhere.
    pub stop: watch::Receiver<bool>,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").field("public", &self.public).finish_non_exhaustive()
    }
}

/// All routes of the house except `/metrics`.
pub fn router(web: Web) -> Router {
    let Web { portal_for, sign_in, sessions, people, tokens, clock, dice, public, feed, assets, support, stop, .. } =
        web;
    let front = Front::new(front::Parts {
        portal_for,
        sign_in,
        sessions,
        people,
        tokens,
        clock,
        dice,
        public,
        feed,
        files: assets.names(),
        support,
        stop,
    });
    live::distribute(front.hub.clone(), front.feed.clone(), front.stop.clone());
    site(&front)
        .merge(sign_in::server_routes().with_state(front.clone()))
        .merge(invitation::routes().with_state(front.clone()))
        .merge(web.connect)
        .merge(web.mcp)
        .merge(assets::routes(assets))
        .merge(health::routes(web.ready))
        .layer(from_fn(limits::answer_in_time))
        .layer(from_fn_with_state(front.clone(), dress::panics))
        .layer(from_fn_with_state(front.clone(), dress::errors))
        // Not streams of events. No page holds a secret next to what a stranger could make it repeat: forms need no token.
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(front.clone(), headers::secure))
        .layer(from_fn_with_state(front, trace::record))
}

/// What browsers see: with a session, and only from our own pages.
fn site(front: &Front) -> Router {
    pages::routes(front)
        .merge(forms::routes())
        .merge(sign_in::routes())
        .merge(api::routes())
        .merge(live::routes())
        .layer(from_fn_with_state(front.clone(), bound::bind))
        .layer(from_fn_with_state(front.clone(), sign_in::renew))
        .layer(session::layer(front))
        .layer(from_fn_with_state(front.clone(), guard::same_origin))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(RequestBodyLimitLayer::new(FORM_LIMIT))
        .with_state(front.clone())
}
