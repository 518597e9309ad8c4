//! The front of the house, through its whole router: real store, real OpenID client, a made-up portal behind it.

mod api;
mod api_rights;
mod assets;
pub(crate) mod browser;
mod claims;
mod consent;
mod csrf;
mod desk;
mod events;
mod forms;
mod invitation;
mod kept_forms;
mod live;
mod logout;
mod oops;
mod pages;
mod renewal;
mod rights;
mod serve;
mod sessions;
mod sign_in;
mod systems;
mod token;

use crate::{
    sim::idp_login::{CLIENT, Idp, Person, SECRET},
    stage::Stage,
};
use app::portal::Portal;
use async_trait::async_trait;
use axum::{Router, routing::post};
use browser::Browser;
use desk::Desk;
use secrecy::SecretString;
use slipway::{
    domain::{Actor, At, Caller, Clock as _, Hint, TenantId, person::SignedOut, secret::TokenHash},
    portal::token::{Turned, unknown},
    saga::plan::{OnFail, Plan, Plans},
    store::{Store, session::Sessions},
    vault::Vault,
    web::{
        self, Feed, PublicOrigin, SignedIn, Tokens, Web,
        assets::Assets,
        oidc::{Settings, SignIn},
    },
};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{broadcast, watch};

/// Where browsers find the portal in these tests.
pub(crate) const PUBLIC: &str = "https://portal.example.org";

/// A portal to knock at.
pub(crate) struct Front {
    pub(crate) router: Router,
    pub(crate) stage: Stage,
    pub(crate) idp: Idp,
    pub(crate) desk: Arc<Desk>,
    pub(crate) hints: broadcast::Sender<Hint>,
    _stop: watch::Sender<bool>,
}

struct People(Store, Vault);

#[async_trait]
impl SignedIn for People {
    async fn signed_in(&self, caller: &Caller) -> anyhow::Result<()> {
        Ok(self.0.signed_in(caller).await?)
    }
    async fn seen_again(&self, caller: &Caller) -> anyhow::Result<()> {
        self.signed_in(caller).await
    }
    async fn seal(&self, purpose: &'static str, text: &SecretString) -> anyhow::Result<String> {
        Ok(self.1.seal(purpose, text).await?)
    }
    async fn unseal(&self, purpose: &'static str, sealed: &str) -> anyhow::Result<SecretString> {
        Ok(self.1.unseal(purpose, sealed).await?)
    }
    async fn way_in(&self, sealed: &str) -> anyhow::Result<String> {
        anyhow::ensure!(sealed != "while-the-provider-is-away", "it does not answer");
        Ok(format!("https://sso.example/{sealed}"))
    }
    async fn unconfirmed(&self, _: &Caller, _: At, _: Option<At>) {}
    async fn end_sessions(&self, ended: &SignedOut) -> anyhow::Result<u64> {
        Ok(self.0.end_sessions(ended).await?)
    }
}

/// No token holds here.
struct NoTokens;

#[async_trait]
impl Tokens for NoTokens {
    async fn portal(&self, _: &TokenHash) -> Result<Arc<dyn Portal>, Turned> {
        Err(Turned { oops: unknown(), who: Actor::UnknownToken })
    }
    async fn note(&self, _: &Turned) {}
    async fn missed(&self) -> bool {
        true
    }
}

struct Hints(broadcast::Sender<Hint>);

#[async_trait]
impl Feed for Hints {
    fn hints(&self) -> broadcast::Receiver<Hint> {
        self.0.subscribe()
    }
    async fn newest(&self) -> Vec<Hint> {
        Vec::new()
    }
}

/// The identifier of a tenant in these tests.
pub(crate) fn tenant(slug: &str) -> TenantId {
    TenantId(uuid::Uuid::from_u128(slug.bytes().fold(0, |id, byte| id << 8 | u128::from(byte))))
}

impl Front {
    pub(crate) async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = Store::open("sqlite::memory:").await.expect("memory is there");
        let stage = Stage::new(store, nothing()).await;
        let idp = Idp::open(stage.clock.now().unix()).await;
        let (hints, (stop, stopping), desk) =
            (broadcast::Sender::new(64), watch::channel(false), Arc::new(Desk::default()));
        let router = web::router(wired(&stage, &idp, &desk, &hints, stopping));
        Self { router, stage, idp, desk, hints, _stop: stop }
    }

    /// Something of a tenant changes.
    pub(crate) fn hint(&self, slug: &str) {
        self.hints.send(Hint { tenant: tenant(slug), seq: None }).expect("the front listens");
    }

    /// A browser that was never here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// A browser in which that person is signed in.
    pub(crate) async fn signed_in(&self, person: Person) -> Browser {
        let mut browser = self.browser();
        let there = browser.get("/sign-in?to=/account").await.location();
        let back = browser.get(&self.idp.sign_in(&there, person)).await;
        assert_eq!(back.location(), "/account");
        browser
    }
}

fn nothing() -> Plans {
    let plan = Plan { nodes: vec![], on_fail: OnFail::Park };
    Plans { tenant: plan.clone(), pair: plan }
}

pub(crate) fn wired(
    stage: &Stage,
    idp: &Idp,
    desk: &Arc<Desk>,
    hints: &broadcast::Sender<Hint>,
    stop: watch::Receiver<bool>,
) -> Web {
    let public = PublicOrigin::parse(PUBLIC).expect("it is one");
    let settings = Settings {
        issuer: idp.issuer(),
        client_id: CLIENT.into(),
        client_secret: SECRET.to_owned().into(),
        operator_group: "slipway-operators".into(),
        auditor_group: "slipway-auditors".into(),
        groups_claim: "groups".into(),
        way: slipway::web::oidc::Way::default(),
    };
    let sign_in = SignIn::new(settings, public.clone(), stage.clock.clone(), stage.dice.clone()).expect("it is set up");
    let desk = desk.clone();
    Web {
        portal_for: Arc::new(move |caller| desk.portal_for(caller)),
        sign_in,
        sessions: web::session::Sessions(Arc::new(Sessions::new(stage.store.clone(), stage.clock.clone()))),
        tokens: Arc::new(NoTokens),
        people: Arc::new(People(stage.store.clone(), stage.vault.clone())),
        clock: stage.clock.clone(),
        dice: stage.dice.clone(),
        public,
        connect: Router::new().route("/connect/v1/status", post(async || "the site's own answer")),
        mcp: Router::new().route("/mcp/{slug}", post(async || "the gateway's own answer")),
        feed: Arc::new(Hints(hints.clone())),
        ready: Arc::new(|| Box::pin(async { Err("The store does not answer.".to_owned()) })),
        assets: Assets::of(assets::shelf()),
        support: "platform@example.org".into(),
        stop,
    }
}

/// Names and contents of files.
pub(crate) type Files = HashMap<String, Vec<u8>>;
