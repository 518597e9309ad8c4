//! Sessions: found only by who has the id, ended for good.

use super::{email, house::House, on_both};
use serde_json::json;
use slipway::{
    domain::{At, Caller, Clock, Standing, person::SignedOut},
    store::{Sessions, session},
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

on_both!(
    a_session_lives_until_its_end,
    an_ended_session_stays_ended,
    the_provider_ends_one_session_by_its_sid,
    ids_are_not_in_the_database,
    a_person_ends_their_own_sessions_and_no_others,
    a_session_of_another_issuer_is_none,
    who_is_signed_in_is_listed_by_person,
);

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> At {
        At(self.0.load(Ordering::Relaxed))
    }
}

fn sessions(house: &House) -> (Sessions, Arc<Hands>) {
    let clock = Arc::new(Hands(AtomicI64::new(1_000_000)));
    (Sessions::new(house.store.clone(), clock.clone()), clock)
}

fn record(n: i128, subject: &str) -> Record {
    let caller = Caller {
        subject: subject.into(),
        email: email("ada@example.org"),
        name: "Ada".into(),
        standing: Standing::Person,
    };
    let data = [
        (session::CALLER.to_owned(), serde_json::to_value(caller).unwrap()),
        (session::AGENT.to_owned(), json!("Firefox")),
        ("csrf".to_owned(), json!("x")),
    ];
    Record { id: Id(n), data: data.into(), expiry_date: OffsetDateTime::from_unix_timestamp(60).unwrap() }
}

async fn a_session_lives_until_its_end(house: &House) {
    let (sessions, clock) = sessions(house);
    let mut made = record(1, "sub ada");
    sessions.create(&mut made).await.unwrap();
    assert_eq!(sessions.load(&made.id).await.unwrap(), Some(made.clone()));
    clock.0.store(2_000_000, Ordering::Relaxed);
    made.data.insert("more".into(), json!(1));
    sessions.save(&made).await.unwrap();
    assert_eq!(sessions.load(&made.id).await.unwrap(), Some(made.clone()));
    let row = house.store.sessions_of("sub ada", At(2_000_000)).await.unwrap().remove(0);
    assert_eq!((row.made_at, row.seen_at, row.agent.as_str()), (At(1_000_000), At(2_000_000), "Firefox"));
    clock.0.store(60_000_000, Ordering::Relaxed);
    assert_eq!(house.store.sessions_of("sub ada", At(60_000_000)).await.unwrap(), []);
    assert_eq!(sessions.load(&made.id).await.unwrap(), None);
    assert_eq!(house.store.sweep(At(60_000_001)).await.unwrap(), 1);
}

async fn an_ended_session_stays_ended(house: &House) {
    let (sessions, _) = sessions(house);
    let (mut one, mut two, mut other) = (record(1, "sub ada"), record(2, "sub ada"), record(3, "sub bob"));
    for record in [&mut one, &mut two, &mut other] {
        sessions.create(record).await.unwrap();
    }
    let mut same = record(1, "sub eve");
    sessions.create(&mut same).await.unwrap();
    assert_ne!(same.id, one.id, "an id in use is not taken over");
    assert_eq!(house.store.end_sessions(&SignedOut::Person("sub ada".into())).await.unwrap(), 2);
    sessions.save(&one).await.unwrap();
    assert_eq!(sessions.load(&one.id).await.unwrap(), None, "a request that was under way brings nothing back");
    assert!(sessions.load(&other.id).await.unwrap().is_some());
    sessions.delete(&other.id).await.unwrap();
    assert_eq!(sessions.load(&other.id).await.unwrap(), None);
}

async fn the_provider_ends_one_session_by_its_sid(house: &House) {
    let (sessions, _) = sessions(house);
    let ended =
        |sid: &str, subject: Option<&str>| SignedOut::Session { sid: sid.into(), subject: subject.map(str::to_owned) };
    for (n, subject, sid) in
        [(1, "sub ada", Some("s1")), (2, "sub ada", Some("s2")), (3, "sub ada", None), (4, "sub bob", Some("s3"))]
    {
        let mut made = record(n, subject);
        made.data.insert(session::SID.to_owned(), json!(sid));
        sessions.create(&mut made).await.unwrap();
        sessions.save(&made).await.unwrap();
    }
    let left = async || {
        let mut left = Vec::new();
        for n in 1..=4 {
            if sessions.load(&Id(n)).await.unwrap().is_some() {
                left.push(n);
            }
        }
        left
    };
    assert_eq!(house.store.end_sessions(&ended("s9", None)).await.unwrap(), 0);
    assert_eq!(house.store.end_sessions(&ended("s2", Some("sub bob"))).await.unwrap(), 0, "not theirs");
    assert_eq!(house.store.end_sessions(&ended("s1", None)).await.unwrap(), 1);
    assert_eq!(left().await, [2, 3, 4]);
    assert_eq!(house.store.end_sessions(&ended("s2", Some("sub ada"))).await.unwrap(), 2);
    assert_eq!(left().await, [4], "the one without a name may have been meant");
}

async fn ids_are_not_in_the_database(house: &House) {
    let (sessions, _) = sessions(house);
    let mut made = record(123_456_789_012_345_678, "sub ada");
    sessions.create(&mut made).await.unwrap();
    let rows = super::audit::column(house, "SELECT id_hash || data || agent FROM session").await;
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].contains(&made.id.to_string()) && !rows[0].contains("123456789012345678"));
}

async fn a_person_ends_their_own_sessions_and_no_others(house: &House) {
    let (sessions, _) = sessions(house);
    for (n, subject) in [(1, "sub ada"), (2, "sub ada"), (3, "sub ada"), (4, "sub bob")] {
        sessions.create(&mut record(n, subject)).await.unwrap();
    }
    let names = async |subject: &str| -> Vec<String> {
        house.store.sessions_of(subject, At(0)).await.unwrap().into_iter().map(|row| row.name).collect()
    };
    let (ada, bob) = (names("sub ada").await, names("sub bob").await);
    assert_eq!((ada.len(), bob.len()), (3, 1));
    assert_eq!(house.store.end_own_sessions("sub ada", &bob[0], false).await.unwrap(), 0, "not theirs");
    assert_eq!(house.store.end_own_sessions("sub ada", &ada[0], false).await.unwrap(), 1);
    assert_eq!(house.store.end_own_sessions("sub ada", &ada[0], false).await.unwrap(), 0);
    assert_eq!(house.store.end_own_sessions("sub ada", &ada[1], true).await.unwrap(), 1);
    assert_eq!((names("sub ada").await, names("sub bob").await), (vec![ada[1].clone()], bob));
}

async fn a_session_of_another_issuer_is_none(house: &House) {
    let (old, clock) = sessions(house);
    let mut made = record(1, "sub ada");
    old.create(&mut made).await.unwrap();
    let here = house.store.clone().at_issuer("https://a.example.org/").await.unwrap();
    let here = Sessions::new(here, clock.clone());
    assert!(here.load(&made.id).await.unwrap().is_some(), "from before issuers were kept: it is this one's");
    let other = house.store.clone().at_issuer("https://b.example.org/").await.unwrap();
    assert!(Sessions::new(other, clock).load(&made.id).await.unwrap().is_none());
    assert!(here.load(&made.id).await.unwrap().is_none(), "it has ended for good");
}

async fn who_is_signed_in_is_listed_by_person(house: &House) {
    let (sessions, clock) = sessions(house);
    for (n, subject, standing) in
        [(1, "sub ada", "person"), (2, "sub ada", "auditor"), (3, "sub bob", "operator"), (4, "", "person")]
    {
        clock.0.store(1_000_000 + i64::try_from(n).unwrap(), Ordering::Relaxed);
        let mut made = record(n, subject);
        let caller = made.data.get_mut(session::CALLER).unwrap();
        (caller["standing"], caller["name"]) = (json!(standing), json!(subject.to_uppercase()));
        if subject.is_empty() {
            made.data.remove(session::CALLER);
        }
        sessions.create(&mut made).await.unwrap();
    }
    let now = At(2_000_000);
    let (rows, total) = house.store.people_here("", now, 0, 10).await.unwrap();
    let said: Vec<_> = rows.iter().map(|r| (r.subject.as_str(), r.name.as_str(), r.standing, r.sessions)).collect();
    let (ada, bob) = (("sub ada", "SUB ADA", Standing::Auditor, 2), ("sub bob", "SUB BOB", Standing::Operator, 1));
    assert_eq!((said.as_slice(), total), (&[bob, ada][..], 2));
    assert_eq!((rows[1].since, rows[1].seen_at), (At(1_000_001), At(1_000_002)));
    let page = async |part: &str, skip: u64| house.store.people_here(part, now, skip, 1).await.unwrap();
    let ((second, of), (found, one)) = (page("", 1).await, page(" Sub B ", 0).await);
    assert_eq!((second[0].subject.as_str(), of, found[0].subject.as_str(), one), ("sub ada", 2, "sub bob", 1));
    assert_eq!(page("sub_b", 0).await.1, 0, "no wildcards");
    assert_eq!(house.store.people_here("", At(60_000_000), 0, 10).await.unwrap(), (vec![], 0), "all are over");

    assert_eq!(house.store.address_here("sub ada", now).await.unwrap().as_deref(), Some("ada@example.org"));
    assert_eq!(house.store.address_here("sub eve", now).await.unwrap(), None);
    let entry = super::entry("session.end");
    assert_eq!(house.store.end_all_sessions("sub ada", &entry).await.unwrap(), 2);
    assert_eq!(house.store.end_all_sessions("sub ada", &entry).await.unwrap(), 0);
    assert_eq!(house.store.people_here("", now, 0, 10).await.unwrap().1, 1);
    assert_eq!(house.store.audit_verify().await.unwrap(), Ok(1), "what ended nothing leaves no entry");
}
