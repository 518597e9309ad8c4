//! Kinds of answers, and whether a caller takes them (RFC 9110, section 12.5.1).

use crate::web::dress::Problem;
use app::model::oops::Oops;
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, header::ACCEPT};

/// What an operation answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Lines,
    Csv,
    Events,
}

impl Kind {
    /// The media type.
    pub(super) fn media(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Lines => "application/jsonl",
            Self::Csv => "text/csv",
            Self::Events => "text/event-stream",
        }
    }

    /// Does a request with these headers take it? Without `Accept` it takes everything.
    pub(super) fn suits(self, headers: &HeaderMap) -> bool {
        let mut said = headers.get_all(ACCEPT).iter().peekable();
        if said.peek().is_none() {
            return true;
        }
        let ranges = said.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        ranges.into_iter().any(|range| self.fits(range))
    }

    fn fits(self, range: &str) -> bool {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let none = parts.any(|part| {
            let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            weight.and_then(|q| q.trim().parse::<f32>().ok()).is_some_and(|q| q <= 0.0)
        });
        let family = self.media().split('/').next().unwrap_or_default();
        !none && (name == "*/*" || name == self.media() || name == format!("{family}/*"))
    }
}

/// Refuses a caller that takes no answer of this kind.
pub(super) async fn suit(kind: Kind, request: Request, next: Next) -> Response {
    if kind.suits(request.headers()) {
        return next.run(request).await;
    }
    let say = format!("This address answers with {} only.", kind.media());
    Problem::from(Oops::new(406, "not_acceptable", say, "Change the header Accept.")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn what_callers_take() {
        for (accept, fits) in [
            ("application/json", true),
            ("APPLICATION/JSON; charset=utf-8", true),
            ("*/*", true),
            ("application/*;q=0.1", true),
            ("text/html, */*;q=0.8", true),
            ("text/html", false),
            ("application/json;q=0", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(Kind::Json.suits(&headers), fits, "{accept:?}");
        }
        assert!(Kind::Csv.suits(&HeaderMap::new()));
    }
}
