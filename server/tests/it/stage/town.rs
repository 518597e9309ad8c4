//! The whole house in a town of stand-ins: every shipped step over simulators, and one view of all that exists outside.

use super::Stage;
use crate::sim::{
    authentik::{self, AuthentikSim},
    database::MemoryDatabases,
    faults::{Effects, Faults, World},
    http,
    idp::{Habits, Idp, TOKEN},
    ionos::{IonosSim, MemoryReach},
    openwebui::{BASE, KEY, OpenWebUiSim},
    site::MemorySites,
    wordpress::WordPress,
};
use secrecy::SecretString;
use slipway::{
    domain::{Email, Fact, Flow, McpMode, Pairing, PairingId, Tenant, pairing::PairingStatus},
    mcp::{Gateway, Pace},
    portal::House,
    saga::{
        Secrets as _,
        engine::Probe,
        journal::{Entry, Journal},
        plan::Plans,
        state::State,
    },
    steps::{Systems, plans},
    store::Store,
    systems::{
        chat::openwebui::{Alone, Config, OpenWebUi},
        database::{Databases, ionos::IonosDatabases},
        identity::{Identity, rfc7591::Rfc7591},
        mail::log::LogMail,
        wordpress::rest::RestWordPress,
    },
};
use std::sync::Arc;

/// `app_id` of the simulated site's passwords.
const APP: uuid::Uuid = uuid::uuid!("51b37a00-0000-4000-8000-000000000001");

/// The secret the simulated chat signs its tokens with.
pub(crate) const JWT: &str = "a-secret-of-the-chat-for-its-signed-tokens";

/// Everything.
pub(crate) struct Town {
    pub(crate) stage: Stage,
    pub(crate) house: House,
    pub(crate) faults: Faults,
    pub(crate) effects: Effects,
    pub(crate) wordpress: WordPress,
    pub(crate) chat: OpenWebUiSim,
    pub(crate) idp: Idp,
    pub(crate) authentik: AuthentikSim,
    pub(crate) ionos: IonosSim,
    pub(crate) databases: Arc<MemoryDatabases>,
    pub(crate) sites: Arc<MemorySites>,
    pub(crate) letters: tempfile::TempDir,
    _portal: crate::sim::Wire,
    _token: tempfile::TempDir,
}

/// Which systems a town has in place of the simplest ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outside {
    Simplest,
    Direct,
    Authentik,
    IonosV1,
    IonosV2,
}

impl Town {
    pub(crate) async fn new(store: Store) -> Self {
        Self::with(store, |plans| plans).await
    }

    /// A town whose plans are changed before the engine gets them.
    pub(crate) async fn with(store: Store, change: impl FnOnce(Plans) -> Plans) -> Self {
        Self::build(store, Outside::Simplest, change).await
    }

    /// A town whose chat speaks with the sites' own tools.
    pub(crate) async fn direct(store: Store, change: impl FnOnce(Plans) -> Plans) -> Self {
        Self::build(store, Outside::Direct, change).await
    }

    /// A town whose sign-in clients are made in Authentik.
    pub(crate) async fn at_authentik(store: Store, change: impl FnOnce(Plans) -> Plans) -> Self {
        Self::build(store, Outside::Authentik, change).await
    }

    /// A town whose databases are clusters of IONOS, by the first or the second version of their API.
    pub(crate) async fn at_ionos(store: Store, first: bool, change: impl FnOnce(Plans) -> Plans) -> Self {
        Self::build(store, if first { Outside::IonosV1 } else { Outside::IonosV2 }, change).await
    }

    async fn build(store: Store, outside: Outside, change: impl FnOnce(Plans) -> Plans) -> Self {
        let (faults, effects) = (Faults::default(), Effects::default());
        let wordpress = WordPress::serve(faults.clone(), effects.clone()).await;
        let chat = OpenWebUiSim::start().await;
        // OpenWebUI protects its first account; in a real one that is its administrator.
        let first = serde_json::json!({"id": "first", "email": "admin@example.org", "name": "Admin", "role": "admin"});
        chat.inside.memory().users.push(first);
        let idp = Idp::serve(Habits { keyed: true, ..Habits::default() }, faults.clone(), effects.clone()).await;
        let authentik = AuthentikSim::serve(faults.clone(), effects.clone()).await;
        let ionos = IonosSim::serve(faults.clone(), effects.clone()).await;
        let token = tempfile::tempdir().expect("there is room");
        let databases = Arc::new(MemoryDatabases::new(faults.clone(), effects.clone()));
        let sites = Arc::new(MemorySites::new(wordpress.sites.clone(), faults.clone(), effects.clone()));
        let letters = tempfile::tempdir().expect("there is room");
        // The gateway is at the portal's address, and the portal's address is known once it listens.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let portal = format!("http://{}", listener.local_addr().expect("it is bound"));
        let mut stage = Stage::new(store, crate::saga::toy::plans(&crate::saga::toy::Toy::default())).await;
        let owui = Config {
            url: chat.wire.url.clone(),
            public_url: chat.wire.url.clone(),
            api_key: SecretString::from(KEY),
            base_model: BASE.into(),
            jwt_secret: SecretString::from(JWT),
            clock: stage.clock.clone(),
            lock: Arc::new(Alone::default()),
        };
        let identity: Arc<dyn Identity> = if outside == Outside::Authentik {
            let clock = stage.clock.clone();
            Arc::new(crate::systems::identity::authentik::driver(&authentik.wire.url, authentik::TOKEN, clock))
        } else {
            let issuer = idp.wire.url.parse().expect("an address");
            Arc::new(Rfc7591::new(http(), issuer, SecretString::from(TOKEN)))
        };
        let clusters: Arc<dyn Databases> = match outside {
            Outside::IonosV1 => Arc::new(clusters(&ionos, token.path(), &stage, "10.11", IonosDatabases::v1)),
            Outside::IonosV2 => Arc::new(clusters(&ionos, token.path(), &stage, "11.4", IonosDatabases::v2)),
            _ => databases.clone(),
        };
        let systems = Systems {
            databases: clusters,
            identity,
            sites: sites.clone(),
            wordpress: Arc::new(RestWordPress::new(http())),
            chat: Arc::new(OpenWebUi::new(http(), owui)),
            mail: Arc::new(LogMail::new(letters.path())),
            sizes: Arc::new(vec![
                serde_json::from_value(serde_json::json!({ "key": "small", "label": "Small", "cpu_millicores": 100 }))
                    .expect("a plan"),
            ]),
            site_language: None,
            site_time_zone: None,
            prices: None,
            gateway: slipway::systems::gateway::Gateway::new(http(), &portal),
            public_url: portal,
            language: slipway::domain::Language::En,
            app_id: APP,
            mcp: if outside == Outside::Direct { McpMode::Direct } else { McpMode::Gateway },
        };
        stage.plans = Arc::new(change(plans(&systems)));
        let house = House {
            store: stage.store.clone(),
            vault: stage.vault.clone(),
            journal: Journal::new(stage.store.clone(), stage.plans.clone()),
            systems,
            clock: stage.clock.clone(),
            dice: stage.dice.clone(),
            drivers: Arc::default(),
        };
        let gateway = Gateway {
            ledger: Arc::new(house.clone()),
            desk: Arc::new(RestWordPress::new(http())),
            jwt_secret: SecretString::from(JWT),
            allowed_hosts: Vec::new(),
            pace: Pace::default(),
            clock: stage.clock.clone(),
        };
        let app = slipway::connect::router(house.clone()).merge(gateway.router());
        let portal = crate::sim::Wire::on(listener, app);
        Self {
            stage,
            house,
            faults,
            effects,
            wordpress,
            chat,
            idp,
            authentik,
            ionos,
            databases,
            sites,
            letters,
            _portal: portal,
            _token: token,
        }
    }

    /// Orders a tenant whose site will be where the stand-in has it.
    pub(crate) async fn order(&self, slug: &str) -> Tenant {
        use slipway::systems::site::Sites as _;
        let id = Stage::id(slug);
        let address = self.sites.address(id, &slipway::domain::Slug::parse(slug).expect("a good slug"));
        self.stage.order(slug, &address).await
    }

    /// Begins a pairing of somebody who was in the chat before. The same number is the same pairing, and the address is
    /// the subject too.
    pub(crate) async fn pair(&self, tenant: &Tenant, number: u128, email: &str) -> Pairing {
        self.chat.inside.sign_in(email, email).expect("the chat lets them in");
        self.begin(tenant, number, email, email).await
    }

    /// Begins a pairing as `/connect/v1/complete` does.
    pub(crate) async fn begin(&self, tenant: &Tenant, number: u128, subject: &str, email: &str) -> Pairing {
        let id = PairingId(uuid::Uuid::from_u128(number));
        let (login, uuid) = self.wordpress.sites.connect(tenant.id, 7, "ada");
        let sealed = self.stage.vault.of(tenant.id).put(&Pairing::credential(id), &login.password).await;
        sealed.expect("the vault works");
        let pairing = Pairing {
            id,
            tenant: tenant.id,
            subject: subject.into(),
            email: Email::parse(email).expect("it is one"),
            name: "Ada".into(),
            wp_user: 7,
            wp_login: "ada".into(),
            password_uuid: uuid.to_string(),
            chat_user: None,
            status: PairingStatus::Gone,
            note: String::new(),
            made_at: slipway::domain::Clock::now(&*self.stage.clock),
            proof_at: None,
            proof_ms: None,
        };
        self.stage.store.put_pairing(&pairing).await.expect("the store works");
        self.write(tenant, Flow::Pair(id), Fact::Opened { by: email.into() }).await;
        pairing
    }

    /// Turns a flow around.
    pub(crate) async fn reverse(&self, tenant: &Tenant, flow: Flow) {
        self.write(tenant, flow, Fact::Reversed { by: "olivia@example.org".into(), why: "asked for".into() }).await;
    }

    /// *Retry now* on a step of the tenant's flow.
    pub(crate) async fn retry(&self, tenant: &Tenant, step: &'static str) {
        self.write_step(tenant, Flow::Tenant, step, Fact::Nudged { by: "olivia@example.org".into() }).await;
    }

    async fn write(&self, tenant: &Tenant, flow: Flow, fact: Fact) {
        self.write_step(tenant, flow, "", fact).await;
    }

    async fn write_step(&self, tenant: &Tenant, flow: Flow, step: &'static str, fact: Fact) {
        let now = slipway::domain::Clock::now(&*self.stage.clock);
        let wish = |_: &State| Some(vec![Entry::new(flow, step, fact.clone())]);
        self.house.journal.write(tenant.id, now, wish).await.expect("the store works");
    }

    pub(crate) async fn settle(&self, tenant: &Tenant, probe: impl Probe + 'static) -> State {
        self.stage.settle(tenant.id, probe).await
    }

    pub(crate) async fn pairing(&self, id: PairingId) -> Option<Pairing> {
        self.stage.store.pairing(id).await.expect("the store works")
    }

    /// All that exists outside and how often each kind was made: the chat's world and everybody else's.
    pub(crate) fn world(&self) -> (World, World) {
        (self.effects.world(), self.chat.inside.effects.world())
    }

    /// Nothing of ours exists outside.
    pub(crate) fn assert_empty(&self, when: &str) {
        let (ours, chat) = self.world();
        let left: Vec<_> = ours.objects.iter().chain(&chat.objects).collect();
        assert!(left.is_empty(), "{when}: left behind {left:?}");
    }
}

/// The driver with the store's own book of addresses.
fn clusters(
    sim: &IonosSim,
    folder: &std::path::Path,
    stage: &Stage,
    version: &str,
    new: crate::systems::database::ionos::New,
) -> IonosDatabases {
    let mut config = crate::systems::database::ionos::config(&sim.wire.url, folder);
    version.clone_into(&mut config.version);
    let book = slipway::boot::StoredAddresses { store: stage.store.clone(), clock: stage.clock.clone() };
    let reach = MemoryReach::into(sim.inside.clone());
    new(http(), config, Arc::new(book), Arc::new(reach), stage.clock.clone())
}
