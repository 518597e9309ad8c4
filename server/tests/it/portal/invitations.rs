//! Invitations: a place by address and for a while, and a letter that a dead mail server delays and never loses.

use super::stage::{Books, Who, guest};
use crate::{
    connect::plugin::person,
    sim::smtp::{Habits, SmtpSim},
    systems::mail::driver,
};
use app::model::person::{Invited, Language, Member, Role};
use slipway::{
    domain::{Clock as _, Email, Standing, invitation::HOLDS},
    systems::mail::smtp::Privacy,
};
use std::{sync::Arc, time::Duration};

const NEW: &str = "nina@example.org";

async fn books(habits: Habits) -> (Books, SmtpSim) {
    let mut books = Books::open().await;
    books.tenant("acme").await;
    let sim = SmtpSim::start(habits).await;
    books.town.house.systems.mail = Arc::new(driver(&sim, Privacy::None, ""));
    (books, sim)
}

async fn seen(books: &Books, email: &str) -> Option<Member> {
    let page = books.portal(Who::Admin).tenant("acme".into()).await.expect("she may");
    page.members.into_iter().find(|m| m.email == email)
}

async fn invited(books: &Books, email: &str) -> Invited {
    seen(books, email).await.expect("she is on the page").invited.expect("she is invited")
}

async fn add(books: &Books, email: &str) {
    books.portal(Who::Admin).put_member("acme".into(), email.into(), Role::Member).await.expect("she may");
}

async fn carry(books: &Books) {
    books.town.house.carry_due().await.expect("the store works");
}

/// As at the sign-in of the portal.
async fn signs_in(books: &Books, name: &str) {
    use slipway::web::SignedIn as _;
    books.town.house.signed_in(&person(name, Standing::Person)).await.expect("the store works");
}

#[tokio::test]
async fn somebody_new_gets_a_letter_and_is_a_member_from_the_first_sign_in() {
    let (books, sim) = books(Habits::default()).await;
    add(&books, NEW).await;
    let waiting = invited(&books, NEW).await;
    assert_eq!((waiting.by.as_str(), waiting.over, waiting.sent_at), ("ada@example.org", false, None));
    carry(&books).await;
    carry(&books).await;
    let letters = sim.taken();
    assert_eq!(letters.len(), 1, "once");
    assert_eq!(letters[0].to, [NEW]);
    let page = format!("{}/tenants/acme", books.town.house.systems.public_url);
    assert!(letters[0].text.contains(&page), "{}", letters[0].text);
    let sent = invited(&books, NEW).await;
    assert!(sent.sent_at.is_some() && sent.problem.is_empty() && sent.next_at.is_none(), "{sent:?}");
    signs_in(&books, "nina").await;
    let nina = seen(&books, NEW).await.expect("she is on the page");
    assert!(nina.signed_in && nina.invited.is_none(), "{nina:?}");
    books.town.stage.clock.by(HOLDS);
    carry(&books).await;
    assert!(seen(&books, NEW).await.is_some_and(|m| m.signed_in), "who came stays");
}

#[tokio::test]
async fn a_dead_mail_server_loses_no_letter() {
    let (books, sim) = books(Habits { says: Some(("MAIL", "451 4.3.0 not now")), ..Habits::default() }).await;
    add(&books, NEW).await;
    for pause in [15, 30, 60] {
        carry(&books).await;
        let waiting = invited(&books, NEW).await;
        assert!(waiting.problem.contains("451") && waiting.sent_at.is_none(), "{waiting:?}");
        let next = waiting.next_at.expect("it is tried again") - books.town.stage.clock.now().0;
        assert!((next - pause * 1_000_000).abs() < 1_000_000, "{next} after {pause} s");
        carry(&books).await;
        assert!(sim.taken().is_empty(), "not before its time");
        books.town.stage.clock.by(Duration::from_secs(61));
    }
    sim.becomes(Habits::default());
    carry(&books).await;
    assert_eq!(sim.taken().len(), 1);
    assert!(invited(&books, NEW).await.problem.is_empty());
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_goes_out_again_under_the_same_id() {
    let (books, sim) = books(Habits { drops_the_answer: true, ..Habits::default() }).await;
    add(&books, NEW).await;
    carry(&books).await;
    sim.becomes(Habits::default());
    books.town.stage.clock.by(Duration::from_secs(61));
    carry(&books).await;
    let ids: Vec<String> = sim.taken().iter().map(|l| id(&l.text)).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "a mail program shows it once");
    books.portal(Who::Admin).invite("acme".into(), NEW.into()).await.expect("she may");
    carry(&books).await;
    let last = sim.taken().pop().expect("there is a third");
    assert_ne!(id(&last.text), ids[0], "asking again is another letter");
}

fn id(text: &str) -> String {
    text.lines().find(|l| l.starts_with("Message-ID:")).expect("it has one").to_owned()
}

#[tokio::test]
async fn of_two_posts_one_carries_a_letter() {
    let (books, sim) = books(Habits::default()).await;
    for n in 0..8 {
        add(&books, &format!("person{n}@example.org")).await;
    }
    let (one, two) = (books.town.house.clone(), books.town.house.clone());
    let (one, two) = tokio::join!(one.carry_due(), two.carry_due());
    one.and(two).expect("the store works");
    let mut to: Vec<String> = sim.taken().into_iter().flat_map(|l| l.to).collect();
    to.sort();
    let everybody: Vec<String> = (0..8).map(|n| format!("person{n}@example.org")).collect();
    assert_eq!(to, everybody, "each one letter");
}

#[tokio::test]
async fn an_address_that_is_refused_is_said_and_not_tried_again() {
    let (books, sim) = books(Habits { says: Some(("RCPT", "550 5.1.1 no such user")), ..Habits::default() }).await;
    add(&books, NEW).await;
    carry(&books).await;
    let refused = invited(&books, NEW).await;
    assert!(refused.problem.contains("550") && refused.next_at.is_none(), "{refused:?}");
    sim.becomes(Habits::default());
    books.town.stage.clock.by(Duration::from_secs(3600));
    carry(&books).await;
    assert!(sim.taken().is_empty());
    books.portal(Who::Admin).invite("acme".into(), NEW.into()).await.expect("she may");
    carry(&books).await;
    assert_eq!(sim.taken().len(), 1);
}

#[tokio::test]
async fn an_invitation_ends_and_can_be_given_again() {
    let (books, sim) = books(Habits::default()).await;
    let nina = books.town.house.portal_for(person("nina", Standing::Person));
    add(&books, NEW).await;
    nina.tenant("acme".into()).await.expect("the place is hers by her address");
    books.town.stage.clock.by(HOLDS);
    signs_in(&books, "nina").await;
    assert_eq!(nina.tenant("acme".into()).await.expect_err("its time is over").status, 404);
    assert!(invited(&books, NEW).await.over);
    carry(&books).await;
    assert!(sim.taken().is_empty(), "a letter about nothing is not sent");
    books.portal(Who::Admin).invite("acme".into(), NEW.into()).await.expect("she may");
    nina.tenant("acme".into()).await.expect("again");
    signs_in(&books, "nina").await;
    assert!(seen(&books, NEW).await.is_some_and(|m| m.signed_in && m.invited.is_none()));
    let refused = books.portal(Who::Admin).invite("acme".into(), NEW.into()).await.expect_err("she is here");
    assert_eq!((refused.status, refused.code.as_str()), (409, "already_here"));
}

#[tokio::test]
async fn a_withdrawn_invitation_opens_nothing_and_its_letter_stays_here() {
    let (books, sim) = books(Habits::default()).await;
    let admin = books.portal(Who::Admin);
    add(&books, NEW).await;
    admin.remove_member("acme".into(), NEW.into()).await.expect("she may");
    carry(&books).await;
    signs_in(&books, "nina").await;
    assert!(sim.taken().is_empty() && seen(&books, NEW).await.is_none());
    add(&books, NEW).await;
    books.town.stage.clock.by(HOLDS);
    carry(&books).await;
    assert!(seen(&books, NEW).await.is_none() || invited(&books, NEW).await.over);
    admin.remove_member("acme".into(), NEW.into()).await.expect("one that is over can be forgotten");
    assert!(seen(&books, NEW).await.is_none());
    assert_eq!(admin.invite("acme".into(), NEW.into()).await.expect_err("nobody").status, 404);
}

#[tokio::test]
async fn a_role_is_changed_without_a_letter_and_guests_are_no_last_admins() {
    let (books, sim) = books(Habits::default()).await;
    let admin = books.portal(Who::Admin);
    admin.put_member("acme".into(), guest().to_string(), Role::Admin).await.expect("she may");
    carry(&books).await;
    assert!(sim.taken().is_empty(), "the first admin's place had no letter of this kind");
    let alone = admin.remove_member("acme".into(), "ada@example.org".into()).await.expect_err("a guest may never come");
    assert_eq!(alone.code, "last_admin");
    admin.invite("acme".into(), guest().to_string()).await.expect("she may");
    carry(&books).await;
    assert!(sim.taken()[0].text.contains("As an admin"), "{}", sim.taken()[0].text);
}

#[tokio::test]
async fn a_letter_is_in_the_language_that_the_person_chose() {
    let (mut books, sim) = books(Habits::default()).await;
    let store = books.town.stage.store.clone();
    let nina = Email::parse(NEW).expect("an address");
    books.town.house.systems.language = Language::De;
    add(&books, "otto@example.org").await;
    store.choose_language("sub-nina", &nina, Language::En).await.expect("the store works");
    add(&books, NEW).await;
    carry(&books).await;
    let of = |to: &str| sim.taken().into_iter().find(|l| l.to == [to]).expect("there is one").text;
    assert!(of(NEW).contains("Subject: You are invited to acme"), "{}", of(NEW));
    assert!(of("otto@example.org").contains("Subject: Einladung zu acme"), "{}", of("otto@example.org"));
}
