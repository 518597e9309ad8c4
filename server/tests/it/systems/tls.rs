//! A company's own authority: who trusts it, and how each thing that can be wrong with TLS is told.

use crate::sim::tls::{Authority, Holds, serve};
use axum::{Router, routing::get};
use reqwest::Method;
use slipway::{domain::Fault, systems::http::Http};
use std::time::Duration;

fn http(trusted: &str) -> Http {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = reqwest::Certificate::from_pem_bundle(trusted.as_bytes()).expect("PEM");
    Http::over(Duration::from_secs(10), &trusted, false).expect("the TLS provider is there")
}

async fn said(http: &Http, url: &str) -> String {
    match http.call("OpenWebUI", Method::GET, url).send().await {
        Ok(reply) => reply.status.to_string(),
        Err(Fault::Retry { why, .. }) => why,
        Err(other) => panic!("it heals by itself: {other}"),
    }
}

fn app() -> Router {
    Router::new().route("/", get("hello"))
}

#[tokio::test]
async fn each_failure_is_told_apart_with_what_to_do() {
    let (company, other) = (Authority::new(), Authority::new());
    let trusting = http(&company.pem());
    let good = serve(app(), &company.sign("127.0.0.1", Holds::Now)).await;
    assert_eq!(said(&trusting, &good).await, "200 OK");
    for (url, say, next) in [
        (
            serve(app(), &other.sign("127.0.0.1", Holds::Now)).await,
            "an authority that the portal does not know",
            "network.ca_file",
        ),
        (serve(app(), &company.sign("127.0.0.1", Holds::Before)).await, "has expired", "Renew it"),
        (serve(app(), &company.sign("127.0.0.1", Holds::Later)).await, "is not valid yet", "clock"),
        (
            serve(app(), &company.sign("another.example.org", Holds::Now)).await,
            "is for another name",
            "name that stands in it",
        ),
    ] {
        let said = said(&trusting, &url).await;
        assert!(
            said.starts_with("The certificate of OpenWebUI") && said.contains(say) && said.contains(next),
            "{said}"
        );
    }
    let plain = crate::sim::Wire::serve(app()).await.url.replace("http:", "https:");
    let told = said(&trusting, &plain).await;
    assert!(told.contains("answers without TLS") || told.contains("cannot be reached"), "{told}");
    let nobody = said(&http(""), &good).await;
    assert!(nobody.contains("does not know"), "{nobody}");
    let strict = said(&http(&other.pem()), &good).await;
    assert!(strict.contains("does not know"), "{strict}");
}
