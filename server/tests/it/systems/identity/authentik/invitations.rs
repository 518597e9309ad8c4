//! Invitations: usable until there is an account, ended then, and never ended by a list that is older than they are.

use super::{super::people, Set, people::member, set};
use crate::sim::authentik::Inside;
use async_trait::async_trait;
use serde_json::json;
use slipway::{
    domain::{At, Email, Fault, Role, Roster, TenantId, invitation::Newcomer, person::Member},
    systems::identity::Identity,
};
use std::sync::{Arc, Mutex};

const NINA: &str = "nina@example.org";

fn mark(tenant: TenantId, email: &str) -> String {
    format!("invitation-{tenant}-{}-1", &email[..3])
}

async fn way_in(set: &Set, tenant: TenantId, email: &str) -> Option<String> {
    let (mark, email) = (mark(tenant, email), Email::parse(email).expect("an address"));
    let who = Newcomer { email: &email, mark: &mark, until: At(1_790_900_000_000_000) };
    set.identity.way_in(&who).await.expect("it is there")
}

/// What stands behind `itoken=`.
fn token(link: &str) -> &str {
    link.split_once("itoken=").expect("a link").1
}

fn open(set: &Set) -> usize {
    set.sim.inside.memory().rows.get("invitation").map_or(0, Vec::len)
}

#[tokio::test]
async fn a_link_that_was_opened_and_not_finished_works_again() {
    let mut set = set().await;
    set.acme.people = people([member(NINA, None, Role::Member)]);
    let link = way_in(&set, set.acme.tenant, NINA).await.expect("she has no account");
    for _ in 0..2 {
        assert!(set.sim.inside.memory().open(token(&link)).is_some(), "opening it uses nothing up");
        set.ready().await;
    }
    let invitation = set.sim.inside.memory().open(token(&link)).expect("still good");
    assert!(set.sim.inside.memory().enrol(&invitation, 20));
    assert!(!set.sim.inside.memory().enrol(&invitation, 21), "and makes no second account");
    assert!(set.drift().await.contains("an invitation is open"), "its person has an account now");
    set.ready().await;
    assert_eq!(set.sim.inside.memory().open(token(&link)), None);
    assert_eq!(set.in_groups().0, [20]);
    assert_eq!(way_in(&set, set.acme.tenant, NINA).await, None, "from now on she signs in");
}

/// Two tenants invite her, and a third place is hers under another spelling of her address.
#[tokio::test]
async fn who_has_an_account_by_now_needs_no_second_one() {
    let mut set = set().await;
    let other = TenantId(uuid::Uuid::from_u128(77));
    set.acme.people = people([member(NINA, None, Role::Member)]);
    let first = way_in(&set, set.acme.tenant, NINA).await.expect("a link");
    let second = way_in(&set, other, NINA).await.expect("a link");
    assert_ne!(first, second);
    set.sim.inside.memory().person(20, "Nina@Example.org");
    assert_eq!(way_in(&set, other, NINA).await, None);
    let mut globex = set.acme.clone();
    globex.tenant = other;
    globex.slug = slipway::domain::Slug::parse("globex").expect("a slug");
    for wanted in [set.acme.clone(), globex] {
        super::super::ready(set.identity.ensure(&wanted).await);
    }
    assert_eq!(open(&set), 0, "each tenant ends its own");
}

#[tokio::test]
async fn an_invitation_ends_when_its_person_signed_in_by_another_account() {
    let mut set = set().await;
    way_in(&set, set.acme.tenant, NINA).await.expect("a link");
    set.acme.people = people([member(NINA, Some("a-subject-of-hers"), Role::Member)]);
    set.ready().await;
    assert_eq!(open(&set), 0);
}

/// A table into which somebody comes right after one of the reads, and what follows in Authentik at once.
#[derive(Debug)]
struct Joining {
    sim: Inside,
    rows: Mutex<Vec<Member>>,
    /// How many reads are left until they come.
    left: Mutex<usize>,
    /// Who, their account, and the group that they are put into by another engine.
    who: Member,
    tenant: TenantId,
    account: Option<i64>,
}

#[async_trait]
impl Roster for Joining {
    async fn people(&self) -> Result<Vec<Member>, Fault> {
        let before = self.rows.lock().expect("nobody panics").clone();
        let comes = {
            let mut left = self.left.lock().expect("nobody panics");
            *left = left.wrapping_sub(1);
            *left == 0
        };
        if comes {
            self.rows.lock().expect("nobody panics").push(self.who.clone());
            let mut memory = self.sim.memory();
            let group =
                memory.rows.get("group").and_then(|rows| rows.iter().find(|r| r.value["name"] == "tenant-acme"));
            let group = group.map(|r| r.value["pk"].as_str().expect("a pk").to_owned());
            match (self.account, group) {
                (Some(pk), Some(group)) => {
                    memory.members.entry(group).or_default().insert(pk);
                }
                (Some(_), None) => {}
                (None, _) => {
                    let email = self.who.email.as_str();
                    let flow = memory.rows["flow"][0].value["pk"].clone();
                    let pk = uuid::Uuid::from_u128(4711);
                    memory.put(
                        "invitation",
                        json!({"pk": pk, "name": mark(self.tenant, email), "single_use": false,
                        "flow": flow, "fixed_data": {"email": email, "username": email}}),
                    );
                }
            }
        }
        Ok(before)
    }
}

/// At every read of the table once: whoever is added right after it keeps the invitation that follows, and the group.
#[tokio::test]
async fn nothing_newer_than_the_list_is_ended() {
    for account in [None, Some(30)] {
        let mut reads = 0;
        for at in 1.. {
            let mut set = set().await;
            set.sim.inside.memory().person(5, "ada@example.org");
            set.sim.inside.memory().person(30, "otto@example.org");
            if account.is_none() {
                set.sim.inside.memory().rows.get_mut("user").expect("people").truncate(1);
            }
            set.acme.people = people([member("ada@example.org", None, Role::Admin)]);
            set.ready().await;
            // Somebody leaves, so that there is something to take away as well.
            way_in(&set, set.acme.tenant, NINA).await.expect("a link");
            let joining = Arc::new(Joining {
                sim: set.sim.inside.clone(),
                rows: Mutex::new(Vec::new()),
                left: Mutex::new(at),
                who: member("otto@example.org", None, Role::Member),
                tenant: set.acme.tenant,
                account,
            });
            set.acme.people = joining.clone();
            let _settled_or_not = set.identity.ensure(&set.acme).await;
            if joining.rows.lock().expect("nobody panics").is_empty() {
                break;
            }
            reads = at;
            match account {
                None => assert_eq!(open(&set), 1, "Otto's invitation was withdrawn after read {at}; Nina's was not"),
                Some(pk) => assert!(set.in_groups().0.contains(&pk), "Otto was taken out of the group after read {at}"),
            }
        }
        assert!(reads >= 3, "only {reads} reads: this test sees nothing");
    }
}
