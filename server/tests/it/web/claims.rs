//! What an id token may say about a person, and that what it may not say is refused in words.

use super::{Front, sign_in::refused};
use crate::sim::idp_login::Person;
use serde_json::{Value, json};
use slipway::domain::Clock as _;

/// Signs in with this claim in the id token, and gives the code of the page that refuses.
async fn refused_for(front: &Front, claim: &'static str, value: Value) -> String {
    front.idp.switch(|s| s.id_token = [(claim, value)].into());
    refused(front, Person::ada()).await
}

#[tokio::test]
async fn a_token_of_another_client_or_of_later_signs_nobody_in() {
    let front = Front::open().await;
    let now = front.stage.clock.now().unix();
    for (claim, value) in [
        ("azp", json!("another-client")),
        ("aud", json!(["slipway", "another-client"])),
        ("nbf", json!(now + 31)),
        ("nbf", json!("tomorrow")),
        ("iat", json!(now + 31)),
    ] {
        assert_eq!(refused_for(&front, claim, value).await, "sign_in_invalid", "{claim}");
    }
    for (claim, value) in [("azp", json!("slipway")), ("aud", json!(["slipway"])), ("nbf", json!(now + 29))] {
        front.idp.switch(|s| s.id_token = [(claim, value.clone())].into());
        front.signed_in(Person::ada()).await;
    }
}

#[tokio::test]
async fn a_subject_that_can_be_nobodys_signs_nobody_in() {
    let front = Front::open().await;
    for subject in ["", "command line", "token 1", "slipway-probe", "J\u{fc}rgen", "ada\u{0}", &"x".repeat(256)] {
        assert_eq!(refused_for(&front, "sub", json!(subject)).await, "sign_in_unusable", "{subject:?}");
    }
    front.idp.switch(|s| s.id_token = [("sub", json!("x".repeat(255)))].into());
    front.signed_in(Person::ada()).await;
}

#[tokio::test]
async fn a_verified_address_may_say_so_in_words() {
    let front = Front::open().await;
    for thin in [false, true] {
        front.idp.switch(|s| {
            s.thin = thin;
            let told = [("email_verified", json!("true"))].into();
            if thin { (s.userinfo, s.id_token) = (told, [].into()) } else { s.id_token = told }
        });
        front.signed_in(Person::ada()).await;
    }
    front.idp.switch(|s| s.userinfo = [("email_verified", json!("false"))].into());
    assert_eq!(refused(&front, Person::ada()).await, "email_unverified");
    for thin in [false, true] {
        front.idp.switch(|s| {
            s.thin = thin;
            let odd = [("email_verified", json!([1]))].into();
            if thin { (s.userinfo, s.id_token) = (odd, [].into()) } else { s.id_token = odd }
        });
        assert_eq!(
            refused(&front, Person::ada()).await,
            "sign_in_unusable",
            "one person's claim is no broken provider"
        );
    }
}

#[tokio::test]
async fn userinfo_of_somebody_else_is_not_believed() {
    let front = Front::open().await;
    front.idp.switch(|s| {
        s.thin = true;
        s.userinfo = [("sub", json!("sub-ben"))].into();
    });
    assert_eq!(refused(&front, Person::ada()).await, "sign_in_invalid");
}

#[tokio::test]
async fn an_address_has_one_form_and_a_bad_one_its_own_page() {
    let front = Front::open().await;
    for (told, shown) in [
        ("Ada@Example.ORG", "ada@example.org"),
        ("ada@b\u{fc}cher.example", "ada@xn--bcher-kva.example"),
        ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
    ] {
        let mut ada = front.signed_in(Person { email: Some(told), ..Person::ada() }).await;
        assert!(ada.get("/account").await.text().contains(shown), "{told}");
    }
    for email in ["\u{212a}ate@example.org", "j\u{fc}rgen@example.org", "ada", "ada@acme.invalid"] {
        assert_eq!(refused_for(&front, "email", json!(email)).await, "email_unusable", "{email}");
    }
    let long = format!("ada@{}.example", "x.".repeat(5_000));
    assert_eq!(refused_for(&front, "email", json!(long)).await, "email_unusable");
    assert_eq!(refused_for(&front, "email", json!("")).await, "email_missing");
}

#[tokio::test]
async fn a_name_that_cannot_be_seen_is_none() {
    let front = Front::open().await;
    for (told, shown) in [
        (json!("\u{3164}\u{200b}"), "ada@example.org"),
        (json!("Ada\u{202e}ecalevoL"), "AdaecalevoL"),
        (json!("A".repeat(50_000)), &*"A".repeat(100)),
    ] {
        front.idp.switch(|s| s.id_token = [("name", told.clone())].into());
        let mut ada = front.signed_in(Person::ada()).await;
        let text = ada.get("/account").await.text();
        assert!(text.contains(shown) && !text.contains(['\u{202e}', '\u{3164}']), "{shown}");
        assert!(!text.contains(&"A".repeat(101)));
    }
}

#[tokio::test]
async fn groups_are_bounded() {
    let front = Front::open().await;
    let groups = |count: usize| {
        let others = (0..count).map(|n| json!(format!("group-{n}")));
        Value::Array(others.chain([json!("slipway-operators")]).collect())
    };
    front.idp.switch(|s| s.id_token = [("groups", groups(4_999))].into());
    let mut olivia = front.signed_in(Person::olivia()).await;
    assert!(olivia.get("/account").await.text().to_lowercase().contains("operator"));
    // An id token of this size fits into no address, so the sign-out goes without it.
    front.idp.switch(|s| s.end_session = true);
    front.stage.clock.by(std::time::Duration::from_secs(3601));
    front.idp.by(std::time::Duration::from_secs(3601));
    let mut olivia = front.signed_in(Person::olivia()).await;
    let page = olivia.post("/sign-out", &[]).await.text();
    assert!(page.contains("/end?client_id=slipway") && page.len() < 20_000, "{}", page.len());
    assert_eq!(refused_for(&front, "groups", groups(5_000)).await, "sign_in_unusable");
}
