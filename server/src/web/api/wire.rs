//! What travels: types of the API's own, so that pages can change without breaking programs. Names are snake_case, moments
//! RFC 3339, and a field that is read refuses neighbours it does not know.

mod asked;
mod told;
mod words;

pub(in crate::web) use asked::After;
pub(super) use asked::*;
pub(super) use told::*;
pub(super) use words::*;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// A moment, in microseconds since 1970; travels as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(i64);

impl Moment {
    /// "2026-11-22T14:09:27.5Z".
    pub(super) fn text(self) -> String {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default().to_string()
    }

    pub(super) fn maybe(at: Option<i64>) -> Option<Self> {
        at.map(Self)
    }
}

impl From<i64> for Moment {
    fn from(at: i64) -> Self {
        Self(at)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text())
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A problem of RFC 9457.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Problem {
    /// `urn:slipway:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What failed and why, one plain sentence.
    detail: String,
    /// Stable, snake_case.
    code: String,
    /// The one next action.
    next: String,
    /// Complaints about single fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Complaint>,
    /// Number of the request, as in the header `x-request-id` and in the portal's log.
    trace: String,
}

/// A complaint about one field.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Complaint {
    /// Name of the field.
    field: String,
    /// What is wrong and the cure.
    detail: String,
}

impl Problem {
    /// A refusal as it travels.
    pub(in crate::web) fn of(oops: &app::model::oops::Oops, trace: &str) -> Self {
        let title = http::StatusCode::from_u16(oops.status).ok().and_then(|status| status.canonical_reason());
        let complaint = |f: &app::model::oops::FieldError| Complaint { field: f.field.clone(), detail: f.say.clone() };
        Self {
            kind: format!("urn:slipway:problem:{}", oops.code),
            title: title.unwrap_or("Failed").to_owned(),
            status: oops.status,
            detail: oops.say.clone(),
            code: oops.code.clone(),
            next: oops.next.clone(),
            fields: oops.fields.iter().map(complaint).collect(),
            trace: trace.to_owned(),
        }
    }
}
