//! Somebody who is added while WordPress is being told who may come in: the next thing it is told has them in it.

use crate::stage::town::Town;
use async_trait::async_trait;
use slipway::{
    domain::{Actor, At, Email, Fault, Role, Seen, TenantId, person::Member, tenant::Status},
    saga::engine::Calm,
    steps::plans,
    store::{AuditEntry, Store},
    systems::wordpress::{About, Introspection, LocalAccount, Login, Site, WordPress},
};
use std::sync::{Arc, Mutex};

const BEN: &str = "ben@example.org";

/// WordPress, and somebody who is added under the call with this number, counted from one.
struct Joining {
    inner: Arc<dyn WordPress>,
    store: Store,
    tenant: TenantId,
    entry: AuditEntry,
    at: usize,
    /// Was Ben in the list of each call?
    told: Mutex<Vec<bool>>,
}

impl Joining {
    async fn count(&self, people: &[Member]) {
        let call = {
            let mut told = self.told.lock().expect("nobody panics");
            told.push(people.iter().any(|m| m.email.as_str() == BEN));
            told.len()
        };
        if call == self.at {
            let ben = Email::parse(BEN).expect("an address");
            let put = self.store.put_member(self.tenant, &ben, Role::Member, &self.entry);
            put.await.expect("the store works");
        }
    }
}

#[async_trait]
impl WordPress for Joining {
    async fn look(&self, site: &Site, people: &[Member]) -> Result<Seen<About>, Fault> {
        self.count(people).await;
        self.inner.look(site, people).await
    }

    fn tools_url(&self, about: &About) -> Result<String, Fault> {
        self.inner.tools_url(about)
    }

    async fn ensure(&self, site: &Site, title: &str, people: &[Member], at: At) -> Result<Seen<About>, Fault> {
        self.count(people).await;
        self.inner.ensure(site, title, people, at).await
    }

    async fn end_account(&self, site: &Site, account: &LocalAccount) -> Result<(), Fault> {
        self.inner.end_account(site, account).await
    }

    async fn introspect(&self, login: &Login) -> Result<Option<Introspection>, Fault> {
        self.inner.introspect(login).await
    }

    async fn revoke(&self, login: &Login, password_uuid: &str) -> Result<(), Fault> {
        self.inner.revoke(login, password_uuid).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_told_at_once_of_whoever_was_added_meanwhile() {
    let mut joined = 0;
    for at in 1..=4 {
        let mut town = Town::new(Store::open("sqlite::memory:").await.expect("memory is there")).await;
        let mut systems = town.house.systems.clone();
        let tenant = crate::stage::Stage::id("acme");
        let joining = Arc::new(Joining {
            inner: systems.wordpress.clone(),
            store: town.stage.store.clone(),
            tenant,
            entry: town.house.entry(&Actor::CommandLine, "member.put", None, true, ""),
            at,
            told: Mutex::default(),
        });
        systems.wordpress = joining.clone();
        town.stage.plans = Arc::new(plans(&systems));
        let tenant = town.order("acme").await;
        town.settle(&tenant, Calm).await;
        town.settle(&tenant, Calm).await;
        assert_eq!(town.stage.status(tenant.id).await, Status::Ready);
        let told = joining.told.lock().expect("nobody panics").clone();
        if told.len() < at {
            break;
        }
        joined += 1;
        assert!(told[..at].iter().all(|had| !had), "{at}: {told:?}");
        assert!(told.len() > at && told[at..].iter().all(|has| *has), "after call {at}: {told:?}");
    }
    assert!(joined >= 2, "only {joined} calls: this test sees nothing");
}
