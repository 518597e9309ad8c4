//! Consent: who asks for what, until when, and two answers. No navigation, because nothing else should be pressed here.

use super::asked;
use crate::{
    context::{Visit, param},
    model::pairing::ConsentPage,
    parts::{
        frame::Alone,
        icon::Icon,
        note::Refusal,
        pager::escape,
        time::{Ago, In},
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let intent = param("intent");
    asked(|house| async move { house.consent(intent).await }, show)
}

fn show(visit: Visit, page: ConsentPage) -> AnyView {
    let now = visit.now;
    let again = format!("/sign-in?to={}&again=1", escape(&visit.path));
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops /> });
    let letters: String = page.me.name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
    view! {
        <Alone title="Connect WordPress">
            {refused}
            <form class="panel" method="post" action=format!("/connect/{}", escape(&page.intent)) data-once="">
                <div class="stack">
                    <h1>"Let the chat write drafts for you"</h1>
                    <p class="soft">{page.tenant.clone()}" wants to link its WordPress with your chat."</p>
                </div>
                <dl class="pairs">
                    <div><dt>"Tenant"</dt><dd>{page.tenant.clone()}</dd></div>
                    <div><dt>"Site"</dt><dd><b>{page.site.clone()}</b></dd></div>
                    <div><dt>"WordPress user"</dt><dd>{page.wp_login.clone()}</dd></div>
                    <div><dt>"Asked by"</dt><dd>{page.asked_by.clone()}", "<Ago at=page.asked_at now /></dd></div>
                    <div><dt>"Answer goes to"</dt><dd>{page.callback_origin.clone()}</dd></div>
                    <div><dt>"Lasts"</dt><dd>"until you or an admin disconnects"</dd></div>
                </dl>
                <Terms />
                <div class="stack">
                    <div class="two">
                        <button class="btn main" name="answer" value="approve">"Approve"</button>
                        <button class="btn" name="answer" value="deny">"Deny"</button>
                    </div>
                    <small>"If you have never been in the chat, you sign in there once afterwards; WordPress gives you the link."</small>
                    <small>"Approve only if you pressed Connect in WordPress just now. This question ends "<In at=page.expires_at now />"."</small>
                </div>
            </form>
            <div class="row small">
                <span class="me" aria-hidden="true">{letters}</span>
                <span>"Signed in as "<b>{page.me.name}</b>" "<span class="soft">{page.me.email}</span></span>
                <a class="btn bare mini end" href=again>"Not you?"</a>
            </div>
        </Alone>
    }
    .into_any()
}

/// What is allowed and what never is; enforced by the plugin in WordPress.
#[component]
fn Terms() -> impl IntoView {
    let list = |tone: &'static str, icon: &'static str, lines: [&'static str; 3]| {
        let items = lines.map(|line| view! { <li data-s=tone><Icon name=icon /><span>{line}</span></li> });
        view! { <ul class="list" role="list">{items.into_iter().collect::<Vec<_>>()}</ul> }
    };
    view! {
        <div class="three">
            <section>
                <h2>"The chat may"</h2>
                {list("done", "check", ["Read posts and categories", "Write and change drafts", "Add pictures to the library"])}
            </section>
            <section>
                <h2>"It can never"</h2>
                {list("waiting", "no", ["Publish, or edit what is public", "Delete anything", "Change settings or plugins"])}
            </section>
        </div>
    }
}
