//! From an order to a usable database and back, as it should go.

use super::{fail, first, set, wanted, with};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::ExposeSecret as _;
use slipway::{
    domain::{Gone, Lans, Plan, Seen, Stage},
    systems::database::{Databases as _, Wanted, reach::SiteUser},
};
use std::time::Duration;

#[tokio::test]
async fn comes_and_goes() {
    let set = set().await;
    assert_eq!(set.databases.look(&set.acme).await, Ok(Seen::Absent));
    assert!(set.sim.faults.calls().is_empty(), "nothing is asked for what was never ordered");

    let Ok(Seen::Working { note, .. }) = set.act(&set.acme).await else { panic!("it takes its time") };
    assert_eq!(note, "IONOS is making the database. It usually takes 5 to 30 minutes.");
    assert_eq!(set.held(&set.acme).map(|h| (h.host, h.stage)), Some((3, Stage::Asked)));
    let (id, stored) = set.sim.one();
    assert_eq!(stored.properties["name"], "slipway-test-acme-00000001");
    let mark = format!("slipway:test:{}", set.acme.tenant);
    assert_eq!(stored.properties["description"], mark.as_str());
    assert_eq!(stored.properties["connection"]["primaryInstanceAddress"], "10.7.222.3/24");

    let details = set.ready(&set.acme).await;
    assert_eq!((details.host.as_str(), details.port), ("10.7.222.3", 3306), "a firewall rule needs the address");
    assert_eq!((details.name.as_str(), details.user.len()), ("slipway_acme_000001", 16));
    assert_ne!(stored.properties["credentials"]["username"], details.user.as_str(), "the site is not the owner");
    assert_eq!(set.held(&set.acme).map(|h| (h.stage, h.cluster)), Some((Stage::Available, Some(id))));

    let orders = set.calls("PUT");
    for _ in 0..3 {
        set.clock.by(Duration::from_secs(60));
        assert!(matches!(set.databases.look(&set.acme).await, Ok(Seen::Ready(_))));
        assert!(matches!(set.databases.ensure(&set.acme).await, Ok(Seen::Ready(_))));
    }
    assert_eq!((set.calls("PUT"), set.made(), orders), (1, 1, 1), "once usable, it is only looked at");

    let Ok(Gone::Seen { what }) = set.gone(&set.acme).await else { panic!("it goes") };
    assert_eq!(what, "The cluster slipway-test-acme-00000001 is gone, and 10.7.222.3/24 is free again.");
    assert_eq!(set.sim.inside.within().dumps, ["slipway-test-acme-00000001-1"]);
    assert_eq!((set.held(&set.acme), set.sim.inside.effects.world().objects.len()), (None, 0));
    assert!(matches!(set.databases.remove(&set.acme).await, Ok(Gone::Seen { .. })), "twice");
}

#[tokio::test]
async fn many_share_one_list_and_no_address() {
    let set = set().await;
    set.sim.inside.memory().making = 3;
    let all: Vec<_> = (1..=8).map(|n| wanted(n, &format!("tenant-{n}"))).collect();
    for wanted in &all {
        assert!(matches!(set.act(wanted).await, Ok(Seen::Working { .. })));
    }
    assert_eq!(set.databases.room().await.map_err(|why| why.contains("All 8 addresses")), Err(true));
    assert_eq!(fail(set.databases.ensure(&wanted(9, "late")).await).0, "database_room");

    set.clock.by(Duration::from_secs(30));
    let (lists, singles) = (set.calls("GET /v2/clusters"), set.calls("GET /v2/clusters/"));
    for wanted in &all {
        assert!(matches!(set.databases.look(wanted).await, Ok(Seen::Working { .. })));
    }
    assert_eq!(set.calls("GET /v2/clusters/"), singles);
    assert_eq!(set.calls("GET /v2/clusters"), lists + 1, "eight looks, one list");
    for wanted in &all {
        set.ready(wanted).await;
    }
    for wanted in &all {
        set.gone(wanted).await.expect("it goes");
    }
    assert_eq!((set.made(), set.sim.inside.effects.world().objects.len()), (8, 0));
    assert_eq!(set.databases.room().await, Ok(()));
}

#[tokio::test]
async fn a_plan_has_its_own_size_and_leaves_the_rest_to_the_configuration() {
    let sizes = |p: &serde_json::Value| ["cores", "ram", "storageSize"].map(|part| p[part].as_u64());
    let text = r#"{"key": "large", "label": "Large", "database_instances": 2, "database_ram_gb": 8}"#;
    let plan: Plan = serde_json::from_str(text).expect("a plan");
    for set in [set().await, first(|_| ()).await] {
        let acme = Wanted { plan: Some(plan.clone()), ..set.acme.clone() };
        assert_eq!(set.databases.size(&plan).map(|size| size.instances), Some(2));
        assert!(matches!(set.act(&acme).await, Ok(Seen::Working { .. })));
        let properties = set.sim.one().1.properties;
        let (count, sized) = match &properties["instances"] {
            own @ serde_json::Value::Object(_) => (own["count"].as_u64(), own.clone()),
            count => (count.as_u64(), properties.clone()),
        };
        assert_eq!((count, sizes(&sized)), (Some(2), [Some(1), Some(8), Some(10)]), "{properties}");
    }
}

#[tokio::test]
async fn drift_is_found_and_put_right_inside_of_the_database() {
    let set = set().await;
    set.ready(&set.acme).await;
    set.sim.inside.within().databases.values_mut().for_each(|login| login.1.clear());
    set.clock.by(Duration::from_secs(60));
    assert!(matches!(set.databases.look(&set.acme).await, Ok(Seen::Drifted { .. })));
    assert!(matches!(set.databases.ensure(&set.acme).await, Ok(Seen::Ready(_))));
    set.sim.change(|c| (c.state, c.left) = ("UPDATING".to_owned(), 2));
    set.clock.by(Duration::from_secs(60));
    let Ok(Seen::Working { note, .. }) = set.databases.look(&set.acme).await else { panic!("maintenance") };
    assert_eq!(note, "IONOS is working on the database.");
}

#[tokio::test]
async fn health_tells_room_and_the_end_of_the_token_early() {
    let set = set().await;
    let health = set.databases.health().await;
    assert_eq!((health.ok, health.say.as_str()), (true, "MariaDB at IONOS, de-txl: 0 of 8 addresses are taken"));
    for (days, ok, words) in [(30, true, "counts for 29 days"), (3, false, "counts for 2 days")] {
        let exp = set.now().plus(Duration::from_secs(days * 86_400)).unix();
        let token = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{exp}}}"#)));
        set.sim.inside.memory().token.clone_from(&token);
        std::fs::write(set.folder.path().join("ionos.token"), token).unwrap();
        let health = set.databases.health().await;
        assert!(health.ok == ok && health.say.contains(words), "{health:?}");
    }
    std::fs::remove_file(set.folder.path().join("ionos.token")).unwrap();
    let health = set.databases.health().await;
    assert!(!health.ok && health.say.starts_with("There is no token in"), "{health:?}");
}

#[tokio::test]
async fn a_network_that_was_taken_out_of_the_configuration_is_named() {
    let set = set().await;
    set.ready(&set.acme).await;
    let other = with(|c| c.lans = Lans::try_from("3=10.7.223.0/24".to_owned()).expect("one").0).await;
    let held = set.held(&set.acme).expect("it has one");
    other.book.0.lock().unwrap().insert(set.acme.tenant, held);
    assert_eq!(fail(other.databases.look(&set.acme).await).0, "database_lan_unknown");
}

#[tokio::test]
async fn the_radar_tells_orphans_and_losses_and_touches_nothing() {
    let set = set().await;
    set.ready(&set.acme).await;
    let blue = wanted(2, "blue");
    set.ready(&blue).await;
    assert!(set.databases.health().await.ok);
    // The portal's database was restored from before blue was ordered.
    let forgotten = set.book.0.lock().unwrap().remove(&blue.tenant).expect("it was there");
    let health = set.databases.health().await;
    let words = "belong to no tenant, and are paid for: slipway-test-blue-00000002 (";
    assert!(!health.ok && health.say.contains(words) && !health.say.contains("acme"), "{health:?}");
    set.book.0.lock().unwrap().insert(blue.tenant, forgotten);

    let (id, _) = set.sim.inside.memory().clusters.iter().next().map(|(id, c)| (*id, c.clone())).expect("one");
    set.sim.inside.memory().clusters.remove(&id);
    let health = set.databases.health().await;
    assert!(!health.ok && health.say.contains("Tenants whose cluster is gone: "), "{health:?}");
    assert_eq!((set.calls("PUT"), set.calls("DELETE")), (2, 0));
}

#[tokio::test]
async fn a_site_may_be_the_owner_where_an_owner_may_make_no_users() {
    let set = with(|c| c.site_user = SiteUser::Owner).await;
    assert!(!set.databases.has_owner(), "one password is enough");
    let acme = Wanted { owner_password: None, ..set.acme.clone() };
    let details = set.ready(&acme).await;
    let credentials = set.sim.one().1.properties["credentials"].clone();
    assert_eq!(credentials["username"], details.user.as_str());
    assert_eq!(credentials["password"], acme.password.expose_secret());
    set.gone(&acme).await.expect("it goes");
}
