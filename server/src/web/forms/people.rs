//! Re-binding people by a list: the answer to the form is the page itself, with what each line comes to.

use super::Posted;
use crate::web::{bound::Caller, front::Front, pages};
use app::{context::Refused, model::rebind::RebindForm};
use axum::{extract::State, response::Response};
use http::StatusCode;
use leptos::prelude::provide_context;

/// `POST /people`.
pub(super) async fn rebind(State(front): State<Front>, Caller(portal): Caller, posted: Posted<RebindForm>) -> Response {
    let form = posted.form;
    match portal.rebind(form.clone()).await {
        Ok(report) => {
            let given = move || {
                provide_context(form.clone());
                provide_context(report.clone());
            };
            pages::shown(&front, posted.parts, "/people", StatusCode::OK, given).await
        }
        Err(oops) => {
            let typed = move || provide_context(form.clone());
            pages::refused(&front, posted.parts, "/people", Refused { oops, order: None }, typed).await
        }
    }
}
