//! Coming and going: the trip to the OpenID provider and back, the sign-out, and the way through the portal into a
//! tenant's WordPress.

mod back_channel;
mod kept;
mod leave;
mod need;
mod renew;
mod site;
mod trips;

pub(super) use renew::{may_watch, renew};

use super::{
    Destination,
    bound::store_silent,
    dress::Problem,
    front::Front,
    oidc::{Answer, Arrived, Trip},
    session::{self, FRESH, Presence, Stay},
};
use app::model::oops::Oops;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use http::{HeaderMap, header::USER_AGENT};
use serde::Deserialize;
use std::time::Duration;
use tower_cookies::Cookies;
use tower_sessions::Session;

/// A trip to the provider may take this long.
const TRIP: Duration = Duration::from_secs(15 * 60);
/// Trips a browser may have under way at once (tabs); the oldest are forgotten.
const TRIPS: usize = 5;

/// What id tokens are sealed for.
const HINT: &str = "session";

/// What browsers ask.
pub(super) fn routes() -> Router<Front> {
    Router::new()
        .route("/sign-in", get(begin))
        .route("/sign-in/callback", get(arrive))
        .route("/sign-in/again", get(kept::ask))
        .route("/sign-in/form/{id}", get(kept::show))
        .route("/sign-out", post(leave::sign_out))
        .route("/connect/sign-in", get(site::enter))
}

/// What the provider asks.
pub(super) fn server_routes() -> Router<Front> {
    Router::new().route("/sign-in/back-channel", post(back_channel::end))
}

#[derive(Deserialize)]
struct Wish {
    to: Option<String>,
    again: Option<String>,
}

/// `GET /sign-in?to=`: off to the provider, unless the person is signed in already and needs not be asked about. With
/// `again=1` ("Not you?") the provider is to ask for the account anew.
async fn begin(
    State(front): State<Front>,
    session: Session,
    cookies: Cookies,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    let to = Destination::or_home(wish.to.as_deref());
    let here = session::presence(&session, front.now()).await.map_err(silent)?;
    let old = here.as_ref().is_some_and(|here| here.stay.age(front.now()) >= FRESH);
    let trip = match (wish.again, here) {
        (Some(_), _) => Trip::Anew,
        (None, None) => Trip::Usual,
        (None, Some(_)) => Trip::Quiet,
    };
    if trip == Trip::Quiet && !(old && front.sign_in.is_awake().await) {
        return Ok(Redirect::to(to.as_str()).into_response());
    }
    let (address, pending) = front.sign_in.begin(&to, trip).await.map_err(|trouble| again(trouble.oops(), &to))?;
    trips::remember(&front, &cookies, pending).await?;
    Ok(Redirect::to(&address).into_response())
}

/// `GET /sign-in/callback`: back from the provider.
async fn arrive(
    State(front): State<Front>,
    session: Session,
    cookies: Cookies,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Result<Response, Problem> {
    let trip = trips::recall(&front, &cookies, &answer.state).await;
    let trip = trip.ok_or_else(|| again(stale(), &Destination::or_home(None)))?;
    let to = Destination::or_home(Some(&trip.to));
    let arrived = match front.sign_in.finish(answer, &trip).await {
        Ok(arrived) => arrived,
        Err(trouble) if trip.quiet => return renew::not_renewed(&front, &session, trouble, &to).await,
        Err(trouble) => {
            tracing::warn!(%trouble, "a sign-in failed");
            return Err(again(trouble.oops(), &to));
        }
    };
    if trip.quiet && renew::renewed(&front, &session, &arrived, &trip).await?.is_some() {
        return Ok(Redirect::to(to.as_str()).into_response());
    }
    front.people.signed_in(&arrived.caller).await.map_err(silent)?;
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let now = front.now();
    let hint = hint(&front, &arrived).await;
    let stay = Stay { since: now, seen: now, confirmed: Some(trip.begun), silence: None, hint };
    let presence = Presence { caller: arrived.caller, stay };
    session::enter(&session, &presence, arrived.sid.as_deref(), agent).await.map_err(silent)?;
    tracing::info!(subject = presence.caller.subject, "signed in");
    Ok(Redirect::to(to.as_str()).into_response())
}

/// The id token for the sign-out. Nobody is kept out because that may be less smooth.
async fn hint(front: &Front, arrived: &Arrived) -> Option<String> {
    let sealed = front.people.seal(HINT, arrived.id_token.as_ref()?).await;
    sealed.inspect_err(|error| tracing::warn!(%error, "the id token could not be sealed")).ok()
}

fn stale() -> Oops {
    Oops::new(400, "sign_in_stale", "This sign-in was used before or took too long.", "Sign in again.")
}

fn again(oops: Oops, to: &Destination) -> Problem {
    Problem::with_action(oops, "Sign in again", to.through("/sign-in"))
}

fn silent(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "the store did not answer during a sign-in");
    Problem::from(store_silent())
}
