//! The audit: who did what, refusals included. It only grows.

use super::asked;
use crate::{
    context::{Visit, query},
    model::audit::{AuditPage, AuditQuery, AuditRow},
    parts::{
        frame::Frame,
        icon::Icon,
        note::Empty,
        pager::{Pager, search},
        time::At,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let query = AuditQuery {
        tenant: query("tenant"),
        who: query("who"),
        what: query("what"),
        before: query("before").parse().unwrap_or(0),
    };
    asked(|house| async move { house.audit(query).await }, show)
}

fn show(visit: Visit, page: AuditPage) -> AnyView {
    let now = visit.now;
    let filtered = [&page.query.tenant, &page.query.who, &page.query.what].iter().any(|value| !value.is_empty());
    let body = match (page.rows.is_empty(), filtered) {
        (true, true) => {
            let text = "Nothing in the audit fits all three fields.".to_owned();
            view! { <Empty title="No entry matches".to_owned() text><a class="btn" href="/audit">"Show all entries"</a></Empty> }.into_any()
        }
        (true, false) => {
            let text = "Each order, retry, approval and refusal leaves one.".to_owned();
            view! { <Empty title="No entries yet".to_owned() text /> }.into_any()
        }
        _ => table(&page, now),
    };
    view! {
        <Frame visit title="Audit">
            <div class="head">
                <div>
                    <h1>"Audit"</h1>
                    <p class="soft">"Who did what, refusals included. Each entry seals the one before it, and none can be changed."</p>
                </div>
            </div>
            <section class="panel" aria-labelledby="entries">
                <div class="cap"><h2 class="sr" id="entries">"Entries"</h2><Filter query=page.query.clone() filtered /></div>
                {body}
            </section>
        </Frame>
    }
    .into_any()
}

#[component]
fn Filter(query: AuditQuery, filtered: bool) -> impl IntoView {
    let field = |name: &'static str, label: &'static str, value: String, key: Option<&'static str>| {
        view! {
            <div class="field">
                <label for=format!("by-{name}")>{label}</label>
                <input class="in" type="search" id=format!("by-{name}") name=name value=value data-key=key autocapitalize="none" spellcheck="false" />
            </div>
        }
    };
    view! {
        <form class="sieve" role="search" action="/audit" aria-label="Filter the audit">
            {field("who", "Who", query.who, Some("/"))}
            {field("what", "What", query.what, None)}
            {field("tenant", "Tenant", query.tenant, None)}
            <button class="btn">"Filter"</button>
            {filtered.then(|| view! { <a class="btn bare" href="/audit">"Clear"</a> })}
        </form>
    }
}

fn table(page: &AuditPage, now: i64) -> AnyView {
    let query = &page.query;
    let last = page.rows.last().map(|row| row.seq).filter(|_| page.more);
    let to = |before: String| {
        search(&[("who", &query.who), ("what", &query.what), ("tenant", &query.tenant), ("before", &before)])
    };
    let next = last.map(|seq| to(seq.to_string()));
    let back = (query.before > 0).then(|| to(String::new()));
    let (first, end) = (page.rows.first().map_or(0, |row| row.seq), page.rows.last().map_or(0, |row| row.seq));
    let rows = page.rows.iter().cloned().map(|row| view! { <Entry row now /> }).collect::<Vec<_>>();
    view! {
        <div class="wrap">
            <table>
                <thead><tr>
                    <th scope="col">"When, UTC"</th>
                    <th scope="col">"Who"</th>
                    <th scope="col">"What"</th>
                    <th scope="col">"Tenant"</th>
                    <th scope="col" class="wide">"Detail"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager said=format!("#{first} to #{end}, newest first") back next words=("Newest", "Older") />
    }
    .into_any()
}

#[component]
fn Entry(row: AuditRow, now: i64) -> impl IntoView {
    let tenant = (!row.tenant.is_empty())
        .then(|| view! { <a class="mono" href=format!("/tenants/{}", row.tenant)>{row.tenant.clone()}</a> });
    let refused = (!row.allowed).then(|| {
        view! { <span class="state" data-s="degraded"><Icon name="no" />"Refused"</span> }
    });
    view! {
        <tr id=format!("e{}", row.seq)>
            <td class="nw"><At at=row.at now /><small class="mono">{format!("#{}", row.seq)}</small></td>
            <td>{row.who}</td>
            <td data-l="What"><code>{row.what}</code></td>
            <td data-l="Tenant">{tenant}</td>
            <td class="wide">{refused}" "{row.detail}</td>
        </tr>
    }
}
