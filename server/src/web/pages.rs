//! The pages of crate `app`: what they are given, the policy they run under, and who may see them at all.

use super::{bound::welcome, dress::Problem, front::Front};
use app::{
    context::{Files, Here, House, Now, Reads, Refused, Status, Support, Theme, Unconfirmed},
    pages::App,
    shell,
};
use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY},
    request::Parts,
};
use leptos::prelude::{expect_context, provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list};
use std::sync::Arc;
use url::Url;

/// Pages for people who are not signed in.
const OPEN: [&str; 2] = ["/welcome", "/signed-out"];
/// The consent page, the only one whose form leads to another origin.
const CONSENT: &str = "/connect/{intent}";

/// The registered origin of a site, where the answer to a consent form goes.
#[derive(Debug, Clone)]
struct Callback(String);

/// All pages, and the page for what is no page.
pub(super) fn routes(front: &Front) -> Router<Front> {
    let pages: Vec<_> = generate_route_list(App).into_iter().filter(|page| page.path() != "/").collect();
    Router::new()
        .leptos_routes_with_context(front, pages, context(front), shell)
        .route("/", get(async || Redirect::to("/tenants")))
        .fallback(nothing)
        .layer(from_fn_with_state(front.clone(), admit))
}

/// Lets people in; strangers only see the open pages.
async fn admit(State(_): State<Front>, mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let house = request.extensions().get::<House>().cloned();
    match (route.as_deref(), house) {
        (None | Some("/"), _) => {}
        (Some(route), _) if OPEN.contains(&route) => {}
        (Some(_), None) => return welcome(&request.into_parts().0),
        (Some(CONSENT), Some(house)) => {
            if let Some(callback) = callback(&house, request.uri().path()).await {
                request.extensions_mut().insert(callback);
            }
        }
        (Some(_), Some(_)) => {}
    }
    next.run(request).await
}

/// What every render gets.
fn context(front: &Front) -> impl Fn() + Clone + Send + Sync + 'static {
    let front = front.clone();
    move || {
        let parts = use_context::<Parts>();
        let extensions = parts.as_ref().map(|parts| &parts.extensions);
        if let Some(house) = extensions.and_then(|all| all.get::<House>().cloned()) {
            provide_context(house);
        }
        if let Some(here) = extensions.and_then(|all| all.get::<Here>().cloned()) {
            provide_context(here);
        }
        if let Some(unconfirmed) = extensions.and_then(|all| all.get::<Unconfirmed>().copied()) {
            provide_context(unconfirmed);
        }
        provide_context(extensions.and_then(|all| all.get::<Theme>().cloned()).unwrap_or(Theme(String::new())));
        provide_context(Reads(parts.as_ref().map(reads).unwrap_or_default()));
        provide_context(Files(front.files.clone()));
        provide_context(Now(front.now().0));
        provide_context(Support(front.support.clone()));
        let answer = expect_context::<ResponseOptions>();
        let callback = extensions.and_then(|all| all.get::<Callback>());
        answer.insert_header(CONTENT_SECURITY_POLICY, policy(callback));
        provide_context(Status(Arc::new(move |status| {
            answer.set_status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        })));
    }
}

/// What the browser says of its reader's languages; other bytes than ASCII are nobody's.
fn reads(parts: &Parts) -> String {
    parts.headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok()).unwrap_or_default().to_owned()
}

/// The policy of a page. A form's policy also holds for the redirect after it (seen in Chromium), so the consent page
/// names the one origin its answer goes to.
fn policy(callback: Option<&Callback>) -> HeaderValue {
    let nonce = leptos::nonce::use_nonce().map(|nonce| format!("'nonce-{nonce}'")).unwrap_or_default();
    let site = callback.map(|callback| format!(" {}", callback.0)).unwrap_or_default();
    let text = format!(
        "default-src 'none'; script-src {nonce} 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; font-src 'self'; form-action 'self'{site}; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}

/// Origin of the answer to `/connect/<intent>`. The page asks the portal again for what it shows; this only needs the
/// header before the page is rendered.
async fn callback(house: &House, path: &str) -> Option<Callback> {
    let intent = path.strip_prefix("/connect/")?;
    let asked = house.0.consent(intent.to_owned()).await.ok()?;
    let url = Url::parse(&asked.callback_origin).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| Callback(url.origin().ascii_serialization()))
}

/// A path that is no page.
async fn nothing(State(front): State<Front>, request: Request) -> Response {
    if super::dress::wants_data(request.uri().path(), request.headers()) {
        return Problem::from(app::model::oops::Oops::not_found()).into_response();
    }
    let context = context(&front);
    let context = move || {
        expect_context::<ResponseOptions>().set_status(StatusCode::NOT_FOUND);
        context();
    };
    leptos_axum::render_app_async_with_context(context, shell)(request).await
}

/// The page again, because its form was refused: what was typed stays, and the status says so.
pub(super) async fn again(front: &Front, parts: Parts, page: &str, refused: Refused) -> Response {
    self::refused(front, parts, page, refused, || ()).await
}

/// The same with more context, such as what was typed.
pub(super) async fn refused(
    front: &Front,
    parts: Parts,
    page: &str,
    refused: Refused,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    if refused.oops.status >= 500 {
        return Problem::with_action(refused.oops, "Go back", page).into_response();
    }
    let status = StatusCode::from_u16(refused.oops.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    let given = move || {
        more();
        provide_context(refused.clone());
    };
    shown(front, parts, page, status, given).await
}

/// A page as the answer to a form.
pub(super) async fn shown(
    front: &Front,
    mut parts: Parts,
    page: &str,
    status: StatusCode,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let house = parts.extensions.get::<House>().cloned();
    if let (Some(house), true) = (house, page.starts_with("/connect/"))
        && let Some(callback) = callback(&house, page).await
    {
        parts.extensions.insert(callback);
    }
    parts.method = http::Method::GET;
    parts.uri = page.parse().unwrap_or_default();
    let given = context(front);
    let context = move || {
        expect_context::<ResponseOptions>().set_status(status);
        given();
        more();
    };
    let request = Request::from_parts(parts, Body::empty());
    leptos_axum::render_app_async_with_context(context, shell)(request).await
}
