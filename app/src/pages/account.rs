//! The account: who is signed in, the theme, the keys.

use super::asked;
use crate::{
    context::Visit,
    model::person::Me,
    parts::frame::{Frame, Themes, standing},
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    asked(|house| async move { Ok(house.me()) }, show)
}

fn show(visit: Visit, me: Me) -> AnyView {
    let theme = visit.theme.clone();
    view! {
        <Frame visit title="Account">
            <div class="head"><h1>"Account"</h1></div>
            <div class="narrow">
                <section class="panel" aria-labelledby="who">
                    <div class="cap"><h2 id="who">"Signed in as"</h2></div>
                    <dl class="pairs">
                        <div><dt>"Name"</dt><dd>{me.name}</dd></div>
                        <div><dt>"E-mail"</dt><dd>{me.email}</dd></div>
                        <div><dt>"Standing"</dt><dd>{standing(me.standing)}</dd></div>
                    </dl>
                    <form class="row after" method="post" action="/sign-out"><button class="btn">"Sign out"</button></form>
                </section>
                <section class="panel" aria-labelledby="theme">
                    <div class="cap"><h2 id="theme">"Theme"</h2></div>
                    <Themes theme back="/account".to_owned() />
                </section>
                <section class="panel" aria-labelledby="keys">
                    <div class="cap"><h2 id="keys">"Keys"</h2></div>
                    <label class="row scripted"><input type="checkbox" id="keys-on" checked />"Single keys open pages and the search"</label>
                    <noscript><p class="soft">"Keys need JavaScript, which is off in this browser."</p></noscript>
                    <small>"Kept in this browser. No key works while you type."</small>
                </section>
            </div>
        </Frame>
    }
    .into_any()
}
