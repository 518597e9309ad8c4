//! The answer to a plugin's question. It leads to the address that is registered for the tenant, and only there.

use super::Posted;
use crate::web::{bound::Caller, front::Front, pages};
use app::{context::Refused, model::oops::Oops};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    answer: String,
}

pub(super) async fn answer(
    State(front): State<Front>,
    Caller(portal): Caller,
    Path(intent): Path<String>,
    posted: Posted<Answer>,
) -> Response {
    let answer = match posted.form.answer.as_str() {
        "approve" => portal.answer_consent(intent, true).await,
        "deny" => portal.answer_consent(intent, false).await,
        _ => Err(Oops::new(422, "no_answer", "The question was not answered.", "Choose Approve or Deny.")),
    };
    let page = posted.parts.uri.path().to_owned();
    match answer {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(oops) => pages::again(&front, posted.parts, &page, Refused { oops, order: None }).await,
    }
}
