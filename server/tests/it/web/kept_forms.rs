//! A form that comes when its person must be asked about first: what they typed waits, and is sent with one press.

use super::{
    Front,
    browser::{Browser, Page},
    renewal::{is_quiet, leads_to, pass, refusal},
    rights::Whole,
};
use crate::{portal::stage::Who, sim::idp_login::Person};
use axum::body::Body;
use http::{Request, header};
use slipway::web::session::FRESH;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const ORDER: [(&str, &str); 5] = [
    ("name", "Müller & Söhne <b>"),
    ("slug", "mueller"),
    ("plan", "small"),
    ("admin_email", "ada@example.org"),
    ("key", "k1"),
];

/// Sends a form that is kept, goes by the provider as that person, and gives the page one lands on.
async fn by_the_provider(front: &Front, browser: &mut Browser, to: &str, form: &[(&str, &str)], as_: Person) -> Page {
    let kept = browser.post(to, form).await.location();
    assert!(kept.starts_with("/sign-in/again?form="), "{kept}");
    let page = browser.get(&kept).await;
    assert!(page.head("content-security-policy").contains("form-action 'self'"));
    let back = browser.get(&front.idp.sign_in(&leads_to(&page), as_)).await.location();
    assert!(back.starts_with("/sign-in/form/"), "{back}");
    browser.get(&back).await
}

/// The form of that page: where it goes, and its fields.
fn form(page: &Page) -> (String, Vec<(String, String)>) {
    let text = page.text();
    let plain = |text: &str| {
        [("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&"), ("&#34;", "\""), ("&#39;", "'")]
            .into_iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let value = |text: &str, name: &str| {
        let rest = text.split(&format!(" {name}=\"")).nth(1).expect("it is there");
        plain(rest.split('"').next().unwrap_or_default())
    };
    let form = text.split("<form ").nth(1).expect("there is a form").split("</form>").next().unwrap_or_default();
    let fields = form.split("<input ").skip(1).map(|field| {
        let field = format!(" {field}");
        (value(&field, "name"), value(&field, "value"))
    });
    (value(&format!(" {form}"), "action"), fields.collect())
}

async fn press(browser: &mut Browser, page: &Page) -> Page {
    let (action, fields) = form(page);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&action, &fields).await
}

#[tokio::test]
async fn what_was_typed_is_sent_with_one_press() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    let page = by_the_provider(&front, &mut olivia, "/tenants/new", &ORDER, Person::olivia()).await;
    assert_eq!(page.status, 200);
    assert!(front.desk.asked().is_empty(), "nothing is done before somebody looks at it");
    let (action, fields) = form(&page);
    assert!(action.starts_with("/tenants/new?kept="), "{action}");
    let typed: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(typed, ORDER);
    assert!(!page.text().contains("<b>\"") && page.text().contains("Create this tenant?"), "{}", page.text());
    assert_eq!(press(&mut olivia, &page).await.location(), "/tenants/mueller?done=ordered");
    assert_eq!(front.desk.asked(), ["olivia@example.org order mueller"]);
    // It is sent once.
    let id = action.split("kept=").nth(1).expect("an id");
    assert_eq!(olivia.get(&format!("/sign-in/form/{id}")).await.status, 410);
}

#[tokio::test]
async fn a_form_of_another_site_is_not_kept() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    let page = olivia.post_raw("/tokens", &[("sec-fetch-site", "cross-site")], "name=x".into()).await;
    assert_eq!(page.status, 403);
}

#[tokio::test]
async fn whoever_left_the_group_meanwhile_is_refused() {
    let whole = Whole::open().await;
    let front = &whole.front;
    whole.books.tenant("acme").await;
    for (to, form, status) in [
        ("/tenants/acme/members", [("email", "ben@example.org"), ("role", "admin")], 404),
        ("/tokens", [("name", "nightly"), ("scope", "operator")], 403),
    ] {
        let mut olivia = whole.browser(Some(Who::Operator)).await;
        pass(front, FRESH);
        let left = Person { groups: vec![], ..Person::olivia() };
        let page = by_the_provider(front, &mut olivia, to, &form, left).await;
        assert!(page.text().contains(form[0].1), "their text is still there");
        assert_eq!(press(&mut olivia, &page).await.status, status, "{to}");
    }
    let tokens = whole.books.stage().store.tokens(None, slipway::domain::At(0)).await.expect("the store works");
    assert!(tokens.is_empty(), "{tokens:?}");
}

#[tokio::test]
async fn a_form_waits_for_its_person_alone_and_not_for_long() {
    let front = Front::open().await;
    let mut browser = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    let page = by_the_provider(&front, &mut browser, "/tenants/new", &ORDER, Person::ada()).await;
    assert_eq!(page.status, 410, "somebody else came back");
    assert!(!page.text().contains("mueller"));

    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    let page = by_the_provider(&front, &mut olivia, "/tenants/new", &ORDER, Person::olivia()).await;
    let here = format!("/sign-in/form/{}", form(&page).0.split("kept=").nth(1).expect("an id"));
    let mut ada = front.signed_in(Person::ada()).await;
    assert_eq!(ada.get(&here).await.status, 410, "another session");
    assert_eq!(front.browser().get(&here).await.location(), format!("/welcome?to={}", here.replace('/', "%2F")));
    pass(&front, 10 * MINUTE);
    assert_eq!(olivia.get(&here).await.status, 410);
}

#[tokio::test]
async fn it_waits_while_its_person_signs_in_again() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    let kept = olivia.post("/tenants/new", &ORDER).await.location();
    let away = leads_to(&olivia.get(&kept).await);
    let welcome = olivia.get(&refusal(&away, "login_required")).await.location();
    assert_eq!(olivia.get("/tenants").await.location(), "/welcome?to=%2Ftenants", "nobody is here");
    let to = welcome.strip_prefix("/welcome").expect("they are asked to sign in");
    let there = olivia.get(&format!("/sign-in{to}")).await.location();
    let back = olivia.get(&front.idp.sign_in(&there, Person::olivia())).await.location();
    let page = olivia.get(&back).await;
    assert_eq!(press(&mut olivia, &page).await.location(), "/tenants/mueller?done=ordered");
}

#[tokio::test]
async fn a_session_keeps_three_forms() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    pass(&front, FRESH);
    let mut kept = Vec::new();
    for _ in 0..4 {
        kept.push(olivia.post("/tenants/new", &ORDER).await.location());
    }
    let away = leads_to(&olivia.get(&kept[3]).await);
    olivia.get(&front.idp.sign_in(&away, Person::olivia())).await;
    for (number, kept) in kept.iter().enumerate() {
        let id = kept.split("form=").nth(1).expect("an id");
        let status = olivia.get(&format!("/sign-in/form/{id}")).await.status;
        assert_eq!(status, if number == 0 { 410 } else { 200 });
    }
    let large = "x".repeat(64 * 1024);
    pass(&front, FRESH);
    assert_eq!(olivia.post("/tenants/new", &[("name", &large)]).await.status, 413);
}

#[tokio::test]
async fn tokens_admins_and_removals_need_a_fresh_answer() {
    let front = Front::open().await;
    let mut olivia = front.signed_in(Person::olivia()).await;
    let (admin, member) =
        ([("email", "bo@example.org"), ("role", "admin")], [("email", "bo@example.org"), ("role", "member")]);
    pass(&front, 5 * MINUTE);
    for (path, form, asks) in [
        ("/tokens", &[("name", "deploy"), ("scope", "operator")][..], true),
        ("/tenants/acme/remove", &[("typed", "acme")], true),
        ("/tenants/acme/members", &admin, true),
        ("/tenants/acme/members/invite", &admin[..1], true),
        ("/tenants/acme/members", &member, false),
        ("/tenants/acme/members/remove", &member[..1], false),
        ("/tokens/t1/revoke", &[], false),
    ] {
        let to = olivia.post(path, form).await.location();
        assert_eq!(to.starts_with("/sign-in/again?form="), asks, "{path} {form:?} leads to {to}");
    }
    for (method, path, body, status) in [
        ("POST", "/api/v1/tenants/acme/remove", r#"{"slug":"acme"}"#, 401),
        ("PUT", "/api/v1/tenants/acme/members/bo@example.org", r#"{"role":"admin"}"#, 401),
        ("PUT", "/api/v1/tenants/acme/members/bo@example.org", r#"{"role":"member"}"#, 204),
    ] {
        let request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let page = olivia.send(request, Body::from(body)).await;
        assert_eq!(page.status, status, "{method} {path} {body}");
        assert!(status != 401 || page.text().contains("standing_old"), "{}", page.text());
    }
    let page =
        by_the_provider(&front, &mut olivia, "/tenants/acme/remove", &[("typed", "acme")], Person::olivia()).await;
    assert!(page.text().contains("Delete this tenant?") && page.text().contains("btn main risk"), "{}", page.text());
    assert_eq!(press(&mut olivia, &page).await.location(), "/tenants/acme?done=removing");
    assert_eq!(front.desk.asked().last().map(String::as_str), Some("olivia@example.org remove acme"));
}

#[tokio::test]
async fn a_plugins_question_can_be_answered_as_long_as_it_is_open() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    pass(&front, 9 * MINUTE);
    let away = ada.get("/connect/i1").await;
    assert!(is_quiet(&away), "who opens it may need five minutes to answer");
    ada.get(&front.idp.sign_in(&away.location(), Person::ada())).await;
    pass(&front, 14 * MINUTE);
    // An answer leads to the site, where no kept form may lead: the question is shown again.
    let to = ada.post("/connect/i1", &[("answer", "approve")]).await.location();
    assert_eq!(to, "/sign-in/again?to=%2Fconnect%2Fi1");
}
