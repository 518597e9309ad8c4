//! Language and time zone of an order.

use super::{Books, Who, form, refused};
use app::model::tenant::OrderForm;
use slipway::domain::{SiteLanguage, TimeZone};

fn asks(language: &str, time_zone: &str) -> OrderForm {
    OrderForm { language: language.into(), time_zone: time_zone.into(), ..form("acme") }
}

/// What the books have after this order.
async fn ordered(books: &Books, form: OrderForm) -> (SiteLanguage, String) {
    books.portal(Who::Operator).order(form).await.expect("it is sound");
    let tenant = books.stage().store.living().await.expect("the store works").remove(0);
    (tenant.language, tenant.time_zone.as_str().to_owned())
}

fn zone(name: &str) -> Option<TimeZone> {
    Some(TimeZone::parse(name).expect("a time zone"))
}

#[tokio::test]
async fn they_are_in_the_books_and_on_the_page() {
    let books = Books::open().await;
    let made = ordered(&books, asks("de-formal", " europe/zurich ")).await;
    assert_eq!(made, (SiteLanguage::DeFormal, "Europe/Zurich".to_owned()));
    let page = books.portal(Who::Operator).tenant("acme".into()).await.expect("it may");
    assert_eq!((page.language, page.time_zone.as_str()), (SiteLanguage::DeFormal, "Europe/Zurich"));
}

#[tokio::test]
async fn what_an_order_leaves_out_is_as_the_configuration_says() {
    for (configured, asked, got) in [
        ((None, None), ("", ""), (SiteLanguage::En, "UTC")),
        ((None, None), ("de", ""), (SiteLanguage::De, "Europe/Berlin")),
        ((Some(SiteLanguage::De), None), ("", ""), (SiteLanguage::De, "Europe/Berlin")),
        ((Some(SiteLanguage::De), zone("Europe/Vienna")), ("", ""), (SiteLanguage::De, "Europe/Vienna")),
        ((Some(SiteLanguage::De), zone("Europe/Vienna")), ("it", ""), (SiteLanguage::It, "Europe/Vienna")),
        ((Some(SiteLanguage::De), zone("Europe/Vienna")), ("en", "Asia/Tokyo"), (SiteLanguage::En, "Asia/Tokyo")),
    ] {
        let mut books = Books::open().await;
        (books.town.house.systems.site_language, books.town.house.systems.site_time_zone) = configured;
        assert_eq!(ordered(&books, asks(asked.0, asked.1)).await, (got.0, got.1.to_owned()), "{asked:?}");
    }
}

#[tokio::test]
async fn the_form_begins_with_the_configuration_and_keeps_what_was_typed() {
    let mut books = Books::open().await;
    let begins = async |books: &Books, language: &str, zone: &str| {
        let form = asks(language, zone);
        let page = books.portal(Who::Operator).order_page(form).await.expect("it may");
        assert!(page.time_zones.iter().any(|name| name == "Europe/Berlin"));
        (page.form.language, page.form.time_zone)
    };
    let pair = |language: &str, zone: &str| (language.to_owned(), zone.to_owned());
    assert_eq!(begins(&books, "", "").await, pair("", ""), "the reader's browser is asked");
    books.town.house.systems.site_language = Some(SiteLanguage::De);
    assert_eq!(begins(&books, "", "").await, pair("de", "Europe/Berlin"));
    books.town.house.systems.site_time_zone = zone("Europe/Vienna");
    assert_eq!(begins(&books, "", "").await, pair("de", "Europe/Vienna"));
    assert_eq!(begins(&books, "fr", "").await, pair("fr", ""));
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_in_words() {
    let mut books = Books::open().await;
    for (form, field) in [
        (asks("de_DE", "UTC"), "language"),
        (asks("Klingon", "UTC"), "language"),
        (asks("de", "Europe/Neustadt"), "time_zone"),
        (asks("de", "+01:00"), "time_zone"),
    ] {
        assert_eq!(refused(&books, form.clone()).await, [field], "{form:?}");
    }
    books.town.sites.without.lock().expect("no test panicked in here").push(SiteLanguage::De);
    let portal = books.portal(Who::Operator);
    let page = portal.order_page(OrderForm::default()).await.expect("it may");
    assert!(!page.languages.contains(&SiteLanguage::De) && page.languages.contains(&SiteLanguage::Fr));
    let oops = portal.order(asks("de", "UTC")).await.expect_err("there is no pack");
    let say = oops.on("language").expect("it is marked");
    assert!(say.contains("no language pack de_DE") && say.contains("en, fr"), "{say}");
    // Not even when it is what the configuration asks for: never English without a word.
    books.town.house.systems.site_language = Some(SiteLanguage::De);
    assert_eq!(refused(&books, asks("", "")).await, ["language"]);
}
