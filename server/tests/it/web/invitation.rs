//! The link of an invitation's letter: for people who have no account, so it asks for none and keeps nothing.

use super::Front;

#[tokio::test]
async fn a_letters_link_leads_on_without_a_sign_in_and_without_a_trace() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let page = browser.get("/invitations/sealed-for-nina").await;
    assert_eq!((page.status.as_u16(), page.location().as_str()), (303, "https://sso.example/sealed-for-nina"));
    assert_eq!((page.head("cache-control"), page.head("referrer-policy")), ("no-store", "same-origin"));
    assert!(browser.cookies.is_empty(), "no session is begun");

    let waits = browser.get("/invitations/while-the-provider-is-away").await;
    assert_eq!(waits.status.as_u16(), 503);
    assert!(waits.text().contains("Your invitation is still good"), "{}", waits.text());
    assert!(!waits.text().contains("while-the-provider-is-away"), "the page does not repeat the link");
    for nothing in ["/invitations/", "/invitations", "/invitations/a/b"] {
        assert_eq!(browser.get(nothing).await.status.as_u16(), 404, "{nothing}");
    }
}
