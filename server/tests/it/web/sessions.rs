//! Who is signed in, and the end of other people's sessions: at once, for pages, streams and what is under way.

use super::{browser::Page, rights::Whole};
use crate::portal::stage::Who;

fn out(page: &Page) -> bool {
    page.head("location").starts_with("/welcome")
}

#[tokio::test]
async fn an_operator_ends_the_sessions_of_somebody_else() {
    let whole = Whole::open().await;
    whole.books.tenant("acme").await;
    let mut olivia = whole.browser(Some(Who::Operator)).await;
    let mut adas = [whole.browser(Some(Who::Admin)).await, whole.browser(Some(Who::Admin)).await];
    let mut mia = whole.browser(Some(Who::Member)).await;
    let page = olivia.get("/sessions").await.text();
    for seen in ["ada@example.org", "mia@example.org", "olivia@example.org", "value=\"sub-ada\"", "1–3 of 3"] {
        assert!(page.contains(seen), "{seen}: {page}");
    }
    assert!(!page.contains("value=\"sub-olivia\""), "one's own are on the account page");
    let found = olivia.get("/sessions?q=ADA%40").await.text();
    assert!(found.contains("ada@example.org") && !found.contains("mia@example.org"), "{found}");
    assert!(olivia.get("/sessions?q=a_a").await.text().contains("Nobody found"), "no wildcards");

    let back = olivia.post("/sessions/end", &[("person", "sub-ada")]).await.location();
    assert_eq!(back, "/sessions?done=person-ended");
    for ada in &mut adas {
        assert!(out(&ada.get("/tenants").await));
    }
    assert_eq!(mia.get("/tenants").await.status, 200);
    assert_eq!(olivia.post("/sessions/end", &[("person", "sub-ada")]).await.status, 303, "again is no error");
    let rows = whole.books.audit().await;
    let noted: Vec<_> = rows.iter().filter(|row| row.what == "session.end").collect();
    assert_eq!(noted.len(), 1, "{rows:?}");
    assert_eq!(
        (noted[0].who.as_str(), noted[0].detail.as_str()),
        ("olivia@example.org", "All sessions of ada@example.org.")
    );
}

#[tokio::test]
async fn an_auditor_looks_and_ends_nothing() {
    let whole = Whole::open().await;
    let mut ava = whole.browser(Some(Who::Auditor)).await;
    let mut mia = whole.browser(Some(Who::Member)).await;
    let page = ava.get("/sessions").await.text();
    assert!(page.contains("mia@example.org") && !page.contains("/sessions/end"), "{page}");
    assert_eq!(ava.post("/sessions/end", &[("person", "sub-mia")]).await.status, 403);
    assert_eq!(mia.get("/tenants").await.status, 200);
}
