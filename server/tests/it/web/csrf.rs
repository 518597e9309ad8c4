//! Forms of other sites change nothing.

use super::{Front, PUBLIC};
use crate::sim::idp_login::Person;

const FORM: &str = "/tenants/acme/steps/database/retry";

#[tokio::test]
async fn only_our_own_pages_change_anything() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    for (headers, status) in [
        (&[("sec-fetch-site", "cross-site")][..], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", PUBLIC)], 403),
        (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "http://portal.example.org")], 403),
        (&[("origin", "null")], 403),
        (&[("sec-fetch-site", "same-origin")], 303),
        (&[("sec-fetch-site", "none")], 303),
        (&[("origin", PUBLIC)], 303),
        (&[], 303),
    ] {
        let before = front.desk.asked().len();
        let page = ada.post_raw(FORM, headers, String::new()).await;
        assert_eq!(page.status.as_u16(), status, "{headers:?}");
        assert_eq!(front.desk.asked().len() - before, usize::from(status == 303), "{headers:?}");
    }
}

#[tokio::test]
async fn the_refusal_says_what_to_do() {
    let front = Front::open().await;
    let page = front.browser().post_raw("/sign-out", &[("sec-fetch-site", "cross-site")], String::new()).await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("foreign_form"), "{}", page.text());
    assert!(page.text().contains("Open the page here and send it again."));
}

#[tokio::test]
async fn servers_are_not_asked_where_they_come_from() {
    let front = Front::open().await;
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    for (path, status) in [("/connect/v1/status", 200), ("/mcp/acme", 200), ("/sign-in/back-channel", 400)] {
        let page = front.browser().post_raw(path, &foreign, "logout_token=x".into()).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.headers.get("set-cookie").is_none(), "{path}");
    }
}
