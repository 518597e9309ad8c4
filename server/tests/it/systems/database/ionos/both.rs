//! What can go wrong in the same way at both versions of the API.

use super::{Set, fail, first, set};
use crate::sim::faults::Trouble;
use slipway::{
    domain::{Fault, Gone, Seen, Stage},
    systems::database::Databases as _,
};
use std::time::Duration;

/// A set at each version, with the method of its orders.
async fn each() -> [(Set, &'static str); 2] {
    [(first(|_| ()).await, "POST"), (set().await, "PUT")]
}

#[tokio::test]
async fn patience_ends_after_an_hour_there_and_back() {
    for (set, order) in each().await {
        set.sim.inside.memory().making = 1000;
        let (code, say) = fail(set.settle_long(&set.acme).await);
        assert_eq!((code, say.contains("making the database for more than an hour")), ("database_overdue", true));
        set.sim.change(|c| c.state = "AVAILABLE".to_owned());
        set.clock.by(Duration::from_secs(5));
        set.ready(&set.acme).await;

        // Stuck in DESTROYING.
        set.sim.inside.memory().removing = 1000;
        set.databases.remove(&set.acme).await.expect("it begins");
        set.clock.by(Duration::from_secs(3700));
        let (code, say) = fail(set.databases.remove(&set.acme).await);
        assert_eq!((code, say.contains("removing the database")), ("database_overdue", true), "{order}");
        assert!(set.held(&set.acme).is_some(), "the address stays taken");
        set.sim.inside.memory().clusters.clear();
        assert!(matches!(set.gone(&set.acme).await, Ok(Gone::Seen { .. })), "Retry now looks again");
        assert_eq!((set.calls(order), set.made()), (1, 1));
    }
}

#[tokio::test]
async fn a_wish_to_slow_down_is_passed_on_and_a_storm_of_them_outlived() {
    for (set, order) in each().await {
        set.sim.faults.arm(order, Trouble::TooMany(42), 1);
        let Err(Fault::Retry { after, .. }) = set.act(&set.acme).await else { panic!("it waits") };
        assert_eq!(after, Some(Duration::from_secs(42)), "{order}");
        set.sim.faults.arm("", Trouble::TooMany(3), 12);
        set.ready(&set.acme).await;
        set.sim.faults.arm("", Trouble::TooMany(3), 12);
        set.gone(&set.acme).await.expect("it goes");
        assert_eq!((set.made(), set.sim.inside.effects.world().objects.len()), (1, 0), "{order}");
    }
}

#[tokio::test]
async fn an_unknown_state_is_told_and_waited_for() {
    for (set, order) in each().await {
        set.act(&set.acme).await.expect("ordered");
        set.sim.inside.memory().strange = true;
        set.sim.change(|c| c.state = "HIBERNATING".to_owned());
        set.clock.by(Duration::from_secs(30));
        let Ok(Seen::Working { note, .. }) = set.act(&set.acme).await else { panic!("it waits") };
        assert!(note.contains("HIBERNATING, which Slipway does not know"), "{note}");
        set.sim.change(|c| c.state = if order == "PUT" { "PROVISIONING" } else { "CREATING" }.to_owned());
        set.clock.by(Duration::from_secs(60));
        set.ready(&set.acme).await;
        assert_eq!((set.calls(order), set.made()), (1, 1));
    }
}

#[tokio::test]
async fn a_page_is_no_answer_and_never_means_absence() {
    for (set, order) in each().await {
        set.sim.faults.arm("GET", Trouble::Page, 2);
        set.ready(&set.acme).await;
        assert_eq!(set.made(), 1);
        // A proxy that answers 404 with its own page: the cluster is hidden, not gone.
        set.sim.inside.memory().pages = true;
        let kept = std::mem::take(&mut set.sim.inside.memory().clusters);
        set.clock.by(Duration::from_secs(60));
        assert!(matches!(set.databases.look(&set.acme).await, Err(Fault::Retry { .. })), "{order}");
        assert!(matches!(set.databases.remove(&set.acme).await, Err(Fault::Retry { .. })), "{order}");
        assert_eq!(set.held(&set.acme).map(|h| h.stage), Some(Stage::Available));
        set.sim.inside.memory().pages = false;
        set.sim.inside.memory().clusters = kept;
        set.gone(&set.acme).await.expect("it goes");
    }
}
