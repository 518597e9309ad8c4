//! Who somebody is, asked again: once in a quarter of an hour, when a person opens a page, the browser goes by the provider without a
//! question to anybody (`prompt=none`; OpenID Connect Core 1.0, section 3.1.2.1) and comes back with what is true now. Whoever
//! left a group, or signed out there, is not let on by an old session. It needs no token that would have to be kept, and it
//! costs two redirects that nobody sees. A provider that does not answer keeps nobody out.

use super::{SESSION_OVER, again, hint, remember, silent};
use crate::{
    domain::At,
    web::{
        Destination,
        dress::{Problem, wants_data},
        front::Front,
        oidc::{Arrived, Trip, Trouble},
        session::{self, Presence, Stay},
    },
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use http::Method;
use std::time::Duration;
use tower_sessions::Session;

/// What the provider said is believed this long.
const FRESH: Duration = Duration::from_secs(15 * 60);
/// When it cannot be asked now, it is asked after this.
const LATER: Duration = Duration::from_secs(60);

/// Sends a browser that opens a page by the provider, when it is time.
pub(in crate::web) async fn renew(
    State(front): State<Front>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let now = front.now();
    let due = async { Some(session::presence(&session, now).await.ok()??.stay).filter(|stay| due(stay, now)) };
    if !turns_a_page(&request) {
        // A form's policy holds for the redirect after it too, so the page that it leads to must not lead elsewhere.
        if !request.method().is_safe()
            && let Some(stay) = due.await
        {
            later(&session, stay, now).await;
        }
        return next.run(request).await;
    }
    let Some(stay) = due.await else { return next.run(request).await };
    let to = Destination::or_home(request.uri().path_and_query().map(|path| path.as_str()));
    match ask(&front, &session, &to).await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(()) => {
            later(&session, stay, now).await;
            next.run(request).await
        }
    }
}

fn due(stay: &Stay, now: At) -> bool {
    stay.ask_at.unwrap_or_else(|| stay.since.plus(FRESH)) <= now
}

/// A person opens one of our pages; coming back from the provider is none.
fn turns_a_page(request: &Request) -> bool {
    let says = |name: &str, value: &str| request.headers().get(name).is_some_and(|v| v == value);
    let path = request.uri().path();
    let open = SESSION_OVER.iter().any(|own| path.starts_with(own));
    request.method() == Method::GET
        && says("sec-fetch-mode", "navigate")
        && says("sec-fetch-dest", "document")
        && !open
        && !wants_data(path, request.headers())
}

async fn ask(front: &Front, session: &Session, to: &Destination) -> Result<String, ()> {
    if !front.sign_in.is_awake().await {
        return Err(());
    }
    let (address, pending) = front.sign_in.begin(to, Trip::Quiet).await.map_err(|_| ())?;
    remember(front, session, pending).await.map_err(|error| tracing::warn!(%error, "a sign-in cannot be renewed"))?;
    Ok(address)
}

/// Asks another time.
async fn later(session: &Session, mut stay: Stay, now: At) {
    stay.ask_at = Some(now.plus(LATER));
    if let Err(error) = session::keep(session, &stay).await {
        tracing::warn!(%error, "a session could not be written");
    }
}

/// Back from the provider, which knows the person: the session goes on with what is true now, and ends when it would have
/// ended. `None`: there is no session of theirs, so this is a sign-in like any other.
pub(super) async fn renewed(front: &Front, session: &Session, arrived: &Arrived) -> Result<Option<()>, Problem> {
    let before = session::presence(session, front.now()).await.map_err(silent)?;
    let Some(before) = before.filter(|before| before.caller.subject == arrived.caller.subject) else { return Ok(None) };
    match before.caller.standing == arrived.caller.standing {
        true => front.people.seen_again(&arrived.caller).await.map_err(silent)?,
        false => front.people.signed_in(&arrived.caller).await.map_err(silent)?,
    }
    let now = front.now();
    let stay = Stay { seen: now, ask_at: Some(now.plus(FRESH)), hint: hint(front, arrived).await, ..before.stay };
    let presence = Presence { caller: arrived.caller.clone(), stay };
    session::go_on(session, &presence, arrived.sid.as_deref()).await.map_err(silent)?;
    Ok(Some(()))
}

/// Back from the provider without a person.
pub(super) async fn not_renewed(
    front: &Front,
    session: &Session,
    trouble: Trouble,
    to: &Destination,
) -> Result<Response, Problem> {
    tracing::info!(%trouble, "a session was not renewed");
    let back = || Redirect::to(to.as_str()).into_response();
    match trouble {
        Trouble::Silent => {
            let now = front.now();
            if let Some(presence) = session::presence(session, now).await.map_err(silent)? {
                later(session, presence.stay, now).await;
            }
            Ok(back())
        }
        Trouble::NobodyThere => {
            session.flush().await.map_err(silent)?;
            Ok(Redirect::to(&to.through("/welcome")).into_response())
        }
        Trouble::Denied
        | Trouble::NoEmail
        | Trouble::Email(_)
        | Trouble::Unverified
        | Trouble::Subject(_)
        | Trouble::Unusable(_) => {
            session.flush().await.map_err(silent)?;
            Err(again(trouble.oops(), to))
        }
        _ => Err(again(trouble.oops(), to)),
    }
}
