//! What a program asks. The same use cases as the pages, as JSON.

use super::{bound::Caller, dress::Problem, front::Front};
use app::model::tenant::SlugVerdict;
use axum::{Json, Router, extract::Path, routing::get};

/// `GET /api/v1/slugs/{slug}`: is this short name free?
pub(super) fn routes() -> Router<Front> {
    Router::new().route("/api/v1/slugs/{slug}", get(judge))
}

async fn judge(Caller(portal): Caller, Path(slug): Path<String>) -> Result<Json<SlugVerdict>, Problem> {
    Ok(Json(portal.judge_slug(slug).await?))
}
