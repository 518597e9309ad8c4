//! The portal's people in Authentik's groups.

use super::{super::people, Set, config, set};
use crate::sim::{self, authentik::TOKEN, faults::Trouble};
use slipway::domain::{At, Email, Gone, Role, TenantId, invitation::Newcomer, person::Member};
use slipway::systems::identity::{
    Identity,
    authentik::{Authentik, Config},
};
use uuid::Uuid;

pub(super) fn member(email: &str, subject: Option<&str>, role: Role) -> Member {
    let email = Email::parse(email).expect("an address");
    Member { email, subject: subject.map(str::to_owned), name: String::new(), role, was: Vec::new(), replaced: false }
}

/// The subject that the stand-in gives a person: the account's UUID.
fn subject(email: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, email.as_bytes()).to_string()
}

async fn town() -> Set {
    let set = set().await;
    for (pk, email) in [(5, "ada@example.org"), (6, "ben@example.org"), (7, "eve@example.org")] {
        set.sim.inside.memory().person(pk, email);
    }
    set
}

impl Set {
    pub(super) fn in_groups(&self) -> (Vec<i64>, Vec<i64>) {
        let memory = self.sim.inside.memory();
        (memory.people_of("tenant-acme"), memory.people_of("tenant-acme-admins"))
    }
}

#[tokio::test]
async fn groups_follow_the_members() {
    let mut set = town().await;
    set.acme.people = people([
        member("ada@example.org", Some(&subject("ada@example.org")), Role::Admin),
        member("ben@example.org", None, Role::Member),
        member("nobody@example.org", None, Role::Member),
    ]);
    set.ready().await;
    assert_eq!(set.in_groups(), (vec![5, 6], vec![5]), "who has no account yet is waited for");
    let before = set.writes();
    set.ready().await;
    assert_eq!(set.writes(), before, "the second time nothing is written");
    set.sim.inside.memory().person(8, "nobody@example.org");
    assert!(set.drift().await.contains("tenant-acme holds other people"));
    set.ready().await;
    assert_eq!(set.in_groups(), (vec![5, 6, 8], vec![5]));

    set.acme.people = people([member("ben@example.org", None, Role::Admin)]);
    assert!(set.drift().await.contains("tenant-acme-admins holds other people"));
    set.ready().await;
    assert_eq!(set.in_groups(), (vec![6], vec![6]));
    // Somebody was put in by hand: the portal's table decides.
    let group = set.sim.inside.memory().one("group", "tenant-acme-admins")["pk"].as_str().expect("a pk").to_owned();
    set.sim.inside.memory().members.entry(group).or_default().insert(7);
    set.drift().await;
    set.ready().await;
    assert_eq!(set.in_groups(), (vec![6], vec![6]));
    set.gone().await;
    assert_eq!(set.sim.inside.memory().rows["user"].len(), 4, "people stay");
}

#[tokio::test]
async fn a_person_is_their_subject_once_they_signed_in() {
    let mut set = town().await;
    // Ben's address belongs to somebody new now; the account that signed in has another one.
    let ben = subject("ben@example.org");
    set.sim.inside.memory().rows.get_mut("user").expect("people")[1].value["email"] = "old-ben@example.org".into();
    set.sim.inside.memory().person(9, "ben@example.org");
    set.sim.inside.memory().rows.get_mut("user").expect("people")[3].value["uuid"] = subject("the heir").into();
    // Eve signed in by a client with Authentik's standard subject, the hash of her account.
    set.acme.people = people([
        member("ben@example.org", Some(&ben), Role::Member),
        member("eve@example.org", Some("hash-of-7"), Role::Member),
        member("ada@example.org", Some("a-subject-of-nobody"), Role::Member),
    ]);
    set.ready().await;
    assert_eq!(set.in_groups().0, [6, 7]);
}

#[tokio::test]
async fn an_address_that_two_accounts_have_is_nobody() {
    let mut set = town().await;
    set.sim.inside.memory().person(10, "Ada@example.org");
    set.sim.inside.memory().rows.get_mut("user").expect("people")[3].value["email"] = "ada@example.org".into();
    set.sim.inside.memory().rows.get_mut("user").expect("people")[1].value["is_active"] = false.into();
    set.acme.people = people(["ada@example.org", "ben@example.org"].map(|email| member(email, None, Role::Member)));
    set.ready().await;
    assert!(set.in_groups().0.is_empty(), "neither of two, and nobody who is switched off");
}

/// `?email=` compares to the letter, so somebody whose account has capitals was found at their first sign-in only.
#[tokio::test]
async fn an_address_is_found_however_it_is_written() {
    let mut set = town().await;
    set.sim.inside.memory().person(11, "Mia.Member@Example.ORG");
    set.sim.inside.memory().person(12, "another-mia.member@example.org");
    set.acme.people = people([member("mia.member@example.org", None, Role::Member)]);
    set.ready().await;
    assert_eq!(set.in_groups().0, [11], "and nobody whose address only contains hers");
    // She signed in, and her address went to somebody else.
    let mia = subject("Mia.Member@Example.ORG");
    set.acme.people = people([member("mia.member@example.org", Some(&mia), Role::Member)]);
    set.sim.inside.memory().rows.get_mut("user").expect("people")[3].value["email"] = "mia@globex.example".into();
    set.sim.inside.memory().rows.get_mut("user").expect("people")[4].value["email"] = "mia.member@example.org".into();
    set.ready().await;
    assert_eq!(set.in_groups().0, [11], "who signed in is found by the subject");
}

#[tokio::test]
async fn many_people_come_in_pages_and_through_faults() {
    let mut set = set().await;
    set.sim.inside.memory().page = Some(3);
    set.acme.people =
        people((0..10).map(|n| member(&format!("p{n}@example.org"), None, Role::Member)).collect::<Vec<_>>());
    for n in 0..10 {
        set.sim.inside.memory().person(20 + n, &format!("p{n}@example.org"));
    }
    set.sim.faults.arm("POST /api/v3/core/groups/", Trouble::LostAnswer, 1);
    assert!(set.identity.ensure(&set.acme).await.is_err());
    set.ready().await;
    assert_eq!(set.in_groups().0.len(), 10);
    set.acme.people = people([]);
    set.ready().await;
    assert!(set.in_groups().0.is_empty());
}

/// The stand-in has no enrolment flow of its own: any flow that exists will do.
#[tokio::test]
async fn who_has_no_account_is_invited_once_and_nobody_else() {
    let set = town().await;
    let way_in = async |email: &str, mark: &str| {
        let email = Email::parse(email).expect("an address");
        let who = Newcomer { email: &email, mark, until: At(1_790_900_000_000_000) };
        set.identity.way_in(&who).await
    };
    assert_eq!(way_in("ada@example.org", "invitation-1").await, Ok(None), "she has an account");
    for trouble in [Trouble::LostRequest, Trouble::Unwell, Trouble::LostAnswer] {
        set.sim.faults.arm("POST /api/v3/stages/invitation", trouble, 1);
        let _this_one_may_fail = way_in("nina@example.org", "invitation-2").await;
    }
    let link = way_in("nina@example.org", "invitation-2").await.expect("it is there").expect("she has no account");
    assert_eq!(way_in("nina@example.org", "invitation-2").await, Ok(Some(link.clone())));
    assert_eq!(set.sim.inside.memory().rows["invitation"].len(), 1, "however often it is asked");
    let made = set.sim.inside.memory().one("invitation", "invitation-2").clone();
    let pk = made["pk"].as_str().expect("an id");
    let flow = "default-provider-authorization-implicit-consent";
    assert_eq!(link, format!("https://sso.example/if/flow/{flow}/?itoken={pk}"));
    assert_eq!(made["fixed_data"], serde_json::json!({"email": "nina@example.org", "username": "nina@example.org"}));
    assert_eq!((made["single_use"].as_bool(), made["expires"].as_str()), (Some(false), Some("2026-10-02T00:13:20Z")));
    let again = way_in("nina@example.org", "invitation-3").await.expect("it is there");
    assert_ne!(again, Some(link), "another letter has another link");

    set.sim.inside.memory().forbidden.insert("invitation");
    let refused = way_in("otto@example.org", "invitation-4").await.expect_err("no right");
    assert!(refused.to_string().contains("invitations"), "{refused}");
}

/// Whoever has an account may come in wherever no group is asked for, so a link must not outlive the place.
#[tokio::test]
async fn an_invitation_that_nobody_used_ends_with_the_place() {
    let mut set = town().await;
    let tenant = set.acme.tenant;
    let other = TenantId(Uuid::from_u128(77));
    let both = ["nina@example.org", "otto@example.org"].map(|email| member(email, None, Role::Member));
    set.acme.people = people(both.clone());
    for (email, of) in [("nina@example.org", tenant), ("otto@example.org", tenant), ("pia@example.org", other)] {
        let (mark, email) = (format!("invitation-{of}-{}-1", &email[..3]), Email::parse(email).expect("an address"));
        let who = Newcomer { email: &email, mark: &mark, until: At(1_790_900_000_000_000) };
        set.identity.way_in(&who).await.expect("it is there").expect("a link");
    }
    let open = |set: &Set| set.sim.inside.memory().rows["invitation"].len();
    set.ready().await;
    assert_eq!(open(&set), 3, "both are still invited");

    set.acme.people = people([both[0].clone()]);
    assert!(set.drift().await.contains("an invitation is open"));
    set.sim.faults.arm("DELETE /api/v3/stages/invitation", Trouble::LostAnswer, 1);
    let _this_one_may_fail = set.identity.ensure(&set.acme).await;
    set.ready().await;
    assert_eq!(open(&set), 2, "Otto's is withdrawn");

    // Nobody is invited by Authentik any more; what is open is still taken back, or named.
    let config = Config { enrolment_flow: None, ..config(&set.sim.wire.url, TOKEN, set.clock.clone()) };
    let without = std::mem::replace(&mut set.identity, Authentik::new(sim::http(), config));
    set.gone().await;
    assert_eq!(open(&set), 1, "that of another tenant is not ours to take");
    set.identity = without;
    set.sim.inside.memory().rows.get_mut("invitation").expect("one").clear();
    set.gone().await;
    set.sim.inside.memory().forbidden = ["invitation"].into();
    match set.identity.remove(&set.acme).await {
        Ok(Gone::Unseen { what }) => assert!(what.contains("neither see nor make invitations"), "{what}"),
        other => panic!("{other:?}"),
    }
}
