//! The consent page and the way into a tenant's WordPress.

use super::Front;
use crate::sim::idp_login::Person;

#[tokio::test]
async fn approving_leads_to_the_address_the_portal_names() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let page = ada.get("/connect/i1").await;
    assert_eq!(page.status, 200);
    assert!(page.head("content-security-policy").contains("form-action 'self' https://acme.example.org;"));
    let back = ada.post("/connect/i1", &[("answer", "approve")]).await.location();
    assert_eq!(back, "https://acme.example.org/wp-admin/admin-post.php?action=slipway_connect_callback&code=c");
    ada.post("/connect/i1", &[("answer", "deny")]).await;
    assert_eq!(front.desk.asked(), ["ada@example.org consent i1 true", "ada@example.org consent i1 false"]);
}

#[tokio::test]
async fn an_answer_that_is_none_shows_the_question_again() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    let page = ada.post("/connect/i1", &[("answer", "perhaps")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("Choose Approve or Deny."));
    assert!(page.head("content-security-policy").contains("form-action 'self' https://acme.example.org;"));
    assert!(front.desk.asked().is_empty());
}

#[tokio::test]
async fn a_stranger_signs_in_first_and_comes_back() {
    let front = Front::open().await;
    let mut browser = front.browser();
    assert_eq!(browser.get("/connect/i1").await.location(), "/welcome?to=%2Fconnect%2Fi1");
    assert_eq!(browser.post("/connect/i1", &[("answer", "approve")]).await.location(), "/welcome?to=%2Fconnect%2Fi1");
    assert!(front.desk.asked().is_empty());
}

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn the_way_into_wordpress_keeps_its_whole_query_through_the_sign_in() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let door = format!(
        "/connect/sign-in?tenant=acme&state=a-state-of-a-site%2B1&code_challenge={CHALLENGE}&code_challenge_method=S256&to=%2Fpost.php%3Fid%3D7"
    );
    let there = browser.get(&door).await.location();
    assert!(there.starts_with("/sign-in?to=%2Fconnect%2Fsign-in%3Ftenant%3Dacme"), "{there}");
    let authorize = browser.get(&there).await.location();
    let back = browser.get(&front.idp.sign_in(&authorize, Person::ada())).await.location();
    assert_eq!(back, door);
    let site = browser.get(&back).await;
    assert_eq!(site.status, 302);
    assert_eq!(site.location(), "https://acme.example.org/wp-login.php?action=slipway_callback&code=c");
    assert_eq!(front.desk.asked(), ["ada@example.org enter acme a-state-of-a-site+1 /post.php?id=7"]);
}

#[tokio::test]
async fn the_way_into_wordpress_takes_no_weak_challenge() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    for query in [
        format!("tenant=acme&state=a-state-of-the-site&code_challenge={CHALLENGE}&code_challenge_method=plain"),
        "tenant=acme&state=a-state-of-the-site&code_challenge=short&code_challenge_method=S256".to_owned(),
        format!("tenant=acme&state=&code_challenge={CHALLENGE}&code_challenge_method=S256"),
        format!("tenant=acme&state=too-short&code_challenge={CHALLENGE}&code_challenge_method=S256"),
        format!("tenant=acme&state={}&code_challenge={CHALLENGE}&code_challenge_method=S256", "s".repeat(129)),
        "tenant=acme".to_owned(),
    ] {
        assert_eq!(ada.get(&format!("/connect/sign-in?{query}")).await.status, 400, "{query}");
    }
    let foreign =
        format!("tenant=other&state=a-state-of-the-site&code_challenge={CHALLENGE}&code_challenge_method=S256");
    assert_eq!(ada.get(&format!("/connect/sign-in?{foreign}")).await.status, 404);
    assert!(front.desk.asked().is_empty());
}
