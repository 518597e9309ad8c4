//! What pages ask of the past, with a million events and a million entries of the audit, next to the same with a thousand:
//! of a tenant where little happens among busy ones, and of its one person.

use super::{
    ROUNDS,
    list::Pair,
    seed,
    table::{Bar, Table, ms, share},
};
use crate::store::house::{self, House};
use app::model::audit::AuditQuery;
use slipway::{
    domain::{At, Email, Role, Slug, TenantId},
    store::{Sight, audit::AuditEntry},
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use std::time::Instant;

/// Tenants, of which the last one is quiet.
const TENANTS: u32 = 50;
/// Rows that the others share, before and after years.
const ROWS: [u32; 2] = [1_000_000, 1_000];
/// Questions of one round; the median counts.
const QUESTIONS: usize = 20;

struct Past {
    house: House,
    quiet: (TenantId, Slug),
}

pub(super) async fn measure(table: &mut Table) {
    let lite = [past(house::sqlite().await, ROWS[0]).await, past(house::sqlite().await, ROWS[1]).await];
    questions(table, "SQLite", &lite).await;
    if let (Some(big), Some(small)) = (house::postgres().await, house::postgres().await) {
        questions(table, "PostgreSQL", &[past(big, ROWS[0]).await, past(small, ROWS[1]).await]).await;
    }
}

async fn past(house: House, rows: u32) -> Past {
    seed::tenants(&house.store, TENANTS, At(1_000_000)).await;
    let slug = Slug::parse(&format!("tenant-{}", TENANTS - 1)).expect("a slug");
    let tenant = house.store.tenant_by_slug(&slug).await.expect("the store works").expect("it is there");
    let (mia, entry) = (mia(), entry());
    house.store.put_member(tenant.id, &mia, Role::Member, &entry).await.expect("the store works");
    let each = rows / (TENANTS - 1) + 10;
    for sql in [
        format!(
            "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < {each})
            INSERT INTO event (tenant, seq, flow, step, kind, body, at)
            SELECT t.id, n.i, 'tenant', 'site', 'waiting', '{{\"note\":\"not yet\",\"again_at\":1}}', 2000000 + n.i
            FROM n CROSS JOIN (SELECT id FROM tenant ORDER BY ordered_at LIMIT {}) t",
            TENANTS - 1
        ),
        format!(
            "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < {each})
            INSERT INTO audit (seq, at, who, what, tenant, slug, allowed, detail, hash)
            SELECT 1000 + n.i * {TENANTS} + t.ordered_at % {TENANTS}, 2000000 + n.i, 'ada@example.org', 'mcp.list_drafts', t.id, t.slug, TRUE, '', ''
            FROM n CROSS JOIN (SELECT id, slug, ordered_at FROM tenant ORDER BY ordered_at LIMIT {}) t",
            TENANTS - 1
        ),
        "ANALYZE".to_owned(),
    ] {
        let sql = AssertSqlSafe(sql);
        if house.url.starts_with("sqlite") {
            SqliteConnection::connect(&house.url).await.expect("opened").execute(sql).await.expect("written");
        } else {
            PgConnection::connect(&house.url).await.expect("opened").execute(sql).await.expect("written");
        }
    }
    Past { house, quiet: (tenant.id, slug) }
}

fn mia() -> Email {
    Email::parse("mia@example.org").expect("an address")
}

fn entry() -> AuditEntry {
    AuditEntry {
        at: At(1_000_000),
        who: "ada@example.org".into(),
        what: "member.put".into(),
        tenant: None,
        allowed: true,
        detail: String::new(),
        before: None,
        after: None,
    }
}

#[derive(Clone, Copy)]
enum Question {
    FirstDraft,
    Audit,
    ActivityOfTenant,
    ActivityOfPerson,
    Activity,
}

impl Question {
    const ALL: [(Self, &str); 5] = [
        (Self::FirstDraft, "first draft of a tenant without one"),
        (Self::Audit, "audit of a quiet tenant"),
        (Self::ActivityOfTenant, "activity of a quiet tenant"),
        (Self::ActivityOfPerson, "activity of its one person"),
        (Self::Activity, "activity of all tenants"),
    ];

    async fn ask(self, past: &Past) {
        let (store, (id, slug)) = (&past.house.store, &past.quiet);
        let answered = match self {
            Self::FirstDraft => store.first_draft(*id).await.map(|at| usize::from(at.is_none())),
            Self::Audit => {
                let query = AuditQuery { tenant: slug.to_string(), ..AuditQuery::default() };
                store.audit_page(&query, 100).await.map(|(rows, _)| rows.len())
            }
            Self::ActivityOfTenant => store.recent(&Sight::All, Some(slug), 100).await.map(|rows| rows.len()),
            Self::ActivityOfPerson => {
                store.recent(&Sight::Of("nobody".into(), mia()), None, 100).await.map(|rows| rows.len())
            }
            Self::Activity => store.recent(&Sight::All, None, 100).await.map(|rows| rows.len()),
        };
        assert!(answered.expect("the store works") > 0, "there is something to read");
    }
}

async fn questions(table: &mut Table, database: &str, pasts: &[Past; 2]) {
    for (question, name) in Question::ALL {
        let mut pair = Pair::default();
        for _ in 0..ROUNDS {
            for (past, times) in pasts.iter().zip(&mut pair.0) {
                let mut took = Vec::new();
                for _ in 0..QUESTIONS {
                    let begun = Instant::now();
                    question.ask(past).await;
                    took.push(ms(begun.elapsed()));
                }
                times.push(share(&took, 0.5));
            }
        }
        let what = format!("{database}, 1,000,000 rows (reference: 1,000): {name}");
        pair.row(table, what, "ms", Bar::Most(5.0));
    }
}
