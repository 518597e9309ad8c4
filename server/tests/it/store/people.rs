//! Who belongs to a tenant, before and after the first sign-in.

use super::{email, entry, house::House, on_both, ordered};
use slipway::domain::{Caller, Role, Standing};

on_both!(an_address_counts_until_the_first_sign_in, changes_are_audited);

fn caller(subject: &str, address: &str, name: &str) -> Caller {
    Caller { subject: subject.into(), email: email(address), name: name.into(), standing: Standing::Person }
}

async fn an_address_counts_until_the_first_sign_in(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let ada = email("ada@example.org");
    let role = async |subject: &str, address: &str| store.role_of(tenant.id, subject, &email(address)).await.unwrap();
    assert_eq!(role("sub ada", "ada@example.org").await, Some(Role::Admin), "invited");
    store.signed_in(&caller("sub ada", "ada@example.org", "Ada")).await.unwrap();
    assert_eq!(role("sub ada", "ada@example.org").await, Some(Role::Admin));
    assert_eq!(role("sub ada", "ada@new.example").await, Some(Role::Admin), "a new address is the same person");
    assert_eq!(role("sub eve", "ada@example.org").await, None, "an address given to somebody else opens nothing");

    store.signed_in(&caller("sub eve", "ada@example.org", "Eve")).await.unwrap();
    store.signed_in(&caller("sub ada", "ada@new.example", "Ada Lovelace")).await.unwrap();
    let member = store.members(tenant.id).await.unwrap().remove(0);
    assert_eq!((member.email, member.subject.as_deref()), (ada, Some("sub ada")));
    assert_eq!(member.name, "Ada Lovelace");
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
