//! What a program sends: a query or a JSON body, read into the types of the description. What does not fit gets a plain
//! sentence with the place of the mistake.

use crate::web::dress::Problem;
use app::model::oops::Oops;
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::JsonRejection},
};
use http::{HeaderMap, request::Parts};
use serde::de::DeserializeOwned;
use std::error::Error as _;

/// A query.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(asked)| Self(asked)).map_err(|why| {
            let cause = why.source().map_or_else(|| why.to_string(), ToString::to_string);
            let say = format!("The query cannot be read: {cause}.");
            Oops::new(400, "query_unreadable", say, "Correct the address.").into()
        })
    }
}

/// A JSON body.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::<T>::from_request(request, state).await;
        read.map(|Json(sent)| Self(sent)).map_err(|why| refused(&why).into())
    }
}

fn refused(why: &JsonRejection) -> Oops {
    let cause = why.source().map(ToString::to_string).unwrap_or_default();
    match why {
        JsonRejection::MissingJsonContentType(_) => {
            Oops::new(415, "wrong_type", "What was sent is not JSON.", "Send it with Content-Type: application/json.")
        }
        JsonRejection::JsonDataError(_) => {
            Oops::new(422, "body_unfit", format!("The body does not fit: {cause}."), "Correct the body.")
        }
        JsonRejection::BytesRejection(bytes) if bytes.status() == 413 => {
            Oops::new(413, "too_large", "What was sent is larger than 64 KiB. Nothing was changed.", "Shorten it.")
        }
        _ => Oops::new(400, "body_unreadable", format!("The body is no JSON: {cause}."), "Correct the body."),
    }
}

/// The key that makes a repeated order harmless (draft-ietf-httpapi-idempotency-key-header): empty when there is none,
/// nothing when it is no key.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all("idempotency-key").iter();
    let Some(key) = all.next() else { return Some(String::new()) };
    let key = key.to_str().ok().filter(|_| all.next().is_none())?.trim_matches('"');
    let fits = (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| key.to_owned())
}

/// That was no key.
pub(super) fn no_key() -> Oops {
    let say = "The Idempotency-Key is not one text of 1 to 64 visible characters.";
    Oops::new(400, "idempotency_key_unfit", say, "Send a UUID, for example.")
}
