//! No secret ever leaves the places where it belongs. A whole life of a tenant, with faults on the way, and then every
//! output is searched for every secret that was thrown: events, audit, pages, answers of the protocol and the gateway,
//! the log, letters, and the raw bytes of the database.

mod outputs;

use crate::{
    connect::{
        front::Front,
        plugin::{Back, Plugin, challenge},
    },
    sim::{faults::Trouble, idp, idp_login, openwebui},
    stage::town::{JWT, Town},
    store::house,
    web::browser::{Browser, Page},
};
use idp_login::Person;
use outputs::{Log, Outputs, Secrets};
use serde_json::json;
use slipway::{
    domain::{Pairing, Slug, Tenant, pairing::PairingStatus, tenant::Status},
    saga::engine::Calm,
};
use std::time::Duration;

const VERIFIER: &str = "a-verifier-that-nobody-else-may-ever-see-0123456789";

/// What people look at.
const PAGES: [&str; 13] = [
    "/tenants",
    "/tenants/new?name=Acme&slug=acme",
    "/tenants/acme",
    "/activity",
    "/audit",
    "/systems",
    "/account",
    "/tokens",
    "/api/v1/slugs/acme",
    "/api/v1/tenants/acme",
    "/api/v1/audit",
    "/api/v1/audit.csv",
    "/nothing-here",
];

struct Life<'t> {
    town: &'t Town,
    olivia: Browser,
    ada: Browser,
    outputs: Outputs,
    secrets: Secrets,
}

impl Life<'_> {
    fn keep(&mut self, what: &str, page: &Page) {
        self.outputs.page(what, page);
    }

    /// Every page, for the operator and for the tenant's admin.
    async fn look_around(&mut self, when: &str) {
        for path in PAGES {
            let page = self.olivia.get(path).await;
            self.keep(&format!("{when}: operator's {path}"), &page);
            let page = self.ada.get(path).await;
            self.keep(&format!("{when}: admin's {path}"), &page);
        }
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) {
        let page = self.olivia.post(path, form).await;
        assert!(page.status.is_redirection() || page.status == 422, "{path}: {}", page.status);
        self.keep(path, &page);
    }

    /// Orders by the form, with faults while it comes up.
    async fn order(&mut self) -> Tenant {
        let bad = [("name", "Acme"), ("slug", "Acme"), ("plan", "small"), ("admin_email", "nobody")];
        self.post("/tenants/new", &bad).await;
        let good =
            [("name", "Acme"), ("slug", "acme"), ("plan", "small"), ("admin_email", "ada@example.org"), ("key", "k")];
        self.post("/tenants/new", &good).await;
        for (call, trouble) in [
            ("database.ensure", Trouble::LostAnswer),
            ("POST /reg", Trouble::WrongAnswer),
            ("POST /reg", Trouble::Page),
            ("site.ensure", Trouble::TooMany(1)),
            ("POST /t/", Trouble::WrongAnswer),
            ("POST /t/", Trouble::LostAnswer),
        ] {
            self.town.faults.arm(call, trouble, 1);
        }
        self.town.chat.faults.arm("POST /api/v1/configs", Trouble::WrongAnswer, 1);
        self.town.chat.faults.arm("GET /api/v1/groups", Trouble::Unwell, 1);
        let slug = Slug::parse("acme").expect("a good slug");
        let store = &self.town.stage.store;
        store.tenant_by_slug(&slug).await.expect("the store works").expect("it was ordered")
    }

    /// Connects through the consent page, once wrongly and once rightly, drafts, and signs in to the site.
    async fn pair(&mut self, site: &Plugin<'_>) -> String {
        self.town.faults.calm();
        self.town.chat.faults.calm();
        let question = site.press().await;
        let path = format!("/connect/{}", question.intent);
        let page = self.ada.get(&path).await;
        self.keep("consent", &page);
        let answer = self.ada.post(&path, &[("answer", "approve")]).await;
        self.keep("approved", &answer);
        let back = Back::parse(&answer.location());
        self.secrets.plant("code", back.code());
        self.secrets.plant("verifier", &question.verifier);
        let (mut body, _) = site.handing_over(back.code(), &question);
        body["password"] = json!("wrong horse battery staple");
        self.secrets.plant("wrong password", "wrong horse battery staple");
        let said = site.worked("/connect/v1/complete", &body).await;
        assert_eq!(said.code(), "pairing_failed");
        self.outputs.keep("refused", &said.body);
        self.town.settle(&site.tenant, Calm).await;

        let question = site.press().await;
        let answer = self.ada.post(&format!("/connect/{}", question.intent), &[("answer", "approve")]).await;
        let back = Back::parse(&answer.location());
        self.secrets.plant("second code", back.code());
        self.secrets.plant("second verifier", &question.verifier);
        let (body, _) = site.handing_over(back.code(), &question);
        self.secrets.plant("application password", body["password"].as_str().expect("a password"));
        self.town.chat.inside.sign_in("sub-ada", "ada@example.org").expect("the chat lets her in");
        self.town.chat.faults.arm("POST /api/v1/users/", Trouble::WrongAnswer, 1);
        self.town.faults.arm("GET /t/", Trouble::Page, 1);
        let (said, _) = tokio::join!(site.post("/connect/v1/complete", &body), async {
            let working = |p: &Pairing| p.status == PairingStatus::Working;
            while !self.town.stage.store.pairings(site.tenant.id).await.expect("the store works").iter().any(working) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            self.town.settle(&site.tenant, Calm).await
        });
        assert_eq!(said.status, 200, "{}", said.data);
        self.outputs.keep("connected", &said.body);
        let pairing = self.town.pairing(said.pairing()).await.expect("it is there");
        self.secrets.of_pairing(self.town, site.tenant.id, pairing.id).await;
        self.town.faults.calm();
        let (made, words) = site.draft(&pairing, "A draft").await;
        assert!(made, "{words}");
        self.outputs.keep("draft", words.as_bytes());
        pairing.id.to_string()
    }

    async fn enter(&mut self, site: &Plugin<'_>) {
        let door = format!(
            "/connect/sign-in?tenant=acme&state=a-state-of-the-site&code_challenge={}&code_challenge_method=S256",
            challenge(VERIFIER)
        );
        let answer = self.ada.get(&door).await;
        self.keep("door", &answer);
        let back = Back::parse(&answer.location());
        self.secrets.plant("sign-in code", back.code());
        let said = site.post("/connect/v1/sign-in", &json!({"code": back.code(), "code_verifier": VERIFIER})).await;
        assert_eq!(said.status, 200, "{}", said.data);
        self.outputs.keep("signed in", &said.body);
        for path in ["/connect/v1/status", "/connect/v1/pairings/nonsense"] {
            self.outputs.keep(path, &site.get(path).await.body);
        }
    }
}

#[tokio::test]
async fn p7_no_secret_is_in_any_url_page_cookie_log_event_audit_row_or_letter() {
    let log = Log::default();
    let _quiet = log.listen();
    let books = house::sqlite().await;
    let town = Town::new(books.store.clone()).await;
    let front = Front::of(&town).await;
    let (olivia, ada) = (front.signed_in(Person::olivia()).await, front.signed_in(Person::ada()).await);
    let mut life = Life { town: &town, olivia, ada, outputs: Outputs::default(), secrets: Secrets::default() };
    for (name, secret) in [
        ("key of the chat", openwebui::KEY),
        ("signing secret of the chat", JWT),
        ("registration token", idp::TOKEN),
        ("the portal's own client", idp_login::SECRET),
        ("sign-in verifier", VERIFIER),
    ] {
        life.secrets.plant(name, secret);
    }
    for (number, token) in front.idp.id_tokens().iter().enumerate() {
        life.secrets.plant(&format!("id token {number}"), token);
    }
    for browser in [&life.olivia, &life.ada] {
        browser.cookies.iter().for_each(|(name, value)| life.secrets.plant(&format!("cookie {name}"), value));
    }
    let tenant = life.order().await;
    let site = Plugin::at(&town, tenant.clone()).await;
    life.secrets.of_tenant(&town, tenant.id).await;
    let pairing = life.pair(&site).await;
    life.enter(&site).await;
    life.look_around("while connected").await;
    life.outputs.records(&town, &tenant).await;
    life.outputs.files("database while connected", books.folder.path());

    life.post(&format!("/tenants/acme/pairings/{pairing}/disconnect"), &[]).await;
    town.settle(&tenant, Calm).await;
    life.look_around("after the disconnection").await;
    life.post("/tenants/acme/remove", &[("typed", "wrong")]).await;
    life.post("/tenants/acme/remove", &[("typed", "acme")]).await;
    town.settle(&tenant, Calm).await;
    assert_eq!(town.stage.status(tenant.id).await, Status::Deleted);
    town.assert_empty("after the removal");
    life.look_around("after the removal").await;
    life.outputs.records(&town, &tenant).await;
    life.outputs.files("database after the removal", books.folder.path());
    life.outputs.files("letters", town.letters.path());
    life.outputs.keep("log", &log.bytes());

    assert!(life.secrets.len() >= 20, "{:?}", life.secrets.names());
    assert!(life.outputs.len() > 50 && life.outputs.bytes() > 100_000, "the search would prove nothing");
    life.outputs.must_contain("log", "will try again");
    life.outputs.must_contain("letters", "acme");
    life.outputs.must_contain("database while connected", "ada@example.org");
    life.outputs.assert_none_of(&life.secrets);
}
