//! The list before there is anything in it: teaches in three lines, or says whom to ask.

use crate::{model::person::Replaced, parts::icon::Icon};
use leptos::prelude::*;

/// A hull on its slipway.
#[component]
pub(super) fn Scene() -> impl IntoView {
    view! { <svg class="scene" viewBox="0 0 352 128" aria-hidden="true" inner_html=SCENE></svg> }
}

const SCENE: &str = r#"<path d="M44 76v34M96 85.5V110M148 95v15"/><g transform="translate(6 66) rotate(10.3)"><path d="M0 0h252M0 7h246M62-5v5M124-5v5"/><path class="hull" d="M34-28h132c-4 10-10 18-20 23H48c-8-5-13-13-14-23zM72-28v-12h34l6 12M88-40v-18l11 3.5-11 3.5"/></g><path d="M226 112c8 0 8-4 16-4s8 4 16 4 8-4 16-4 8 4 16 4 8-4 16-4 8 4 16 4M258 120c8 0 8-4 16-4s8 4 16 4 8-4 16-4 8 4 16 4"/>"#;

/// First run, for people who may order.
#[component]
pub(super) fn FirstRun() -> impl IntoView {
    view! {
        <section class="panel first" aria-labelledby="first">
            <div class="form">
                <div class="stack">
                    <h2 id="first">"No tenants yet"</h2>
                    <p class="soft">"A tenant is one WordPress with its own database, its own sign-in and a line to the chat."</p>
                </div>
                <div class="row">
                    <a class="btn main" href="/tenants/new" data-key="n"><Icon name="plus" />"New tenant"</a>
                    <a class="btn" href="/systems">"Check the systems"</a>
                </div>
            </div>
            <Scene />
            <ol class="three" role="list">
                <li><b>"1. Order"</b><p class="soft">"Fill in one form. You see what will exist before you press the button."</p></li>
                <li><b>"2. Watch"</b><p class="soft">"The steps run by themselves. If one needs you, it says why and what to do."</p></li>
                <li><b>"3. Connect"</b><p class="soft">"The tenant’s admin presses Connect in WordPress. From then on the chat writes drafts there."</p></li>
            </ol>
        </section>
    }
}

/// Nothing yet, for people who may not order.
#[component]
pub(super) fn NothingYours(support: String, replaced: Option<Replaced>) -> impl IntoView {
    let (title, say) = match replaced {
        None => (
            "You belong to no tenant yet",
            "A tenant is one WordPress with its own database, its own sign-in and a line to the chat. An operator or the admin of a tenant can add you.",
        ),
        Some(Replaced::Account) => (
            "Your address has a place here, under another account",
            "It was taken by another account at the sign-in service. If that was you and your account was replaced, ask your operator to let the new one take over.",
        ),
        Some(Replaced::Service) => (
            "Your account here belongs to another sign-in service",
            "The sign-in service was changed. Ask your operator to re-bind your account; nothing of yours is lost.",
        ),
    };
    let ask = (!support.is_empty())
        .then(|| view! { <div class="row"><a class="btn" href=format!("mailto:{support}")>"Write to the platform team"</a></div> });
    view! {
        <section class="panel first" aria-labelledby="first">
            <div class="form">
                <div class="stack">
                    <h2 id="first">{title}</h2>
                    <p class="soft">{say}</p>
                </div>
                {ask}
            </div>
            <Scene />
        </section>
    }
}
