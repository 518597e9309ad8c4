//! Single sign-on into a tenant's WordPress: the site sends the browser here and gets it back with a code that works
//! once. The address it goes back to is the registered one, never one from the query.

use crate::{
    domain::secret::{SiteState, is_challenge},
    web::{Destination, dress::Problem, front::Front},
};
use app::{context::House, model::oops::Oops};
use axum::{
    Extension,
    extract::{Query, RawQuery, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{StatusCode, header::LOCATION};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Ask {
    tenant: String,
    state: String,
    code_challenge: String,
    code_challenge_method: String,
    #[serde(default)]
    to: String,
}

/// `GET /connect/sign-in`.
pub(super) async fn enter(
    State(_): State<Front>,
    house: Option<Extension<House>>,
    RawQuery(raw): RawQuery,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let Some(Extension(house)) = house else {
        let here = Destination::parse(&format!("/connect/sign-in?{}", raw.unwrap_or_default())).ok_or_else(odd)?;
        return Ok(Redirect::to(&here.through("/sign-in")).into_response());
    };
    let fine = ask.code_challenge_method == "S256"
        && is_challenge(&ask.code_challenge)
        && SiteState::parse(&ask.state).is_some();
    if !fine {
        return Err(odd().into());
    }
    let address = house.0.sign_in_to_site(ask.tenant, ask.state, ask.code_challenge, ask.to).await?;
    Ok((StatusCode::FOUND, [(LOCATION, address)]).into_response())
}

fn odd() -> Oops {
    Oops::new(
        400,
        "sign_in_unreadable",
        "The site asked in a way Slipway does not know.",
        "Update the Slipway plugin of that site.",
    )
}
