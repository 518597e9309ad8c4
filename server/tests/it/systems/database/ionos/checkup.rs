//! The doctor before a first order: each question has its answer, and none of them costs anything.

use super::{Set, first, set, wanted, with};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use slipway::{
    domain::{Check, Lans},
    systems::database::Databases as _,
};
use std::time::Duration;

/// What only an order tells.
const OPEN: [&str; 5] = ["First order", "Users", "Time", "Contract", "Encryption"];

/// Asks, and sees that nothing but `GET` was sent for it.
async fn asked(set: &Set) -> Vec<Check> {
    let before = set.sim.faults.calls().len();
    let checks = set.databases.examine().await;
    let sent = set.sim.faults.calls().split_off(before);
    assert!(sent.iter().all(|call| call.starts_with("GET ")), "{sent:?}");
    let open: Vec<_> = checks.iter().filter(|c| c.open).map(|c| c.what).collect();
    assert!(open.ends_with(&OPEN), "{open:?}");
    checks
}

/// The questions that were answered, and how.
fn answers(checks: &[Check]) -> Vec<(&'static str, bool)> {
    checks.iter().filter(|c| !c.open).map(|c| (c.what, c.health.ok)).collect()
}

fn bad(checks: &[Check]) -> Vec<(&'static str, &str, &str)> {
    let bad = checks.iter().filter(|c| !c.health.ok);
    bad.map(|c| (c.what, c.health.say.as_str(), c.health.next.as_str())).collect()
}

fn said<'a>(checks: &'a [Check], what: &str) -> &'a str {
    &checks.iter().find(|c| c.what == what).unwrap_or_else(|| panic!("{what} was asked: {checks:?}")).health.say
}

#[tokio::test]
async fn all_is_well_before_the_first_order() {
    let set = set().await;
    let exp = set.now().plus(Duration::from_secs(30 * 86_400)).unix();
    let token = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{exp}}}"#)));
    set.sim.inside.memory().token.clone_from(&token);
    std::fs::write(set.folder.path().join("ionos.token"), token).unwrap();
    let checks = asked(&set).await;
    let all = ["Token", "API", "Unknown id", "MariaDB", "Backups", "Data center", "Network", "Clusters", "Room"];
    assert_eq!(answers(&checks), all.map(|what| (what, true)));
    for (what, say) in [
        ("Token", "it counts until 2026-10-21 14:13 UTC, for 29 days"),
        ("Unknown id", "what nobody made is told as absent"),
        ("MariaDB", "11.4 is offered, of 10.11, 11.4"),
        ("Backups", "eu-central-3 is offered, of eu-central-3, eu-central-4"),
        ("Data center", "acme in de-txl"),
        ("Network", "2 is private and 10.7.222.0/24"),
        ("Clusters", "IONOS's list and the book of addresses agree"),
        ("Room", "0 of 8 addresses are taken"),
    ] {
        assert_eq!(said(&checks, what), say);
    }
    assert!(said(&checks, "API").ends_with("takes the token; both versions answer"));
}

#[tokio::test]
async fn a_refused_token_ends_the_questions_that_need_it() {
    let set = set().await;
    set.sim.inside.memory().token = "another".to_owned();
    let checks = asked(&set).await;
    assert_eq!(answers(&checks), [("Token", true), ("API", false), ("Room", true)]);
    assert!(bad(&checks)[0].1.contains("(401)") && bad(&checks)[0].2.starts_with("Put a new token"), "{checks:?}");
    std::fs::remove_file(set.folder.path().join("ionos.token")).unwrap();
    assert_eq!(answers(&asked(&set).await)[0], ("Token", false));
}

#[tokio::test]
async fn what_is_not_offered_is_named_with_what_is() {
    let change = |c: &mut slipway::systems::database::ionos::Config| {
        c.version = "10.6".to_owned();
        c.backup_location = Some("mars-central-1".to_owned());
    };
    let checks = asked(&with(change).await).await;
    let said: Vec<_> = bad(&checks).into_iter().map(|(what, say, _)| (what, say)).collect();
    let version = ("MariaDB", "10.6 is not offered; 10.11, 11.4 are");
    assert_eq!(said, [version, ("Backups", "mars-central-1 is not offered; eu-central-3, eu-central-4 are")]);

    let older = asked(&first(|c| c.version = "11.4".to_owned()).await).await;
    assert_eq!(bad(&older)[0].1, "11.4; this version of the API takes 10.6 and 10.11");
    assert!(bad(&asked(&first(|_| ()).await).await).is_empty());
}

#[tokio::test]
async fn the_version_of_the_api_that_does_not_answer_is_told() {
    let set = set().await;
    set.sim.inside.memory().closed = vec!["/v2/"];
    let checks = asked(&set).await;
    let (what, say, next) = bad(&checks)[0];
    assert!(what == "API" && say.ends_with("the second version does not answer, the first does."), "{say}");
    assert_eq!(next, "Set driver = \"ionos_v1\" in [database], before the first order.");
    let older = first(|_| ()).await;
    older.sim.inside.memory().closed = vec!["/v2/"];
    assert!(said(&asked(&older).await, "API").ends_with("the first version answers alone"));
}

#[tokio::test]
async fn a_page_in_place_of_absence_is_no_absence() {
    let set = set().await;
    set.sim.inside.memory().pages = true;
    let checks = asked(&set).await;
    assert_eq!(bad(&checks)[0].0, "Unknown id");
    assert!(bad(&checks)[0].2.contains("proxy"), "{checks:?}");
}

#[tokio::test]
async fn an_orphan_and_a_full_book_are_bad_answers() {
    let set = set().await;
    let blue = wanted(9, "blue");
    set.ready(&blue).await;
    set.book.0.lock().unwrap().remove(&blue.tenant);
    let checks = asked(&set).await;
    assert!(bad(&checks)[0].0 == "Clusters" && said(&checks, "Clusters").contains("slipway-test-blue-00000009"));

    let full = super::set().await;
    for n in 1..=8 {
        assert!(full.act(&wanted(n, &format!("tenant-{n}"))).await.is_ok());
    }
    assert_eq!(bad(&asked(&full).await)[0].1, "All 8 addresses for databases are taken.");
}

#[tokio::test]
async fn data_center_and_networks_are_held_against_the_configuration() {
    let set = with(|c| c.lans = Lans::try_from("2=10.7.222.0/24, 3=10.7.223.0/24".to_owned()).expect("two").0).await;
    let network = |checks: &[Check]| bad(checks).into_iter().map(|(_, say, _)| say.to_owned()).collect::<Vec<_>>();
    assert_eq!(network(&asked(&set).await), ["The data center has no network 3."]);
    let lans = |public, block: &str| set.sim.inside.memory().lans.insert("3".to_owned(), (public, block.to_owned()));
    lans(true, "10.7.223.0/24");
    assert_eq!(network(&asked(&set).await), ["Network 3 is public; databases take only private ones."]);
    lans(false, "10.7.99.0/24");
    assert_eq!(network(&asked(&set).await), ["Network 3 is 10.7.99.0/24, not 10.7.223.0/24."]);

    let elsewhere = with(|c| c.location = "de-fra".to_owned()).await;
    let checks = asked(&elsewhere).await;
    assert!(bad(&checks)[0].1.ends_with("is in de-txl, not in de-fra."), "{checks:?}");
    let nowhere = with(|c| c.datacenter = "00000000-0000-4000-8000-000000000000".to_owned()).await;
    assert!(bad(&asked(&nowhere).await)[0].1.starts_with("There is no data center"));
}

#[tokio::test]
async fn a_cloud_api_that_does_not_answer_is_an_open_question_and_no_fault() {
    let set = with(|c| c.cloud_url = None).await;
    let checks = asked(&set).await;
    assert!(bad(&checks).is_empty() && said(&checks, "Data center").starts_with("not looked at: "), "{checks:?}");
    let set = super::set().await;
    set.sim.inside.memory().closed = vec!["/cloudapi/"];
    let checks = asked(&set).await;
    assert!(bad(&checks).is_empty() && said(&checks, "Data center").starts_with("not looked at: IONOS"), "{checks:?}");
}
