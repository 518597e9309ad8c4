//! What happened, over all tenants the caller may see, newest first.

use super::asked;
use crate::{
    context::{Visit, query},
    model::audit::{ActivityPage, ActivityRow, AuditQuery},
    parts::{
        frame::Frame,
        icon::Icon,
        note::Empty,
        time::{At, day},
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let query = AuditQuery { tenant: query("tenant"), ..AuditQuery::default() };
    asked(|house| async move { house.activity(query).await }, show)
}

fn show(visit: Visit, page: ActivityPage) -> AnyView {
    let now = visit.now;
    let tenant = page.query.tenant.clone();
    let filtered = !tenant.is_empty();
    let nothing = page.rows.is_empty();
    let body = match (nothing, filtered) {
        (true, true) => {
            let text = format!("No tenant that you may see has the slug “{tenant}” and an event.");
            view! { <Empty title="No event matches".to_owned() text><a class="btn" href="/activity">"Show all events"</a></Empty> }.into_any()
        }
        (true, false) => {
            let text = "Each step of each tenant writes a line here.".to_owned();
            view! { <Empty title="Nothing happened yet".to_owned() text /> }.into_any()
        }
        _ => days(page.rows, now),
    };
    view! {
        <Frame visit title="Activity">
            <div class="head"><div><h1>"Activity"</h1><p class="soft">"What the steps did, newest first."</p></div></div>
            <section class="panel" aria-labelledby="events">
                <div class="cap">
                    <h2 class="sr" id="events">{if filtered { format!("Events of {tenant}") } else { "All events".to_owned() }}</h2>
                    <form class="seek" role="search" action="/activity">
                        <input
                            class="in mono" type="search" name="tenant" value=tenant aria-label="Only the tenant with this slug"
                            placeholder="Slug of a tenant" data-key="/" autocapitalize="none" spellcheck="false"
                        />
                        <kbd aria-hidden="true">"/"</kbd>
                        <button class="btn mini sr">"Filter"</button>
                    </form>
                    {(filtered && !nothing).then(|| view! { <a class="btn mini" href="/activity">"Show all events"</a> })}
                </div>
                {body}
            </section>
        </Frame>
    }
    .into_any()
}

/// One list a day, under the day as its heading.
fn days(rows: Vec<ActivityRow>, now: i64) -> AnyView {
    let mut days: Vec<(String, Vec<AnyView>)> = Vec::new();
    for row in rows {
        let when = day(row.at, now);
        let item = item(row);
        match days.last_mut() {
            Some((known, items)) if *known == when => items.push(item),
            _ => days.push((when, vec![item])),
        }
    }
    days.into_iter()
        .map(|(when, items)| {
            let today = if when == day(now, now) { "Today".to_owned() } else { when };
            view! { <h3 class="day">{today}</h3><ul class="events" role="list">{items}</ul> }
        })
        .collect::<Vec<_>>()
        .into_any()
}

fn item(row: ActivityRow) -> AnyView {
    let icon = match row.tone.as_str() {
        "done" | "ready" => "check",
        "attention" => "attention",
        "retrying" => "retry",
        "running" => "provisioning",
        _ => "dot",
    };
    let tone = if row.tone.is_empty() { "waiting".to_owned() } else { row.tone };
    let (slug, name) = row.tenant;
    let step = (!row.step.is_empty()).then(|| view! { <b>{row.step}": "</b> });
    view! {
        <li data-s=tone>
            <At at=row.at now=row.at />
            <Icon name=icon />
            <a href=format!("/tenants/{slug}")>{name}</a>
            <span>{step}{row.text}</span>
        </li>
    }
    .into_any()
}
