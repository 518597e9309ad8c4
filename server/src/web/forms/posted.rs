//! Reading a form: what cannot be read gets a plain sentence instead of the framework's.

use crate::web::{bound::page_of, dress::Problem, front::Front};
use app::model::oops::Oops;
use axum::{
    extract::{Form, FromRequest, Request, rejection::FormRejection},
    response::{IntoResponse as _, Response},
};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// A form, and the rest of its request for rendering the page again.
pub(in crate::web) struct Posted<T> {
    /// What was typed.
    pub(in crate::web) form: T,
    /// The request without its body.
    pub(in crate::web) parts: Parts,
}

impl<T: DeserializeOwned> FromRequest<Front> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, front: &Front) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let page = page_of(parts.uri.path());
        let request = Request::from_parts(parts.clone(), body);
        match Form::<T>::from_request(request, front).await {
            Ok(Form(form)) => Ok(Self { form, parts }),
            Err(why) => Err(refused(&why, page)),
        }
    }
}

fn refused(why: &FormRejection, page: String) -> Response {
    let response = match why {
        FormRejection::InvalidFormContentType(_) => (415, "wrong_type", "What was sent is not a form."),
        FormRejection::BytesRejection(bytes) if bytes.status() == 413 => {
            (413, "too_large", "What was sent is larger than this form takes. Nothing was changed.")
        }
        FormRejection::BytesRejection(_) => (400, "broken_off", "The form did not arrive whole. Nothing was changed."),
        _ => (422, "unreadable", "A field of the form is missing or twice there. Nothing was changed."),
    };
    let (status, code, say) = response;
    let oops = Oops::new(status, code, say, "Open the page again and send its form.");
    Problem::with_action(oops, "Open the page", page).into_response()
}
