//! The frame of every page: skip link, bar, menus, main. Help and account are always in the same place.

use super::{
    icon::{Icon, Mark},
    live::{Current, Follows, Paused},
    note::{Done, Unheard},
};
use crate::{
    context::Visit,
    model::person::{Me, Standing},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// A page with navigation.
#[component]
pub(crate) fn Frame(
    /// The visit.
    visit: Visit,
    /// Title of the window.
    #[prop(into)]
    title: String,
    /// Which changes concern the page, if it stays current.
    #[prop(optional)]
    follows: Option<Follows>,
    /// Content of `main`.
    children: Children,
) -> impl IntoView {
    let of = |part: fn(&Follows) -> String| follows.as_ref().map(part);
    let (tenants, path, name) = (of(|f| f.tenants.clone()), of(|f| f.path.clone()), of(|f| f.name.clone()));
    let looks = follows.as_ref().filter(|f| f.looks).map(|_| "");
    let live = follows.is_some();
    let bar = visit.me.clone().map(|me| view! { <Bar me visit=visit.clone() /> }.into_any());
    view! {
        <WindowTitle title />
        <Skip />
        {bar.unwrap_or_else(|| view! { <Plain /> }.into_any())}
        <main class="page" id="main" tabindex="-1" data-follows=tenants data-path=path data-name=name data-looks=looks>
            {live.then(|| view! { <Paused /> })}
            {visit.unconfirmed.map(|unconfirmed| view! { <Unheard unconfirmed support=visit.support.clone() now=visit.now /> })}
            <Done key=visit.done />
            {children()}
        </main>
        <p class="sr" role="status" id="said"></p>
        {live.then(|| view! { <Current /> })}
    }
}

/// A page without navigation: it asks one question, or nobody is signed in.
#[component]
pub(crate) fn Alone(
    /// Title of the window.
    #[prop(into)]
    title: String,
    /// Content.
    children: Children,
) -> impl IntoView {
    view! {
        <WindowTitle title />
        <Skip />
        <Plain />
        <main class="page" id="main" tabindex="-1"><div class="alone">{children()}</div></main>
        <p class="sr" role="status" id="said"></p>
    }
}

/// The one place where text gets into the page's head: `<Title>` writes it there as it is (leptos_meta 0.8.7), so what could
/// be markup is escaped here.
#[component]
fn WindowTitle(title: String) -> impl IntoView {
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Title text=format!("{title}, Slipway") /> }
}

#[component]
fn Skip() -> impl IntoView {
    view! { <a class="btn sr" href="#main">"Skip to content"</a> }
}

#[component]
fn Plain() -> impl IntoView {
    view! { <header class="bar"><div><span class="brand"><Mark />"Slipway"</span></div></header> }
}

/// The places of the portal that a person may go to: label, address, key.
fn places(standing: Standing) -> Vec<(&'static str, &'static str, &'static str)> {
    let all = [
        ("Tenants", "/tenants", "g t"),
        ("Activity", "/activity", "g e"),
        ("Audit", "/audit", "g a"),
        ("Systems", "/systems", "g s"),
        ("Tokens", "/tokens", "g k"),
    ];
    let seen = if standing == Standing::Person { 2 } else { all.len() };
    all.into_iter().take(seen).collect()
}

#[component]
fn Bar(me: Me, visit: Visit) -> impl IntoView {
    let links = places(me.standing)
        .into_iter()
        .map(|(label, to, key)| {
            let here = visit.path.starts_with(to).then_some("page");
            view! { <a href=to aria-current=here data-key=key>{label}</a> }
        })
        .collect::<Vec<_>>();
    let first = me.name.split_whitespace().next().unwrap_or(&me.email).to_owned();
    let letters = initials(&me.name, &me.email);
    view! {
        <header class="bar">
            <div>
                <a class="brand" href="/tenants"><Mark />"Slipway"</a>
                <nav class="nav" aria-label="Main">{links}</nav>
                <div class="row end">
                    <button class="btn bare" type="button" popovertarget="help" aria-label="Help" data-key="?"><Icon name="help" /></button>
                    <button class="btn bare" type="button" popovertarget="account">
                        <span class="me" aria-hidden="true">{letters}</span>
                        <span class="sr">"Account of "</span>
                        <span class="first-name">{first}</span>
                    </button>
                </div>
                <Help standing=me.standing support=visit.support.clone() />
                <Account me visit />
            </div>
        </header>
    }
}

/// One or two letters for a person.
fn initials(name: &str, email: &str) -> String {
    let source = if name.trim().is_empty() { email } else { name };
    let words: Vec<&str> = source.split_whitespace().collect();
    let picked = [words.first(), if words.len() > 1 { words.last() } else { None }];
    picked.into_iter().flatten().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

#[component]
fn Help(standing: Standing, support: String) -> impl IntoView {
    let order = (standing == Standing::Operator).then(
        || view! { <div><dt><a href="/tenants/new" data-key="n">"New tenant"</a></dt><dd><kbd>"n"</kbd></dd></div> },
    );
    let go = if standing == Standing::Person {
        view! { <div><dt>"Tenants, activity"</dt><dd><kbd>"g"</kbd>" then "<kbd>"t"</kbd>" "<kbd>"e"</kbd></dd></div> }
            .into_any()
    } else {
        view! {
            <div><dt>"Tenants, systems, audit, tokens"</dt><dd><kbd>"g"</kbd>" then "<kbd>"t"</kbd>" "<kbd>"s"</kbd>" "<kbd>"a"</kbd>" "<kbd>"k"</kbd></dd></div>
        }
        .into_any()
    };
    let ask = (!support.is_empty()).then(|| {
        view! {
            <p class="soft">"Stuck? Ask the platform team: "<a href=format!("mailto:{support}")>{support.clone()}</a></p>
        }
    });
    view! {
        <div class="menu" id="help" popover role="dialog" aria-label="Help">
            <div class="keys">
                <p><b>"Keys"</b></p>
                <dl class="pairs">
                    <div><dt>"Search"</dt><dd><kbd>"/"</kbd></dd></div>
                    {order}
                    {go}
                    <div><dt>"Open the step that needs you"</dt><dd><kbd>"."</kbd></dd></div>
                    <div><dt>"This help"</dt><dd><kbd>"?"</kbd></dd></div>
                </dl>
                <p><a href="/account#keys">"Switch keys off"</a></p>
            </div>
            {ask}
        </div>
    }
}

/// The word for a person's standing.
pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Operator => "operator",
        Standing::Auditor => "auditor",
        Standing::Person => "tenant member",
    }
}

#[component]
fn Account(me: Me, visit: Visit) -> impl IntoView {
    // Who sees everything has them in the bar.
    let tokens = (me.standing == Standing::Person).then(|| view! { <a class="btn bare" href="/tokens">"Tokens"</a> });
    let sessions = (me.standing != Standing::Person)
        .then(|| view! { <a class="btn bare" href="/sessions">"Who is signed in"</a> });
    view! {
        <div class="menu" id="account" popover role="dialog" aria-label="Account">
            <p><b>{me.name}</b><br /><span class="soft">{format!("{}, {}", me.email, standing(me.standing))}</span></p>
            <Themes theme=visit.theme back=visit.path bare=true />
            <a class="btn bare" href="/account">"Account"</a>
            {tokens}
            {sessions}
            <form method="post" action="/sign-out"><button class="btn bare">"Sign out"</button></form>
        </div>
    }
}

/// The three themes as buttons of one form.
#[component]
pub(crate) fn Themes(
    /// "light", "dark" or "".
    theme: String,
    /// Path to come back to.
    back: String,
    /// Entries of a menu instead of buttons.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let choices = [("system", "System"), ("light", "Light"), ("dark", "Dark")].map(|(key, label)| {
        let on = key == theme || (key == "system" && theme.is_empty());
        view! {
            <button class="btn" class:bare=bare name="theme" value=key aria-pressed=if on { "true" } else { "false" }>
                {label}
                {on.then(|| view! { <Icon name="check" class="end" /> })}
            </button>
        }
    });
    view! {
        <form class:row=!bare method="post" action="/account/theme">
            <input type="hidden" name="back" value=back />
            {choices.into_iter().collect::<Vec<_>>()}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn letters_of_people() {
        assert_eq!(initials("Olivia Hart", "olivia@example.org"), "OH");
        assert_eq!(initials("", "ben@example.org"), "B");
        assert_eq!(initials("Ada", ""), "A");
    }
}
