//! Against cross-site request forgery: one layer in front of every form, instead of a token in each. A change is only
//! taken from our own pages. Browsers say where a request comes from (`Sec-Fetch-Site`, which no page can forge);
//! older ones send `Origin`. A caller that sends neither is no browser, so it carries no cookie by accident.
//! Source: Fetch Metadata, W3C, section 2.3; RFC 6454, section 7.

use super::{dress::Problem, front::Front, token};
use app::model::oops::Oops;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header::ORIGIN};

/// Refuses changes that other sites ask for.
pub(super) async fn same_origin(State(front): State<Front>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || token::speaks(&request) || ours(request.headers(), front.public.as_str()) {
        return next.run(request).await;
    }
    tracing::warn!("refused a form of another site");
    Problem::from(Oops::new(
        403,
        "foreign_form",
        "This form was not sent from a page of Slipway, so nothing was changed.",
        "Open the page here and send it again.",
    ))
    .into_response()
}

fn ours(headers: &HeaderMap, origin: &str) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter().peekable();
    if sites.peek().is_some() {
        return sites.all(|site| site == "same-origin" || site == "none");
    }
    headers.get_all(ORIGIN).iter().all(|from| from == origin)
}

#[cfg(test)]
mod tests {
    use super::ours;
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn judged(headers: &[(&'static str, &'static str)]) -> bool {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        ours(&map, "https://portal.example.org")
    }

    #[test]
    fn the_fetch_header_decides_before_the_origin() {
        assert!(judged(&[("sec-fetch-site", "same-origin")]));
        assert!(judged(&[("sec-fetch-site", "none")]));
        assert!(!judged(&[("sec-fetch-site", "same-site")]));
        assert!(!judged(&[("sec-fetch-site", "cross-site"), ("origin", "https://portal.example.org")]));
    }

    #[test]
    fn without_it_the_origin_must_be_ours() {
        assert!(judged(&[("origin", "https://portal.example.org")]));
        assert!(!judged(&[("origin", "http://portal.example.org")]));
        assert!(!judged(&[("origin", "https://portal.example.org:444")]));
        assert!(!judged(&[("origin", "null")]));
        assert!(judged(&[]));
    }
}
