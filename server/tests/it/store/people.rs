//! Who belongs to a tenant, before and after the first sign-in.

use super::{email, entry, house::House, on_both, ordered, pairing};
use slipway::domain::{At, Caller, Role, Standing};

on_both!(
    an_address_counts_until_the_first_sign_in,
    an_address_follows_its_person,
    people_who_swapped_their_addresses_exchange_them,
    changes_are_audited,
    nobody_is_left_out_of_a_long_list,
    a_place_is_taken_before_the_next_sign_in,
);

fn caller(subject: &str, address: &str, name: &str) -> Caller {
    Caller { subject: subject.into(), email: email(address), name: name.into(), standing: Standing::Person }
}

async fn an_address_counts_until_the_first_sign_in(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let role = async |subject: &str, address: &str| store.role_of(tenant.id, subject, &email(address)).await.unwrap();
    assert_eq!(role("sub ada", "ada@example.org").await, Some(Role::Admin), "invited");
    store.signed_in(&caller("sub ada", "ada@example.org", "Ada")).await.unwrap();
    assert_eq!(role("sub ada", "ada@example.org").await, Some(Role::Admin));
    assert_eq!(role("sub ada", "ada@new.example").await, Some(Role::Admin), "a new address is the same person");
    assert_eq!(role("sub eve", "ada@example.org").await, None, "an address given to somebody else opens nothing");

    store.signed_in(&caller("sub eve", "ada@example.org", "Eve")).await.unwrap();
    store.signed_in(&caller("sub ada", "ada@new.example", "Ada Lovelace")).await.unwrap();
    let member = store.members(tenant.id).await.unwrap().remove(0);
    assert_eq!((member.email.as_str(), member.subject.as_deref()), ("ada@new.example", Some("sub ada")));
    assert_eq!(member.name, "Ada Lovelace");
}

/// Who goes on to the site is on its list by their subject; and what one made as an admin rests on the subject alone.
async fn a_place_is_taken_before_the_next_sign_in(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let (ada, eve) = (caller("sub ada", "ada@example.org", "Ada"), caller("sub eve", "ada@example.org", "Eve"));
    let subjects = async || {
        let members = store.members(tenant.id).await.unwrap();
        members.into_iter().map(|m| m.subject.unwrap_or_default()).collect::<Vec<_>>()
    };
    assert!(
        !store.is_admin(tenant.id, "sub ada").await.unwrap(),
        "a place that is kept for an address is nobody's yet"
    );
    store.take_place(tenant.id, &ada, At(5)).await.unwrap();
    assert_eq!(subjects().await, ["sub ada"]);
    assert!(store.look_asked(tenant.id).await.unwrap().is_some(), "the site hears of it");
    store.take_place(tenant.id, &eve, At(6)).await.unwrap();
    assert_eq!(subjects().await, ["sub ada"], "it is taken once");
    assert!(
        store.is_admin(tenant.id, "sub ada").await.unwrap() && !store.is_admin(tenant.id, "sub eve").await.unwrap()
    );
}

/// Nothing doubles, nobody else's row is touched, and what the new address was invited to is theirs too.
async fn an_address_follows_its_person(house: &House) {
    let store = &house.store;
    let (acme, quay) = (ordered(store, 1, "acme").await, ordered(store, 2, "quay").await);
    let put = async |tenant, address: &str, role| {
        store.put_member(tenant, &email(address), role, &entry("member.put")).await.unwrap();
    };
    let rows = async |tenant| {
        let members = store.members(tenant).await.unwrap();
        members.into_iter().map(|m| (m.email.to_string(), m.subject.unwrap_or_default(), m.role)).collect::<Vec<_>>()
    };
    let row = |address: &str, subject: &str, role| (address.to_owned(), subject.to_owned(), role);
    put(acme.id, "ben@example.org", Role::Member).await;
    put(acme.id, "ben@new.example", Role::Admin).await;
    put(quay.id, "ben@example.org", Role::Member).await;
    put(quay.id, "mia@example.org", Role::Member).await;
    store.signed_in(&caller("sub ben", "ben@example.org", "Ben")).await.unwrap();
    store.signed_in(&caller("sub mia", "mia@example.org", "Mia")).await.unwrap();
    store.choose_language("sub ben", &email("ben@example.org"), slipway::domain::Language::De).await.unwrap();

    // An invited row of the new address in the same tenant: one row stays, and an address makes nobody an admin.
    store.signed_in(&caller("sub ben", "ben@new.example", "Ben")).await.unwrap();
    let ada = || row("ada@example.org", "", Role::Admin);
    assert_eq!(rows(acme.id).await, [ada(), row("ben@new.example", "sub ben", Role::Member)]);
    let mia = || row("mia@example.org", "sub mia", Role::Member);
    assert_eq!(rows(quay.id).await, [ada(), row("ben@new.example", "sub ben", Role::Member), mia()]);
    assert_eq!(store.language_of(&email("ben@new.example")).await.unwrap(), Some(slipway::domain::Language::De));

    // Mia's address goes to Ben before she was seen with another: hers stays hers, and his row waits.
    store.signed_in(&caller("sub ben", "mia@example.org", "Ben")).await.unwrap();
    assert_eq!(rows(acme.id).await, [ada(), row("mia@example.org", "sub ben", Role::Member)]);
    assert_eq!(rows(quay.id).await, [ada(), row("ben@new.example", "sub ben", Role::Member), mia()]);
    assert_eq!(store.role_of(quay.id, "sub ben", &email("mia@example.org")).await.unwrap(), Some(Role::Member));
    store.signed_in(&caller("sub mia", "mia@new.example", "Mia")).await.unwrap();
    store.signed_in(&caller("sub ben", "mia@example.org", "Ben")).await.unwrap();
    assert_eq!(
        rows(quay.id).await,
        [ada(), row("mia@example.org", "sub ben", Role::Member), row("mia@new.example", "sub mia", Role::Member)]
    );
}

/// Each waits for the other's row; the last one of them that was seen gives all of them what is theirs.
async fn people_who_swapped_their_addresses_exchange_them(house: &House) {
    let store = &house.store;
    let names = ["ben", "mia", "zoe"];
    for (n, tenant, ring) in [(1, "acme", 2), (2, "quay", 3)] {
        let id = ordered(store, n, tenant).await.id;
        let address = |n: usize| format!("{}@{tenant}.example", names[n % ring]);
        let subject = |n: usize| format!("sub {} {tenant}", names[n]);
        let rows = async || {
            let members = store.members(id).await.unwrap().into_iter().filter(|m| m.subject.is_some());
            let mut rows: Vec<_> = members.map(|m| (m.subject.unwrap_or_default(), m.email.to_string())).collect();
            rows.sort();
            rows
        };
        for n in 0..ring {
            store.put_member(id, &email(&address(n)), Role::Member, &entry("member.put")).await.unwrap();
            store.signed_in(&caller(&subject(n), &address(n), "Name")).await.unwrap();
        }
        let before = rows().await;
        for n in 0..ring {
            assert_eq!(rows().await, before, "nobody is written under an address that they may not have any more");
            store.signed_in(&caller(&subject(n), &address(n + 1), "Name")).await.unwrap();
        }
        let after: Vec<_> = (0..ring).map(|n| (subject(n), address(n + 1))).collect();
        assert_eq!(rows().await, after);
        for n in 0..ring {
            store.signed_in(&caller(&subject(n), &address(n + 1), "Name")).await.unwrap();
        }
        assert_eq!(rows().await, after, "and so it stays");
    }
}

async fn changes_are_audited(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let bob = email("bob@example.org");
    store.put_member(tenant.id, &bob, Role::Member, &entry("member.put")).await.unwrap();
    store.put_member(tenant.id, &bob, Role::Admin, &entry("member.put")).await.unwrap();
    let members = store.members(tenant.id).await.unwrap();
    assert_eq!(members.iter().filter(|m| m.email == bob).map(|m| m.role).collect::<Vec<_>>(), [Role::Admin]);
    assert!(store.remove_member(tenant.id, &bob, &entry("member.remove")).await.unwrap());
    assert!(!store.remove_member(tenant.id, &bob, &entry("member.remove")).await.unwrap());
    assert_eq!(store.role_of(tenant.id, "sub bob", &bob).await.unwrap(), None);
    assert_eq!(store.audit_verify().await.unwrap(), Ok(4), "one for the order, three for what really changed");
    let nowhere = super::tenant_id(9);
    assert!(store.put_member(nowhere, &bob, Role::Admin, &entry("member.put")).await.is_err());
    assert_eq!(store.audit_verify().await.unwrap(), Ok(4), "nothing changed, nothing is told");
}

/// Whoever is missing in a list of the store loses their rights, outside too.
async fn nobody_is_left_out_of_a_long_list(house: &House) {
    const MANY: u128 = 1_203;
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let mut held = store.hold(tenant.id).await.unwrap().unwrap();
    for n in 1..MANY {
        held.invite(&email(&format!("p{n}@example.org")), Role::Member, "ada@example.org", At(1), At(2)).await.unwrap();
        held.put_pairing(&pairing(n, tenant.id)).await.unwrap();
    }
    assert_eq!(held.members().await.unwrap().len() as u128, MANY);
    assert_eq!(held.invitations().await.unwrap().len() as u128, MANY - 1);
    assert_eq!(held.pairings().await.unwrap().len() as u128, MANY - 1);
    held.commit(None).await.unwrap();
    assert_eq!(store.members(tenant.id).await.unwrap().len() as u128, MANY);
    assert_eq!(store.invitations(tenant.id).await.unwrap().len() as u128, MANY - 1);
    assert_eq!(store.pairings(tenant.id).await.unwrap().len() as u128, MANY - 1);
    assert_eq!(store.pairings_of("sub ada").await.unwrap().len() as u128, MANY - 1);
    store.end_invitations(At(2)).await.unwrap();
    assert_eq!(store.members(tenant.id).await.unwrap().len(), 1, "all whose time is over, at once");
}
