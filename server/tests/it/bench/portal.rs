//! The whole house over simulators, behind its real router, on a real port.

use super::{seed, wire::Ask};
use crate::stage::town::Town;
use axum::Router;
use slipway::{
    boot::Urandom,
    domain::Clock as _,
    store::{Sessions, Store},
    web::{
        self, PublicOrigin, Web,
        assets::Assets,
        oidc::{Settings, SignIn},
    },
};
use std::{net::SocketAddr, path::Path, sync::Arc};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// A portal with so many tenants.
pub(super) struct Portal {
    pub(super) town: Town,
    pub(super) served: Served,
    cookie: String,
    _folder: tempfile::TempDir,
}

/// A router that listens until this is dropped.
pub(super) struct Served {
    pub(super) at: SocketAddr,
    task: JoinHandle<()>,
    _stop: watch::Sender<bool>,
}

impl Served {
    pub(super) async fn new(app: impl FnOnce(watch::Receiver<bool>) -> Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        let at = listener.local_addr().expect("it is bound");
        let (stop, stopped) = watch::channel(false);
        let app = app(stopped.clone());
        let task = tokio::spawn(async move { web::serve(listener, app, stopped).await.expect("it serves") });
        Self { at, task, _stop: stop }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Portal {
    /// Over a database on disk.
    pub(super) async fn open() -> Self {
        Self::with(0, tempfile::tempdir().expect("there is room")).await
    }

    /// Made quickly: the file is in memory, where there is one for files. Pages are read from memory in either case.
    pub(super) async fn with_tenants(count: u32) -> Self {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        Self::with(count, tempfile::tempdir_in(place).expect("there is room")).await
    }

    async fn with(count: u32, folder: tempfile::TempDir) -> Self {
        let url = format!("sqlite://{}", folder.path().join("slipway.db").display());
        let town = Town::new(Store::open(&url).await.expect("it opens")).await;
        seed::tenants(&town.stage.store, count, town.stage.clock.now()).await;
        let cookie = seed::cookie(&town.stage.store, town.stage.clock.clone()).await;
        let served = Served::new(|stop| web::router(front(&town, stop))).await;
        Self { town, served, cookie, _folder: folder }
    }

    /// A question of an operator.
    pub(super) fn ask(&self, path: &str) -> Ask {
        Ask::new(self.served.at, path, &self.cookie)
    }
}

fn front(town: &Town, stop: watch::Receiver<bool>) -> Web {
    let (house, clock, dice) = (town.house.clone(), town.stage.clock.clone(), Arc::new(Urandom));
    let public = PublicOrigin::parse("https://portal.example.org").expect("it is one");
    let settings = Settings {
        issuer: town.idp.wire.url.clone(),
        client_id: "slipway".into(),
        client_secret: "not asked for here".to_owned().into(),
        operator_group: "slipway-operators".into(),
        auditor_group: "slipway-auditors".into(),
        groups_claim: "groups".into(),
        way: slipway::web::oidc::Way::default(),
    };
    let sessions = Sessions::new(town.stage.store.clone(), clock.clone());
    Web {
        sign_in: SignIn::new(settings, public.clone(), clock.clone(), dice.clone()).expect("it is set up"),
        sessions: web::session::Sessions(Arc::new(sessions)),
        people: Arc::new(house.clone()),
        tokens: Arc::new(house.clone()),
        feed: Arc::new(house.clone()),
        portal_for: Arc::new(move |caller| house.portal_for(caller)),
        clock,
        dice,
        public,
        connect: Router::new(),
        mcp: Router::new(),
        ready: Arc::new(|| Box::pin(async { Ok(()) })),
        assets: Assets::embedded(),
        support: "platform@example.org".into(),
        stop,
    }
}
