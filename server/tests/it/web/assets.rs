//! Files: the right twin, the right type, kept for ever.

use super::{Files, Front};
use crate::sim::idp_login::Person;
use axum::body::Body;
use http::Request;

/// A shelf as the web build makes it.
pub(crate) fn shelf() -> Files {
    let files = [
        ("manifest.json", r#"{"slipway.css": "slipway.0a1b.css", "portal.wasm": "portal.2c3d.wasm"}"#),
        ("slipway.0a1b.css", "whole css"),
        ("slipway.0a1b.css.br", "css in brotli"),
        ("slipway.0a1b.css.gz", "css in gzip"),
        ("portal.2c3d.wasm", "whole wasm"),
        ("portal.2c3d.wasm.gz", "wasm in gzip"),
    ];
    files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect()
}

#[tokio::test]
async fn the_twin_follows_what_the_browser_takes() {
    let front = Front::open().await;
    for (file, accepts, coding, body) in [
        ("slipway.0a1b.css", "gzip, deflate, br", "br", "css in brotli"),
        ("slipway.0a1b.css", "gzip", "gzip", "css in gzip"),
        ("slipway.0a1b.css", "br;q=0, gzip;q=0.5", "gzip", "css in gzip"),
        ("slipway.0a1b.css", "", "", "whole css"),
        ("portal.2c3d.wasm", "br, gzip", "gzip", "wasm in gzip"),
        ("portal.2c3d.wasm", "br", "", "whole wasm"),
    ] {
        let request = Request::get(format!("/assets/{file}")).header("accept-encoding", accepts);
        let page = front.browser().send(request, Body::empty()).await;
        assert_eq!((page.status.as_u16(), page.head("content-encoding")), (200, coding), "{file} {accepts}");
        assert_eq!(page.text(), body);
        assert_eq!(page.head("content-length"), body.len().to_string());
        assert_eq!(page.head("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(page.head("vary"), "accept-encoding");
    }
}

#[tokio::test]
async fn types_are_right_and_nothing_else_is_served() {
    let front = Front::open().await;
    let kind = async |file: &str| front.browser().get(&format!("/assets/{file}")).await;
    assert_eq!(kind("slipway.0a1b.css").await.head("content-type"), "text/css; charset=utf-8");
    assert_eq!(kind("portal.2c3d.wasm").await.head("content-type"), "application/wasm");
    for none in ["manifest.json", "slipway.0a1b.css.br", "slipway.css", "..%2fmanifest.json"] {
        assert_eq!(kind(none).await.status, 404, "{none}");
    }
}

#[tokio::test]
async fn files_need_no_session() {
    let front = Front::open().await;
    let page = front.browser().get("/assets/slipway.0a1b.css").await;
    assert!(page.headers.get("set-cookie").is_none());
}

/// Pages and data travel compressed; a stream of events does not, or a browser would wait for more of it.
#[tokio::test]
async fn pages_and_data_travel_compressed_and_streams_do_not() {
    let front = Front::open().await;
    let mut ada = front.signed_in(Person::ada()).await;
    for (path, coding) in [
        ("/tenants", "gzip"),
        ("/tenants/nowhere", "gzip"),
        ("/api/v1/openapi.json", "gzip"),
        ("/api/v1/tenants/acme/events?once=true", ""),
    ] {
        let request = Request::get(path).header("accept-encoding", "gzip, br").header("accept", "*/*");
        let page = ada.send(request, Body::empty()).await;
        assert_eq!(page.head("content-encoding"), coding, "{path} {}", page.status);
        assert_eq!(page.body.starts_with(&[0x1f, 0x8b]), !coding.is_empty(), "{path}");
    }
    let plain = ada.get("/tenants").await;
    assert!(plain.headers.get("content-encoding").is_none() && plain.text().contains("<title>"));
}
