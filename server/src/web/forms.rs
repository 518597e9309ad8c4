//! What people send: plain forms that work without a script. Success leads back to a page by 303, so that reloading
//! sends nothing twice; a refusal shows the page again with what was typed.

mod account;
mod consent;
mod kept;
mod people;
mod posted;
mod sessions;
mod systems;
mod tenant;
mod token;

use super::front::Front;
use axum::{
    Router,
    middleware::from_fn,
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
pub(super) use posted::Posted;

/// All forms except sign-in and sign-out.
pub(super) fn routes() -> Router<Front> {
    Router::new()
        .route("/tenants/new", post(tenant::order).layer(from_fn(kept::keep)))
        .route("/tenants/{slug}/steps/{step}/retry", post(tenant::retry))
        .route("/tenants/{slug}/steps/{step}/skip", post(tenant::skip).layer(from_fn(kept::keep)))
        .route("/tenants/{slug}/remove", post(tenant::remove))
        .route("/tenants/{slug}/members", post(tenant::put_member).layer(from_fn(kept::keep)))
        .route("/tenants/{slug}/members/invite", post(tenant::invite))
        .route("/tenants/{slug}/members/remove", post(tenant::remove_member))
        .route("/tenants/{slug}/members/replaced", post(tenant::let_rebind))
        .route("/people", post(people::rebind))
        .route("/tenants/{slug}/pairings/{id}/disconnect", post(tenant::disconnect))
        .route("/tenants/{slug}/accounts/{account}/end", post(tenant::end_account))
        .route("/systems/databases/{cluster}/adopt", post(systems::adopt))
        .route("/sessions/end", post(sessions::end))
        .route("/tokens", post(token::make))
        .route("/tokens/{id}/revoke", post(token::revoke))
        .route("/connect/{intent}", post(consent::answer))
        .route("/account/theme", post(account::theme))
        .route("/account/language", post(account::language))
        .route("/account/sessions/{session}/end", post(account::end_session))
        .route("/account/sessions/end-others", post(account::end_other_sessions))
        .route("/account/pairings/{slug}/{id}/disconnect", post(account::disconnect))
}

/// Back to `page`, which says in one sentence what was done.
fn done(page: &str, key: &'static str) -> Response {
    Redirect::to(&format!("{page}?done={key}")).into_response()
}
