//! The portal speaks to the registered address of a tenant and to no other, whatever a site says.

use super::plugin::{Plugin, ada, town};
use crate::sim::{Wire, http};
use axum::{Router, extract::State, http::Uri};
use serde_json::json;
use slipway::{
    domain::Seen,
    systems::wordpress::{Site, WordPress as _, rest::RestWordPress},
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// A server that nobody may talk to.
async fn trap() -> (Wire, Arc<AtomicU32>) {
    let visits = Arc::new(AtomicU32::new(0));
    let count = |State(visits): State<Arc<AtomicU32>>, _: Uri| async move {
        visits.fetch_add(1, Ordering::SeqCst);
    };
    (Wire::serve(Router::new().fallback(count).with_state(visits.clone())).await, visits)
}

#[tokio::test]
async fn p12_addresses_outside_of_the_registered_site_are_refused_and_never_asked() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (trap, visits) = trap().await;
    let registered = site.tenant.site_url.clone();
    let port = trap.url.rsplit(':').next().expect("a port").to_owned();
    let elsewhere = [
        format!("{}/wp-json/", trap.url),
        "http://169.254.169.254/latest/meta-data/".into(),
        format!("http://[::ffff:127.0.0.1]:{port}/wp-json/"),
        format!("http://2130706433:{port}/wp-json/"),
        format!("{registered}.evil.example/wp-json/"),
        format!("{registered}@127.0.0.1:{port}/wp-json/"),
        registered.replacen("http://", "http://ada:x@", 1) + "/wp-json/",
        registered.replacen("http://", "https://", 1) + "/wp-json/",
        registered.replacen("http://", "file://", 1) + "/wp-json/",
        format!("{registered}/../other/wp-json/"),
        format!("{registered}/%2e%2e/other/wp-json/"),
        format!("{registered}\\@127.0.0.1:{port}/wp-json/"),
        "//127.0.0.1/wp-json/".into(),
        "wp-json".into(),
    ];
    for (field, address) in ["rest_url", "mcp_url"].into_iter().flat_map(|f| elsewhere.iter().map(move |a| (f, a))) {
        let (code, question) = site.code(ada()).await;
        let (mut body, uuid) = site.handing_over(&code, &question);
        body[field] = json!(address);
        let said = site.post("/connect/v1/complete", &body).await;
        assert_eq!((said.status, said.code()), (422, "address_refused"), "{field} {address}: {}", said.data);
        town.wordpress.sites.revoke(site.tenant.id, uuid);
    }
    assert!(town.stage.store.pairings(site.tenant.id).await.expect("the store works").is_empty());
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn p12_both_forms_of_the_registered_address_are_fine() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for rest in ["/wp-json/", "/?rest_route=/", "/index.php?rest_route=/"] {
        let (code, question) = site.code(ada()).await;
        let (mut body, _) = site.handing_over(&code, &question);
        body["rest_url"] = json!(format!("{}{rest}", site.tenant.site_url));
        assert_eq!(site.worked("/connect/v1/complete", &body).await.status, 200, "{rest}");
    }
}

/// A site whose plugin answers rightly, but says that its routes are somewhere else.
async fn liar(rest_url: String) -> Wire {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let own = format!("http://{}", listener.local_addr().expect("it is bound"));
    let about = json!({"site_url": own, "home_url": own, "rest_url": rest_url, "application_passwords": true,
        "plugin": "1.0.0", "wordpress": "7.1.4", "php": "8.2.36"});
    Wire::on(listener, Router::new().fallback(async move || axum::Json(about.clone())))
}

#[tokio::test]
async fn p12_a_site_that_says_its_routes_are_elsewhere_is_not_believed() {
    for elsewhere in
        ["http://169.254.169.254/wp-json/", "http://127.0.0.1:1/wp-json/", "https://evil.example/?rest_route=/"]
    {
        let wire = liar(elsewhere.into()).await;
        let site = Site { address: wire.url.clone(), site_url: wire.url.clone(), secret: "s".to_owned().into() };
        let seen = RestWordPress::new(http()).look(&site, &[]).await.expect("it answers");
        let Seen::Ready(about) = seen else { panic!("{elsewhere}: {seen:?}") };
        assert_eq!(about.rest_url, format!("{}/?rest_route=/", wire.url), "{elsewhere}");
    }
}

#[tokio::test]
async fn p12_redirects_are_not_followed() {
    let (trap, visits) = trap().await;
    let to = trap.url.clone();
    let away = Wire::serve(Router::new().fallback(async move || axum::response::Redirect::temporary(&to))).await;
    let site = Site { address: away.url.clone(), site_url: away.url.clone(), secret: "s".to_owned().into() };
    let seen = RestWordPress::new(http()).look(&site, &[]).await;
    assert!(!matches!(seen, Ok(Seen::Ready(_))), "{seen:?}");
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}
