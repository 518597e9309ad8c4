//! Tokens of programs at the door of the API: `Authorization: Bearer slw_…`, and nowhere else. Never in an address, which
//! ends in logs; never beside a cookie: a request that brings an `Authorization` header is judged by it alone. That is
//! why it needs no guard against forged forms: a page of another site cannot send the header (Fetch, section 3.2.5: it is
//! not safelisted, so a browser asks first, and nobody here says yes).

use super::{dress::Problem, front::Front};
use crate::{
    domain::{api_token::TokenText, secret::TokenHash},
    portal::token::{Turned, unknown},
};
use app::{context::House, model::oops::Oops, portal::Portal};
use async_trait::async_trait;
use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{
    HeaderValue,
    header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE},
};
use std::sync::Arc;

/// Opens the house to tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// The use cases of a token that holds.
    ///
    /// # Errors
    /// 401 with its reason, or 500.
    async fn portal(&self, presented: &TokenHash) -> Result<Arc<dyn Portal>, Turned>;

    /// Writes a refusal into the audit, at a pace that nobody can fill it with.
    async fn note(&self, turned: &Turned);

    /// Counts a refused token over all callers; `false` when there were too many in the last minute.
    async fn missed(&self) -> bool;
}

/// The token a request came with.
#[derive(Debug, Clone)]
pub(super) struct Held(pub(super) TokenHash);

/// Is this request judged by its `Authorization` header alone?
pub(super) fn speaks(request: &Request) -> bool {
    request.uri().path().starts_with("/api/") && request.headers().contains_key(AUTHORIZATION)
}

/// Puts the token's use cases into the request.
pub(super) async fn admit(front: &Front, request: &mut Request) -> Result<(), Response> {
    let Some(hash) = presented(request) else {
        return Err(refuse(front, unknown()).await);
    };
    match front.tokens.portal(&hash).await {
        Ok(portal) => {
            request.extensions_mut().insert(House(portal));
            request.extensions_mut().insert(Held(hash));
            Ok(())
        }
        Err(turned) => {
            if turned.oops.status == 401 {
                front.tokens.note(&turned).await;
            }
            Err(refuse(front, turned.oops).await)
        }
    }
}

/// The one token of the request, if it has the shape of one of ours.
fn presented(request: &Request) -> Option<TokenHash> {
    let mut all = request.headers().get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, text) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| TokenText::parse(text.trim()))?
}

async fn refuse(front: &Front, oops: Oops) -> Response {
    if oops.status != 401 {
        return Problem::from(oops).into_response();
    }
    if !front.tokens.missed().await {
        let say = "Too many refused tokens were sent in the last minute.";
        let mut answer = Problem::from(Oops::new(429, "too_many_tokens", say, "Wait a minute.")).into_response();
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
        return answer;
    }
    let mut answer = Problem::from(oops).into_response();
    let challenge = HeaderValue::from_static(r#"Bearer realm="slipway", error="invalid_token""#);
    answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    answer
}
