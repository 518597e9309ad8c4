//! Questions are answered once, codes are redeemed once, and the gateway does things once.

use super::{email, house::House, intent_id, on_both, ordered, pairing, pairing_id};
use serde_json::json;
use slipway::{
    domain::{
        At, Caller, Pairing, Role, Standing, TenantId,
        pairing::PairingStatus,
        secret::{SiteState, TokenHash},
    },
    store::{Claim, Intent, IntentKind, Redeemed},
};

on_both!(
    a_question_comes_back_as_it_was,
    a_question_is_answered_once,
    of_many_redeems_one_wins,
    open_questions_are_counted,
    of_many_questions_at_once_no_more_are_open_than_may_be,
    the_sweep_leaves_what_still_counts,
    the_sweep_forgets_credentials_without_a_pairing,
    a_call_is_done_once,
);

fn intent(n: u128, tenant: TenantId) -> Intent {
    Intent {
        id: intent_id(n),
        kind: IntentKind::Connect,
        tenant,
        wp_user: 7,
        wp_login: "ada".into(),
        wp_email: "ada@example.org".into(),
        state: SiteState::parse("a-state-of-a-site").unwrap(),
        challenge: "c".repeat(43),
        asked_by: "Slipway Connect 1.0.0".into(),
        asked_at: At(100),
        expires_at: At(400),
        answered: None,
        subject: None,
        email: None,
        name: None,
        role: None,
        pairing: None,
        code_expires_at: None,
        redeemed_at: None,
        to: "/wp-admin/".into(),
    }
}

fn ada() -> Caller {
    Caller {
        subject: "sub ada".into(),
        email: email("ada@example.org"),
        name: "Ada".into(),
        standing: Standing::Person,
    }
}

async fn a_question_comes_back_as_it_was(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await.id;
    let asked = Intent { kind: IntentKind::SignIn, ..intent(1, tenant) };
    store.put_intent(&asked).await.unwrap();
    assert_eq!(store.intent(asked.id).await.unwrap(), Some(asked.clone()));
    assert_eq!(store.intent(intent_id(2)).await.unwrap(), None);
    assert!(store.put_intent(&asked).await.is_err(), "an id is used once");
}

async fn a_question_is_answered_once(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await.id;
    store.put_intent(&intent(1, tenant)).await.unwrap();
    let code = TokenHash::of("code");
    let tasks: Vec<_> = (0..6)
        .map(|n| {
            let (store, code) = (store.clone(), code.clone());
            tokio::spawn(async move {
                let code = (n % 2 == 0).then_some((&code, At(160)));
                store.answer_intent(intent_id(1), &ada(), Some(Role::Admin), n % 2 == 0, code).await.unwrap()
            })
        })
        .collect();
    let mut answered = 0;
    for task in tasks {
        answered += u32::from(task.await.unwrap());
    }
    assert_eq!(answered, 1);
    let seen = store.intent(intent_id(1)).await.unwrap().unwrap();
    assert_eq!(
        (seen.subject.as_deref(), seen.email, seen.role),
        (Some("sub ada"), Some(ada().email), Some(Role::Admin))
    );
    assert_eq!(seen.answered.unwrap(), seen.code_expires_at == Some(At(160)), "answer and code belong together");
    assert!(!store.answer_intent(intent_id(2), &ada(), None, true, None).await.unwrap(), "nobody asked");
}

async fn of_many_redeems_one_wins(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await.id;
    store.put_intent(&intent(1, tenant)).await.unwrap();
    let code = TokenHash::of("code");
    assert_eq!(store.redeem(&code, At(110)).await.unwrap(), Redeemed::Unknown);
    store.answer_intent(intent_id(1), &ada(), None, true, Some((&code, At(160)))).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let (store, code) = (store.clone(), code.clone());
            tokio::spawn(async move { store.redeem(&code, At(120 + n)).await.unwrap() })
        })
        .collect();
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for task in tasks {
        match task.await.unwrap() {
            Redeemed::Ok(i) => first.push(i),
            Redeemed::Again(i) => again.push(i),
            Redeemed::Unknown => panic!("the code is known"),
        }
    }
    assert_eq!((first.len(), again.len()), (1, 7));
    assert!(again.iter().all(|i| i.redeemed_at == first[0].redeemed_at), "a later attempt changes nothing");
    let mut held = store.hold(tenant).await.unwrap().unwrap();
    held.set_intent_pairing(intent_id(1), pairing_id(3)).await.unwrap();
    held.commit(None).await.unwrap();
    assert_eq!(store.intent(intent_id(1)).await.unwrap().unwrap().pairing, Some(pairing_id(3)));
}

async fn open_questions_are_counted(house: &House) {
    let store = &house.store;
    let (tenant, other) = (ordered(store, 1, "acme").await.id, ordered(store, 2, "other").await.id);
    let asked = |n: u128| Intent { asked_at: At(100 * i64::try_from(n).unwrap()), ..intent(n, tenant) };
    let ask = async |n: u128, since: i64| store.ask_intent(&asked(n), At(since), 2).await.unwrap();
    assert!(ask(1, 0).await && ask(2, 0).await && !ask(3, 0).await, "two at most");
    assert!(store.intent(intent_id(3)).await.unwrap().is_none(), "what is refused is not kept");
    assert!(store.ask_intent(&intent(9, other), At(0), 1).await.unwrap(), "each tenant has its own");
    assert!(ask(3, 200).await && !ask(4, 200).await, "an old one does not count");
    store.answer_intent(intent_id(3), &ada(), None, false, None).await.unwrap();
    assert!(ask(4, 200).await, "an answered one neither");
    assert!(
        !store.ask_intent(&Intent { tenant: super::tenant_id(7), ..asked(5) }, At(0), 9).await.unwrap(),
        "no tenant"
    );
}

async fn of_many_questions_at_once_no_more_are_open_than_may_be(house: &House) {
    let tenant = ordered(&house.store, 1, "acme").await.id;
    let tries: Vec<_> = (1..=20)
        .map(|n| {
            let store = house.store.clone();
            tokio::spawn(async move { store.ask_intent(&intent(n, tenant), At(0), 3).await.unwrap() })
        })
        .collect();
    let mut asked = 0;
    for one in tries {
        asked += u32::from(one.await.unwrap());
    }
    assert_eq!(asked, 3);
}

async fn the_sweep_leaves_what_still_counts(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await.id;
    for n in 1..=2 {
        store.put_intent(&intent(n, tenant)).await.unwrap();
    }
    let code = TokenHash::of("code");
    store.answer_intent(intent_id(2), &ada(), None, true, Some((&code, At(450)))).await.unwrap();
    store.claim_once("old", tenant, At(10)).await.unwrap();
    assert_eq!(store.sweep(At(10)).await.unwrap(), 0);
    assert_eq!(store.sweep(At(401)).await.unwrap(), 2);
    assert_eq!(store.intent(intent_id(1)).await.unwrap(), None);
    assert!(store.intent(intent_id(2)).await.unwrap().is_some(), "its code may still come");
    assert_eq!(store.sweep(At(451)).await.unwrap(), 1);
    assert_eq!(store.claim_once("old", tenant, At(500)).await.unwrap(), Claim::Fresh);
}

async fn the_sweep_forgets_credentials_without_a_pairing(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await.id;
    let has = async |n| store.sealed(tenant, &Pairing::credential(pairing_id(n))).await.unwrap().is_some();
    store.put_intent(&intent(1, tenant)).await.unwrap();
    for n in 1..=4 {
        store.add_sealed(tenant, &Pairing::credential(pairing_id(n)), b"envelope").await.unwrap();
    }
    for (n, status) in [(3, PairingStatus::Gone), (4, PairingStatus::Leaving)] {
        store.put_pairing(&Pairing { status, ..pairing(n, tenant) }).await.unwrap();
    }
    store.add_sealed(tenant, "database/password", b"envelope").await.unwrap();
    assert_eq!(store.sweep(At(10)).await.unwrap(), 2);
    assert_eq!([has(1).await, has(2).await, has(3).await, has(4).await], [true, false, false, true]);
    assert_eq!(store.sweep(At(401)).await.unwrap(), 2, "the question and its credential");
    assert!(!has(1).await && has(4).await);
    assert!(store.sealed(tenant, "database/password").await.unwrap().is_some());
}

async fn a_call_is_done_once(house: &House) {
    let store = &house.store;
    let (tenant, other) = (ordered(store, 1, "acme").await.id, ordered(store, 2, "other").await.id);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.claim_once("k", tenant, At(1)).await.unwrap() })
        })
        .collect();
    let mut fresh = 0;
    for task in tasks {
        match task.await.unwrap() {
            Claim::Fresh => fresh += 1,
            claim => assert_eq!(claim, Claim::Pending),
        }
    }
    assert_eq!(fresh, 1);
    store.forget_once("k").await.unwrap();
    assert_eq!(store.claim_once("k", tenant, At(2)).await.unwrap(), Claim::Fresh);
    store.finish_once("k", &json!({"post": 7})).await.unwrap();
    store.finish_once("k", &json!({"post": 8})).await.unwrap();
    store.forget_once("k").await.unwrap();
    assert_eq!(store.claim_once("k", tenant, At(3)).await.unwrap(), Claim::Done(json!({"post": 7})));
    assert!(store.claim_once("k", other, At(3)).await.is_err(), "one tenant never gets another one's answer");
}
