//! A form that is sent after the session ended: the person is sent to sign in, and comes back to the page with what they
//! typed. Nothing is done with it before they look at it and send it again, for it may be somebody else who signs in.
//!
//! What was typed travels in the address of the page, as the button Update of the order form has it: short fields that
//! are no secrets, and no others.

use crate::web::{
    Destination, FORM_LIMIT,
    bound::{page_of, welcome},
    dress::wants_data,
};
use app::context::House;
use axum::{
    body::to_bytes,
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use url::form_urlencoded::{Serializer, parse};

/// Fields that are kept. What confirms a removal is not among them.
const KEPT: [&str; 7] = ["name", "slug", "plan", "admin_email", "email", "role", "reason"];

/// Keeps what a stranger typed.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    let known = request.extensions().get::<House>().is_some();
    if known || wants_data(request.uri().path(), request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, FORM_LIMIT).await else { return welcome(&parts) };
    let fields = parse(&body).filter(|(name, value)| KEPT.contains(&&**name) && !value.trim().is_empty());
    let mut query = Serializer::new(String::new());
    query.append_pair("done", "kept").extend_pairs(fields);
    let page = format!("{}?{}", page_of(parts.uri.path()), query.finish());
    match Destination::parse(&page) {
        Some(page) => Redirect::to(&page.through("/welcome")).into_response(),
        None => welcome(&parts),
    }
}
