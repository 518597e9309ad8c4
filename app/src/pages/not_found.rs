//! What a person reads when a page cannot be shown: code, sentence, next action. What does not exist and what is not
//! theirs look the same.

use crate::{
    context::Visit,
    model::{oops::Oops, person::Standing},
    parts::{
        frame::{Alone, Frame},
        icon::Icon,
        time::At,
    },
};
use leptos::prelude::*;

/// The page for addresses nothing answers to.
#[component]
pub(super) fn Page() -> impl IntoView {
    refused(Visit::read(), Oops::not_found())
}

/// The page for a refusal.
pub(super) fn refused(visit: Visit, oops: Oops) -> AnyView {
    visit.status(oops.status);
    let title = title(oops.status);
    let content = content(&visit, oops, title);
    if visit.me.is_some() {
        view! { <Frame visit title><div class="alone">{content}</div></Frame> }.into_any()
    } else {
        view! { <Alone title>{content}</Alone> }.into_any()
    }
}

fn title(status: u16) -> &'static str {
    match status {
        404 => "Not found",
        403 => "You may not see this",
        409 => "This has changed meanwhile",
        422 => "This cannot be done",
        429 => "Too many requests",
        503 => "A system did not answer",
        _ => "Slipway could not finish this",
    }
}

fn content(visit: &Visit, oops: Oops, title: &'static str) -> AnyView {
    let broken = oops.status >= 500 || oops.status == 429;
    let tone = if broken { "attention" } else { "waiting" };
    let icon = if broken { "attention" } else { "no" };
    let again = broken.then(|| {
        view! { <a class="btn main" href=visit.path.clone()><Icon name="retry" />"Try again"</a> }
    });
    let sees = visit.me.as_ref().is_some_and(|me| me.standing != Standing::Person);
    let systems = (sees && oops.status >= 500).then(|| view! { <a class="btn" href="/systems">"See systems"</a> });
    let home = (!broken).then(|| view! { <a class="btn main" href="/tenants">"To your tenants"</a> });
    let support = visit.support.clone();
    let ask = (!support.is_empty()).then(|| {
        view! { <small>"If it stays like this, write to "<a href=format!("mailto:{support}")>{support.clone()}</a>"."</small> }
    });
    view! {
        <section class="panel">
            <div class="stack">
                <p class="state" data-s=tone><Icon name=icon /><code>{oops.code}</code></p>
                <h1>{title}</h1>
                <p class="soft">{oops.say}" "{oops.next}</p>
            </div>
            <div class="row">{again}{home}{systems}</div>
            <dl class="pairs small">
                <div><dt>"When"</dt><dd><At at=visit.now now=visit.now />" UTC"</dd></div>
                <div><dt>"Address"</dt><dd><code>{visit.path.clone()}</code></dd></div>
            </dl>
            {ask}
        </section>
    }
    .into_any()
}
