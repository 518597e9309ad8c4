//! People in the chat: the provider's subject says whose an account is, and nothing else.

use super::{Set, code, set};
use crate::systems::identity::people;
use serde_json::{Value, json};
use slipway::domain::{Email, Fault, Role, Seen, person::Member};
use slipway::systems::chat::{Chat, ChatUser, Held, Who};

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

impl Set {
    async fn look(&self, subject: &str, address: &str, known: &[&str]) -> Result<Seen<ChatUser>, Fault> {
        let (email, known) = (email(address), known.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        self.chat.look_at_person(&Who { subject, email: &email, known: &known, people: &*self.people }).await
    }

    async fn admit(&self, subject: &str, address: &str, known: &[&str]) -> Result<Seen<ChatUser>, Fault> {
        let (email, known) = (email(address), known.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        self.chat.ensure_person(&Who { subject, email: &email, known: &known, people: &*self.people }).await
    }

    fn visit(&self, subject: &str, address: &str) -> String {
        self.sim.inside.sign_in(subject, address).expect("the chat lets them in")
    }

    fn user(&self, id: &str, field: &str) -> Value {
        self.sim.inside.account(id, field)
    }

    /// An account by password, as people make them in the chat's own form.
    fn local(&self, id: &str, address: &str, role: &str) {
        self.sim
            .inside
            .memory()
            .users
            .push(json!({"id": id, "email": address, "name": id, "role": role, "oauth": null,
            "profile_image_url": "/user.png", "created_at": 1, "last_active_at": 900}));
    }
}

fn ready(id: &str) -> Result<Seen<ChatUser>, Fault> {
    Ok(Seen::Ready(ChatUser { id: id.to_owned() }))
}

#[tokio::test]
async fn finds_people_by_their_subject_whatever_their_address() {
    let set = set().await;
    set.local("root", "root@lab.test", "admin");
    for n in 0..70 {
        set.local(&format!("m{n}"), &format!("m{n}ada@lab.test"), "user");
    }
    set.local("wild", "aXa@lab.test", "user");
    assert_eq!(set.look("sub-ada", "ada@lab.test", &[]).await, Ok(Seen::Absent));
    assert_eq!(set.admit("sub-ada", "ada@lab.test", &[]).await, Ok(Seen::Absent), "it makes no account");
    assert_eq!(set.sim.inside.memory().users.len(), 72);

    let ada = set.visit("sub-ada", "ada@lab.test");
    assert!(
        matches!(set.look("sub-ada", "ada@lab.test", &[]).await, Ok(Seen::Drifted { .. })),
        "she waits to be let in"
    );
    assert_eq!(set.admit("sub-ada", "ada@lab.test", &[]).await, ready(&ada));
    assert_eq!(set.user(&ada, "role"), "user");
    assert_eq!(set.look("sub-ada", "ada@lab.test", &[]).await, ready(&ada));
    assert_eq!(set.look("sub-eve", "ada@lab.test", &[]).await, Ok(Seen::Absent), "an address is nobody");
    assert_eq!(set.look("sub-eve", "ada@lab.test", &[&ada]).await, Ok(Seen::Absent), "an id is nobody either");
    assert_eq!(set.look("", "ada@lab.test", &["root"]).await, Ok(Seen::Absent), "and no subject is nobody");

    // She gets another address: the account stays, and shows it.
    assert!(matches!(set.look("sub-ada", "a_a@lab.test", &[]).await, Ok(Seen::Drifted { .. })));
    assert_eq!(set.admit("sub-ada", "a_a@lab.test", &[&ada]).await, ready(&ada));
    assert_eq!((set.user(&ada, "email"), set.user("wild", "email")), (json!("a_a@lab.test"), json!("aXa@lab.test")));
    assert_eq!(set.look("sub-ada", "a_a@lab.test", &[&ada]).await, ready(&ada));
    assert_eq!(set.admit("sub-ada", "root@lab.test", &[&ada]).await, ready(&ada), "a taken one is left alone");
    assert_eq!(set.user("root", "email"), "root@lab.test");
    assert_eq!(set.sim.inside.memory().users.len(), 73);
}

#[tokio::test]
async fn an_account_nobody_was_ever_in_makes_room() {
    let set = set().await;
    let old = set.sim.inside.made_before("ada@lab.test");
    assert!(set.sim.inside.sign_in("sub-ada", "ada@lab.test").is_err(), "the chat joins nothing");
    assert_eq!(set.look("sub-ada", "ada@lab.test", &[&old]).await, Ok(Seen::Absent));
    for _ in 0..2 {
        assert_eq!(set.admit("sub-ada", "ada@lab.test", &[&old]).await, Ok(Seen::Absent));
    }
    assert_eq!(
        (set.user(&old, "role"), set.user(&old, "email")),
        (json!("pending"), json!(format!("{old}@set-aside.invalid")))
    );
    let ada = set.visit("sub-ada", "ada@lab.test");
    assert_eq!(set.admit("sub-ada", "ada@lab.test", &[&old]).await, ready(&ada));

    // Somebody came first with her address, unverified, and was never let in.
    let squatter = set.visit("sub-eve", "mia@lab.test");
    assert_eq!(set.admit("sub-mia", "mia@lab.test", &[]).await, Ok(Seen::Absent));
    let mia = set.visit("sub-mia", "mia@lab.test");
    assert_eq!(set.admit("sub-mia", "mia@lab.test", &[]).await, ready(&mia));
    assert_eq!(
        (set.user(&squatter, "role"), set.user(&squatter, "oauth")),
        (json!("pending"), json!({"oidc": {"sub": "sub-eve"}}))
    );
}

#[tokio::test]
async fn an_account_that_somebody_used_is_never_touched() {
    let set = set().await;
    let used = set.sim.inside.made_before("ada@lab.test");
    set.sim.inside.memory().users[0]["last_active_at"] = json!(9_999);
    set.local("ben", "ben@lab.test", "user");
    let before = set.sim.inside.memory().users.clone();
    for address in ["ada@lab.test", "ben@lab.test"] {
        assert_eq!(code(set.admit("sub-of-another", address, &[&used]).await), "chat_address_taken");
    }
    assert_eq!(set.sim.inside.memory().users, before);
    assert!(set.sim.faults.calls().iter().all(|call| !call.starts_with("DELETE") && !call.contains("auths/add")));
}

/// An address goes to whom the sign-in service gives it, from those who have no claim to it any more.
#[tokio::test]
async fn who_has_no_claim_to_an_address_any_more_gives_it_up() {
    let mut set = set().await;
    let member = |subject: &str, address: &str, was: &[&str]| Member {
        email: email(address),
        subject: Some(subject.to_owned()),
        name: String::new(),
        role: Role::Member,
        was: was.iter().map(|was| (*was).to_owned()).collect(),
        replaced: false,
    };
    let mut accounts = Vec::new();
    for name in ["ada", "mia", "zoe"] {
        let (subject, address) = (format!("sub-{name}"), format!("{name}@lab.test"));
        accounts.push(set.visit(&subject, &address));
        set.admit(&subject, &address, &[]).await.expect("let in");
    }
    let [ada, mia, zoe] = &accounts[..] else { panic!("three") };
    // Ada and Mia swapped theirs, and Mia was seen with her new one.
    set.people = people([member("sub-ada", "mia@lab.test", &[]), member("sub-mia", "mia@lab.test", &[])]);
    assert_eq!(set.admit("sub-ada", "mia@lab.test", &[ada]).await, ready(ada), "Mia's is hers for all that is known");
    assert_eq!(set.user(ada, "email"), "ada@lab.test");
    set.people = people([member("sub-ada", "mia@lab.test", &[]), member("sub-mia", "ada@lab.test", &[])]);
    for _ in 0..2 {
        assert_eq!(set.admit("sub-ada", "mia@lab.test", &[ada]).await, ready(ada));
        assert_eq!(set.admit("sub-mia", "ada@lab.test", &[mia]).await, ready(mia));
    }
    assert_eq!((set.user(ada, "email"), set.user(mia, "email")), (json!("mia@lab.test"), json!("ada@lab.test")));
    assert_eq!((set.user(ada, "role"), set.user(mia, "role")), (json!("user"), json!("user")));

    // Zoe's account at the sign-in service was replaced: her new subject has the address, and a new account comes of it.
    assert_eq!(code(set.admit("sub-zoe-2", "zoe@lab.test", &[zoe]).await), "chat_address_taken");
    set.people = people([member("sub-zoe-2", "zoe@lab.test", &["https://id.test sub-zoe", "sub-zoe"])]);
    assert_eq!(set.admit("sub-zoe-2", "zoe@lab.test", &[zoe]).await, Ok(Seen::Absent));
    assert_eq!(set.user(zoe, "email"), format!("{zoe}@set-aside.invalid"));
    let new = set.visit("sub-zoe-2", "zoe@lab.test");
    assert_eq!(set.admit("sub-zoe-2", "zoe@lab.test", &[zoe]).await, ready(&new));

    // An administrator of the chat keeps what they have.
    set.sim.inside.memory().users.iter_mut().find(|u| u["id"] == *mia).expect("hers")["role"] = json!("admin");
    set.people = people([member("sub-ada", "ada@lab.test", &[]), member("sub-mia", "mia@lab.test", &[])]);
    assert_eq!(set.admit("sub-ada", "ada@lab.test", &[ada]).await, ready(ada));
    assert_eq!(set.user(mia, "email"), "ada@lab.test");
}

#[tokio::test]
async fn who_was_suspended_in_the_chat_stays_suspended() {
    let set = set().await;
    let ada = set.visit("sub-ada", "ada@lab.test");
    assert_eq!(set.admit("sub-ada", "ada@lab.test", &[]).await, ready(&ada));
    set.sim.inside.memory().users[0]["role"] = json!("pending");
    let Ok(Seen::Drifted { what }) = set.look("sub-ada", "ada@lab.test", &[&ada]).await else { panic!("it differs") };
    assert!(what.contains("suspended"), "{what}");
    assert_eq!(code(set.admit("sub-ada", "ada@lab.test", &[&ada]).await), "chat_person_suspended");
    assert_eq!(set.user(&ada, "role"), "pending");
}

#[tokio::test]
async fn a_chat_that_joins_accounts_by_address_connects_nobody() {
    let set = set().await;
    let ada = set.visit("sub-ada", "ada@lab.test");
    set.admit("sub-ada", "ada@lab.test", &[]).await.expect("let in");
    set.sim.inside.memory().joins = true;
    assert_eq!(set.visit("sub-eve", "ada@lab.test"), ada, "so it is: whoever has the address comes in");
    assert_eq!(code(set.look("sub-ada", "ada@lab.test", &[&ada]).await), "chat_joins_accounts");
    assert_eq!(code(set.admit("sub-eve", "ada@lab.test", &[]).await), "chat_joins_accounts");
    let health = set.chat.health().await;
    assert!(!health.ok && health.say.contains("joins accounts"), "{health:?}");

    set.sim.inside.memory().joins = false;
    set.sim.inside.memory().claim = Some("preferred_username");
    assert_eq!(code(set.look("sub-ada", "ada@lab.test", &[&ada]).await), "chat_subject_claim");
    set.sim.inside.memory().claim = Some("sub");
    assert_eq!(set.look("sub-eve", "ada@lab.test", &[&ada]).await, ready(&ada));
    set.sim.inside.memory().closed = true;
    assert_eq!(code(set.admit("sub-mia", "mia@lab.test", &[]).await), "chat_sign_up_closed");
    assert!(!set.chat.health().await.ok);
}

#[tokio::test]
async fn only_the_persons_own_account_is_in_the_group() {
    let set = set().await;
    let corner = set.ready().await;
    let ada = set.visit("sub-ada", "ada@lab.test");
    set.admit("sub-ada", "ada@lab.test", &[]).await.expect("let in");
    for _ in 0..2 {
        set.chat.give_access(&ada, "sub-ada", &corner.group_id).await.expect("in");
        assert_eq!(set.chat.has_access(&ada, "sub-ada", &corner.group_id).await, Ok(Held::Yes));
    }
    assert_eq!(set.chat.has_access(&ada, "sub-eve", &corner.group_id).await, Ok(Held::ByAnother));
    for _ in 0..2 {
        set.chat.take_access(&ada, &corner.group_id).await.expect("out");
        assert_eq!(set.chat.has_access(&ada, "sub-ada", &corner.group_id).await, Ok(Held::No));
    }
    assert_eq!(code(set.chat.give_access(&ada, "sub-ada", "no-such-group").await), "retry");
    assert_eq!(code(set.chat.give_access("nobody", "sub-ada", &corner.group_id).await), "retry");
    set.chat.give_access(&ada, "sub-ada", &corner.group_id).await.expect("in");
    assert_eq!(code(set.chat.give_access(&ada, "sub-eve", &corner.group_id).await), "retry");
    assert_eq!(set.chat.has_access(&ada, "sub-ada", &corner.group_id).await, Ok(Held::No), "out with it");
}
