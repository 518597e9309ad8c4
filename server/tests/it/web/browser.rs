//! A browser as small as a test needs: it keeps cookies and shows answers. It follows no redirects.

use axum::{Router, body::Body};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use std::collections::BTreeMap;
use tower::ServiceExt as _;

pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("it is text")
    }

    pub(crate) fn head(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("it is text"))
    }

    /// Where it leads; it must lead somewhere.
    pub(crate) fn location(&self) -> String {
        assert!(self.status.is_redirection(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        self.head("location").to_owned()
    }
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8"), Body::empty()).await
    }

    /// Sends a form of one of our own pages.
    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.post_raw(path, &[("sec-fetch-site", "same-origin")], body).await
    }

    /// Sends a form with just these headers.
    pub(crate) async fn post_raw(&mut self, path: &str, headers: &[(&str, &str)], body: String) -> Page {
        let mut request = Request::builder().method(Method::POST).uri(path).header(header::ACCEPT, "text/html");
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, Body::from(body)).await
    }

    /// Sends and reads to the end.
    pub(crate) async fn send(&mut self, request: http::request::Builder, body: Body) -> Page {
        let answer = self.open(request, body).await;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("it arrives").to_bytes().to_vec();
        Page { status: head.status, headers: head.headers, body }
    }

    /// Sends; the body is left to the caller.
    pub(crate) async fn open(&mut self, mut request: http::request::Builder, body: Body) -> http::Response<Body> {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let request = request.body(body).expect("it is a request");
        let answer = self.router.clone().oneshot(request).await.expect("a router always answers");
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().expect("it is text").split_once(';').expect("it has attributes");
            let (name, value) = pair.split_once('=').expect("it is a pair");
            if value.is_empty() || rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        answer
    }
}
