//! The doctor: each outside system as it answers now, worst first.

use super::{asked, strays::Strays};
use crate::{
    context::Visit,
    model::{
        systems::{SystemView, SystemsPage},
        tenant::Status,
    },
    parts::{
        frame::Frame,
        icon::{Icon, kind},
        note::{Empty, Refusal},
        state::Badge,
        time::Ago,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    asked(|house| async move { house.systems().await }, show)
}

fn show(visit: Visit, page: SystemsPage) -> AnyView {
    let now = visit.now;
    let lede = summary(&page.systems);
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops /> });
    let error = visit.complaint("typed");
    let strays = (!page.strays.is_empty()).then(|| {
        view! { <Strays strays=page.strays.clone() may_adopt=page.may_adopt error now /> }
    });
    let body = if page.systems.is_empty() {
        let text = "The configuration names no outside system.".to_owned();
        view! { <Empty title="No systems".to_owned() text /> }.into_any()
    } else {
        table(page.systems)
    };
    view! {
        <Frame visit title="Systems">
            <div class="head">
                <div><h1>"Systems"</h1><p class="soft">"What Slipway depends on. "{lede}</p></div>
                <a class="btn" href="/systems"><Icon name="retry" />"Check now"</a>
            </div>
            {refused}
            <section class="panel" aria-label="Outside systems">{body}</section>
            {strays}
            <p class="small soft">
                "Checked "<Ago at=page.at now />". A check changes nothing but one row of the store. The same checks prove each tenant after its steps."
            </p>
        </Frame>
    }
    .into_any()
}

/// "4 ready, 1 degraded, 1 needs attention."
fn summary(systems: &[SystemView]) -> String {
    let count = |wanted: Status| systems.iter().filter(|system| system.status == wanted).count();
    let parts: Vec<String> = [Status::Ready, Status::Degraded, Status::NeedsAttention]
        .into_iter()
        .filter(|status| count(*status) > 0)
        .map(|status| match (status, count(status)) {
            (Status::NeedsAttention, many) if many > 1 => format!("{many} need attention"),
            (status, many) => format!("{many} {}", status.word().to_lowercase()),
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!("{}.", parts.join(", ")) }
}

fn table(systems: Vec<SystemView>) -> AnyView {
    let rows = systems.into_iter().map(|system| view! { <Row system /> }).collect::<Vec<_>>();
    view! {
        <div class="wrap">
            <table>
                <thead><tr>
                    <th scope="col">"System"</th>
                    <th scope="col">"State"</th>
                    <th scope="col" class="wide">"What was seen"</th>
                    <th scope="col" class="num">"Answered in"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(system: SystemView) -> impl IntoView {
    let icon = kind(&system.name);
    let next = (!system.next.is_empty()).then(|| view! { <small>{system.next}</small> });
    let answered = if system.status == Status::NeedsAttention && system.ms == 0 {
        "no answer".to_owned()
    } else {
        format!("{} ms", system.ms)
    };
    view! {
        <tr>
            <td><span class="kind"><Icon name=icon /><span><b>{system.name}</b><small>{system.driver}</small></span></span></td>
            <td><Badge status=system.status /></td>
            <td class="wide">{system.say}{next}</td>
            <td data-l="Answered in" class="num">{answered}</td>
        </tr>
    }
}
