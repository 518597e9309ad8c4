//! Tokens for programs: which there are, who made them, when they were last used. A new one is shown once, here.

use super::asked;
use crate::{
    context::Visit,
    model::token::{MadeToken, TokenForm, TokenRow, TokenScope, TokenState, TokensPage},
    parts::{
        field::{Complaint, Field, LINE, Rules},
        frame::Frame,
        icon::Icon,
        id::Id,
        note::{Empty, Refusal},
        sheet::Sheet,
        time::{Ago, Day},
    },
};
use leptos::prelude::*;

const IDS: &[(&str, &str)] = &[("name", "name"), ("scope", "scopes"), ("tenant", "tenant"), ("days", "days")];
const NAME: Rules = Rules { longest: 60, ..LINE };
const SLUG: Rules = Rules { required: false, exact: true, longest: 30, ..LINE };

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    asked(|house| async move { house.tokens().await }, show)
}

fn show(visit: Visit, page: TokensPage) -> AnyView {
    let now = visit.now;
    let made = use_context::<MadeToken>().map(|made| view! { <Made made now /> });
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops ids=IDS /> });
    let form = (!page.scopes.is_empty()).then(|| form(&visit, &page));
    let sheets = page.rows.iter().filter(|row| row.may_revoke).map(revoke).collect::<Vec<_>>();
    view! {
        <Frame visit title="Tokens">
            <div class="head">
                <div>
                    <h1>"Tokens"</h1>
                    <p class="soft">"With a token a script or a pipeline uses "<a href="/api/v1/openapi.json">"the API"</a>", in your name and with no more rights than you have."</p>
                </div>
            </div>
            {refused}
            {made}
            {list(page, now)}
            {form}
            {sheets}
        </Frame>
    }
    .into_any()
}

/// The one time a token is seen.
#[component]
fn Made(made: MadeToken, now: i64) -> impl IntoView {
    view! {
        <div class="note" data-s="ready" role="status">
            <Icon name="ready" />
            <div class="stack grow">
                <h2>{format!("{} is made. Copy it now: it is not shown again.", made.name)}</h2>
                <p><Id value=made.text what="token" /></p>
                <p class="soft small">
                    "Keep it as you keep a password. It ends "<Day at=made.expires_at now />". Send it as "
                    <code>"Authorization: Bearer …"</code>", never in an address."
                </p>
            </div>
        </div>
    }
}

fn list(page: TokensPage, now: i64) -> AnyView {
    let TokensPage { rows, scopes, all, .. } = page;
    if rows.is_empty() {
        let text = if scopes.is_empty() {
            "Operators make them, and admins make those for their tenant."
        } else {
            "Make the first one below. It is shown once."
        };
        return view! {
            <section class="panel" aria-labelledby="all">
                <div class="cap"><h2 class="sr" id="all">"Your tokens"</h2></div>
                <Empty title="No tokens yet".to_owned() text=text.to_owned() />
            </section>
        }
        .into_any();
    }
    let heading = if all { "All tokens" } else { "Your tokens" };
    let lines = rows.into_iter().map(|row| line(row, all, now)).collect::<Vec<_>>();
    view! {
        <section class="panel" aria-labelledby="all">
            <div class="cap"><h2 id="all">{heading}</h2></div>
            <div class="wrap">
                <table>
                    <thead><tr>
                        <th scope="col">"Token"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"May do"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col">"Ends"</th>
                        <th scope="col"><span class="sr">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn line(row: TokenRow, all: bool, now: i64) -> AnyView {
    let icon = match row.state {
        TokenState::Living => "check",
        TokenState::Resting => "suspended",
        TokenState::Expired | TokenState::Ended => "gone",
    };
    let tenant = (!row.tenant.is_empty()).then(|| {
        view! { <small><a class="mono" href=format!("/tenants/{}", row.tenant)>{row.tenant.clone()}</a></small> }
    });
    let used = row.used_at.map(|at| view! { <Ago at now /> });
    let never = used.is_none().then(|| view! { <span class="soft">"Never"</span> });
    let rests = (row.state == TokenState::Resting).then(|| view! { <small>"Until its maker signs in"</small> });
    let revoke = row.may_revoke.then(|| {
        view! {
            <button class="btn mini" type="button" popovertarget=format!("end-{}", row.id)>
                "Revoke…"<span class="sr">" "{row.name.clone()}</span>
            </button>
        }
    });
    view! {
        <tr>
            <td><b>{row.name}</b>{all.then(|| view! { <small>{row.maker}</small> })}</td>
            <td><span class="state" data-s=row.state.tone()><Icon name=icon />{row.state.word()}</span>{rests}</td>
            <td data-l="May do">{row.scope.word()}{tenant}</td>
            <td data-l="Last used" class="nw">{used}{never}</td>
            <td data-l="Ends" class="nw"><Day at=row.expires_at now /></td>
            <td class="num">{revoke}</td>
        </tr>
    }
    .into_any()
}

fn revoke(row: &TokenRow) -> AnyView {
    let action = format!("/tokens/{}/revoke", row.id);
    view! {
        <Sheet id=format!("end-{}", row.id) title=format!("Revoke {}", row.name) action verb="Revoke" risk=true>
            <p class="soft">"Programs that send it are refused from now on. It cannot be brought back; another one can be made."</p>
        </Sheet>
    }
    .into_any()
}

fn form(visit: &Visit, page: &TokensPage) -> AnyView {
    let typed = use_context::<TokenForm>().unwrap_or_default();
    let (scopes, days) =
        (page.scopes.clone(), if typed.days.is_empty() { "90".to_owned() } else { typed.days.clone() });
    view! {
        <section class="panel" aria-labelledby="make">
            <div class="cap"><h2 id="make">"New token"</h2></div>
            <form class="form after" method="post" action="/tokens" data-once="">
                <Field
                    id="name" label="Name" value=typed.name rules=NAME error=visit.complaint("name")
                    help="What uses it, such as “nightly report”. The audit shows it beside everything the token does."
                />
                <Scopes scopes chosen=typed.scope error=visit.complaint("scope") />
                <div class="three">
                    <Tenant tenants=page.tenants.clone() typed=typed.tenant error=visit.complaint("tenant") />
                    <Days days error=visit.complaint("days") />
                </div>
                <div class="row"><button class="btn main">"Make token"</button></div>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Scopes(scopes: Vec<TokenScope>, chosen: String, error: Option<String>) -> impl IntoView {
    let first = scopes.first().map_or("", |scope| scope.key());
    let chosen = if chosen.is_empty() { first.to_owned() } else { chosen };
    let choices = scopes.into_iter().map(|scope| {
        let about = match scope {
            TokenScope::TenantAdmin => "Sees one tenant, adds and removes its people, ends pairings.",
            TokenScope::Auditor => "Reads everything, the audit too. Changes nothing.",
            TokenScope::Operator => "Orders, retries and removes tenants. Sees everything.",
        };
        view! {
            <label class="choice">
                <span class="row"><input type="radio" name="scope" value=scope.key() checked=scope.key() == chosen /><b>{scope.word()}</b></span>
                <span class="small soft">{about}</span>
            </label>
        }
    });
    let wrong = error.is_some();
    view! {
        <fieldset id="scopes" aria-describedby=wrong.then_some("scope-error")>
            <legend>"May do"</legend>
            <div class="choices">{choices.collect::<Vec<_>>()}</div>
            {error.map(|say| view! { <Complaint id="scope-error".to_owned() say /> })}
        </fieldset>
    }
}

/// Which tenant: a choice for those who have few, a line for those who see all.
#[component]
fn Tenant(tenants: Vec<(String, String)>, typed: String, error: Option<String>) -> impl IntoView {
    if tenants.is_empty() {
        let help = "Slug of the one tenant. Only for a tenant admin.";
        return view! { <Field id="tenant" label="Tenant" value=typed rules=SLUG error help /> }.into_any();
    }
    let choices = tenants.into_iter().map(|(slug, name)| {
        view! { <option value=slug.clone() selected=slug == typed>{name}</option> }
    });
    let wrong = error.is_some();
    view! {
        <div class="field">
            <label for="tenant">"Tenant"</label>
            <select class="in" id="tenant" name="tenant" aria-describedby=wrong.then_some("tenant-error")>{choices.collect::<Vec<_>>()}</select>
            {error.map(|say| view! { <Complaint id="tenant-error".to_owned() say /> })}
        </div>
    }
    .into_any()
}

#[component]
fn Days(days: String, error: Option<String>) -> impl IntoView {
    let choices = ["7", "30", "90", "180", "365"].map(|choice| {
        view! { <option value=choice selected=choice == days>{format!("{choice} days")}</option> }
    });
    let wrong = error.is_some();
    view! {
        <div class="field">
            <label for="days">"Ends after"</label>
            <select class="in" id="days" name="days" aria-describedby=wrong.then_some("days-error")>{choices.into_iter().collect::<Vec<_>>()}</select>
            {error.map(|say| view! { <Complaint id="days-error".to_owned() say /> })}
        </div>
    }
}
