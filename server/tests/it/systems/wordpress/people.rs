//! Who may enter a site, told apart by their subject alone, and the accounts that nobody here knows.

use super::{ACME, code, stage};
use crate::sim::faults::Trouble;
use serde_json::json;
use slipway::{
    domain::{
        At, Email, Seen,
        person::{Member, Role},
    },
    systems::wordpress::{LocalAccount, WordPress},
};

fn guest(subject: &str, email: &str, role: &str) -> [String; 3] {
    [subject, email, role].map(str::to_owned)
}

fn member(email: &str, subject: Option<&str>, role: Role) -> Member {
    let email = Email::parse(email).expect("an address");
    Member { email, subject: subject.map(str::to_owned), name: String::new(), role, was: Vec::new(), replaced: false }
}

#[tokio::test]
async fn puts_out_who_no_longer_belongs_there() {
    let (server, _, wordpress) = stage().await;
    let site = server.sites.wanted(ACME);
    server.sites.with(ACME, |s| {
        s.guests = vec![
            guest("sub-ada", "Ada@example.org", "administrator"),
            guest("sub-mia", "mia@example.org", "author"),
            guest("sub-old", "old@example.org", ""),
        ];
    });
    let ada = member("ada@example.org", Some("sub-ada"), Role::Admin);
    let mia = member("mia@example.org", Some("sub-mia"), Role::Member);
    let all = [ada.clone(), mia.clone()];
    assert!(matches!(wordpress.look(&site, &all).await, Ok(Seen::Ready(_))), "who is out already is no trouble");

    let says = |what: &str| Ok(Seen::Drifted { what: what.to_owned() });
    let stranger = member("mia@example.org", Some("sub-another"), Role::Member);
    let gone = "mia@example.org no longer belongs to the tenant and can still enter WordPress.";
    assert_eq!(wordpress.look(&site, &[ada.clone(), stranger.clone()]).await, says(gone));
    let demoted = member("ada@example.org", Some("sub-ada"), Role::Member);
    assert_eq!(wordpress.look(&site, &[demoted, mia]).await, says("Ada@example.org should be author in WordPress."));
    let renamed = member("ada.new@example.org", Some("sub-ada"), Role::Admin);
    let back = member("old@example.org", Some("sub-old"), Role::Member);
    let now = [renamed, stranger, back];
    assert_eq!(wordpress.look(&site, &now).await, says("Ada@example.org should be ada.new@example.org in WordPress."));
    for _ in 0..2 {
        assert!(matches!(wordpress.ensure(&site, "Acme", &now, At(1)).await, Ok(Seen::Ready(_))));
        assert!(matches!(wordpress.look(&site, &now).await, Ok(Seen::Ready(_))));
    }
    let left = server.sites.with(ACME, |s| s.guests.clone());
    let ada = guest("sub-ada", "ada.new@example.org", "administrator");
    assert_eq!(left, [ada, guest("sub-mia", "mia@example.org", ""), guest("sub-old", "old@example.org", "author")]);
}

#[tokio::test]
async fn an_address_makes_nobody_a_member() {
    let (server, _, wordpress) = stage().await;
    let site = server.sites.wanted(ACME);
    // Eve wrote the address of an invited admin into her profile.
    server.sites.with(ACME, |s| s.guests = vec![guest("sub-eve", "boss@example.org", "author")]);
    let invited = member("boss@example.org", None, Role::Admin);
    let eve = member("eve@example.org", Some("sub-eve"), Role::Member);
    let both = [invited.clone(), eve];
    assert!(
        matches!(wordpress.look(&site, &both).await, Ok(Seen::Drifted { what }) if what.contains("eve@example.org"))
    );
    assert!(matches!(wordpress.ensure(&site, "Acme", &both, At(1)).await, Ok(Seen::Ready(_))));
    assert_eq!(server.sites.with(ACME, |s| s.guests.clone()), [guest("sub-eve", "eve@example.org", "author")]);
    // Removed, she took the address of somebody who is invited.
    server.sites.with(ACME, |s| s.guests = vec![guest("sub-eve", "boss@example.org", "author")]);
    assert!(matches!(wordpress.ensure(&site, "Acme", &[invited], At(2)).await, Ok(Seen::Ready(_))));
    assert_eq!(server.sites.with(ACME, |s| s.guests.clone()), [guest("sub-eve", "boss@example.org", "")]);
}

#[tokio::test]
async fn a_list_that_is_older_than_a_sign_in_puts_nobody_out() {
    let (server, _, wordpress) = stage().await;
    let site = server.sites.wanted(ACME);
    server.sites.with(ACME, |s| {
        s.guests = vec![guest("sub-mia", "mia@example.org", "author")];
        s.seen.insert("sub-mia".to_owned(), 50);
    });
    let role = || server.sites.with(ACME, |s| s.guests[0][2].clone());
    let _ = wordpress.ensure(&site, "Acme", &[], At(49)).await;
    assert_eq!(role(), "author");
    assert!(matches!(wordpress.ensure(&site, "Acme", &[], At(51)).await, Ok(Seen::Ready(_))));
    assert_eq!(role(), "");
}

#[tokio::test]
async fn an_address_that_wordpress_cannot_keep_is_no_trouble() {
    let (server, _, wordpress) = stage().await;
    let site = server.sites.wanted(ACME);
    server.sites.with(ACME, |s| s.guests = vec![guest("sub-mia", "nobody-1@slipway.invalid", "author")]);
    let long = format!("{}@{}example.org", "m".repeat(60), "long.".repeat(8));
    let mia = member(&long, Some("sub-mia"), Role::Member);
    assert!(matches!(wordpress.look(&site, &[mia]).await, Ok(Seen::Ready(_))));
    // Two places of one person: either address is theirs.
    server.sites.with(ACME, |s| s.guests = vec![guest("sub-mia", "second@example.org", "administrator")]);
    let first = member("first@example.org", Some("sub-mia"), Role::Admin);
    let second = member("second@example.org", Some("sub-mia"), Role::Member);
    assert!(matches!(wordpress.look(&site, &[first, second]).await, Ok(Seen::Ready(_))));
}

#[tokio::test]
async fn lists_and_ends_accounts_that_nobody_here_knows() {
    let (server, _, wordpress) = stage().await;
    let site = server.sites.wanted(ACME);
    let account = |id: i64, login: &str, role: &str| {
        let administrator = role == "administrator";
        json!({"id": id, "login": login, "administrator": administrator, "role": role, "since": 9, "moved": false})
    };
    let odd = account(8, &format!("a\u{7}{}", "b".repeat(99)), "author");
    server.sites.with(ACME, |s| s.locals = vec![account(7, "mallory", "administrator"), odd]);
    let Ok(Seen::Ready(about)) = wordpress.look(&site, &[]).await else { panic!("not ready") };
    assert_eq!((about.unknown_administrators(), about.locals.accounts.len(), about.locals.more), (1, 2, false));
    assert_eq!(about.locals.accounts[1].login, format!("a{}", "b".repeat(59)), "bounded, and without controls");
    let mallory = about.locals.accounts[0].clone();
    let other = LocalAccount { login: "ada".to_owned(), ..mallory.clone() };
    assert_eq!(wordpress.end_account(&site, &other).await.map_err(code), Err("account_not_local"));
    for _ in 0..2 {
        assert_eq!(wordpress.end_account(&site, &mallory).await, Ok(()));
    }
    let Ok(Seen::Ready(about)) = wordpress.look(&site, &[]).await else { panic!("not ready") };
    assert_eq!(about.unknown_administrators(), 0);
    let many = (0..30).map(|n| account(n, "x", "administrator")).collect();
    server.sites.with(ACME, |s| s.locals = many);
    let Ok(Seen::Ready(about)) = wordpress.look(&site, &[]).await else { panic!("not ready") };
    assert_eq!((about.locals.accounts.len(), about.locals.more), (20, true));
    for (trouble, expected) in
        [(Trouble::Page, "retry"), (Trouble::Unwell, "retry"), (Trouble::Denied, "credential_refused")]
    {
        server.faults.arm("POST /t", trouble.clone(), 1);
        assert_eq!(wordpress.end_account(&site, &mallory).await.map_err(code), Err(expected), "{trouble:?}");
    }
}
