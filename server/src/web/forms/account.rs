//! The theme: a cookie, because it is the browser's and needs no sign-in.

use super::Posted;
use crate::web::Destination;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use http::header::SET_COOKIE;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    theme: String,
    back: Option<String>,
}

pub(super) async fn theme(posted: Posted<Choice>) -> Response {
    let Choice { theme, back } = posted.form;
    let kept = match theme.as_str() {
        "light" => "slipway_theme=light; Max-Age=31536000",
        "dark" => "slipway_theme=dark; Max-Age=31536000",
        _ => "slipway_theme=; Max-Age=0",
    };
    let back = back.as_deref().and_then(Destination::parse);
    let back = back.as_ref().map_or("/account", Destination::as_str);
    let cookie = AppendHeaders([(SET_COOKIE, format!("{kept}; Path=/; SameSite=Lax; HttpOnly"))]);
    (cookie, Redirect::to(back)).into_response()
}
