//! One suite for SQLite and PostgreSQL: what the house remembers must not depend on where.

mod address;
mod api_token;
mod audit;
mod full;
pub(crate) mod house;
mod intent;
mod lease;
mod list;
mod log;
mod order;
mod pairing;
mod people;
mod schema;
mod session;
mod shared;
mod turn;
mod usual;

use slipway::{
    domain::{
        At, Email, Event, Fact, Flow, IntentId, Pairing, PairingId, Slug, Tenant, TenantId, pairing::PairingStatus,
        secret::TokenHash, tenant::Status,
    },
    store::{Appended, AuditEntry, Digest, NewTenant, Ordered, Store},
};
use uuid::Uuid;

/// Runs each test of a module on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(&crate::store::house::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some(house) = crate::store::house::postgres().await {
                    super::$name(&house).await;
                }
            })+
        }
    };
}
pub(crate) use on_both;

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn tenant_id(n: u128) -> TenantId {
    TenantId(Uuid::from_u128(n))
}

fn pairing_id(n: u128) -> PairingId {
    PairingId(Uuid::from_u128(n))
}

fn intent_id(n: u128) -> IntentId {
    IntentId(Uuid::from_u128(n))
}

fn new_tenant(n: u128, name: &str) -> NewTenant {
    let tenant = Tenant {
        id: tenant_id(n),
        slug: slug(name),
        name: format!("The {name} Ärzte"),
        plan: "small".into(),
        language: slipway::domain::SiteLanguage::En,
        time_zone: slipway::domain::TimeZone::utc(),
        site_url: format!("http://wordpress-tenant-{name}.local"),
        admin: email("ada@example.org"),
        ordered_by: "grace@example.org".into(),
        ordered_at: At(i64::try_from(n).unwrap()),
        status: Status::Provisioning,
        gone_at: None,
    };
    let opened = Fact::Opened { by: "grace@example.org".into() };
    let site_hash = TokenHash::of(&format!("site secret {n}"));
    NewTenant { tenant, key: format!("form {n}"), opened, site_hash, secret: None }
}

fn entry(what: &str) -> AuditEntry {
    AuditEntry {
        at: At(1),
        who: "grace@example.org".into(),
        what: what.into(),
        tenant: Some((tenant_id(1), slug("acme"))),
        allowed: true,
        detail: "In order.".into(),
        before: None,
        after: None,
    }
}

/// Orders tenant `n` and gives its record.
async fn ordered(store: &Store, n: u128, name: &str) -> Tenant {
    match store.order(&new_tenant(n, name), &entry("tenant.order")).await.unwrap() {
        Ordered::Made(tenant) => tenant,
        other => panic!("{other:?}"),
    }
}

fn event(seq: i64, fact: Fact) -> Event {
    Event { seq, flow: Flow::Tenant, step: "database".into(), fact, at: At(1_000 + seq) }
}

fn started(seq: i64) -> Event {
    event(seq, Fact::Started { attempt: 1 })
}

fn digest(status: Status) -> Digest {
    Digest {
        status,
        now: String::new(),
        stuck_step: None,
        done: 0,
        steps: 6,
        wake_at: None,
        gone_at: None,
        pairings: Vec::new(),
    }
}

fn pairing(n: u128, tenant: TenantId) -> Pairing {
    Pairing {
        id: pairing_id(n),
        tenant,
        subject: "sub ada".into(),
        email: email("ada@example.org"),
        name: "Ada".into(),
        wp_user: 7,
        wp_login: "ada".into(),
        password_uuid: "0-0".into(),
        chat_user: None,
        status: PairingStatus::Working,
        note: String::new(),
        made_at: At(i64::try_from(n).unwrap()),
        proof_at: None,
        proof_ms: None,
    }
}

/// Writes as an engine that just took the tenant, and gives it back.
async fn append(store: &Store, tenant: TenantId, events: &[Event], digest: &Digest) -> Appended {
    let Some(lease) = store.take(tenant, "test", At(i64::MAX)).await.unwrap() else { return Appended::Lost };
    let appended = store.append(&lease, events, digest).await.unwrap();
    store.release(&lease, None).await.unwrap();
    appended
}

/// Lets the tenant be gone; a higher number is gone later.
async fn gone(store: &Store, tenant: TenantId, seq: i64) {
    let mut end = digest(Status::Deleted);
    end.gone_at = Some(At(5_000 + i64::try_from(tenant.0.as_u128()).unwrap()));
    let appended = append(store, tenant, &[event(seq, Fact::Closed {})], &end).await;
    assert_eq!(appended, Appended::Ok);
}
