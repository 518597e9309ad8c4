//! Who somebody is, asked again: what the provider said of somebody's standing is believed for a quarter of an hour, whatever
//! they do and whatever their browser tells of itself. Then the browser goes by the provider without a question to anybody
//! (`prompt=none`; OpenID Connect Core 1.0, section 3.1.2.1) and comes back with what is true now. It needs no token that would
//! have to be kept, and it costs two redirects that nobody sees.
//!
//! A page goes there by itself, a form is kept until the answer is there, and a program is told to come back. While the provider
//! does not answer, people go on for a bounded time, are told so, and then have no standing until it does. See
//! `docs/decisions/standing-asked-again.md`.

use super::{
    again, hint,
    kept::{self, KeptForm},
    need::{self, Need},
    silent, trips,
};
use crate::{
    domain::{At, Standing},
    web::{
        Destination, FORM_LIMIT,
        bound::page_of,
        dress::{Problem, wants_data},
        front::Front,
        oidc::{Arrived, Pending, Trip, Trouble},
        session::{self, BORNE, Believed, FRESH, Presence, Silence, Stay},
    },
};
use app::{context::Unconfirmed, model::oops::Oops};
use axum::{
    body::to_bytes,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use http::header::ACCEPT;
use std::time::Duration;
use tower_cookies::Cookies;
use tower_sessions::Session;

/// When the provider did not answer, this session asks it again after this.
const LATER: Duration = Duration::from_secs(60);

/// Lets a request pass whose caller's standing is young enough for it, and has the others ask the provider.
pub(in crate::web) async fn renew(
    State(front): State<Front>,
    session: Session,
    cookies: Cookies,
    request: Request,
    next: Next,
) -> Response {
    if need::nothing(&request) {
        return next.run(request).await;
    }
    let now = front.now();
    // A session that cannot be read is told by `bound`.
    let Ok(Some(presence)) = session::presence(&session, now).await else { return next.run(request).await };
    let (need, mut request) = match need::of(request).await {
        Ok(read) => read,
        Err(problem) => return problem.into_response(),
    };
    if presence.stay.age(now) < need.age {
        if let Some(query) = request.uri().query().filter(|_| !request.method().is_safe()).map(str::to_owned) {
            kept::spend(&session, &query).await;
        }
        request.extensions_mut().insert(Believed);
        return next.run(request).await;
    }
    let left_alone = presence.stay.silence.is_some_and(|silence| silence.ask_at > now);
    if !need.afresh && (left_alone || !front.sign_in.is_awake().await) {
        return bear(&front, &session, presence, request, next).await;
    }
    match asked(&front, &session, &cookies, (&presence, &need), request).await {
        Ok(answer) => answer,
        Err(problem) => problem.into_response(),
    }
}

/// The way to the provider: at once for a page, with what was typed kept for a form, and told to a program.
async fn asked(
    front: &Front,
    session: &Session,
    cookies: &Cookies,
    (presence, need): (&Presence, &Need),
    request: Request,
) -> Result<Response, Problem> {
    let page = request.headers().get_all(ACCEPT).iter().any(|v| v.to_str().is_ok_and(|v| v.contains("text/html")));
    let data = wants_data(request.uri().path(), request.headers());
    if request.method().is_safe() && (page || !data) {
        let to = Destination::or_home(request.uri().path_and_query().map(|path| path.as_str()));
        let address = begin(front, cookies, &to).await?;
        return Ok(Redirect::to(&address).into_response());
    }
    if data {
        return Err(match need.afresh && !front.sign_in.is_awake().await {
            true => Trouble::Silent.oops().into(),
            false => old(need).into(),
        });
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, FORM_LIMIT).await.map_err(|_| need::too_large())?;
    match KeptForm::of(front, presence, &parts, &body) {
        Some(form) => Ok(Redirect::to(&kept::keep(front, session, form).await.map_err(silent)?).into_response()),
        None => {
            let page = Destination::or_home(Some(&page_of(parts.uri.path())));
            Ok(Redirect::to(&page.through("/sign-in/again")).into_response())
        }
    }
}

/// What a program gets that cannot go to the provider by itself.
fn old(need: &Need) -> Oops {
    let minutes = need.age.as_secs() / 60;
    let say = format!("Your rights were confirmed more than {minutes} minutes ago. Nothing was changed.");
    Oops::new(401, "standing_old", say, "Open /sign-in/again in the same browser, then send it again.")
}

/// Begins a trip on which nobody is asked anything: the address of the provider.
pub(super) async fn begin(front: &Front, cookies: &Cookies, to: &Destination) -> Result<String, Problem> {
    let (address, pending) = front.sign_in.begin(to, Trip::Quiet).await.map_err(|trouble| again(trouble.oops(), to))?;
    trips::remember(front, cookies, pending).await?;
    Ok(address)
}

/// Goes on without the provider's word: with their standing as long as that is bearable, and without it afterwards.
async fn bear(front: &Front, session: &Session, presence: Presence, mut request: Request, next: Next) -> Response {
    let (now, confirmed) = (front.now(), presence.stay.confirmed());
    let over = now.since(confirmed) >= BORNE;
    if let Err(error) = note(front, session, &presence, now, over).await {
        tracing::warn!(%error, "a session could not be written");
    }
    let standing = presence.caller.standing != Standing::Person;
    if !over {
        request.extensions_mut().insert(Believed);
    }
    let until = standing.then(|| confirmed.plus(BORNE).0);
    request.extensions_mut().insert(Unconfirmed { confirmed: confirmed.0, until, over: over && standing });
    next.run(request).await
}

/// Writes down that the provider does not answer; the audit hears of it once, and once more when the standing is dropped.
async fn note(
    front: &Front,
    session: &Session,
    presence: &Presence,
    now: At,
    over: bool,
) -> Result<(), tower_sessions::session::Error> {
    let before = presence.stay.silence;
    if before.is_some_and(|silence| silence.ask_at > now && silence.over == over) {
        return Ok(());
    }
    let stay = Stay { silence: Some(Silence { ask_at: now.plus(LATER), over }), ..presence.stay.clone() };
    session::keep(session, &stay).await?;
    session.save().await?;
    let news = before.is_none_or(|silence| silence.over != over);
    if news && presence.caller.standing != Standing::Person {
        let confirmed = presence.stay.confirmed();
        let until = (!over).then(|| confirmed.plus(BORNE));
        front.people.unconfirmed(&presence.caller, confirmed, until).await;
    }
    Ok(())
}

/// Whether a stream that is open may go on showing what its person may see.
pub(in crate::web) async fn may_watch(front: &Front, presence: &Presence) -> bool {
    let age = presence.stay.age(front.now());
    let bearable = age < BORNE || presence.caller.standing == Standing::Person;
    age < FRESH || bearable && !front.sign_in.is_awake().await
}

/// Back from the provider, which knows the person: the session goes on with what is true now, and ends when it would have
/// ended. `None`: there is no session of theirs, so this is a sign-in like any other.
pub(super) async fn renewed(
    front: &Front,
    session: &Session,
    arrived: &Arrived,
    trip: &Pending,
) -> Result<Option<()>, Problem> {
    let before = session::presence(session, front.now()).await.map_err(silent)?;
    let Some(before) = before.filter(|before| before.caller.subject == arrived.caller.subject) else { return Ok(None) };
    match before.caller.standing == arrived.caller.standing {
        true => front.people.seen_again(&arrived.caller).await.map_err(silent)?,
        false => front.people.signed_in(&arrived.caller).await.map_err(silent)?,
    }
    // The answer may have been made as early as the question, and have lain in the browser since.
    let (seen, confirmed, hint) = (front.now(), Some(trip.begun), hint(front, arrived).await);
    let stay = Stay { seen, confirmed, silence: None, hint, ..before.stay };
    let presence = Presence { caller: arrived.caller.clone(), stay };
    session::go_on(session, &presence, arrived.sid.as_deref()).await.map_err(silent)?;
    kept::tidy(front, session).await;
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
    let now = front.now();
    match trouble {
        Trouble::Silent | Trouble::Tls(_) => {
            if let Some(presence) = session::presence(session, now).await.map_err(silent)? {
                let over = presence.stay.age(now) >= BORNE;
                note(front, session, &presence, now, over).await.map_err(silent)?;
            }
            Ok(Redirect::to(to.as_str()).into_response())
        }
        Trouble::NobodyThere => {
            kept::leave(front, session).await.map_err(silent)?;
            Ok(Redirect::to(&to.through("/welcome")).into_response())
        }
        Trouble::Denied
        | Trouble::NoEmail
        | Trouble::Email(_)
        | Trouble::Unverified
        | Trouble::Subject(_)
        | Trouble::Unusable(_) => {
            kept::leave(front, session).await.map_err(silent)?;
            Err(again(trouble.oops(), to))
        }
        _ => Err(again(trouble.oops(), to)),
    }
}
