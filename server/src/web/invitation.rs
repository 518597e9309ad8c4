//! The link of an invitation's letter: `GET /invitations/{sealed}`. It asks nobody to sign in, because its person may have
//! no account; what it may tell is in `portal/way_in.rs`. The log has the route and never the address.

use super::{dress::Problem, front::Front};
use app::model::oops::Oops;
use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{StatusCode, header::LOCATION};

pub(super) fn routes() -> Router<Front> {
    Router::new().route("/invitations/{sealed}", get(follow))
}

async fn follow(State(front): State<Front>, Path(sealed): Path<String>) -> Result<Response, Problem> {
    let to = front.people.way_in(&sealed).await.map_err(|error| {
        tracing::warn!(%error, "an invitation could not be followed");
        let say = "The sign-in service does not answer now. Your invitation is still good.";
        // An empty address is the page's own: the link is in no page.
        Problem::with_action(Oops::new(503, "invitation_waits", say, "Try again in a minute."), "Try again", "")
    })?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
}
