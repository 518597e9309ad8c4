//! Forms: 303 to a page that says what was done; refused, the page again with what was typed.

use super::Front;
use crate::sim::idp_login::Person;
use axum::body::Body;
use http::Request;

#[tokio::test]
async fn each_form_reaches_its_use_case_and_leads_back() {
    let front = Front::open().await;
    let mut browser = front.signed_in(Person::olivia()).await;
    for (path, form, back, asked) in [
        ("/tenants/new", &[("slug", "acme"), ("name", "Acme")][..], "/tenants/acme?done=ordered", "order acme"),
        ("/tenants/acme/steps/site/retry", &[], "/tenants/acme?done=retried", "retry acme site"),
        (
            "/tenants/acme/steps/site/skip",
            &[("reason", "later")],
            "/tenants/acme?done=skipped",
            "skip acme site: later",
        ),
        ("/tenants/acme/remove", &[("typed", "acme")], "/tenants/acme?done=removing", "remove acme"),
        (
            "/tenants/acme/members",
            &[("email", "bo@example.org"), ("role", "admin")],
            "/tenants/acme?done=member-saved",
            "member acme bo@example.org Admin",
        ),
        (
            "/tenants/acme/members/invite",
            &[("email", "bo@example.org")],
            "/tenants/acme?done=member-invited",
            "invite acme bo@example.org",
        ),
        (
            "/tenants/acme/members/remove",
            &[("email", "bo@example.org")],
            "/tenants/acme?done=member-removed",
            "no member acme bo@example.org",
        ),
        ("/tenants/acme/pairings/p1/disconnect", &[], "/tenants/acme?done=disconnected", "disconnect acme p1"),
        ("/account/pairings/acme/p1/disconnect", &[], "/account?done=disconnected", "disconnect acme p1"),
        ("/account/sessions/s2/end", &[], "/account?done=session-ended", "end s2"),
        ("/account/sessions/end-others", &[], "/account?done=sessions-ended", "end all but 16"),
        ("/account/language", &[("language", "de")], "/account?done=language-saved", "language de"),
    ] {
        let page = browser.post(path, form).await;
        assert_eq!((page.status.as_u16(), page.location().as_str()), (303, back), "{path}");
        assert_eq!(front.desk.asked().last(), Some(&format!("olivia@example.org {asked}")), "{path}");
    }
}

#[tokio::test]
async fn a_refused_order_keeps_what_was_typed() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let form = [("name", "Typed <b>name</b>"), ("slug", "taken"), ("admin_email", "typed@example.org")];
    let page = olivia.post("/tenants/new", &form).await;
    let text = page.text();
    assert_eq!(page.status, 422);
    assert!(text.contains("value=\"taken\"") && text.contains("value=\"typed@example.org\""), "{text}");
    assert!(text.contains("taken is taken. Try taken-2."), "{text}");
    assert!(!text.contains("<b>name</b>"));
}

#[tokio::test]
async fn an_order_begins_in_the_language_of_the_readers_browser() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    for (header, language, zone) in [("de-AT,en;q=0.5", "de", "Europe/Berlin"), ("pl", "en", "UTC")] {
        let request = Request::get("/tenants/new").header("accept", "text/html").header("accept-language", header);
        let page = olivia.send(request, Body::empty()).await;
        let text = page.text();
        assert!(text.contains(&format!("value=\"{language}\" lang=\"{language}\" selected")), "{text}");
        assert!(text.contains(&format!("value=\"{zone}\"")) && text.contains("<datalist id=\"zones\">"), "{text}");
    }
    let typed = [("slug", "taken"), ("language", "fr"), ("time_zone", "Europe/Zurich")];
    let text = olivia.post("/tenants/new", &typed).await.text();
    assert!(text.contains("value=\"fr\" lang=\"fr\" selected") && text.contains("value=\"Europe/Zurich\""), "{text}");
}

#[tokio::test]
async fn preview_orders_nothing() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let form = [
        ("name", "A & B"),
        ("slug", "a-b"),
        ("plan", "small"),
        ("language", "de"),
        ("time_zone", "Europe/Berlin"),
        ("admin_email", "a@b.org"),
        ("preview", "1"),
    ];
    let back = olivia.post("/tenants/new", &form).await.location();
    assert_eq!(
        back,
        "/tenants/new?name=A+%26+B&slug=a-b&plan=small&language=de&time_zone=Europe%2FBerlin&admin_email=a%40b.org"
    );
    assert!(front.desk.asked().is_empty());
}

#[tokio::test]
async fn a_refusal_on_the_tenant_page_shows_that_page() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let page = olivia.post("/tenants/acme/remove", &[("typed", "acne")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("That is not the slug.") && page.text().contains("Acme Tools"));
    let page = olivia.post("/tenants/acme/members", &[("email", "bo@example.org"), ("role", "king")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("Choose Admin or Member."));
}

#[tokio::test]
async fn malformed_and_oversized_forms_are_refused_in_plain_words() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let ours = [("sec-fetch-site", "same-origin")];
    let twice = olivia.post_raw("/tenants/new", &ours, "slug=a&slug=b".into()).await;
    assert_eq!(twice.status, 422);
    assert!(twice.text().contains("A field of the form is missing or twice there."));
    let large = olivia.post_raw("/tenants/new", &ours, format!("name={}", "x".repeat(70_000))).await;
    assert_eq!(large.status, 413);
    assert!(large.text().contains("too_large"), "{}", large.text());
    let request =
        Request::post("/tenants/new").header("content-type", "application/json").header("accept", "text/html");
    assert_eq!(olivia.send(request, Body::from("{}")).await.status, 415);
    assert!(front.desk.asked().is_empty());
}

#[tokio::test]
async fn a_large_body_without_a_length_is_refused_too() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let parts = futures::stream::iter((0..80).map(|_| Ok::<_, std::convert::Infallible>("x".repeat(1024))));
    let request = Request::post("/tenants/new").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(olivia.send(request.header("accept", "text/html"), Body::from_stream(parts)).await.status, 413);
}

#[tokio::test]
async fn the_theme_is_a_cookie_and_leads_only_to_our_pages() {
    let front = Front::open().await;
    let mut browser = front.browser();
    let back = browser.post("/account/theme", &[("theme", "dark"), ("back", "/tenants?q=a")]).await;
    assert_eq!(back.location(), "/tenants?q=a");
    let cookie = back.head("set-cookie");
    assert!(cookie.starts_with("__Host-slipway_theme=dark") && cookie.contains("Secure"), "{cookie}");
    assert!(browser.get("/welcome").await.text().contains("data-theme=\"dark\""));
    let back = browser.post("/account/theme", &[("theme", "system"), ("back", "//evil.example")]).await;
    assert_eq!(back.location(), "/account");
    assert!(!browser.get("/welcome").await.text().contains("data-theme"));
}

#[tokio::test]
async fn a_stranger_is_sent_to_the_page_of_the_form() {
    let front = Front::open().await;
    let page = front.browser().post("/tenants/acme/steps/site/retry", &[]).await;
    assert_eq!(page.location(), "/welcome?to=%2Ftenants%2Facme");
    assert!(front.desk.asked().is_empty());
}

/// Signs in at the end of a way that began with a form, and gives the page one lands on.
async fn after_signing_in(front: &Front, browser: &mut super::browser::Browser, welcome: &str) -> String {
    let to = welcome.strip_prefix("/welcome").expect("a stranger is asked to sign in");
    let there = browser.get(&format!("/sign-in{to}")).await.location();
    browser.get(&front.idp.sign_in(&there, Person::olivia())).await.location()
}

#[tokio::test]
async fn a_form_that_came_after_the_session_ended_is_not_lost() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let ended = slipway::domain::person::SignedOut::Person("sub-olivia".into());
    assert_eq!(front.stage.store.end_sessions(&ended).await.expect("the store works"), 1);
    let form = [
        ("name", "Müller & Söhne"),
        ("slug", "mueller"),
        ("plan", "small"),
        ("admin_email", "ada@example.org"),
        ("key", "k1"),
        ("csrf", "x"),
    ];
    let welcome = olivia.post("/tenants/new", &form).await.location();
    let page = after_signing_in(&front, &mut olivia, &welcome).await;
    assert!(page.starts_with("/tenants/new?done=kept&name=M"), "{page}");
    assert!(!page.contains("key=") && !page.contains("csrf="), "{page}");
    let text = olivia.get(&page).await.text();
    for kept in ["value=\"Müller &amp; Söhne\"", "value=\"mueller\"", "value=\"ada@example.org\"", "nothing was sent"]
    {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(front.desk.asked().is_empty(), "nobody ordered anything yet: {:?}", front.desk.asked());
}

#[tokio::test]
async fn only_short_fields_that_are_no_secrets_are_kept() {
    let front = Front::open().await;
    let mut nobody = front.browser();
    let member = [("email", "bo@example.org"), ("role", "admin"), ("typed", "acme")];
    let welcome = nobody.post("/tenants/acme/members", &member).await.location();
    let page = after_signing_in(&front, &mut nobody, &welcome).await;
    assert_eq!(page, "/tenants/acme?done=kept&email=bo%40example.org&role=admin");
    assert!(nobody.get(&page).await.text().contains("value=\"bo@example.org\""));
    let mut nobody = front.browser();
    let long = "x".repeat(3000);
    let welcome = nobody.post("/tenants/acme/steps/site/skip", &[("reason", &long)]).await.location();
    assert_eq!(welcome, "/welcome?to=%2Ftenants%2Facme", "what is too long for an address is not kept");
    let welcome = nobody.post("/tenants/acme/remove", &[("typed", "acme")]).await.location();
    assert_eq!(welcome, "/welcome?to=%2Ftenants%2Facme", "a removal is asked for again");
    assert!(front.desk.asked().is_empty());
}

#[tokio::test]
async fn the_account_names_this_session_and_ends_others() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let text = olivia.get("/account").await.text();
    assert!(text.contains("Firefox on Linux") && text.contains("Sign out everywhere else"), "{text}");
    let odd = olivia.post("/account/language", &[("language", "tlh")]).await;
    assert_eq!(odd.status, 422);
    assert!(odd.text().contains("There is no such language."));
    let stranger = front.browser().post("/account/sessions/end-others", &[]).await;
    assert_eq!(stranger.location(), "/welcome?to=%2Faccount");
}
