//! How long a request may take until its answer begins. A body that trickles in holds a place for so long and no longer; what
//! streams afterwards is bounded by the connection (`lively.rs`).

use super::dress::Problem;
use app::model::oops::Oops;
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::time::Duration;

/// The longest. The gateway's own limit is shorter, and so is every wait for an outside system on a page.
const LIMIT: Duration = Duration::from_secs(90);

/// Breaks off what takes longer.
pub(super) async fn answer_in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LIMIT, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => {
            let say = "This took longer than 90 seconds and was broken off.";
            Problem::from(Oops::new(503, "took_too_long", say, "Look what came of it, then try again.")).into_response()
        }
    }
}
