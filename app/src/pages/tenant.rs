//! A tenant. While it moves or needs a person the timeline is first; when it is ready, people are.

use super::{
    asked,
    tenant_facts::{Certificate, Checklist, Problem, Things, Zone},
    tenant_locals::{Locals, Unknown},
    tenant_people::People,
};
use crate::{
    context::{Visit, param, query},
    model::{
        tenant::{Status, TenantPage},
        timeline::{StepStatus, Timeline},
    },
    parts::{
        field::{Field, LINE},
        frame::Frame,
        icon::Icon,
        id::{Id, host},
        live::Follows,
        note::Refusal,
        pager::search,
        sheet::{Sheet, TypedSlug},
        state::Badge,
        time::{Ago, At, took},
        timeline::{Acts, Head, Live, Rail},
    },
};
use leptos::prelude::*;

const IDS: &[(&str, &str)] = &[("email", "add-email")];

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let slug = param("slug");
    asked(|house| async move { house.tenant(slug).await }, show)
}

fn show(visit: Visit, page: TenantPage) -> AnyView {
    let now = visit.now;
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops ids=IDS /> });
    let people = people(&visit, &page);
    let (before, after) = match page.status {
        Status::Degraded => (rail(&page, now, false), people),
        Status::Ready | Status::Suspended => (people, rail(&page, now, true)),
        Status::Deleted => (view! { <Certificate page=page.clone() now /> }.into_any(), rail(&page, now, true)),
        _ => (rail(&page, now, false), people),
    };
    let moves = matches!(page.status, Status::Provisioning | Status::Deleting | Status::NeedsAttention);
    let strip = moves.then(|| view! { <Head timeline=page.timeline.clone() now /> });
    let rests = matches!(page.status, Status::Ready | Status::Degraded | Status::Suspended | Status::Draft);
    let error = visit.complaint("typed");
    let zone = (page.may.operate && rests).then(|| view! { <Zone page=page.clone() error /> });
    let aside = (page.status != Status::Deleted).then(|| aside(&page));
    let sheets = page.may.operate.then(|| sheets(&visit, &page));
    let shown = search(&[("people", &query("people")), ("at", &query("at"))]);
    let path = format!("/tenants/{}{}", page.slug, shown.trim_end_matches('?'));
    let follows = Follows { tenants: page.slug.clone(), path, name: page.name.clone(), looks: false };
    view! {
        <Frame visit title=format!("{}: {}", page.name, page.status.word()) follows>
            {head(&page, now)}
            {refused}
            <Problem page=page.clone() />
            <Unknown page=page.clone() />
            {strip}
            <div class="split" class:wide=page.status == Status::Deleted>
                <div>{before}{after}</div>
                {aside}
                {zone}
            </div>
            {sheets}
        </Frame>
    }
    .into_any()
}

fn head(page: &TenantPage, now: i64) -> AnyView {
    let host = host(&page.site_url).to_owned();
    let (word, at) = match (page.status, page.timeline.ended_at) {
        (Status::Ready, Some(at)) => ("came up ".to_owned(), at),
        (Status::Deleted, Some(at)) => ("removed ".to_owned(), at),
        (Status::Deleting, _) => ("removal began ".to_owned(), page.timeline.began_at),
        _ => (format!("ordered by {} ", page.ordered_by), page.ordered_at),
    };
    view! {
        <div class="head">
            <div>
                <nav class="small soft" aria-label="Breadcrumb"><a href="/tenants">"Tenants"</a>" / "{page.name.clone()}</nav>
                <div class="row"><h1>{page.name.clone()}</h1><Badge status=page.status /></div>
                <div class="row dots small soft">
                    <Id value=page.slug.clone() what="slug" />
                    {(!host.is_empty()).then(|| view! { <span>{host}</span> })}
                    <span>{page.plan.clone()}</span>
                    <span>{word}<Ago at now /></span>
                </div>
            </div>
            {actions(page)}
        </div>
    }
    .into_any()
}

fn actions(page: &TenantPage) -> AnyView {
    let wordpress = page.open_wordpress.clone().map(|to| {
        view! { <a class="btn main" href=to><Icon name="open" />"Open WordPress"</a> }
    });
    let chat = page.open_chat.clone().map(|to| view! { <a class="btn" href=to><Icon name="chat" />"Open chat"</a> });
    let site = (page.status == Status::Ready && page.open_wordpress.is_none() && !page.site_url.is_empty())
        .then(|| view! { <a class="btn main" href=page.site_url.clone()><Icon name="open" />"Open site"</a> });
    let stops = page.may.operate && matches!(page.status, Status::Provisioning | Status::NeedsAttention);
    let stop = stops.then(|| {
        view! { <button class="btn" type="button" popovertarget="stop">"Stop and undo…"</button> }
    });
    let events = view! { <a class="btn bare" href=format!("/activity?tenant={}", page.slug)>"All events"</a> };
    view! { <div class="row">{wordpress}{site}{chat}{stop}{events}</div> }.into_any()
}

fn people(visit: &Visit, page: &TenantPage) -> AnyView {
    match page.status {
        Status::Deleting | Status::Deleted => ().into_any(),
        _ => view! {
            <People visit=visit.clone() page=page.clone() />
            <Locals page=page.clone() now=visit.now />
        }
        .into_any(),
    }
}

/// The timeline with its heading; folded when nobody needs it.
fn rail(page: &TenantPage, now: i64, folded: bool) -> AnyView {
    let timeline = page.timeline.clone();
    let acts = page.may.operate.then(|| Acts { slug: page.slug.clone() });
    let (what, who, at) = if timeline.removing {
        ("Removal began", String::new(), timeline.began_at)
    } else {
        ("Ordered", format!("by {}", page.ordered_by), page.ordered_at)
    };
    let began = view! {
        <h3>{what}</h3>
        <span class="ref">{who}</span>
        <span class="took"><At at now /></span>
    };
    let fresh = if folded {
        view! { <span class="small soft">{summary(&timeline)}</span> }.into_any()
    } else {
        let last =
            timeline.ranks.iter().flatten().flat_map(|s| &s.log).map(|l| l.at).max().unwrap_or(timeline.began_at);
        view! { <Live last now /> }.into_any()
    };
    let list = view! { <Rail timeline began=began.into_any() acts now /> };
    if folded {
        view! {
            <section class="panel" aria-labelledby="timeline">
                <details class="fold">
                    <summary class="cap"><h2 id="timeline"><Icon name="right" />"Timeline"</h2>{fresh}</summary>
                    {list}
                </details>
            </section>
        }
        .into_any()
    } else {
        view! { <section class="panel" aria-labelledby="timeline"><div class="cap"><h2 id="timeline">"Timeline"</h2>{fresh}</div>{list}</section> }
            .into_any()
    }
}

/// "Ready 13 min 9 s after the order, 1 retry, 1 skipped".
fn summary(timeline: &Timeline) -> String {
    let steps = || timeline.ranks.iter().flatten();
    let tried: u32 = steps().map(|step| step.attempt.saturating_sub(1)).sum();
    let skipped = steps().filter(|step| step.status == StepStatus::Skipped).count();
    let Some(ended) = timeline.ended_at else { return String::new() };
    let took = took(ended - timeline.began_at);
    let mut said =
        vec![if timeline.removing { format!("Undone in {took}") } else { format!("Ready {took} after the order") }];
    match tried {
        0 => {}
        1 => said.push("1 retry".to_owned()),
        more => said.push(format!("{more} retries")),
    }
    if skipped > 0 {
        said.push(format!("{skipped} skipped"));
    }
    said.join(", ")
}

fn aside(page: &TenantPage) -> AnyView {
    let proofs = (page.status != Status::Deleting).then(|| view! { <Checklist checks=page.checklist.clone() /> });
    view! {
        <aside aria-label="Proofs and objects">
            {proofs}
            <Things page=page.clone() />
        </aside>
    }
    .into_any()
}

/// The questions behind Stop, Delete and Skip.
fn sheets(visit: &Visit, page: &TenantPage) -> AnyView {
    let remove = format!("/tenants/{}/remove", page.slug);
    let stop = matches!(page.status, Status::Provisioning | Status::NeedsAttention).then(|| {
        let (slug, error) = (page.slug.clone(), visit.complaint("typed"));
        view! {
            <Sheet id="stop".to_owned() title=format!("Stop and undo {}", page.name) action=remove.clone() verb="Stop and undo" risk=true>
                <p class="soft">"The step that runs ends first. Then what was made is removed in reverse order, and each absence is checked."</p>
                <TypedSlug id="stop-typed" slug error />
            </Sheet>
        }
    });
    let skips = page
        .timeline
        .ranks
        .iter()
        .flatten()
        .filter(|step| step.status == StepStatus::NeedsAttention)
        .map(|step| {
            let action = format!("/tenants/{}/steps/{}/skip", page.slug, step.name);
            let error = visit.complaint("reason");
            view! {
                <Sheet id=format!("skip-{}", step.name) title=format!("Skip {}", step.title) action verb="Skip this step">
                    <p class="soft">"The other steps go on without it, and what it proves stays unproven. Your name and the reason are kept in the timeline and in the audit."</p>
                    <Field id="skip-reason" name="reason" label="Why" rules=LINE value=query("reason") error />
                </Sheet>
            }
        })
        .collect::<Vec<_>>();
    view! { {stop}{skips} }.into_any()
}
