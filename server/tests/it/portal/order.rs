//! Orders: what is refused and why, and that the same form sent twice is one order.

mod place;

use super::stage::{Books, Who, form};
use crate::connect::plugin::person;
use app::model::tenant::OrderForm;
use secrecy::ExposeSecret as _;
use slipway::{
    domain::{Standing, secret::TokenHash},
    saga::Secrets as _,
    steps::purpose,
};

/// Orders, and gives the fields that were complained about.
async fn refused(books: &Books, form: OrderForm) -> Vec<String> {
    let oops = books.portal(Who::Operator).order(form.clone()).await.expect_err("it is not sound");
    assert_eq!((oops.status, oops.code.as_str()), (422, "order_refused"), "{form:?}");
    oops.fields.into_iter().map(|f| f.field).collect()
}

#[rustfmt::skip]
const BAD_SLUGS: [&str; 28] = [
    "acme", "ab", "a2345678901234567890123456789-x", "admin", "api", "www", "kube-system", "wordpress",
    "Acme", "ac me", "1acme", "-acme", "acme-", "ac--me", "xn--acme",
    "../etc", "acme/..", "acme%2f", "acme\0", "acme\nx", "a.b.c", "acme_x", "acme'--", "${x}",
    "äcme", "асме", "acme\u{200b}", "acme\u{202e}",
];

#[tokio::test]
async fn a_slug_is_narrow_free_and_not_reserved() {
    let books = Books::open().await;
    books.tenant("acme").await;
    let portal = books.portal(Who::Operator);
    for slug in BAD_SLUGS {
        assert_eq!(refused(&books, form(slug)).await, ["slug"], "{slug:?}");
        let verdict = portal.judge_slug(slug.into()).await.expect("it may ask");
        assert!(!verdict.free && verdict.say.ends_with('.'), "{slug:?}: {verdict:?}");
        if let Some(other) = verdict.suggestion {
            assert!(portal.judge_slug(other.clone()).await.expect("it may ask").free, "{slug:?}: {other} is not free");
        }
    }
    assert_eq!(books.town.stage.store.living().await.expect("the store works").len(), 1);
}

#[tokio::test]
async fn every_other_field_is_judged_and_all_at_once() {
    let books = Books::open().await;
    let with = |change: fn(&mut OrderForm)| {
        let mut form = form("fresh");
        change(&mut form);
        form
    };
    for (form, field) in [
        (with(|f| f.name = String::new()), "name"),
        (with(|f| f.name = "  ".into()), "name"),
        (with(|f| f.name = "x".repeat(81)), "name"),
        (with(|f| f.name = "Ac\u{7}me".into()), "name"),
        (with(|f| f.name = "Acme \u{202e}slooT".into()), "name"),
        (with(|f| f.name = "\u{3164}\u{200b}".into()), "name"),
        (with(|f| f.plan = String::new()), "plan"),
        (with(|f| f.plan = "enormous".into()), "plan"),
        (with(|f| f.admin_email = String::new()), "admin_email"),
        (with(|f| f.admin_email = "ada".into()), "admin_email"),
        (with(|f| f.admin_email = "ada@localhost".into()), "admin_email"),
        (with(|f| f.admin_email = "ada@example.org\r\nBcc: all@example.org".into()), "admin_email"),
        (with(|f| f.admin_email = "<ada@example.org>".into()), "admin_email"),
        (with(|f| f.admin_email = "\u{212a}ate@example.org".into()), "admin_email"),
        (with(|f| f.admin_email = "break-glass@acme.invalid".into()), "admin_email"),
        (with(|f| f.admin_email = format!("{}@example.org", "a".repeat(65))), "admin_email"),
    ] {
        assert_eq!(refused(&books, form.clone()).await, [field], "{form:?}");
    }
    let all = refused(&books, OrderForm::default()).await;
    assert_eq!(all, ["name", "slug", "plan", "admin_email"]);
    assert!(refused(&books, with(|f| f.key = "k".repeat(65))).await.is_empty(), "no field of the person's is wrong");
    assert!(books.town.stage.store.living().await.expect("the store works").is_empty());
}

#[tokio::test]
async fn an_empty_slug_is_made_from_the_name() {
    let books = Books::open().await;
    let form = OrderForm { slug: String::new(), name: "Müller & Söhne".into(), ..form("x") };
    assert_eq!(books.portal(Who::Operator).order(form).await.expect("it is sound"), "mueller-soehne");
}

#[tokio::test]
async fn the_same_form_twice_is_one_order_and_leaves_one_secret() {
    let books = Books::open().await;
    let (one, two) = (books.portal(Who::Operator), books.portal(Who::Operator));
    let (first, second) = tokio::join!(one.order(form("acme")), two.order(form("acme")));
    assert_eq!((first.expect("placed").as_str(), second.expect("the same").as_str()), ("acme", "acme"));
    let renamed = OrderForm { slug: "other".into(), ..form("acme") };
    assert_eq!(one.order(renamed).await.expect("a form that was placed"), "acme");
    let living = books.town.stage.store.living().await.expect("the store works");
    assert_eq!(living.len(), 1);
    let vault = books.town.stage.vault.of(living[0].id);
    let secret = vault.get(purpose::SITE).await.expect("the vault works").expect("it was thrown");
    let hash = TokenHash::of(secret.expose_secret());
    let known = books.town.stage.store.tenant_by_site_secret(&hash).await.expect("the store works");
    assert_eq!(known.map(|t| t.id), Some(living[0].id), "the site's secret is the one in the vault");
    let orders = books.audit().await.into_iter().filter(|r| r.what == "tenant.order").count();
    assert_eq!(orders, 1);
}

#[tokio::test]
async fn the_same_key_of_another_person_is_another_order() {
    let books = Books::open().await;
    books.portal(Who::Operator).order(form("acme")).await.expect("it is sound");
    let oscar = books.town.house.portal_for(person("oscar", Standing::Operator));
    let same_key = OrderForm { key: form("acme").key, ..form("globex") };
    assert_eq!(oscar.order(same_key).await.expect("it is his first"), "globex");
    let taken = oscar.order(OrderForm { key: "another".into(), ..form("acme") }).await.expect_err("it is taken");
    assert_eq!(taken.on("slug"), Some("acme is taken. Choose another one."));
    assert_eq!(books.town.stage.store.living().await.expect("the store works").len(), 2);
}

#[tokio::test]
async fn a_slug_is_free_again_when_its_tenant_is_gone() {
    let books = Books::open().await;
    let old = books.gone("acme").await;
    let portal = books.portal(Who::Operator);
    assert!(portal.judge_slug("acme".into()).await.expect("it may ask").free);
    portal.order(form("acme")).await.expect("it is sound");
    let page = portal.tenant("acme".into()).await.expect("it may");
    assert_ne!(page.id, old.id.to_string(), "the living one is shown");
}

#[tokio::test]
async fn the_order_page_shows_what_will_be_made() {
    let books = Books::open().await;
    let form = OrderForm { name: "Acme Tools".into(), ..OrderForm::default() };
    let page = books.portal(Who::Operator).order_page(form).await.expect("it may");
    assert_eq!((page.form.slug.as_str(), page.form.plan.as_str()), ("acme-tools", "small"));
    assert!(page.slug.is_some_and(|v| v.free) && !page.form.key.is_empty());
    let made: Vec<&str> = page.preview.iter().map(|i| i.what.as_str()).collect();
    assert_eq!(made, ["Database", "Sign-in client", "Site", "Chat"]);
    let mut names = page.preview.iter().flat_map(|i| &i.names);
    assert!(names.all(|(_, name)| name.contains("acme-tools")), "{:?}", page.preview);
    let chat: Vec<&str> = page.preview[3].names.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(chat, ["Group", "Connection", "Model"]);
}
