//! Who is signed in: people with their sessions, and the end of them.

use super::asked;
use crate::{
    context::{Visit, query},
    model::session::{PersonHere, SessionQuery, SessionsPage},
    parts::{
        frame::{Frame, standing},
        icon::Icon,
        note::{Empty, Refusal},
        pager::{Pager, cut, search},
        sheet::Sheet,
        time::Ago,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let query = SessionQuery { q: query("q"), page: query("page").parse().unwrap_or(1) };
    asked(|house| async move { house.sessions(query).await }, show)
}

fn show(visit: Visit, page: SessionsPage) -> AnyView {
    let now = visit.now;
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops /> });
    let sheets = page
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| page.may_end && !row.me)
        .map(|(n, row)| end(n, row))
        .collect::<Vec<_>>();
    let body = if page.rows.is_empty() { nobody(&page.query) } else { table(&page, now) };
    let sought = page.query.q.clone();
    view! {
        <Frame visit title="Who is signed in">
            <div class="head">
                <div>
                    <h1>"Who is signed in"</h1>
                    <p class="soft">"Rights come from your sign-in service and are asked for again every quarter of an hour. Here a session ends at once."</p>
                </div>
            </div>
            {refused}
            <section class="panel" aria-labelledby="people">
                <div class="cap">
                    <h2 class="sr" id="people">"People"</h2>
                    <form class="seek" role="search" action="/sessions">
                        <label class="sr" for="seek">"Find by name or address"</label>
                        <input class="in" type="search" id="seek" name="q" value=sought placeholder="Find" data-key="/" autocapitalize="none" spellcheck="false" />
                    </form>
                </div>
                {body}
            </section>
            {sheets}
            <p class="small soft">
                "Whoever is still known to the sign-in service can sign in again: take them out of the group or close their account there first. What their programs may do ends on the page "<a href="/tokens">"Tokens"</a>"."
            </p>
        </Frame>
    }
    .into_any()
}

fn nobody(query: &SessionQuery) -> AnyView {
    let text = if query.q.is_empty() { "There is nobody on this page." } else { "No name or address matches." };
    view! { <Empty title="Nobody found".to_owned() text=text.to_owned()><a class="btn" href="/sessions">"Show everybody"</a></Empty> }
        .into_any()
}

fn table(page: &SessionsPage, now: i64) -> AnyView {
    let lines = page.rows.iter().enumerate().map(|(n, row)| line(n, row, page.may_end, now)).collect::<Vec<_>>();
    let part = cut(page.total, page.per_page, page.query.page);
    let to = |number: u32| format!("/sessions{}", search(&[("q", &page.query.q), ("page", &number.to_string())]));
    let said = format!("{}–{} of {}, the last seen first", part.rows.0, part.rows.1, page.total);
    view! {
        <div class="wrap"><table>
            <thead><tr>
                <th scope="col">"Person"</th>
                <th scope="col">"Role"</th>
                <th scope="col" class="num">"Sessions"</th>
                <th scope="col">"Since"</th>
                <th scope="col">"Last used"</th>
                <th scope="col"><span class="sr">"Actions"</span></th>
            </tr></thead>
            <tbody>{lines}</tbody>
        </table></div>
        <Pager said back=part.back.map(to) next=part.next.map(to) />
    }
    .into_any()
}

fn line(number: usize, row: &PersonHere, may_end: bool, now: i64) -> AnyView {
    let this = row.me.then(|| view! { <span class="state" data-s="ready"><Icon name="ready" />"You"</span> });
    let end = (may_end && !row.me).then(|| {
        view! {
            <button class="btn mini" type="button" popovertarget=format!("end-{number}")>
                "Sign out…"<span class="sr">" "{row.email.clone()}</span>
            </button>
        }
    });
    view! {
        <tr>
            <td><b>{row.name.clone()}</b><small>{row.email.clone()}</small></td>
            <td data-l="Role">{standing(row.standing)}</td>
            <td data-l="Sessions" class="num">{row.sessions}</td>
            <td data-l="Since" class="nw"><Ago at=row.since now /></td>
            <td data-l="Last used" class="nw"><Ago at=row.seen_at now /></td>
            <td class="num">{this}{end}</td>
        </tr>
    }
    .into_any()
}

fn end(number: usize, row: &PersonHere) -> AnyView {
    let (subject, title) = (row.subject.clone(), format!("Sign {} out everywhere", row.email));
    view! {
        <Sheet id=format!("end-{number}") title action="/sessions/end".to_owned() verb="Sign out" risk=true>
            <p class="soft">"All their sessions at the portal end now, and what was half-typed there is lost. Their sites, pairings and tokens stay."</p>
            <input type="hidden" name="person" value=subject />
        </Sheet>
    }
    .into_any()
}
