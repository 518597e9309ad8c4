//! Database clusters that fit nobody: what each is, how its owner removes it, and a way to take one in again. The portal
//! removes none: it cannot know what is in them.

use crate::{
    model::systems::{Removal, StrayKind, StrayView},
    parts::{
        id::Id,
        sheet::{Sheet, TypedSlug},
        time::Ago,
    },
};
use leptos::prelude::*;

/// The table and its questions.
#[component]
pub(super) fn Strays(
    /// What was found.
    strays: Vec<StrayView>,
    /// The caller may take one in.
    may_adopt: bool,
    /// Why the last typed name was refused.
    error: Option<String>,
    /// The time of this page.
    now: i64,
) -> impl IntoView {
    let adopts = strays.iter().filter(|_| may_adopt).filter_map(adopter);
    let sheets = adopts.map(|(id, stray, tenant)| sheet(id, stray, tenant, error.clone())).collect::<Vec<_>>();
    let rows = strays.iter().enumerate().map(|(n, stray)| row(n, stray, may_adopt, now)).collect::<Vec<_>>();
    let guides = strays.iter().enumerate().filter_map(|(n, stray)| guide(n, stray)).collect::<Vec<_>>();
    view! {
        <section class="panel" aria-labelledby="strays">
            <div class="cap"><h2 id="strays">"Orphaned databases"</h2></div>
            <div class="wrap">
                <table>
                    <thead><tr>
                        <th scope="col" class="wide">"Cluster"</th>
                        <th scope="col" class="wide">"What is wrong"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col" class="wide">"What to do"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="foot soft small">"Slipway removes none of them by itself: only their owner knows what is in them."</p>
        </section>
        {sheets}
        {guides}
    }
}

/// Id, cluster and tenant of what can be adopted.
fn adopter(stray: &StrayView) -> Option<(&str, &StrayView, &(String, String))> {
    let orphan = stray.kind == StrayKind::Orphan;
    Some((stray.cluster.as_deref().filter(|_| orphan)?, stray, stray.tenant.as_ref()?))
}

fn row(number: usize, stray: &StrayView, may_adopt: bool, now: i64) -> AnyView {
    let name = match stray.name.is_empty() {
        true => view! { <span class="soft">"None"</span> }.into_any(),
        false => view! { <b>{stray.name.clone()}</b> }.into_any(),
    };
    let id = stray.cluster.clone().map(|value| view! { <div><Id value what="cluster id" /></div> });
    view! {
        <tr>
            <td class="wide">{name}{id}<small>{stray.place.clone()}</small><small>{stray.size.clone()}</small></td>
            <td class="wide">{wrong(stray)}</td>
            <td data-l="Since">{stray.since.map(|at| view! { <Ago at now /> })}</td>
            <td class="wide">{remedy(number, stray, may_adopt)}</td>
        </tr>
    }
    .into_any()
}

fn wrong(stray: &StrayView) -> AnyView {
    let say = match stray.kind {
        StrayKind::Orphan => "Belongs to no tenant, and is paid for.",
        StrayKind::Lost => "In use once, and gone at the provider.",
        StrayKind::Abandoned => "Its tenant is gone, and its address is still taken.",
    };
    let tenant = stray.tenant.clone().map(|(slug, name)| {
        let lead = if stray.kind == StrayKind::Orphan { "Carries the marks of " } else { "Of " };
        view! { <small>{lead}<a href=format!("/tenants/{slug}")>{name}</a></small> }
    });
    view! { {say}{tenant} }.into_any()
}

/// What a person does about it.
fn remedy(number: usize, stray: &StrayView, may_adopt: bool) -> AnyView {
    if stray.kind == StrayKind::Lost {
        let say = "Restore it at the provider, in the console under its name. Otherwise stop and undo the tenant.";
        return view! { <small>{say}</small> }.into_any();
    }
    let adopt = adopter(stray).filter(|_| may_adopt).map(|(id, ..)| {
        view! { <button class="btn mini" type="button" popovertarget=format!("adopt-{id}")>"Adopt…"</button> }
    });
    let remove = format!("remove-{number}");
    view! { <div class="row">{adopt}<button class="btn mini" type="button" popovertarget=remove>"How to remove"</button></div> }
        .into_any()
}

/// The way to remove one outside of the portal, step by step.
fn guide(number: usize, stray: &StrayView) -> Option<AnyView> {
    if stray.removal.is_none() && stray.release.is_none() {
        return None;
    }
    let (id, heading) = (format!("remove-{number}"), format!("remove-{number}-h"));
    let (label, target) = (heading.clone(), id.clone());
    let what = if stray.name.is_empty() { stray.place.clone() } else { stray.name.clone() };
    let removal = stray.removal.clone().map(|Removal { look, remove }| {
        view! {
            <li>"Put a token of your own into the variable "<code>"IONOS_TOKEN"</code>" of a shell."</li>
            <li>"Look at it: name, address and size must be these. "<Id value=look what="command that shows it" /></li>
            <li>"Look into it for data, and keep what is needed."</li>
            <li>"Remove it for good: "<Id value=remove what="command that removes it" /></li>
        }
    });
    let release = stray.release.clone().map(|value| {
        view! { <li>"When no cluster is there any more, give the address back in the portal's database: "<Id value what="statement" /></li> }
    });
    Some(
        view! {
            <div class="sheet" id=id popover role="dialog" aria-labelledby=label>
                <div class="form">
                    <h2 id=heading>{format!("How to remove {what}")}</h2>
                    <ol class="steps">{removal}{release}</ol>
                    <div class="row"><button class="btn" type="button" popovertarget=target popovertargetaction="hide">"Close"</button></div>
                </div>
            </div>
        }
        .into_any(),
    )
}

fn sheet(id: &str, stray: &StrayView, (slug, name): &(String, String), error: Option<String>) -> AnyView {
    let title = format!("Adopt {} for {name}", stray.name);
    let (action, typed, id) = (format!("/systems/databases/{id}/adopt"), format!("typed-{id}"), format!("adopt-{id}"));
    let slug = slug.clone();
    view! {
        <Sheet id title action verb="Adopt">
            <p class="soft">"The cluster becomes this tenant's database in Slipway's records. Before that its id, name, mark, data center, network and address are compared. Nothing is changed at the provider."</p>
            <TypedSlug id=typed slug error />
        </Sheet>
    }
    .into_any()
}
