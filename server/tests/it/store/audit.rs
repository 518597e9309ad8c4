//! The audit: a chain in which every change shows.

use super::{entry, house::House, on_both, ordered};
use app::model::audit::AuditQuery;
use slipway::{domain::At, store::AuditEntry};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

on_both!(
    one_writer_at_a_time,
    every_change_shows,
    entries_from_before_there_was_a_change_still_hold,
    filters_and_pages,
    outside_text_does_no_harm,
);

/// Goes behind the store's back; gives the first column of what comes back.
pub(super) async fn column(house: &House, sql: &str) -> Vec<String> {
    let sql = sql.to_owned();
    if house.url.starts_with("sqlite") {
        let mut link = SqliteConnection::connect(&house.url).await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut link).await.unwrap();
        rows.iter().map(|r| r.get(0)).collect()
    } else {
        let mut link = PgConnection::connect(&house.url).await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut link).await.unwrap();
        rows.iter().map(|r| r.get(0)).collect()
    }
}

async fn one_writer_at_a_time(house: &House) {
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            let store = house.store.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    store.audit(&entry(&format!("test.{n}"))).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(house.store.audit_verify().await.unwrap(), Ok(50));
}

async fn every_change_shows(house: &House) {
    let store = &house.store;
    assert_eq!(store.audit_verify().await.unwrap(), Ok(0));
    for n in 1..=6 {
        store.audit(&entry(&format!("test.{n}"))).await.unwrap();
    }
    assert_eq!(store.audit_verify().await.unwrap(), Ok(6));
    for (change, back, broken) in [
        ("UPDATE audit SET who = 'eve' WHERE seq = 3", "UPDATE audit SET who = 'grace@example.org' WHERE seq = 3", 3),
        (
            "UPDATE audit SET allowed = NOT allowed WHERE seq = 1",
            "UPDATE audit SET allowed = NOT allowed WHERE seq = 1",
            1,
        ),
        (
            "UPDATE audit SET tenant = NULL WHERE seq = 2",
            "UPDATE audit SET tenant = (SELECT tenant FROM audit WHERE seq = 1) WHERE seq = 2",
            2,
        ),
        ("UPDATE audit SET seq = 99 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 99", 4),
        ("UPDATE audit SET seq = 99 WHERE seq = 6", "UPDATE audit SET seq = 6 WHERE seq = 99", 6),
        ("UPDATE audit_head SET hash = 'x'", "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 6)", 6),
    ] {
        column(house, change).await;
        assert_eq!(store.audit_verify().await.unwrap(), Err(broken), "{change}");
        column(house, back).await;
        assert_eq!(store.audit_verify().await.unwrap(), Ok(6), "{back}");
    }
    column(house, "DELETE FROM audit WHERE seq >= 5").await;
    assert_eq!(store.audit_verify().await.unwrap(), Err(5), "the end was cut off");
}

/// An entry as the first version wrote it, hash and all; the chain goes on after it.
async fn entries_from_before_there_was_a_change_still_hold(house: &House) {
    let json = r#"{"seq":1,"at":1,"who":"grace@example.org","what":"x","tenant":null,"slug":"","allowed":true,"detail":"Old."}"#;
    let hash = slipway::domain::secret::TokenHash::of(json).hex();
    let old = "INSERT INTO audit (seq, at, who, what, tenant, slug, allowed, detail, hash)
        VALUES (1, 1, 'grace@example.org', 'x', NULL, '', TRUE, 'Old.', '";
    column(house, &format!("{old}{hash}')")).await;
    column(house, &format!("UPDATE audit_head SET seq = 1, hash = '{hash}'")).await;
    assert_eq!(house.store.audit_verify().await.unwrap(), Ok(1));
    house.store.audit(&entry("member.put").changed("Member", "Admin")).await.unwrap();
    house.store.audit(&entry("member.remove").changed("Admin", "")).await.unwrap();
    assert_eq!(house.store.audit_verify().await.unwrap(), Ok(3));
    for (change, back, broken) in [
        ("SET after_text = 'Owner' WHERE seq = 2", "SET after_text = 'Admin' WHERE seq = 2", 2),
        ("SET before_text = NULL WHERE seq = 3", "SET before_text = 'Admin' WHERE seq = 3", 3),
        ("SET after_text = '' WHERE seq = 1", "SET after_text = NULL WHERE seq = 1", 1),
    ] {
        column(house, &format!("UPDATE audit {change}")).await;
        assert_eq!(house.store.audit_verify().await.unwrap(), Err(broken), "{change}");
        column(house, &format!("UPDATE audit {back}")).await;
        assert_eq!(house.store.audit_verify().await.unwrap(), Ok(3), "{back}");
    }
}

async fn filters_and_pages(house: &House) {
    let store = &house.store;
    ordered(store, 1, "acme").await;
    for n in 0..4 {
        let tenant = (n % 2 == 0).then(|| (super::tenant_id(2), super::slug("other")));
        let refused = AuditEntry { tenant, allowed: false, who: "Eve_1@x.org".into(), ..entry("pairing.approve") };
        store.audit(&refused).await.unwrap();
    }
    let page = async |q: AuditQuery, limit| {
        let (rows, more) = store.audit_page(&q, limit).await.unwrap();
        (rows.into_iter().map(|r| r.seq).collect::<Vec<_>>(), more)
    };
    let q = AuditQuery::default;
    assert_eq!(page(q(), 2).await, (vec![5, 4], true));
    assert_eq!(page(AuditQuery { before: 4, ..q() }, 3).await, (vec![3, 2, 1], false));
    assert_eq!(page(AuditQuery { tenant: "other".into(), ..q() }, 9).await, (vec![4, 2], false));
    assert_eq!(page(AuditQuery { who: "eve_".into(), ..q() }, 9).await, (vec![5, 4, 3, 2], false));
    assert_eq!(page(AuditQuery { who: "%".into(), ..q() }, 9).await, (vec![], false));
    assert_eq!(page(AuditQuery { what: "ORDER".into(), ..q() }, 9).await, (vec![1], false));
    assert_eq!(page(AuditQuery { refused: true, ..q() }, 9).await, (vec![5, 4, 3, 2], false));
    store.audit(&AuditEntry { at: At(70), ..entry("late") }).await.unwrap();
    let between = async |span| {
        let (rows, _) = store.audit_between(&q(), span, 9).await.unwrap();
        rows.into_iter().map(|r| r.seq).collect::<Vec<_>>()
    };
    assert_eq!(between(At(70)..At(71)).await, [6]);
    assert_eq!(between(At(0)..At(70)).await, [5, 4, 3, 2, 1]);
    let (mut rows, _) = store.audit_page(&q(), 9).await.unwrap();
    rows.remove(0);
    assert_eq!((rows[0].allowed, rows[0].tenant.as_str(), rows[4].tenant.as_str()), (false, "", "acme"));
}

async fn outside_text_does_no_harm(house: &House) {
    let nasty = AuditEntry { detail: "a\0b \u{202e} '\"\\ 🦀".into(), who: "\0".into(), ..entry("x") };
    house.store.audit(&nasty).await.unwrap();
    let (rows, _) = house.store.audit_page(&AuditQuery::default(), 1).await.unwrap();
    assert_eq!(rows[0].detail, "ab \u{202e} '\"\\ 🦀");
    assert_eq!(house.store.audit_verify().await.unwrap(), Ok(1));
}
