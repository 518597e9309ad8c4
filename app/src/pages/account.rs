//! The account: who is signed in and where, their pairings, the language of letters, the theme, the keys.

use super::asked;
use crate::{
    context::Visit,
    model::{
        account::{AccountPage, Paired, SessionView},
        pairing::PairingStatus,
        person::{Language, Me},
    },
    parts::{
        frame::{Frame, Themes, standing},
        icon::Icon,
        note::{Empty, Refusal},
        sheet::Sheet,
        state::Link,
        time::Ago,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    asked(|house| async move { house.account().await }, show)
}

fn show(visit: Visit, page: AccountPage) -> AnyView {
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops /> });
    let (theme, now, here) = (visit.theme.clone(), visit.now, visit.here.clone());
    let AccountPage { me, sessions, pairings, language } = page;
    view! {
        <Frame visit title="Account">
            <div class="head"><h1>"Account"</h1></div>
            {refused}
            <div class="split">
                <div>
                    {sessions_panel(sessions, &here, now)}
                    {pairings_panel(pairings, now)}
                </div>
                <aside aria-label="Person and choices">
                    {person(me)}
                    <section aria-labelledby="letters">
                        <h2 id="letters">"E-mail language"</h2>
                        {languages(language)}
                        <small>"The console itself is in English."</small>
                    </section>
                    <section aria-labelledby="theme">
                        <h2 id="theme">"Theme"</h2>
                        <Themes theme back="/account".to_owned() />
                    </section>
                    <section aria-labelledby="keys">
                        <h2 id="keys">"Keys"</h2>
                        <label class="row scripted"><input type="checkbox" id="keys-on" checked />"Single keys open pages and the search"</label>
                        <noscript><p class="soft">"Keys need JavaScript, which is off in this browser."</p></noscript>
                        <small>"Kept in this browser. No key works while you type."</small>
                    </section>
                </aside>
            </div>
        </Frame>
    }
    .into_any()
}

fn person(me: Me) -> AnyView {
    view! {
        <section aria-labelledby="who">
            <h2 id="who">"Signed in as"</h2>
            <dl class="pairs">
                <div><dt>"Name"</dt><dd>{me.name}</dd></div>
                <div><dt>"E-mail"</dt><dd>{me.email}</dd></div>
                <div><dt>"Role"</dt><dd>{standing(me.standing)}</dd></div>
            </dl>
            <form class="row" method="post" action="/sign-out"><button class="btn">"Sign out"</button></form>
        </section>
    }
    .into_any()
}

fn sessions_panel(sessions: Vec<SessionView>, here: &str, now: i64) -> AnyView {
    let others = sessions.iter().filter(|session| session.id != here).count();
    let all = (others > 1).then(|| {
        view! { <form method="post" action="/account/sessions/end-others"><button class="btn mini">"Sign out everywhere else"</button></form> }
    });
    let lines = sessions.into_iter().map(|session| session_line(session, here, now)).collect::<Vec<_>>();
    view! {
        <section class="panel" aria-labelledby="sessions">
            <div class="cap"><h2 id="sessions">"Where you are signed in"</h2>{all}</div>
            <div class="wrap"><table>
                <thead><tr>
                    <th scope="col">"Device"</th>
                    <th scope="col">"Signed in"</th>
                    <th scope="col">"Last used"</th>
                    <th scope="col"><span class="sr">"Actions"</span></th>
                </tr></thead>
                <tbody>{lines}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}

fn session_line(session: SessionView, here: &str, now: i64) -> AnyView {
    let SessionView { id, device, made_at, seen_at } = session;
    let mine = id == here;
    let this = mine.then(|| view! { <span class="state" data-s="ready"><Icon name="ready" />"This one"</span> });
    let end = (!mine).then(|| {
        view! {
            <form class="row" method="post" action=format!("/account/sessions/{id}/end")>
                <button class="btn mini">"Sign out"<span class="sr">" "{device.clone()}</span></button>
            </form>
        }
    });
    view! {
        <tr>
            <td><b>{device}</b></td>
            <td data-l="Signed in" class="nw"><Ago at=made_at now /></td>
            <td data-l="Last used" class="nw"><Ago at=seen_at now /></td>
            <td class="num">{this}{end}</td>
        </tr>
    }
    .into_any()
}

fn pairings_panel(pairings: Vec<Paired>, now: i64) -> AnyView {
    let sheets = pairings.iter().map(part).collect::<Vec<_>>();
    let list = if pairings.is_empty() {
        let text = "Open a WordPress of yours, go to Slipway, and press Connect. From then on the chat can write drafts for you there.";
        view! { <Empty title="You have no connections yet".to_owned() text=text.to_owned() /> }.into_any()
    } else {
        let lines = pairings.into_iter().map(|paired| pairing_line(paired, now)).collect::<Vec<_>>();
        view! {
            <div class="wrap"><table>
                <thead><tr>
                    <th scope="col">"Tenant"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Last proof"</th>
                    <th scope="col"><span class="sr">"Actions"</span></th>
                </tr></thead>
                <tbody>{lines}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="pairings">
            <div class="cap"><h2 id="pairings">"Your pairings with the chat"</h2></div>
            {list}
            {sheets}
        </section>
    }
    .into_any()
}

fn pairing_line(paired: Paired, now: i64) -> AnyView {
    let Paired { tenant: (slug, name), pairing } = paired;
    let may_part = !matches!(pairing.status, PairingStatus::Gone | PairingStatus::Leaving);
    let end = may_part.then(|| {
        view! { <button class="btn mini" type="button" popovertarget=format!("part-{}", pairing.id)>"Disconnect…"<span class="sr">" "{name.clone()}</span></button> }
    });
    let note = (!pairing.note.is_empty()).then(|| view! { <small>{pairing.note.clone()}</small> });
    let proof = pairing.proof_at.map(|at| view! { <Ago at now /> });
    let none = proof.is_none();
    view! {
        <tr>
            <td><a class="name" href=format!("/tenants/{slug}")>{name}</a><small>{pairing.wp_login}</small></td>
            <td><Link status=Some(pairing.status) />{note}</td>
            <td data-l="Last proof" class="nw">{proof}{none.then(|| view! { <span class="soft">"None"</span> })}</td>
            <td class="num wide"><div class="row acts-row">{end}</div></td>
        </tr>
    }
    .into_any()
}

fn part(paired: &Paired) -> AnyView {
    let (slug, name) = paired.tenant.clone();
    let id = &paired.pairing.id;
    let action = format!("/account/pairings/{slug}/{id}/disconnect");
    view! {
        <Sheet id=format!("part-{id}") title=format!("Disconnect from {name}") action verb="Disconnect" risk=true>
            <p class="soft">"The chat can no longer write drafts there in your name. Drafts that exist stay, and so do your account and your conversations in the chat. Connect can be pressed again at any time."</p>
        </Sheet>
    }
    .into_any()
}

fn languages(chosen: Language) -> AnyView {
    let choices = Language::ALL.map(|language| {
        let on = language == chosen;
        view! {
            <button class="btn" name="language" value=language.key() lang=language.key() aria-pressed=if on { "true" } else { "false" }>
                {language.word()}
                {on.then(|| view! { <Icon name="check" class="end" /> })}
            </button>
        }
    });
    view! { <form class="row" method="post" action="/account/language">{choices.into_iter().collect::<Vec<_>>()}</form> }
        .into_any()
}
