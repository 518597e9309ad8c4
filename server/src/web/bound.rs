//! Binds a request to its caller: finds out who it is and puts their portal into the request. From here on nobody can
//! ask a question in somebody else's name.

use super::{
    Destination,
    dress::{Problem, wants_data},
    front::Front,
    session::{self, Believed},
    token,
};
use crate::domain::Standing;
use app::{
    context::{Here, House, Theme},
    model::oops::Oops,
    portal::Portal,
};
use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, header::COOKIE, request::Parts};
use std::sync::Arc;
use tower_sessions::Session;

/// Finds the caller and the theme.
pub(super) async fn bind(State(front): State<Front>, session: Session, mut request: Request, next: Next) -> Response {
    if token::speaks(&request) {
        return match token::admit(&front, &mut request).await {
            Ok(()) => next.run(request).await,
            Err(refused) => refused,
        };
    }
    match session::presence(&session, front.now()).await {
        Ok(Some(mut presence)) => {
            if !session::by_itself(&request)
                && let Err(error) = session::touch(&session, &presence.stay, front.now()).await
            {
                tracing::warn!(%error, "a session could not be written");
            }
            if request.extensions().get::<Believed>().is_none() {
                presence.caller.standing = Standing::Person;
            }
            request.extensions_mut().insert(House((front.portal_for)(presence.caller)));
            request.extensions_mut().insert(Here(session::name(&session).unwrap_or_default()));
        }
        Ok(None) => {}
        Err(error) => {
            tracing::error!(%error, "the session could not be read");
            return Problem::from(store_silent()).into_response();
        }
    }
    let theme = Theme(theme(request.headers()));
    request.extensions_mut().insert(theme);
    next.run(request).await
}

/// The session could not be read or written.
pub(super) fn store_silent() -> Oops {
    Oops::new(
        503,
        "store_silent",
        "Slipway cannot reach its own memory now. Nothing was changed.",
        "Try again in a minute.",
    )
}

/// Name of the cookie with the theme; over TLS with a prefix, as the session's.
pub(super) const THEME: &str = "slipway_theme";

fn theme(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value =
        pairs.find(|(name, _)| *name == THEME || name.strip_prefix("__Host-") == Some(THEME)).map(|(_, value)| value);
    value.filter(|value| matches!(*value, "light" | "dark")).unwrap_or_default().to_owned()
}

/// A signed-in caller's portal. Strangers are sent to sign in, and programs get 401.
pub(super) struct Caller(pub(super) Arc<dyn Portal>);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        match parts.extensions.get::<House>() {
            Some(house) => Ok(Self(house.0.clone())),
            None => Err(welcome(parts)),
        }
    }
}

/// Sends a stranger to the welcome page, from where they come back to this page.
pub(super) fn welcome(parts: &Parts) -> Response {
    if wants_data(parts.uri.path(), &parts.headers) {
        let oops = Oops::new(401, "signed_out", "You are not signed in.", "Sign in, then try again.");
        return Problem::from(oops).into_response();
    }
    let wanted = if parts.method.is_safe() {
        parts.uri.path_and_query().map(|path| path.as_str().to_owned())
    } else {
        Some(page_of(parts.uri.path()))
    };
    Redirect::to(&Destination::or_home(wanted.as_deref()).through("/welcome")).into_response()
}

/// The page that holds the form which posts to `path`: `/tenants/acme` for `/tenants/acme/members`.
pub(super) fn page_of(path: &str) -> String {
    if path.starts_with("/account/") {
        return "/account".to_owned();
    }
    path.split('/').take(3).collect::<Vec<_>>().join("/")
}
