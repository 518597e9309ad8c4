//! Two portals on one PostgreSQL: what is counted is counted together, and what is done once is done by one of them.

use super::stage::{Books, Who};
use crate::{
    sim::smtp::{Habits, SmtpSim},
    stage::town::Town,
    store::house,
    systems::mail::driver,
};
use app::model::person::Role;
use slipway::{
    domain::Pace,
    mcp::{Claim, Ledger as _},
    portal::House,
    store::Store,
    systems::mail::smtp::Privacy,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

struct Two {
    books: Books,
    one: House,
    other: House,
    sim: SmtpSim,
    _database: house::House,
}

async fn two() -> Option<Two> {
    let database = house::postgres().await?;
    let mut books = Books { town: Town::new(database.store.clone()).await };
    books.tenant("acme").await;
    let sim = SmtpSim::start(Habits::default()).await;
    books.town.house.systems.mail = Arc::new(driver(&sim, Privacy::None, ""));
    let one = books.town.house.clone();
    let other = House { store: Store::open(&database.url).await.expect("it is open"), ..one.clone() };
    Some(Two { books, one, other, sim, _database: database })
}

impl Two {
    fn each(&self, times: usize) -> impl Iterator<Item = &House> {
        [&self.one, &self.other].into_iter().cycle().take(times)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_letters_go_out_twenty_times() {
    let Some(two) = two().await else { return };
    let admin = two.one.portal_for(Who::Admin.caller());
    for n in 0..20 {
        admin.put_member("acme".into(), format!("p{n}@example.org"), Role::Member).await.expect("she may");
    }
    let (a, b, c) = tokio::join!(two.one.carry_due(), two.other.carry_due(), two.other.carry_due());
    a.and(b).and(c).expect("the store works");
    let to: Vec<String> = two.sim.taken().into_iter().flat_map(|letter| letter.to).collect();
    assert_eq!((to.len(), to.iter().collect::<BTreeSet<_>>().len()), (20, 20), "{to:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_dies_holds_up_one_letter() {
    let Some(two) = two().await else { return };
    let admin = two.one.portal_for(Who::Admin.caller());
    for n in 0..20 {
        admin.put_member("acme".into(), format!("p{n}@example.org"), Role::Member).await.expect("she may");
    }
    two.sim.becomes(Habits { silent: true, ..Habits::default() });
    let dead = tokio::time::timeout(Duration::from_secs(2), two.one.carry_due()).await;
    assert!(dead.is_err(), "it was at the first letter");
    two.sim.becomes(Habits::default());
    two.other.carry_due().await.expect("the store works");
    assert_eq!(two.sim.taken().len(), 19);
    two.books.stage().clock.by(Duration::from_secs(61));
    two.other.carry_due().await.expect("the store works");
    assert_eq!(two.sim.taken().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_writes_so_many_letters_and_hears_it_in_words() {
    let Some(two) = two().await else { return };
    let mut last = None;
    for (n, house) in two.each(74).enumerate() {
        let portal = house.portal_for(Who::Admin.caller());
        if let Err(oops) = portal.put_member("acme".into(), format!("p{n}@example.org"), Role::Member).await {
            last = last.or(Some((n, oops)));
        }
    }
    let (n, oops) = last.expect("it ends");
    assert_eq!((n, oops.status, oops.code.as_str()), (40, 429, "too_many_letters"));
    assert!(oops.next.contains("Wait") && oops.next.contains("seconds"), "{oops:?}");
    let operator = two.other.portal_for(Who::Operator.caller());
    operator.put_member("acme".into(), "ok@example.org".into(), Role::Member).await.expect("somebody else may");
    two.books.stage().clock.by(Duration::from_secs(61));
    let admin = two.one.portal_for(Who::Admin.caller());
    admin.put_member("acme".into(), "later@example.org".into(), Role::Member).await.expect("one a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_listed_at_a_pace_and_counted_beyond_it() {
    let Some(two) = two().await else { return };
    let before = two.books.audit().await.len();
    for house in two.each(300) {
        let refused = house.portal_for(Who::Foreign.caller()).tenant("acme".into()).await;
        assert_eq!(refused.expect_err("it is not hers").status, 404);
    }
    let rows = two.books.audit().await.len() - before;
    assert_eq!(rows, 60);
    two.books.stage().clock.by(Duration::from_secs(61));
    let portal = two.one.portal_for(Who::Foreign.caller());
    portal.tenant("acme".into()).await.expect_err("it is not hers");
    let newest = two.books.audit().await.remove(0);
    assert!(newest.detail.contains("more before it came too fast to be listed"), "{newest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ways_into_a_site_are_bounded() {
    let Some(two) = two().await else { return };
    let mut codes = BTreeSet::new();
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let mut let_in = 0;
    for house in two.each(80) {
        let portal = house.portal_for(Who::Admin.caller());
        let state = "a-state-of-the-site".to_owned();
        match portal.sign_in_to_site("acme".into(), state, challenge.into(), String::new()).await {
            Ok(_) => let_in += 1,
            Err(oops) => drop(codes.insert((oops.status, oops.code))),
        }
    }
    assert_eq!((let_in, codes), (30, [(429, "too_many_sign_ins".into())].into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_calls_and_sweeps_are_counted_together() {
    let Some(two) = two().await else { return };
    let mut missed = 0;
    for house in two.each(300) {
        missed += usize::from(house.token_missed().await.expect("the store works"));
    }
    assert_eq!(missed, 120);
    let (mut site, mut nobody) = (0, 0);
    let tenant = two.one.store.living().await.expect("the store works").remove(0);
    for house in two.each(400) {
        site += usize::from(house.may_call(Some(&tenant)).await.expect("the store works"));
        nobody += usize::from(house.may_call(None).await.expect("the store works"));
    }
    assert_eq!((site, nobody), (240, 120));
    let rule = Pace::new("mcp.person", 15, Duration::from_secs(1));
    let mut calls = 0;
    for house in two.each(60) {
        calls += usize::from(house.pace(&rule, "ada").await.expect("the store works").is_ok());
    }
    assert_eq!(calls, 15);
    let turns = [two.one.may_sweep().await, two.other.may_sweep().await].map(|turn| turn.expect("the store works"));
    assert_eq!(turns, [true, false]);
    assert_eq!(two.one.claim("key", tenant.id).await.expect("the store works"), Claim::Fresh);
    assert_eq!(two.other.claim("key", tenant.id).await.expect("the store works"), Claim::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_so_many_sessions() {
    use slipway::{
        store::session::{CALLER, Sessions},
        web::SignedIn as _,
    };
    use tower_sessions::{SessionStore as _, session::Record};
    let Some(two) = two().await else { return };
    let ada = Who::Admin.caller();
    for house in two.each(30) {
        house.signed_in(&ada).await.expect("the store works");
        let sessions = Sessions::new(house.store.clone(), house.clock.clone());
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(house.clock.now().unix() + 3_600).expect("a time");
        let data = [(CALLER.to_owned(), serde_json::to_value(&ada).expect("JSON"))].into();
        sessions.create(&mut Record { id: Default::default(), data, expiry_date }).await.expect("the store works");
        two.books.stage().clock.by(Duration::from_secs(1));
    }
    let left = two.one.store.sessions_of(&ada.subject, two.one.clock.now()).await.expect("the store works");
    assert_eq!(left.len(), 20);
}
