//! The pairing protocol: what the plugin in a tenant's WordPress says to the portal, server to server.
//!
//! Every call carries the site secret; the tenant follows from it, never from the body. A code works once, for sixty
//! seconds, at the tenant it was made for, with the verifier that belongs to it; a second redeem ends what the first one
//! began. Answers to wrong codes are all alike. The steps of a pairing run in the engine: these handlers only write
//! wishes down and wait a little for what comes of them.

mod complete;
mod intents;
mod site;
mod wire;

use crate::portal::House;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, get, post},
};

/// Largest body a site may send, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// Routes under `/connect/v1`.
pub fn router(house: House) -> Router {
    let gate = site::Gate { house: house.clone() };
    Router::new()
        .route("/connect/v1/status", get(intents::status))
        .route("/connect/v1/intents", post(intents::ask))
        .route("/connect/v1/complete", post(complete::complete))
        .route("/connect/v1/pairings/{id}", get(complete::pairing))
        .route("/connect/v1/disconnect", post(complete::disconnect))
        .route("/connect/v1/notices", post(complete::notice))
        .route("/connect/v1/sign-in", post(intents::sign_in))
        .route("/connect/v1/{*rest}", any(wire::nowhere))
        .method_not_allowed_fallback(wire::wrong_method)
        .layer(middleware::from_fn_with_state(gate, site::enter))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(house)
}
