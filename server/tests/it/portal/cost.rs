//! What a plan costs is shown where it is ordered and where it is used, and only where it is known.

use super::stage::{Books, Who, form};
use crate::stage::town::Town;
use slipway::{
    domain::{Amount, Currency, Prices},
    store::Store,
};

const ABOUT: &str = "about 23.40 EUR a month (estimate)";

async fn books(ionos: bool, prices: Option<Prices>) -> Books {
    let store = Store::open("sqlite::memory:").await.expect("memory is there");
    let mut town = if ionos { Town::at_ionos(store, false, |p| p).await } else { Town::new(store).await };
    town.house.systems.prices = prices;
    Books { town }
}

fn prices() -> Option<Prices> {
    let amount = |text: &str| Amount::try_from(text.to_owned()).expect("an amount");
    let currency = Currency::try_from("EUR".to_owned()).expect("a currency");
    Some(Prices { currency, core: amount("7"), ram_gb: amount("3.60"), storage_gb: amount("0.20") })
}

/// Facts of the only plan on the order page, and the cost on a tenant's page.
async fn shown(books: &Books) -> (Vec<(String, String)>, Option<String>) {
    let portal = books.portal(Who::Operator);
    let page = portal.order_page(form("fresh")).await.expect("they may");
    books.tenant("acme").await;
    (page.plans[0].facts.clone(), portal.tenant("acme".into()).await.expect("they may").cost)
}

fn pair(label: &str, value: &str) -> (String, String) {
    (label.to_owned(), value.to_owned())
}

#[tokio::test]
async fn a_cluster_of_ones_own_has_a_size_and_with_prices_a_cost() {
    let (facts, cost) = shown(&books(true, prices()).await).await;
    assert!(facts.contains(&pair("Database", "1 core, 4 GB memory, 10 GB storage")), "{facts:?}");
    assert!(facts.contains(&pair("Cost", ABOUT)), "{facts:?}");
    assert_eq!(cost.as_deref(), Some(ABOUT));
}

#[tokio::test]
async fn nothing_is_shown_that_is_not_known() {
    for (ionos, prices) in [(true, None), (false, prices())] {
        let (facts, cost) = shown(&books(ionos, prices).await).await;
        assert!(!facts.iter().any(|(label, _)| label == "Cost"), "{facts:?}");
        assert_eq!((facts.iter().any(|(label, _)| label == "Database"), cost), (ionos, None));
    }
}
