//! Something to look at: tenants in all the states of a working day, and a browser that is signed in as an operator.

use crate::stage::Stage;
use slipway::{
    domain::{At, Caller, Clock, Email, Fact, Slug, Standing, Tenant, secret::TokenHash, tenant::Status},
    store::{Digest, NewTenant, Sessions, Store, audit::AuditEntry},
};
use std::sync::Arc;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

fn digest(status: Status, done: u32, now: &str, stuck: Option<&str>) -> Digest {
    Digest {
        status,
        now: now.into(),
        stuck_step: stuck.map(str::to_owned),
        done,
        steps: 6,
        wake_at: None,
        gone_at: None,
        pairings: Vec::new(),
    }
}

/// So many tenants: of twenty-five, one needs a person, two are on their way, the rest are ready.
pub(super) async fn tenants(store: &Store, count: u32, at: At) {
    for n in 0..count {
        let slug = format!("tenant-{n}");
        let tenant = Tenant {
            id: Stage::id(&slug),
            slug: Slug::parse(&slug).expect("a good slug"),
            name: format!("Tenant number {n} of the house"),
            plan: "small".into(),
            language: slipway::domain::SiteLanguage::En,
            time_zone: slipway::domain::TimeZone::utc(),
            site_url: format!("http://127.64.0.1:8000/{slug}"),
            admin: Email::parse("ada@example.org").expect("an address"),
            ordered_by: "olivia@example.org".into(),
            ordered_at: At(at.0 + i64::from(n)),
            status: Status::Provisioning,
            gone_at: None,
        };
        let entry = AuditEntry {
            at,
            who: tenant.ordered_by.clone(),
            what: "tenant.order".into(),
            tenant: Some((tenant.id, tenant.slug.clone())),
            allowed: true,
            detail: String::new(),
            before: None,
            after: None,
        };
        let (opened, site_hash) = (Fact::Opened { by: tenant.ordered_by.clone() }, TokenHash::of(&slug));
        let new = NewTenant { tenant, key: String::new(), opened, site_hash, secret: None };
        store.order(&new, &entry).await.expect("the store works");
        let digest = match n % 25 {
            3 => digest(Status::NeedsAttention, 2, "Site: The disk of this host is full.", Some("site")),
            4 | 5 => digest(Status::Provisioning, 3, "WordPress", None),
            _ => digest(Status::Ready, 6, "", None),
        };
        // Taken and given back without a wish, it is due no more.
        let lease = store.claim("seed", At(i64::MAX), At(i64::MAX), 1).await.expect("the store works").remove(0);
        store.append(&lease, &[], &digest).await.expect("the store works");
        store.release(&lease, None).await.expect("the store works");
    }
}

/// The `Cookie` of a browser in which an operator is signed in since `clock`'s now.
pub(super) async fn cookie(store: &Store, clock: Arc<dyn Clock>) -> String {
    let now = clock.now();
    let caller = Caller {
        subject: "sub-olivia".into(),
        email: Email::parse("olivia@example.org").expect("an address"),
        name: "Olivia".into(),
        standing: Standing::Operator,
    };
    let stay = serde_json::json!({ "since": now, "seen": now, "hint": "x".repeat(1_100) });
    let data = [("caller", serde_json::json!(caller)), ("agent", "bench".into()), ("stay", stay)];
    let ends = time::OffsetDateTime::from_unix_timestamp(now.unix() + 8 * 3600).expect("a moment");
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let mut record = Record { id: Id::default(), data, expiry_date: ends };
    Sessions::new(store.clone(), clock).create(&mut record).await.expect("the store works");
    format!("cookie: {}={}\r\naccept: text/html\r\n", slipway::web::session::COOKIE, record.id)
}
