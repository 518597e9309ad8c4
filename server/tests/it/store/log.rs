//! The log: order, fence, digest, and what is forgotten at the end.

use super::{append, digest, email, event, gone, house::House, on_both, ordered, pairing, slug, started};
use serde_json::json;
use slipway::{
    domain::{At, Event, Fact, Flow, Hint, PairingId, TenantId, pairing::PairingStatus, tenant::Status},
    store::{Appended, Lease, ListFilter, PairingState, Sight, Store},
};

on_both!(
    every_fact_comes_back_as_it_was,
    of_two_with_the_same_number_one_wins,
    whoever_lost_the_lease_writes_nothing,
    a_conflict_writes_nothing,
    numbers_have_no_gaps,
    the_digest_is_what_lists_show,
    pairings_follow_the_log,
    the_end_forgets_people_and_secrets,
    the_newest_events_over_all_tenants,
    a_change_names_its_tenant,
);

fn every_fact() -> Vec<Fact> {
    let text = || "Zeile\n\"ä\" \u{0} 🦀".to_owned();
    vec![
        Fact::Started { attempt: 3 },
        Fact::Waiting { note: text(), again_at: At(9) },
        Fact::Retrying { why: text(), again_at: At(-1) },
        Fact::Done {
            output: json!({"host": "db", "deep": [1, null, {"x": "\u{0}"}]}),
            outside_id: Some("4711".into()),
        },
        Fact::Done { output: json!(null), outside_id: None },
        Fact::Failed { code: "gone".into(), say: text(), next: text() },
        Fact::Skipped { by: text(), reason: text() },
        Fact::Nudged { by: text() },
        Fact::Reversed { by: text(), why: text() },
        Fact::Undone { seen: text(), unseen: String::new() },
        Fact::Undone { seen: String::new(), unseen: text() },
        Fact::Drifted { what: text(), outage: false },
        Fact::Drifted { what: text(), outage: true },
        Fact::Healed {},
        Fact::Closed {},
    ]
}

async fn every_fact_comes_back_as_it_was(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let mut events: Vec<Event> = every_fact().into_iter().zip(2..).map(|(fact, seq)| event(seq, fact)).collect();
    events[0].flow = Flow::Pair(PairingId(uuid::Uuid::from_u128(5)));
    events[1].step = String::new();
    let mut hears = store.changes();
    hears.mark_unchanged();
    assert_eq!(append(store, tenant.id, &events, &digest(Status::Provisioning)).await, Appended::Ok);
    assert!(hears.has_changed().unwrap());
    assert_eq!(store.log(tenant.id).await.unwrap()[1..], events[..]);
    assert_eq!(after(store, tenant.id, 3, 2).await[..], events[2..4]);
    assert!(after(store, tenant.id, 16, 100).await.is_empty());
}

async fn a_change_names_its_tenant(house: &House) {
    let store = &house.store;
    let mut hints = store.hints();
    let (acme, globex) = (ordered(store, 1, "acme").await, ordered(store, 2, "globex").await);
    append(store, acme.id, &[event(2, Fact::Healed {}), event(3, Fact::Healed {})], &digest(Status::Ready)).await;
    store.hold(globex.id).await.unwrap().unwrap().commit(None).await.unwrap();
    let lease = store.take(acme.id, "test", At(9)).await.unwrap().unwrap();
    store.release(&lease, None).await.unwrap();
    store.wake(acme.id, At(1)).await.unwrap();
    let hint = |tenant, seq| Hint { tenant, seq };
    for told in [hint(acme.id, Some(1)), hint(globex.id, Some(1)), hint(acme.id, Some(3)), hint(globex.id, None)] {
        assert_eq!(hints.try_recv(), Ok(told));
    }
    assert!(hints.try_recv().is_err(), "what nobody sees is not told");
    let mut newest = store.newest(At(0)).await.unwrap();
    newest.sort_by_key(|hint| hint.tenant);
    assert_eq!(newest, [hint(acme.id, Some(3)), hint(globex.id, Some(1))]);
    assert!(store.newest(At(i64::MAX)).await.unwrap().is_empty());
}

async fn of_two_with_the_same_number_one_wins(house: &House) {
    let tenant = ordered(&house.store, 1, "acme").await;
    let lease = house.store.take(tenant.id, "test", At(9)).await.unwrap().unwrap();
    for seq in 2..8 {
        let tasks: Vec<_> = (1..=6)
            .map(|attempt| {
                let (store, lease) = (house.store.clone(), lease.clone());
                let mine = [event(seq, Fact::Started { attempt })];
                tokio::spawn(async move {
                    let won = store.append(&lease, &mine, &digest(Status::Provisioning)).await.unwrap();
                    (won == Appended::Ok).then_some(mine)
                })
            })
            .collect();
        let mut winners = Vec::new();
        for task in tasks {
            winners.extend(task.await.unwrap());
        }
        assert_eq!(winners.len(), 1);
        assert_eq!(after(&house.store, tenant.id, seq - 1, 9).await, winners[0]);
    }
}

async fn after(store: &Store, tenant: TenantId, seq: i64, limit: u32) -> Vec<Event> {
    store.events_after(tenant, seq, limit).await.unwrap().into_iter().map(|n| n.event).collect()
}

async fn whoever_lost_the_lease_writes_nothing(house: &House) {
    let store = &house.store;
    let (tenant, d) = (ordered(store, 1, "acme").await, digest(Status::Provisioning));
    let first = store.claim("a", At(10), At(20), 9).await.unwrap().remove(0);
    assert_eq!(store.append(&first, &[started(2)], &d).await.unwrap(), Appended::Ok);
    // Taken by another engine, by itself once more, given back, and ended at a start: each ends what was before.
    let second = store.claim("b", At(20), At(40), 9).await.unwrap().remove(0);
    assert_eq!(store.append(&first, &[started(3)], &d).await.unwrap(), Appended::Lost);
    let third = store.claim("b", At(40), At(60), 9).await.unwrap().remove(0);
    assert_eq!(store.append(&second, &[started(3)], &d).await.unwrap(), Appended::Lost);
    assert!(!store.renew(&second, At(99)).await.unwrap() && !store.holds(&second, At(41)).await.unwrap());
    assert!(store.holds(&third, At(41)).await.unwrap() && !store.holds(&third, At(60)).await.unwrap());
    store.release(&third, Some(At(61))).await.unwrap();
    assert_eq!(store.append(&third, &[started(3)], &d).await.unwrap(), Appended::Lost);
    let fourth = store.claim("c", At(61), At(80), 9).await.unwrap().remove(0);
    assert_eq!((store.end_leases("d").await.unwrap(), store.end_leases("c").await.unwrap()), (0, 1));
    assert_eq!(store.append(&fourth, &[started(3)], &d).await.unwrap(), Appended::Lost);
    // What is there says under which epoch it was written; a person's word has none.
    let mut held = store.hold(tenant.id).await.unwrap().unwrap();
    held.append(&[event(3, Fact::Nudged { by: "ada@example.org".into() })], &d).await.unwrap();
    held.commit(None).await.unwrap();
    let epochs: Vec<_> = store.events_after(tenant.id, 0, 9).await.unwrap().iter().map(|n| n.epoch).collect();
    assert_eq!(epochs, [None, Some(first.epoch), None]);
}

async fn a_conflict_writes_nothing(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let lease = store.take(tenant.id, "test", At(9)).await.unwrap().unwrap();
    store.append(&lease, &[started(2), started(3)], &digest(Status::Provisioning)).await.unwrap();
    let mut hears = store.changes();
    hears.mark_unchanged();
    let late = [started(3), started(4)];
    assert_eq!(store.append(&lease, &late, &digest(Status::Ready)).await.unwrap(), Appended::Conflict);
    assert_eq!(store.log(tenant.id).await.unwrap().len(), 3);
    assert_eq!(store.tenant(tenant.id).await.unwrap().unwrap().status, Status::Provisioning);
    assert!(!hears.has_changed().unwrap());
}

async fn numbers_have_no_gaps(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let d = digest(Status::Ready);
    assert_eq!(append(store, tenant.id, &[started(3)], &d).await, Appended::Conflict);
    let lease = store.take(tenant.id, "test", At(9)).await.unwrap().unwrap();
    assert!(store.append(&lease, &[started(2), started(4)], &d).await.is_err());
    let nobody = Lease { tenant: super::tenant_id(9), ..lease };
    assert_eq!(store.append(&nobody, &[started(1)], &d).await.unwrap(), Appended::Lost);
    assert_eq!(store.log(tenant.id).await.unwrap().len(), 1);
}

async fn the_digest_is_what_lists_show(house: &House) {
    let store = &house.store;
    let tenant = ordered(store, 1, "acme").await;
    let mut d = digest(Status::NeedsAttention);
    (d.now, d.stuck_step, d.done, d.wake_at) = ("No\0 space.".into(), Some("database".into()), 2, Some(At(0)));
    append(store, tenant.id, &[started(2)], &d).await;
    let filter = ListFilter { per_page: 10, ..ListFilter::default() };
    let row = store.list(&filter).await.unwrap().rows.remove(0);
    assert_eq!(row.tenant.status, Status::NeedsAttention);
    assert_eq!(
        (row.now.as_str(), row.stuck_step.as_deref(), row.done, row.steps),
        ("No space.", Some("database"), 2, 6)
    );
    assert_eq!(store.next_wake().await.unwrap(), Some(At(0)));
}

async fn pairings_follow_the_log(house: &House) {
    let store = &house.store;
    let (tenant, other) = (ordered(store, 1, "acme").await, ordered(store, 2, "other").await);
    store.put_pairing(&pairing(1, tenant.id)).await.unwrap();
    let state = |status, chat_user: Option<&str>, proof| PairingState {
        id: super::pairing_id(1),
        status,
        note: "Note.".into(),
        chat_user: chat_user.map(str::to_owned),
        proof,
    };
    let mut d = digest(Status::Ready);
    d.pairings = vec![state(PairingStatus::Connected, Some("chat-ada"), Some((At(9), 120)))];
    append(store, tenant.id, &[started(2)], &d).await;
    d.pairings = vec![state(PairingStatus::Broken, None, None)];
    append(store, tenant.id, &[started(3)], &d).await;
    let seen = store.pairing(super::pairing_id(1)).await.unwrap().unwrap();
    assert_eq!(
        (seen.status, seen.note.as_str(), seen.chat_user.as_deref()),
        (PairingStatus::Broken, "Note.", Some("chat-ada"))
    );
    assert_eq!((seen.proof_at, seen.proof_ms), (Some(At(9)), Some(120)), "what is known stays");
    // Another tenant's log changes nothing here.
    d.pairings = vec![state(PairingStatus::Gone, None, None)];
    append(store, other.id, &[started(2)], &d).await;
    assert_eq!(store.pairing(super::pairing_id(1)).await.unwrap(), Some(seen));
}

async fn the_end_forgets_people_and_secrets(house: &House) {
    let store = &house.store;
    let (tenant, other) = (ordered(store, 1, "acme").await, ordered(store, 2, "other").await);
    for t in [tenant.id, other.id] {
        store.add_data_key(t, b"wrapped").await.unwrap();
        store.add_sealed(t, "p", b"sealed").await.unwrap();
        store.claim_once(&format!("key {t}"), t, At(1)).await.unwrap();
    }
    store.put_pairing(&pairing(1, tenant.id)).await.unwrap();
    gone(store, tenant.id, 2).await;
    assert!(store.members(tenant.id).await.unwrap().is_empty());
    assert!(store.pairings(tenant.id).await.unwrap().is_empty());
    assert_eq!(store.data_key(tenant.id).await.unwrap(), None);
    assert_eq!(store.sealed(tenant.id, "p").await.unwrap(), None);
    assert_eq!(store.next_wake().await.unwrap(), Some(other.ordered_at));
    assert_eq!(store.data_key(other.id).await.unwrap().as_deref(), Some(&b"wrapped"[..]));
    assert_eq!(store.members(other.id).await.unwrap().len(), 1);
    // Nothing follows the end.
    let late = append(store, tenant.id, &[started(3)], &digest(Status::Ready)).await;
    assert_eq!(late, Appended::Lost);
}

async fn the_newest_events_over_all_tenants(house: &House) {
    let store = &house.store;
    let (acme, other) = (ordered(store, 1, "acme").await, ordered(store, 2, "other").await);
    append(store, acme.id, &[started(2), started(3)], &digest(Status::Ready)).await;
    append(store, other.id, &[event(2, Fact::Started { attempt: 1 })], &digest(Status::Ready)).await;
    let seen = |rows: Vec<(slipway::domain::Tenant, Event)>| -> Vec<(String, i64)> {
        rows.into_iter().map(|(t, e)| (t.slug.to_string(), e.seq)).collect()
    };
    let all = seen(store.recent(&Sight::All, None, 3).await.unwrap());
    assert_eq!(all[0], ("acme".into(), 3));
    assert_eq!(all.len(), 3);
    let one = seen(store.recent(&Sight::All, Some(&slug("other")), 9).await.unwrap());
    assert_eq!(one, [("other".into(), 2), ("other".into(), 1)]);
    let stranger = Sight::Of("sub eve".to_owned(), email("eve@example.org"));
    assert!(store.recent(&stranger, None, 9).await.unwrap().is_empty());
    let ada = Sight::Of("sub ada".to_owned(), email("ada@example.org"));
    assert_eq!(store.recent(&ada, None, 9).await.unwrap().len(), 5);
}
