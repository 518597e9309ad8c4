//! The fault switches and the effects counter that all stand-ins share.
//!
//! A fault is armed for calls whose name ("POST /reg", "database.ensure") begins with a text, for a number of times; or
//! it comes by *weather*: a seeded share of all calls goes wrong, always in the same way for the same seed and order.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// One way to go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The connection breaks before anything was done.
    LostRequest,
    /// All was done, and the answer is lost.
    LostAnswer,
    /// 429 with `Retry-After` in seconds; nothing was done.
    TooMany(u64),
    /// 503; nothing was done.
    Unwell,
    /// A page of HTML with status 200; nothing was done.
    Page,
    /// 401; nothing was done.
    Denied,
    /// The answer is about something else: all was done.
    WrongAnswer,
    /// Somebody in between answers: JSON where the body begins like some, else a page. Nothing was done.
    Says { status: u16, location: &'static str, body: &'static str },
    /// Everything takes this much longer, and goes right.
    Slow(Duration),
}

/// What a call that is to fail does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It fails without any effect.
    Before,
    /// It fails after its effect.
    After,
}

impl Trouble {
    /// When the fault strikes; `None` for [`Trouble::Slow`], which fails nothing.
    pub(crate) fn moment(&self) -> Option<Moment> {
        match self {
            Self::LostAnswer | Self::WrongAnswer => Some(Moment::After),
            Self::Slow(_) => None,
            _ => Some(Moment::Before),
        }
    }
}

#[derive(Debug)]
struct Armed {
    call: String,
    trouble: Trouble,
    times: u32,
}

#[derive(Debug, Default)]
struct Switches {
    armed: Vec<Armed>,
    weather: Option<(u64, u32)>,
    latency: Duration,
    calls: Vec<String>,
}

/// The switches. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Switches>>);

impl Faults {
    fn switches(&self) -> MutexGuard<'_, Switches> {
        self.0.lock().expect("no test panics while it holds this")
    }

    /// The next `times` calls whose name begins with `call` go wrong like this.
    pub(crate) fn arm(&self, call: &str, trouble: Trouble, times: u32) {
        self.switches().armed.push(Armed { call: call.to_owned(), trouble, times });
    }

    /// From now on `per_mille` of all calls go wrong, chosen by `seed`; 0 ends it.
    pub(crate) fn weather(&self, seed: u64, per_mille: u32) {
        self.switches().weather = (per_mille > 0).then_some((seed, per_mille));
    }

    /// From now on each call takes this long at least.
    pub(crate) fn latency(&self, latency: Duration) {
        self.switches().latency = latency;
    }

    /// Everything goes right from now on.
    pub(crate) fn calm(&self) {
        let mut switches = self.switches();
        switches.armed.clear();
        (switches.weather, switches.latency) = (None, Duration::ZERO);
    }

    /// Names of all calls so far, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.switches().calls.clone()
    }

    /// Notes a call and says what befalls it.
    pub(crate) fn strike(&self, call: &str) -> Option<Trouble> {
        let mut switches = self.switches();
        switches.calls.push(call.to_owned());
        if let Some(armed) = switches.armed.iter_mut().find(|a| a.times > 0 && call.starts_with(&a.call)) {
            armed.times -= 1;
            return Some(armed.trouble.clone());
        }
        let (seed, per_mille) = switches.weather?;
        let draw = mix(seed ^ switches.calls.len() as u64);
        (draw % 1000 < u64::from(per_mille)).then_some(match (draw >> 32) % 5 {
            0 => Trouble::LostRequest,
            1 | 2 => Trouble::LostAnswer,
            3 => Trouble::Unwell,
            _ => Trouble::TooMany(0),
        })
    }

    /// [`Faults::strike`], then waits for latency and slowness. What is left is a real failure.
    pub(crate) async fn meet(&self, call: &str) -> Option<Trouble> {
        let trouble = self.strike(call);
        let latency = self.switches().latency;
        let pause = if let Some(Trouble::Slow(pause)) = trouble { latency + pause } else { latency };
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        trouble.filter(|t| t.moment().is_some())
    }

    /// Lets the faults befall a simulator of a server: calls are named "METHOD /path".
    pub(crate) fn over(&self, app: axum::Router) -> axum::Router {
        app.layer(middleware::from_fn_with_state(self.clone(), befall))
    }
}

/// splitmix64: one well-mixed number for each input.
fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

async fn befall(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    let call = format!("{} {}", request.method(), request.uri().path());
    match faults.meet(&call).await {
        None | Some(Trouble::Slow(_)) => next.run(request).await,
        Some(Trouble::LostRequest) => broken_off(),
        Some(Trouble::LostAnswer) => {
            next.run(request).await;
            broken_off()
        }
        Some(Trouble::WrongAnswer) => {
            next.run(request).await;
            ([(header::CONTENT_TYPE, "application/json")], r#"{"unknown":"shape"}"#).into_response()
        }
        Some(Trouble::TooMany(seconds)) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())]).into_response()
        }
        Some(Trouble::Unwell) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Trouble::Page) => {
            ([(header::CONTENT_TYPE, "text/html")], "<!doctype html><p>Welcome to the proxy").into_response()
        }
        Some(Trouble::Denied) => StatusCode::UNAUTHORIZED.into_response(),
        Some(Trouble::Says { status, location, body }) => {
            let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [(header::CONTENT_TYPE, kind), (header::LOCATION, location)], body).into_response()
        }
    }
}

/// An answer whose body breaks at once: the client never gets a whole one.
fn broken_off() -> Response {
    let broken =
        futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("the test breaks the answer off")) });
    ([(header::CONTENT_LENGTH, "2")], Body::from_stream(broken)).into_response()
}

/// Everything that exists in all simulated systems, and how often each kind was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct World {
    /// "database slipway_acme_1f2e3d", "client 4711", …
    pub(crate) objects: BTreeSet<String>,
    /// How many objects of each kind (the first word) were ever made.
    pub(crate) made: BTreeMap<String, u64>,
}

/// Where stand-ins write down what they made and removed. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Effects(Arc<Mutex<World>>);

impl Effects {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no test panics while it holds this")
    }

    /// A new object came into being: `kind` is one word, `name` what it is called. Making it twice counts twice.
    pub(crate) fn made(&self, kind: &str, name: impl std::fmt::Display) {
        let mut world = self.lock();
        world.objects.insert(format!("{kind} {name}"));
        *world.made.entry(kind.to_owned()).or_default() += 1;
    }

    /// An object is gone.
    pub(crate) fn gone(&self, kind: &str, name: impl std::fmt::Display) {
        self.lock().objects.remove(&format!("{kind} {name}"));
    }

    /// All of it, now.
    pub(crate) fn world(&self) -> World {
        self.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_as_often_as_armed_and_only_what_is_named() {
        let faults = Faults::default();
        faults.arm("POST /reg", Trouble::LostAnswer, 2);
        assert_eq!(faults.strike("GET /reg"), None);
        assert_eq!(faults.strike("POST /reg/1"), Some(Trouble::LostAnswer));
        assert_eq!(faults.strike("POST /reg"), Some(Trouble::LostAnswer));
        assert_eq!(faults.strike("POST /reg"), None);
        assert_eq!(faults.calls().len(), 4);
    }

    #[test]
    fn weather_is_the_same_for_the_same_seed_and_ends_when_it_is_calm() {
        let storm = |seed| {
            let faults = Faults::default();
            faults.weather(seed, 300);
            (0..500).map(|n| faults.strike(&format!("call {n}"))).collect::<Vec<_>>()
        };
        assert_eq!(storm(7), storm(7));
        assert_ne!(storm(7), storm(8));
        let share = storm(7).iter().flatten().count();
        assert!((100..200).contains(&share), "{share} of 500");

        let faults = Faults::default();
        faults.weather(7, 1000);
        faults.latency(Duration::from_secs(60));
        faults.calm();
        assert_eq!(faults.strike("any"), None);
    }

    #[tokio::test]
    async fn strikes_on_the_wire() {
        let (faults, effects) = (Faults::default(), Effects::default());
        let (noted, post) = (effects.clone(), reqwest::Method::POST);
        let app = axum::Router::new().route(
            "/do",
            axum::routing::post(async move || {
                noted.made("deed", 1);
                axum::Json(true)
            }),
        );
        let wire = crate::sim::Wire::serve(faults.over(app)).await;
        let http = crate::sim::http();
        let url = format!("{}/do", wire.url);
        let deeds = || effects.world().made.get("deed").copied().unwrap_or_default();
        for (trouble, done) in [
            (Trouble::LostRequest, 0),
            (Trouble::LostAnswer, 1),
            (Trouble::TooMany(3), 1),
            (Trouble::Page, 1),
            (Trouble::Unwell, 1),
            (Trouble::Denied, 1),
            (Trouble::WrongAnswer, 2),
        ] {
            faults.arm("POST /do", trouble.clone(), 1);
            let answer = http.call("The server", post.clone(), &url).send().await.and_then(|r| r.ok()?.json::<bool>());
            assert!(answer.is_err(), "{trouble:?}");
            assert_eq!(deeds(), done, "{trouble:?}");
        }
        faults.arm("POST /do", Trouble::Slow(Duration::from_millis(20)), 1);
        let answer = http.call("The server", post, &url).send().await.expect("slow");
        assert!(answer.took >= Duration::from_millis(20) && answer.json() == Ok(true));
    }

    #[test]
    fn a_world_counts_what_was_made_and_forgets_what_is_gone() {
        let effects = Effects::default();
        [1, 2].into_iter().for_each(|n| effects.made("client", n));
        effects.gone("client", 1);
        let world = effects.world();
        assert_eq!((world.objects, world.made["client"]), (BTreeSet::from(["client 2".to_owned()]), 2));
    }
}
