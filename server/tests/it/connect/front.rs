//! The whole front door of a town: real pages and forms over the town's house, with a small OpenID provider.

use crate::{
    sim::{
        http,
        idp_login::{CLIENT, Idp, Person, SECRET},
    },
    stage::town::Town,
    web::browser::Browser,
};
use axum::Router;
use slipway::{
    domain::Clock as _,
    store::Sessions,
    web::{
        self, PublicOrigin, Web,
        assets::Assets,
        oidc::{Settings, SignIn},
    },
};
use std::sync::Arc;
use tokio::sync::watch;

pub(crate) struct Front {
    pub(crate) router: Router,
    pub(crate) idp: Idp,
    _stop: watch::Sender<bool>,
}

impl Front {
    pub(crate) async fn of(town: &Town) -> Self {
        let _client = http(); // Sets up TLS.
        let (house, (stop, stopping)) = (town.house.clone(), watch::channel(false));
        let idp = Idp::open(town.stage.clock.now().unix()).await;
        let public = PublicOrigin::parse(&house.systems.public_url).expect("it is one");
        let settings = Settings {
            issuer: idp.issuer(),
            client_id: CLIENT.into(),
            client_secret: SECRET.to_owned().into(),
            operator_group: "slipway-operators".into(),
            auditor_group: "slipway-auditors".into(),
            groups_claim: "groups".into(),
            way: slipway::web::oidc::Way::default(),
        };
        let (clock, dice) = (house.clock.clone(), house.dice.clone());
        let sign_in = SignIn::new(settings, public.clone(), clock.clone(), dice.clone()).expect("it is set up");
        let inside = house.clone();
        let web = Web {
            portal_for: Arc::new(move |caller| inside.portal_for(caller)),
            sign_in,
            sessions: web::session::Sessions(Arc::new(Sessions::new(house.store.clone(), clock.clone()))),
            people: Arc::new(house.clone()),
            tokens: Arc::new(house.clone()),
            clock,
            dice,
            public,
            connect: slipway::connect::router(house.clone()),
            mcp: Router::new(),
            feed: Arc::new(house.clone()),
            ready: Arc::new(|| Box::pin(async { Ok(()) })),
            assets: Assets::of(std::collections::HashMap::<String, Vec<u8>>::new()),
            support: "platform@example.org".into(),
            stop: stopping,
        };
        Self { router: web::router(web), idp, _stop: stop }
    }

    /// A browser in which that person is signed in.
    pub(crate) async fn signed_in(&self, person: Person) -> Browser {
        let mut browser = Browser::new(self.router.clone());
        let there = browser.get("/sign-in?to=/account").await.location();
        let back = browser.get(&self.idp.sign_in(&there, person)).await;
        assert_eq!(back.location(), "/account");
        browser
    }
}
