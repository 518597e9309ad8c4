//! What surrounds the timeline of a tenant: its one problem, its proofs, what exists outside, the certificate of its
//! removal, and the way to remove it.

use super::new_tenant::Thing;
use crate::{
    model::{
        tenant::{Check, Status, TenantPage},
        timeline::{StepStatus, StepView},
    },
    parts::{
        icon::Icon,
        id::Id,
        note::Note,
        sheet::{Sheet, TypedSlug},
        time::{At, took},
    },
};
use leptos::prelude::*;

/// The one problem, with its reason, next action and a link to its step.
#[component]
pub(super) fn Problem(page: TenantPage) -> impl IntoView {
    let steps = || page.timeline.ranks.iter().flatten();
    match page.status {
        Status::NeedsAttention => {
            steps().find(|step| step.status == StepStatus::NeedsAttention).map(|step| stuck(step, page.may.operate))
        }
        Status::Degraded => Some(degraded(&page)),
        Status::Suspended => Some(
            view! { <Note tone="suspended"><p><b>"Suspended."</b>" The site rests, and nothing was removed."</p></Note> }.into_any(),
        ),
        _ => None,
    }
}

fn stuck(step: &StepView, operate: bool) -> AnyView {
    let next = if operate {
        step.next_action
            .clone()
            .unwrap_or_else(|| "Open the step, then retry it, skip it or undo the tenant.".to_owned())
    } else {
        "An operator has to look at it. There is nothing for you to do.".to_owned()
    };
    let (to, said) = (format!("#{}", step.name), format!("{}: {}", step.title, step.note));
    view! {
        <Note tone="attention">
            <p><b>{said}</b></p>
            <p>{next}" "<a href=to data-needs="">"Open the step"</a></p>
        </Note>
    }
    .into_any()
}

fn degraded(page: &TenantPage) -> AnyView {
    let step = page.timeline.ranks.iter().flatten().find(|step| step.status == StepStatus::Retrying);
    let what = step.map_or_else(
        || "A pairing is not as it was proved.".to_owned(),
        |step| format!("{}: {}", step.title, step.note),
    );
    let next = if page.may.operate {
        "Slipway looks again by itself and says so when all is well. It makes nothing anew that holds data: mend the cause, or press Retry now at the step."
    } else {
        "Slipway looks again by itself and says so when all is well. An operator sees this too."
    };
    let open = step.map(|step| view! { <a href=format!("#{}", step.name) data-needs="">"Open the step"</a> });
    view! {
        <Note tone="degraded">
            <p><b>{what}</b></p>
            <p>{next}" "{open}</p>
        </Note>
    }
    .into_any()
}

/// Items that prove themselves.
#[component]
pub(super) fn Checklist(checks: Vec<Check>) -> impl IntoView {
    let done = checks.iter().filter(|check| check.done).count();
    let said = format!("{done} of {}", checks.len());
    let items = checks
        .into_iter()
        .map(|check| {
            let (tone, icon, word) =
                if check.done { ("done", "ready", ", proved") } else { ("waiting", "draft", ", not yet") };
            view! {
                <li data-s=tone>
                    <Icon name=icon />
                    <b>{check.what}<span class="sr">{word}</span></b>
                    <small>{check.detail}</small>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <section aria-labelledby="proofs">
            <div class="cap"><h2 id="proofs">"Proofs"</h2><span class="soft small">{said}</span></div>
            <ul class="list" role="list">{items}</ul>
            <small>"Each line checks itself. Nobody ticks it by hand."</small>
        </section>
    }
}

/// What exists outside, with its exact names.
#[component]
pub(super) fn Things(page: TenantPage) -> impl IntoView {
    let title = match page.status {
        Status::Deleting => "What is removed",
        Status::Draft | Status::Provisioning | Status::NeedsAttention => "What will exist",
        _ => "What exists",
    };
    let empty = page.objects.is_empty().then(|| view! { <p class="soft">"Nothing was made yet."</p> });
    let items = page.objects.into_iter().map(|item| view! { <Thing item /> }).collect::<Vec<_>>();
    let cost = page.cost.map(|cost| view! { <div class="sum"><dt>"Cost"</dt><dd>{cost}</dd></div> });
    let hosts = page.hosts_line.map(|value| {
        view! { <div><dt>"For your hosts file"</dt><dd><Id value what="line for your hosts file" /></dd></div> }
    });
    view! {
        <section aria-labelledby="objects">
            <div class="cap"><h2 id="objects">{title}</h2></div>
            {empty}
            <ul class="list" role="list">{items}</ul>
            <dl class="pairs small">
                <div><dt>"Plan"</dt><dd>{page.plan}</dd></div>
                <div><dt>"Language"</dt><dd lang=page.language.tag()>{page.language.word()}</dd></div>
                <div><dt>"Time zone"</dt><dd>{page.time_zone}</dd></div>
                {cost}
                {hosts}
                <div><dt>"Tenant id"</dt><dd><Id value=page.id what="tenant id" /></dd></div>
            </dl>
        </section>
    }
}

/// The certificate: each object with the time its absence was seen.
#[component]
pub(super) fn Certificate(page: TenantPage, now: i64) -> impl IntoView {
    let began = page.timeline.began_at;
    let steps: Vec<StepView> = page.timeline.ranks.into_iter().flatten().collect();
    let gone = steps.iter().filter(|step| step.status == StepStatus::Gone && step.outside_id.is_some()).count();
    let rows = steps.into_iter().map(|step| view! { <Absence step now /> }).collect::<Vec<_>>();
    let took = page.timeline.ended_at.map(|at| format!("in {}", took(at - began))).unwrap_or_default();
    view! {
        <section class="panel" aria-labelledby="certificate">
            <div class="cap">
                <h2 id="certificate">"Certificate of removal"</h2>
                <span class="small soft">{format!("{gone} absences seen {took}")}</span>
            </div>
            <div class="wrap">
                <table>
                    <thead><tr>
                        <th scope="col">"What"</th>
                        <th scope="col" class="wide">"Name outside"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">"Absence seen"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="foot soft small">
                "Slipway looked at each system after it removed something, and wrote down the time at which nothing was there any more. What it could not have seen, it says. The audit stays."
            </p>
        </section>
    }
}

#[component]
fn Absence(step: StepView, now: i64) -> impl IntoView {
    let (gone, none, note) = (step.status == StepStatus::Gone, step.outside_id.is_none(), step.note);
    let seen = step.ended_at.filter(|_| gone && !none).map(|at| view! { <At at now /> });
    let (tone, icon, word) = match (gone, none) {
        // It stands for itself even where nothing is in the log: the process may have died before it was written.
        _ if step.status == StepStatus::Unseen => (step.status.key(), step.status.key(), step.status.word()),
        (true, false) => ("ready", "ready", "Seen gone"),
        (true, true) => ("gone", "gone", "Nothing to remove"),
        _ => (step.status.key(), step.status.key(), step.status.word()),
    };
    view! {
        <tr>
            <td><b>{step.title}</b></td>
            <td class="wide">
                {step.outside_id.map(|value| view! { <Id value what="name" /> })}
                {(none && note.is_empty()).then(|| view! { <span class="soft">"Nothing was made"</span> })}
                {(!note.is_empty()).then(|| view! { <small>{note}</small> })}
            </td>
            <td><span class="state" data-s=tone><Icon name=icon />{word}</span></td>
            <td data-l="Absence seen" class="num">{seen}</td>
        </tr>
    }
}

/// The way to remove a tenant: says what goes, asks for the slug.
#[component]
pub(super) fn Zone(page: TenantPage, error: Option<String>) -> impl IntoView {
    let gone = page
        .objects
        .iter()
        .flat_map(|thing| {
            thing.names.iter().map(|(label, name)| (thing.what.clone(), label.to_lowercase(), name.clone()))
        })
        .map(|(what, label, name)| view! { <li>{what}" "{label}" "<code>{name}</code></li> })
        .collect::<Vec<_>>();
    let people = page.pairings.len();
    let said =
        if people == 1 { "1 pairing with the chat".to_owned() } else { format!("{people} pairings with the chat") };
    let pairings = (people > 0).then(|| view! { <li>{said}</li> });
    view! {
        <section class="zone" aria-labelledby="danger">
            <h2 id="danger">"Danger zone"</h2>
            <div class="row">
                <p class="grow"><b>"Delete this tenant"</b><small>"The site, its database, its files and all pairings. There is no way back."</small></p>
                <button class="btn risk" type="button" popovertarget="delete">"Delete…"</button>
            </div>
            <Sheet
                id="delete".to_owned() title=format!("Delete {}", page.name) action=format!("/tenants/{}/remove", page.slug)
                verb="Delete tenant" risk=true
            >
                <div class="stack">
                    <p class="soft">"This is removed, in reverse order, and each absence is checked:"</p>
                    <ul class="dots-list small">{gone}{pairings}</ul>
                </div>
                <TypedSlug id="delete-typed" slug=page.slug.clone() error />
            </Sheet>
        </section>
    }
}
