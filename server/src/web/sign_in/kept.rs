//! A form that came when its person was to be asked about first. It waits in their session while the browser goes by the
//! provider; afterwards they see what they typed and send it with one press. Nothing is done with it before: it may be
//! somebody else who comes back. It is shown to nobody but its person, for ten minutes, and sending it ends it.
//!
//! The answer to such a form is a page of ours that leads to the provider, not a redirect to it: a form's policy
//! (`form-action 'self'`) holds for all redirects after it (seen in Chromium).

use super::{renew, silent};
use crate::{
    domain::{At, Token},
    web::{
        Destination,
        bound::page_of,
        dress::{PLAIN_POLICY, Problem},
        front::Front,
        oidc::Trouble,
        session::{self, Presence},
    },
};
use app::model::oops::Oops;
use askama::Template;
use axum::{
    body::Bytes,
    extract::{MatchedPath, Path, Query, State},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use http::{
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    request::Parts,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tower_cookies::Cookies;
use tower_sessions::{Session, session::Error};

/// How long a form waits.
const HOLDS: Duration = Duration::from_secs(10 * 60);
/// Forms of one session that wait at once (tabs); the oldest are forgotten.
const MOST: usize = 3;
/// Key of the forms in the session.
const FORMS: &str = "forms";
/// Its answer leads to another site, which the page that sends kept forms does not allow.
const LEADS_AWAY: &str = "/connect/{intent}";

/// A form that waits.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeptForm {
    id: String,
    /// Whose it is.
    subject: String,
    /// The route it was sent to, as the router has it.
    route: String,
    /// Where it goes.
    path: String,
    /// What was typed, as forms are sent.
    body: String,
    at: At,
}

impl KeptForm {
    /// The form of this request, if it is one that can wait.
    pub(super) fn of(front: &Front, presence: &Presence, parts: &Parts, body: &Bytes) -> Option<Self> {
        let route = parts.extensions.get::<MatchedPath>()?.as_str().to_owned();
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let form = body.is_empty() || kind.starts_with("application/x-www-form-urlencoded");
        let (subject, path) = (presence.caller.subject.clone(), Destination::parse(parts.uri.path())?);
        (form && route != LEADS_AWAY).then_some(Self {
            id: Token::throw(&*front.dice).reveal().to_owned(),
            subject,
            route,
            path: path.as_str().to_owned(),
            body: String::from_utf8(body.to_vec()).ok()?,
            at: front.now(),
        })
    }

    fn fields(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

async fn waiting(session: &Session, now: At) -> Result<Vec<KeptForm>, Error> {
    let mut forms: Vec<KeptForm> = session.get(FORMS).await?.unwrap_or_default();
    forms.retain(|form| now.since(form.at) < HOLDS);
    Ok(forms)
}

/// Keeps a form, and gives the address that goes on from there.
pub(super) async fn keep(front: &Front, session: &Session, form: KeptForm) -> Result<String, Error> {
    let mut forms = waiting(session, front.now()).await?;
    let to = format!("/sign-in/again?form={}", form.id);
    forms.push(form);
    let surplus = forms.len().saturating_sub(MOST);
    session.insert(FORMS, forms.split_off(surplus)).await?;
    Ok(to)
}

/// A kept form is sent: it waits no longer.
pub(super) async fn spend(session: &Session, query: &str) {
    let Some((_, id)) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "kept") else { return };
    let Ok(Some(mut forms)) = session.get::<Vec<KeptForm>>(FORMS).await else { return };
    forms.retain(|form| form.id != id);
    if let Err(error) = session.insert(FORMS, forms).await {
        tracing::warn!(%error, "a kept form could not be forgotten");
    }
}

/// Forgets what waited too long.
pub(super) async fn tidy(front: &Front, session: &Session) {
    if let Ok(forms) = waiting(session, front.now()).await {
        let kept = if forms.is_empty() {
            session.remove_value(FORMS).await.map(drop)
        } else {
            session.insert(FORMS, forms).await
        };
        kept.unwrap_or_else(|error| tracing::warn!(%error, "kept forms could not be forgotten"));
    }
}

/// Ends the session, except for what its person typed.
pub(super) async fn leave(front: &Front, session: &Session) -> Result<(), Error> {
    tidy(front, session).await;
    session::leave(session, FORMS, front.now().plus(HOLDS)).await
}

#[derive(Deserialize)]
pub(super) struct Wish {
    form: Option<String>,
    to: Option<String>,
}

impl Wish {
    fn destination(&self) -> Destination {
        let form =
            self.form.as_deref().filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        Destination::or_home(form.map(|id| format!("/sign-in/form/{id}")).as_deref().or(self.to.as_deref()))
    }
}

#[derive(Template)]
#[template(path = "oops/asking.html")]
struct Asking<'a> {
    href: &'a str,
    style: &'a str,
    icon: &'a str,
    form: bool,
}

/// `GET /sign-in/again?form=` or `?to=`: a page that leads to the provider, and from there to the form or the page.
pub(super) async fn ask(
    State(front): State<Front>,
    session: Session,
    cookies: Cookies,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    let to = wish.destination();
    let Some(_) = session::presence(&session, front.now()).await.map_err(silent)? else {
        return Ok(Redirect::to(&to.through("/welcome")).into_response());
    };
    let form = wish.form.is_some();
    if !front.sign_in.is_awake().await {
        let mut oops = Trouble::Silent.oops();
        if form {
            let say = "This needs a fresh answer of your sign-in service, which does not answer. Nothing was done.";
            oops =
                Oops::new(503, "sign_in_silent", say, "Try again in a minute. What you typed is kept for ten minutes.");
        }
        let here = wish.form.map_or_else(|| to.through("/sign-in/again"), |id| format!("/sign-in/again?form={id}"));
        return Err(Problem::with_action(oops, "Try again", here));
    }
    let href = renew::begin(&front, &cookies, &to).await?;
    let (style, icon) = (file(&front, "slipway.css"), file(&front, "favicon.svg"));
    Ok(dressed(&Asking { href: &href, style: &style, icon: &icon, form }))
}

#[derive(Template)]
#[template(path = "oops/kept.html")]
struct Kept<'a> {
    question: &'a str,
    verb: &'a str,
    risk: bool,
    shown: Vec<(&'a str, &'a str)>,
    sent: &'a [(String, String)],
    action: String,
    back: String,
    who: &'a str,
    style: &'a str,
    icon: &'a str,
}

/// `GET /sign-in/form/{id}`: what was typed, to be sent with one press.
pub(super) async fn show(
    State(front): State<Front>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let here = Destination::or_home(Some(&format!("/sign-in/form/{id}")));
    let Some(presence) = session::presence(&session, front.now()).await.map_err(silent)? else {
        return Ok(Redirect::to(&here.through("/welcome")).into_response());
    };
    let forms = waiting(&session, front.now()).await.map_err(silent)?;
    let mine = |form: &&KeptForm| form.id == id && form.subject == presence.caller.subject;
    let form = forms.iter().find(mine).ok_or_else(gone)?;
    let (question, verb, risk) = asks(&form.route);
    let fields = form.fields();
    let (style, icon) = (file(&front, "slipway.css"), file(&front, "favicon.svg"));
    Ok(dressed(&Kept {
        question,
        verb,
        risk,
        shown: fields.iter().filter_map(|(name, value)| Some((label(name)?, value.as_str()))).collect(),
        sent: &fields,
        action: format!("{}?kept={}", form.path, form.id),
        back: page_of(&form.path),
        who: presence.caller.email.as_str(),
        style: &style,
        icon: &icon,
    }))
}

fn gone() -> Problem {
    let say =
        "What you typed is not kept any more. It waits for ten minutes, for the person who typed it, and is sent once.";
    Oops::new(410, "form_gone", say, "Open the page again and fill in its form.").into()
}

fn file(front: &Front, name: &str) -> String {
    front.files.get(name).cloned().unwrap_or_else(|| format!("/assets/{name}"))
}

fn dressed(page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => ([(CONTENT_SECURITY_POLICY, PLAIN_POLICY)], Html(page)).into_response(),
        Err(error) => silent(error).into_response(),
    }
}

/// The question before a form is sent after all, the word of its button, and whether it destroys something.
fn asks(route: &str) -> (&'static str, &'static str, bool) {
    match route {
        "/tenants/new" => ("Create this tenant?", "Create tenant", false),
        "/tenants/{slug}/remove" => ("Delete this tenant?", "Delete tenant", true),
        "/tenants/{slug}/members" => ("Save this person?", "Save", false),
        "/tenants/{slug}/members/invite" => ("Invite this person again?", "Invite again", false),
        "/tenants/{slug}/members/remove" => ("Remove this person?", "Remove", true),
        "/tenants/{slug}/members/replaced" => ("Let the new account take over?", "Let it take over", true),
        "/people" => ("Go on with this list?", "Go on", true),
        "/tenants/{slug}/accounts/{account}/end" => ("End this account?", "End account", true),
        "/tenants/{slug}/steps/{step}/retry" => ("Try this step again?", "Retry now", false),
        "/tenants/{slug}/steps/{step}/skip" => ("Skip this step?", "Skip", false),
        "/tokens" => ("Make this token?", "Make token", false),
        "/tokens/{id}/revoke" => ("Revoke this token?", "Revoke", true),
        "/sessions/end" => ("Sign this person out everywhere?", "Sign out", true),
        route if route.ends_with("/disconnect") => ("End this pairing?", "Disconnect", true),
        _ => ("Send this form?", "Send", false),
    }
}

/// What people read beside a field; nothing for those that they did not fill in themselves.
fn label(name: &str) -> Option<&'static str> {
    Some(match name {
        "name" => "Name",
        "slug" => "Slug",
        "plan" => "Plan",
        "admin_email" => "First admin",
        "email" => "E-mail",
        "role" => "Role",
        "reason" => "Reason",
        "typed" => "Typed",
        "scope" => "May do",
        "tenant" => "Tenant",
        "days" => "Ends after days",
        "language" => "Language",
        "time_zone" => "Time zone",
        _ => return None,
    })
}
