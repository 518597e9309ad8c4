//! Trips to the provider, each in a cookie of its own that only the portal can read: whoever begins a sign-in and never comes
//! back leaves nothing behind here. Tabs that begin at the same moment do not overwrite each other's. An answer counts once
//! in a browser, since its cookie goes with it, and once at all, since the provider takes a code once.

use super::{TRIP, TRIPS, silent};
use crate::web::{dress::Problem, front::Front, oidc::Pending};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;
use tower_cookies::{
    Cookie, Cookies,
    cookie::{SameSite, time},
};

/// What trips are sealed for.
const PURPOSE: &str = "sign-in";
/// How their cookies' names begin; the moment of their beginning follows, so that the oldest come first.
const NAME: &str = "slipway_trip_";
/// Letters of the state in the name: enough to tell tabs apart.
const STATE: usize = 12;
/// Longest destination that comes along, in bytes. Browsers keep 4 KB of a cookie, and servers read 8 KB of all.
const MOST_TO: usize = 700;

fn prefix(front: &Front) -> String {
    // Browsers take a name that begins so from this host alone, over TLS (RFC 6265bis, section 4.1.3.2).
    let host = if front.public.secure() { "__Host-" } else { "" };
    format!("{host}{NAME}")
}

fn cookie(front: &Front, name: String, value: String, life: Duration) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(front.public.secure())
        .max_age(time::Duration::try_from(life).unwrap_or_default())
        .build()
}

fn forget(front: &Front, cookies: &Cookies, name: String) {
    cookies.add(cookie(front, name, String::new(), Duration::ZERO));
}

/// Gives the browser a trip to bring back.
pub(super) async fn remember(front: &Front, cookies: &Cookies, mut trip: Pending) -> Result<(), Problem> {
    let prefix = prefix(front);
    let mut names: Vec<String> = cookies.list().iter().map(|c| c.name().to_owned()).collect();
    names.retain(|name| name.starts_with(&prefix));
    names.sort();
    for old in names.iter().take((names.len() + 1).saturating_sub(TRIPS)) {
        forget(front, cookies, old.clone());
    }
    if trip.to.len() > MOST_TO {
        trip.to = "/tenants".into();
    }
    let name = format!("{prefix}{}_{}", trip.begun.unix(), trip.name(STATE));
    let text = SecretString::from(serde_json::to_string(&trip).map_err(silent)?);
    let sealed = front.people.seal(PURPOSE, &text).await.map_err(silent)?;
    cookies.add(cookie(front, name, sealed, TRIP));
    Ok(())
}

/// Takes the trip that `state` belongs to out of the browser.
pub(super) async fn recall(front: &Front, cookies: &Cookies, state: &str) -> Option<Pending> {
    let (prefix, end) = (prefix(front), format!("_{}", state.get(..STATE)?));
    let kept = cookies.list().into_iter().find(|c| c.name().starts_with(&prefix) && c.name().ends_with(&end))?;
    forget(front, cookies, kept.name().to_owned());
    let text = front.people.unseal(PURPOSE, kept.value()).await.ok()?;
    let trip: Pending = serde_json::from_str(text.expose_secret()).ok()?;
    (trip.is_for(state) && front.now().since(trip.begun) < TRIP).then_some(trip)
}
