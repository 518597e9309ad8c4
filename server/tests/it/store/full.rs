//! A full disk: a small one in memory, mounted in a namespace of its own, where this test runs itself once more.

use super::{email, entry, house::House, on_both, ordered};
use slipway::{
    domain::{
        At, Caller, IntentId, Standing,
        secret::{SiteState, TokenHash},
    },
    store::{Intent, IntentKind, Redeemed, Store},
};
use std::{io::Write as _, process::Command, time::Duration};
use tempfile::TempDir;

on_both!(a_database_with_room_takes_changes);

async fn a_database_with_room_takes_changes(house: &House) {
    for n in 0..3 {
        assert_eq!(house.store.pulse(At(n)).await, None);
    }
}

#[test]
fn a_full_disk_is_told_and_got_over() {
    let folder = TempDir::new().unwrap();
    let script = r#"mount -t tmpfs -o size=3m none "$1" && cd "$1" && exec "$0" --exact store::full::inside --ignored --nocapture"#;
    let ran = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(std::env::current_exe().unwrap())
        .arg(folder.path())
        .output();
    let Ok(ran) = ran else { return skipped("there is no unshare") };
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    if !said.contains("running 1 test") {
        return skipped(&said);
    }
    assert!(ran.status.success(), "{said}");
}

fn skipped(why: &str) {
    // Written past the test harness, which swallows what passing tests print.
    let say = format!("SKIPPED: no small disk can be mounted here, so none was filled: {why}\n");
    std::io::stderr().write_all(say.as_bytes()).unwrap();
}

const CODE: &str = "a code";

/// A question of Ada's whose code was given out.
async fn asked(store: &Store) {
    let tenant = ordered(store, 1, "acme").await.id;
    let id = IntentId(uuid::Uuid::from_u128(1));
    let proof = (SiteState::parse("a-state-of-a-site").unwrap(), "c".repeat(43));
    let life = Duration::from_secs(60);
    store.put_intent(&Intent::open(id, IntentKind::Connect, tenant, proof, At(1), life)).await.unwrap();
    let (subject, name, standing) = ("sub ada".into(), "Ada".into(), Standing::Person);
    let ada = Caller { subject, email: email("ada@example.org"), name, standing };
    assert!(store.answer_intent(id, &ada, None, true, Some((&TokenHash::of(CODE), At(1)))).await.unwrap());
}

async fn redeem(store: &Store) -> slipway::store::Result<Redeemed> {
    store.redeem(&TokenHash::of(CODE), At(2)).await
}

/// Fills what is left, byte by byte at the end.
fn fill() {
    let mut ballast = std::fs::File::create("ballast").unwrap();
    for size in [65_536, 4_096, 1] {
        while ballast.write_all(&vec![7; size]).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "only on a disk that is small: see the test above"]
async fn inside() {
    let place = std::env::current_dir().unwrap();
    let store = Store::open(&format!("sqlite://{}", place.join("slipway.db").display())).await.unwrap();
    asked(&store).await;
    assert_eq!(store.pulse(At(1)).await, None);
    fill();
    // The journal has a little room of its own; then nothing goes in any more, neither much nor little.
    let mut entries = 0;
    while store.audit(&entry("tenant.see")).await.is_ok() {
        entries += 1;
        assert!(entries < 20_000, "the disk is not full");
    }
    while store.wake(super::tenant_id(1), At(1)).await.is_ok() {}
    for _ in 0..20 {
        assert!(store.audit(&entry("tenant.see")).await.is_err());
    }
    assert!(redeem(&store).await.is_err(), "a change that was not kept is not told as one");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let unwell = store.pulse(At(2)).await.expect("it says so");
    assert!(unwell.say.contains("full") && unwell.next.contains("Make room"), "{unwell:?}");
    assert_eq!(store.living().await.unwrap().len(), 1, "reading goes on");
    std::fs::remove_file("ballast").unwrap();
    store.audit(&entry("tenant.see")).await.expect("it goes on by itself, at once");
    assert!(matches!(redeem(&store).await, Ok(Redeemed::Ok(_))), "the code is worth what it was");
    assert!(matches!(redeem(&store).await, Ok(Redeemed::Again(_))));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(store.pulse(At(3)).await, None);
    assert_eq!(store.audit_verify().await.unwrap(), Ok(entries + 2), "order, entries before and after");
}
