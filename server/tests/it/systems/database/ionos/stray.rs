//! What fits nobody is told with all that a person needs, taken in only for the tenant whose it is, and never removed.

use super::{Set, fail, first, set, wanted};
use serde_json::Value;
use slipway::{
    domain::{At, DatabaseSize, Gigabytes, Reservation, Seen, Stray, StrayKind},
    systems::database::{Databases as _, Wanted},
};
use std::time::Duration;

/// A tenant whose cluster is in use and whose entry was lost.
async fn forgotten(set: &Set) -> Reservation {
    set.ready(&set.acme).await;
    living(set, &set.acme);
    let held = set.book.0.lock().unwrap().remove(&set.acme.tenant).expect("it was there");
    set.clock.by(Duration::from_secs(60));
    held
}

fn living(set: &Set, wanted: &Wanted) {
    set.book.1.lock().unwrap().push((wanted.tenant, wanted.slug.clone()));
}

async fn strays(set: &Set) -> Vec<Stray> {
    let lists = |set: &Set| set.sim.faults.calls().iter().filter(|call| call.ends_with("/clusters")).count();
    let before = lists(set);
    let strays = set.databases.survey().await.strays;
    assert_eq!(lists(set) - before, 1, "one list a look");
    strays
}

#[tokio::test]
async fn an_orphan_is_told_with_its_size_its_age_and_the_commands_of_its_owner() {
    for set in [set().await, first(|_| ()).await] {
        forgotten(&set).await;
        let (id, _) = set.sim.one();
        let found = strays(&set).await;
        let [orphan] = &found[..] else { panic!("{found:?}") };
        assert_eq!((orphan.kind, orphan.cluster, orphan.tenant), (StrayKind::Orphan, Some(id), Some(set.acme.tenant)));
        assert_eq!(orphan.name.as_deref(), Some("slipway-test-acme-00000001"));
        assert_eq!(orphan.place, "10.7.222.3/24 in network 2");
        assert_eq!(orphan.since, Some(At(1_768_052_270_000_000)), "as IONOS says");
        let size = DatabaseSize { instances: 1, cores: 1, ram: Gigabytes(4), storage: Gigabytes(10) };
        assert_eq!(orphan.size, Some(size));
        let commands = orphan.commands.as_ref().expect("it is there");
        let end = format!("/clusters/{id}");
        assert!(commands.look.starts_with("curl -sS -H \"Authorization: Bearer $IONOS_TOKEN\" http"), "{commands:?}");
        assert!(commands.look.ends_with(&end) && commands.remove.ends_with(&end), "{commands:?}");
        assert!(commands.remove.starts_with("curl -sS -X DELETE "), "{commands:?}");
        assert_eq!(set.calls("DELETE"), 0);
    }
}

#[tokio::test]
async fn a_lost_cluster_and_an_entry_of_a_tenant_that_lives_elsewhere_are_no_orphans() {
    let set = set().await;
    set.ready(&set.acme).await;
    set.sim.inside.memory().clusters.clear();
    let found = strays(&set).await;
    let [lost] = &found[..] else { panic!("{found:?}") };
    assert_eq!((lost.kind, lost.tenant, &lost.commands), (StrayKind::Lost, Some(set.acme.tenant), &None));
    assert_eq!((lost.place.as_str(), &lost.name), ("host 3 in network 2", &None));
}

#[tokio::test]
async fn a_forgotten_cluster_is_taken_in_and_goes_on_as_it_was() {
    for set in [set().await, first(|_| ()).await] {
        let before = forgotten(&set).await;
        let (id, _) = set.sim.one();
        let calls = set.sim.faults.calls().len();
        let said = set.databases.adopt(id, set.acme.tenant, &set.acme.slug).await.expect("it is its own");
        assert_eq!(said, format!("Cluster slipway-test-acme-00000001 ({id}) at 10.7.222.3/24 in network 2."));
        let sent = set.sim.faults.calls().split_off(calls);
        assert!(sent.iter().all(|call| call.starts_with("GET ")), "nothing is changed there: {sent:?}");
        let held = set.held(&set.acme).expect("it has one again");
        assert_eq!(Reservation { since: before.since, ..held }, before);
        assert!(strays(&set).await.is_empty());
        assert!(matches!(set.databases.look(&set.acme).await, Ok(Seen::Ready(_))));
        assert!(matches!(set.databases.ensure(&set.acme).await, Ok(Seen::Ready(_))));
        assert_eq!(set.made(), 1);
    }
}

#[tokio::test]
async fn what_is_anothers_in_any_respect_is_not_taken_in() {
    for (path, value, what) in [
        ("/name", "slipway-test-acme-00000002", "name"),
        ("/description", "slipway:test:another", "mark"),
        ("/description", "", "mark"),
        ("/connection/datacenterId", "11111111-72e5-11ec-90d6-0242ac120003", "data center"),
        ("/connection/lanId", "7", "network, another address"),
        ("/connection/primaryInstanceAddress", "10.7.223.3/24", "address"),
    ] {
        let set = set().await;
        forgotten(&set).await;
        set.sim.change(|c| *c.properties.pointer_mut(path).expect("it is there") = Value::from(value));
        let (code, say) = fail(set.databases.adopt(set.sim.one().0, set.acme.tenant, &set.acme.slug).await);
        assert_eq!(code, "adopt_differs");
        assert_eq!(say, format!("The cluster is not the one of acme: another {what}."), "{path}");
        assert_eq!(set.held(&set.acme), None);
    }
    // Somebody else's, although all of it is as it should be for its own tenant.
    let set = set().await;
    forgotten(&set).await;
    let blue = wanted(2, "blue");
    let (code, say) = fail(set.databases.adopt(set.sim.one().0, blue.tenant, &blue.slug).await);
    assert!(code == "adopt_differs" && say.ends_with("another name, another mark, another id."), "{say}");
}

#[tokio::test]
async fn a_tenant_or_an_address_with_an_entry_takes_nothing_in() {
    let set = set().await;
    let held = forgotten(&set).await;
    let (id, _) = set.sim.one();
    let (blue, elsewhere) = (wanted(2, "blue"), Reservation { host: 9, ..held.clone() });
    for (tenant, entry) in [(set.acme.tenant, elsewhere), (blue.tenant, held)] {
        set.book.0.lock().unwrap().insert(tenant, entry);
        assert_eq!(fail(set.databases.adopt(id, set.acme.tenant, &set.acme.slug).await).0, "adopt_taken");
        set.book.0.lock().unwrap().clear();
    }
}

#[tokio::test]
async fn two_of_a_name_and_what_is_of_no_use_are_left_alone() {
    let set = first(|_| ()).await;
    forgotten(&set).await;
    let (id, stored) = set.sim.one();
    let nobodys = uuid::Uuid::from_u128(7);
    assert_eq!(fail(set.databases.adopt(nobodys, set.acme.tenant, &set.acme.slug).await).0, "adopt_gone");
    set.sim.inside.memory().clusters.insert(nobodys, stored);
    assert_eq!(fail(set.databases.adopt(id, set.acme.tenant, &set.acme.slug).await).0, "database_twice");
    set.sim.inside.memory().clusters.remove(&nobodys);
    set.sim.change(|c| c.state = "FAILED".to_owned());
    assert_eq!(fail(set.databases.adopt(id, set.acme.tenant, &set.acme.slug).await).0, "adopt_unusable");
    assert_eq!((set.held(&set.acme), set.calls("DELETE")), (None, 0));
}
