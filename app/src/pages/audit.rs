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
        since: query("since"),
        until: query("until"),
        refused: !query("refused").is_empty(),
        before: query("before").parse().unwrap_or(0),
    };
    asked(|house| async move { house.audit(query).await }, show)
}

fn show(visit: Visit, page: AuditPage) -> AnyView {
    let now = visit.now;
    let filtered = sieve(&page.query).iter().any(|(_, value)| !value.is_empty());
    let body = match (page.rows.is_empty(), filtered) {
        (true, true) => {
            let text = "Nothing in the audit fits all fields of the filter.".to_owned();
            view! { <Empty title="No entry matches".to_owned() text><a class="btn" href="/audit">"Show all entries"</a></Empty> }.into_any()
        }
        (true, false) => {
            let text = "Each order, retry, approval and refusal leaves one.".to_owned();
            view! { <Empty title="No entries yet".to_owned() text /> }.into_any()
        }
        _ => table(&page, now),
    };
    let [csv, lines] = ["csv", "jsonl"].map(|kind| format!("/api/v1/audit.{kind}{}", search(&sieve(&page.query))));
    view! {
        <Frame visit title="Audit">
            <div class="head">
                <div>
                    <h1>"Audit"</h1>
                    <p class="soft">"Who did what, including what was refused. Each entry seals the one before it, so none can be changed."</p>
                </div>
                <div class="row">
                    <a class="btn" href=csv download><Icon name="down" />"CSV"</a>
                    <a class="btn" href=lines download><Icon name="down" />"JSON Lines"</a>
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

/// The filter as pairs of an address, without the place in the list.
fn sieve(query: &AuditQuery) -> [(&'static str, &str); 6] {
    [
        ("who", &query.who),
        ("what", &query.what),
        ("tenant", &query.tenant),
        ("since", &query.since),
        ("until", &query.until),
        ("refused", if query.refused { "1" } else { "" }),
    ]
}

#[component]
fn Filter(query: AuditQuery, filtered: bool) -> impl IntoView {
    let input = |name: &'static str,
                 label: &'static str,
                 kind: &'static str,
                 value: String,
                 key: Option<&'static str>| {
        view! {
            <div class="field">
                <label for=format!("by-{name}")>{label}</label>
                <input class="in" type=kind id=format!("by-{name}") name=name value=value data-key=key autocapitalize="none" spellcheck="false" />
            </div>
        }
    };
    let field = |name, label, value, key| input(name, label, "search", value, key);
    view! {
        <form class="sieve" role="search" action="/audit" aria-label="Filter the audit">
            {field("who", "Who", query.who, Some("/"))}
            {field("what", "What", query.what, None)}
            {field("tenant", "Tenant", query.tenant, None)}
            {input("since", "From, UTC", "date", query.since, None)}
            {input("until", "To, UTC", "date", query.until, None)}
            <label class="row tick"><input type="checkbox" name="refused" value="1" checked=query.refused />"Only refusals"</label>
            <button class="btn">"Filter"</button>
            {filtered.then(|| view! { <a class="btn bare" href="/audit">"Clear"</a> })}
        </form>
    }
}

fn table(page: &AuditPage, now: i64) -> AnyView {
    let query = &page.query;
    let last = page.rows.last().map(|row| row.seq).filter(|_| page.more);
    let to = |before: String| {
        let place = [("before", before.as_str())];
        search(&sieve(query).into_iter().chain(place).collect::<Vec<_>>())
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
                    <th scope="col" class="wide">"Detail, and what changed"</th>
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
    let change = (row.before.is_some() || row.after.is_some()).then(|| {
        let side = |text: Option<String>, none: &'static str| match text {
            Some(text) => view! { <span>{text}</span> }.into_any(),
            None => view! { <span class="soft">{none}</span> }.into_any(),
        };
        let (before, after) = (side(row.before.clone(), "nothing"), side(row.after.clone(), "nothing"));
        view! { <small class="change">{before}<Icon name="right" /><span class="sr">"became"</span>{after}</small> }
    });
    view! {
        <tr id=format!("e{}", row.seq)>
            <td class="nw"><At at=row.at now /><small class="mono">{format!("#{}", row.seq)}</small></td>
            <td class="who">{row.who}</td>
            <td data-l="What"><code>{row.what}</code></td>
            <td data-l="Tenant">{tenant}</td>
            <td class="wide">{refused}" "{row.detail}{change}</td>
        </tr>
    }
}
