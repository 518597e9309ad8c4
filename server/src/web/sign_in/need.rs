//! How old the provider's word on somebody's standing may be, for each request.

use crate::web::{FORM_LIMIT, dress::Problem, session::FRESH, token};
use app::model::oops::Oops;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{MatchedPath, Request},
};
use http::Method;
use std::time::Duration;

/// A form is asked for this much earlier than a page. A form's policy holds for the redirects after it (`form-action`, seen in
/// Chromium), so the page that it leads to must not lead to the provider: it has this long to be opened.
const LANDING: Duration = Duration::from_secs(60);
/// What cannot be taken back easily needs an answer as young as this.
const AFRESH: Duration = Duration::from_secs(5 * 60);
/// A plugin's question is open for five minutes, and its answer leads to another site, where no kept form may lead. So whoever
/// opens it has been confirmed lately enough to answer it until then.
const QUESTION: Duration = Duration::from_secs(9 * 60);

/// What needs a fresh answer: new tokens, new admins, the end of a tenant, and people who become somebody else.
const ALWAYS: [&str; 6] = [
    "/tokens",
    "/tenants/{slug}/remove",
    "/api/v1/tenants/{slug}/remove",
    "/tenants/{slug}/members/invite",
    "/tenants/{slug}/members/replaced",
    "/people",
];
/// The same, unless the role that is given is that of a member.
const ADMINS: [&str; 2] = ["/tenants/{slug}/members", "/api/v1/tenants/{slug}/members/{email}"];
/// What shows and changes nothing that needs a standing: coming and going, the theme, the description of the API.
const NOTHING: [&str; 6] =
    ["/sign-in", "/sign-out", "/signed-out", "/welcome", "/account/theme", "/api/v1/openapi.json"];

/// What a request needs.
pub(super) struct Need {
    /// The provider's word must be younger than this.
    pub(super) age: Duration,
    /// Nothing else will do, not even while the provider does not answer.
    pub(super) afresh: bool,
}

/// This request is judged by something else, or needs no standing.
pub(super) fn nothing(request: &Request) -> bool {
    let path = request.uri().path();
    let beneath = |own: &str| path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    token::speaks(request) || NOTHING.iter().any(|own| beneath(own))
}

/// What it needs; its body is read only where that decides.
///
/// # Errors
/// The body is too large, or did not arrive.
pub(super) async fn of(request: Request) -> Result<(Need, Request), Problem> {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let usual = |age| Need { age, afresh: false };
    if request.method().is_safe() {
        return Ok((usual(if route == "/connect/{intent}" { QUESTION } else { FRESH }), request));
    }
    let afresh = Need { age: AFRESH, afresh: true };
    if ALWAYS.contains(&route.as_str()) {
        return Ok((afresh, request));
    }
    if request.method() == Method::DELETE || !ADMINS.contains(&route.as_str()) {
        return Ok((usual(FRESH - LANDING), request));
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, FORM_LIMIT).await.map_err(|_| too_large())?;
    let member = is_member(&body, parts.uri.path().starts_with("/api/"));
    let need = if member { usual(FRESH - LANDING) } else { afresh };
    Ok((need, Request::from_parts(parts, Body::from(body))))
}

/// The only role that the body names is that of a member.
fn is_member(body: &Bytes, json: bool) -> bool {
    if json {
        let read: Option<serde_json::Value> = serde_json::from_slice(body).ok();
        return read.is_some_and(|read| read["role"] == "member");
    }
    let mut roles = url::form_urlencoded::parse(body).filter(|(name, _)| name == "role").peekable();
    roles.peek().is_some() && roles.all(|(_, role)| role == "member")
}

/// More than a form may hold.
pub(super) fn too_large() -> Problem {
    let say = "What was sent is larger than this form takes. Nothing was changed.";
    Oops::new(413, "too_large", say, "Shorten it, then send it again.").into()
}

#[cfg(test)]
mod tests {
    use super::is_member;

    #[test]
    fn only_a_plain_member_needs_no_fresh_answer() {
        for (body, json, fine) in [
            ("email=a%40b&role=member", false, true),
            ("role=admin", false, false),
            ("role=member&role=admin", false, false),
            ("", false, false),
            (r#"{"role":"member"}"#, true, true),
            (r#"{"role":"admin"}"#, true, false),
            (r#"{"role":"member","role":"admin"}"#, true, false),
            ("{", true, false),
        ] {
            assert_eq!(is_member(&body.into(), json), fine, "{body}");
        }
    }
}
