//! Who is signed in.

use super::{Moment, Standing, all};
use app::model as house;
use schemars::JsonSchema;
use serde::Serialize;

told! {
    /// One page of the people who are signed in, the last seen first.
    Sessions of house::session::SessionsPage {
        people: Vec<PersonHere> = |h| all(&h.rows),
        /// Over all pages.
        total: u64,
        page: u32 = |h| h.query.page.max(1),
        per_page: u32,
    }

    /// A person with at least one session.
    PersonHere of house::session::PersonHere {
        /// The sign-in service's name for them: what is sent to end their sessions.
        subject: String,
        name: String,
        email: String,
        /// The highest that one of their sessions has.
        standing: Standing,
        /// How many there are.
        sessions: u64,
        /// When the oldest of them began.
        since: Moment,
        /// Their last request, to five minutes.
        seen_at: Moment,
    }
}
