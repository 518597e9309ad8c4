//! What people see of tenants, activity and systems.

use super::stage::{Books, Who};
use app::model::{
    audit::AuditQuery,
    tenant::{ListQuery, Status},
};

fn query(q: &str, state: &str) -> ListQuery {
    ListQuery { q: q.into(), state: state.into(), page: 0 }
}

#[tokio::test]
async fn people_see_the_tenants_they_belong_to() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let globex = books.town.order("globex").await;
    let entry = books.town.house.entry(&slipway::domain::Actor::CommandLine, "member.remove", Some(&globex), true, "");
    let ada = Who::Admin.caller().email;
    books.town.stage.store.remove_member(globex.id, &ada, &entry).await.expect("the store works");
    books.gone("oldco").await;
    let all = ["acme", "globex"];
    for (who, slugs) in [
        (Who::Operator, &all[..]),
        (Who::Auditor, &all),
        (Who::Admin, &all[..1]),
        (Who::Member, &all[..1]),
        (Who::Foreign, &[]),
    ] {
        let portal = books.portal(who);
        let list = portal.tenants(query("", "")).await.expect("all may");
        let mut seen: Vec<&str> = list.rows.iter().map(|r| r.slug.as_str()).collect();
        seen.sort_unstable();
        assert_eq!((seen.as_slice(), list.total), (slugs, slugs.len() as u64), "{who:?}");
        assert_eq!(list.may_order, who == Who::Operator, "{who:?}");
        let counted: u64 = list.counts.iter().filter(|(s, _)| *s != Status::Deleted).map(|(_, n)| n).sum();
        assert_eq!(counted, list.total, "{who:?}");
        for slug in ["acme", "globex", "oldco"] {
            let of = AuditQuery { tenant: slug.into(), ..AuditQuery::default() };
            let rows = portal.activity(of).await.expect("all may").rows;
            let everything = matches!(who, Who::Operator | Who::Auditor);
            assert_eq!(!rows.is_empty(), everything || slugs.contains(&slug), "{slug} by {who:?}");
        }
    }
}

#[tokio::test]
async fn what_needs_a_person_comes_first_and_filters_hold() {
    let books = Books::open().await;
    books.town.order("aaa").await;
    books.tenant("stuck").await;
    books.gone("oldco").await;
    let portal = books.portal(Who::Operator);
    let list = portal.tenants(query("", "")).await.expect("it may");
    assert_eq!((list.rows[0].slug.as_str(), list.rows[0].stuck_step.as_deref()), ("stuck", Some("database")));
    for (q, state, slugs) in [
        ("STU", "", &["stuck"][..]),
        ("", "attention", &["stuck"]),
        ("", "deleted", &["oldco"]),
        ("%", "", &[]),
        ("_", "", &[]),
        ("' OR 1=1 --", "", &[]),
        ("", "no-such-state", &["stuck", "aaa"]),
    ] {
        let list = portal.tenants(query(q, state)).await.expect("it may");
        let seen: Vec<&str> = list.rows.iter().map(|r| r.slug.as_str()).collect();
        assert_eq!(seen, slugs, "{q:?} {state:?}");
    }
    let far = portal.tenants(ListQuery { page: u32::MAX, ..ListQuery::default() }).await.expect("it may");
    assert!(far.rows.is_empty() && far.total == 2);
}

#[tokio::test]
async fn the_systems_page_names_every_system() {
    let books = Books::open().await;
    let page = books.portal(Who::Auditor).systems().await.expect("it may");
    let mut names: Vec<&str> = page.systems.iter().map(|s| s.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Chat", "Database", "Gateway", "Identity", "Mail", "Site", "Store"]);
}
