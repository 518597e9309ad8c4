//! What was thrown, what came out, and the search for the one in the other.

use crate::{stage::town::Town, web::browser::Page};
use app::model::audit::AuditQuery;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use secrecy::ExposeSecret as _;
use slipway::{
    domain::{Pairing, PairingId, Tenant, TenantId},
    saga::Secrets as _,
    steps::purpose,
};
use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};
use tracing::level_filters::LevelFilter;

/// Secrets by name, in every form in which they could travel.
#[derive(Default)]
pub(super) struct Secrets(BTreeMap<String, Vec<Vec<u8>>>);

impl Secrets {
    pub(super) fn plant(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= 8, "{name} is too short to be looked for");
        let url: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
        let json = serde_json::to_string(secret).expect("text is JSON");
        let forms = [secret.to_owned(), url, hex, json.trim_matches('"').to_owned()];
        let coded = [STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret), STANDARD.encode(format!("ada:{secret}"))];
        // The last group of base64 depends on what follows.
        let coded = coded.map(|c| c[..c.len() - 4].to_owned());
        self.0.insert(name.to_owned(), forms.into_iter().chain(coded).map(String::into_bytes).collect());
    }

    /// All that the vault holds of a tenant.
    pub(super) async fn of_tenant(&mut self, town: &Town, tenant: TenantId) {
        let vault = town.stage.vault.of(tenant);
        for purpose in [
            purpose::DATABASE,
            purpose::CLIENT,
            purpose::CLIENT_HANDLE,
            purpose::SITE,
            purpose::SALT,
            purpose::ADMIN,
            purpose::GATEWAY,
        ] {
            if let Some(secret) = vault.get(purpose).await.expect("the vault works") {
                self.plant(purpose, secret.expose_secret());
            }
        }
        for needed in [purpose::DATABASE, purpose::SITE, purpose::GATEWAY, purpose::SALT] {
            assert!(self.0.contains_key(needed), "there is no {needed}");
        }
    }

    pub(super) async fn of_pairing(&mut self, town: &Town, tenant: TenantId, pairing: PairingId) {
        let secret = town.stage.vault.of(tenant).get(&Pairing::credential(pairing)).await.expect("the vault works");
        self.plant("sealed credential", secret.expect("it is sealed").expose_secret());
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn names(&self) -> Vec<&String> {
        self.0.keys().collect()
    }
}

/// Everything that came out, by name.
#[derive(Default)]
pub(super) struct Outputs(Vec<(String, Vec<u8>)>);

impl Outputs {
    pub(super) fn keep(&mut self, what: &str, bytes: &[u8]) {
        self.0.push((what.to_owned(), bytes.to_vec()));
    }

    /// A page with its headers. A cookie carries its session and a redirect to a site its code: those must.
    pub(super) fn page(&mut self, what: &str, page: &Page) {
        let mut bytes = page.body.clone();
        for (name, value) in page.headers.iter().filter(|(n, _)| *n != "set-cookie") {
            let code = *name == "location" && value.to_str().is_ok_and(|v| v.contains("action=slipway_"));
            if !code {
                bytes.extend_from_slice(value.as_bytes());
            }
        }
        self.0.push((what.to_owned(), bytes));
    }

    /// Log and audit as they are read.
    pub(super) async fn records(&mut self, town: &Town, tenant: &Tenant) {
        let store = &town.stage.store;
        for event in store.log(tenant.id).await.expect("the store works") {
            let body = serde_json::to_string(&event.fact).expect("a fact is JSON");
            self.keep(&format!("event {} of {}", event.seq, event.step), format!("{event:?} {body}").as_bytes());
        }
        let (rows, _) = store.audit_page(&AuditQuery::default(), 1000).await.expect("the store works");
        self.keep("audit", format!("{rows:?}").as_bytes());
        let pairings = store.pairings(tenant.id).await.expect("the store works");
        let members = store.members(tenant.id).await.expect("the store works");
        self.keep("records", format!("{tenant:?} {pairings:?} {members:?} {:?}", town.house.drivers).as_bytes());
        let portal = town.house.portal_for(crate::connect::plugin::ada());
        if let Ok(page) = portal.tenant(tenant.slug.to_string()).await {
            self.keep("tenant page as data", &serde_json::to_vec(&page).expect("a page is JSON"));
        }
    }

    /// The bytes of all files in a folder and beneath.
    pub(super) fn files(&mut self, what: &str, folder: &Path) {
        let mut all = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => all.extend(std::fs::read(path).expect("a file")),
                }
            }
        }
        assert!(!all.is_empty(), "{what}: no files");
        self.keep(what, &all);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Proves that an output was caught at all.
    pub(super) fn must_contain(&self, what: &str, text: &str) {
        let found = self.0.iter().any(|(name, bytes)| name == what && find(bytes, text.as_bytes()).is_some());
        assert!(found, "{what} does not hold {text:?}: it was not caught");
    }

    pub(super) fn assert_none_of(&self, secrets: &Secrets) {
        let mut leaks = Vec::new();
        for (secret, forms) in &secrets.0 {
            for (what, bytes) in &self.0 {
                if let Some(at) = forms.iter().find_map(|form| find(bytes, form)) {
                    let near = String::from_utf8_lossy(&bytes[at.saturating_sub(60)..at]).into_owned();
                    leaks.push(format!("{secret} is in {what}, after {near:?}"));
                }
            }
        }
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    }
}

fn find(bytes: &[u8], form: &[u8]) -> Option<usize> {
    let first = form[0];
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|b| *b == first).map(|at| from + at) {
        if bytes[at..].starts_with(form) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Everything that was logged on this thread, at every level.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(super) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let sink = self.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(move || sink.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("no test panics here").clone()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
