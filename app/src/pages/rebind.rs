//! Moving people to their new accounts by a list, after the sign-in service was rebuilt or replaced: a trial run that says
//! what each line comes to, then the same with the number of people typed.

use super::asked;
use crate::{
    context::Visit,
    model::rebind::{RebindForm, RebindPage, RebindReport},
    parts::{
        field::{Field, LINE, Rules},
        frame::Frame,
        icon::Icon,
        note::Refusal,
    },
};
use leptos::prelude::*;

const IDS: &[(&str, &str)] = &[("from_issuer", "from_issuer"), ("map", "map"), ("typed", "typed")];
const ISSUER: Rules = Rules { required: false, exact: true, ..LINE };
const NUMBER: Rules = Rules { exact: true, longest: 6, pattern: Some("[0-9]+"), ..LINE };

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    asked(|house| async move { house.rebind_page().await }, show)
}

fn show(visit: Visit, page: RebindPage) -> AnyView {
    let typed = use_context::<RebindForm>().unwrap_or_default();
    let report = use_context::<RebindReport>();
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops ids=IDS /> });
    let others = (!page.others.is_empty()).then(|| others(&page));
    let found = report.clone().map(table);
    let ready = report.filter(|report| !report.done && report.people > 0).map(|report| report.people);
    let form = form(&visit, &page, typed, ready);
    view! {
        <Frame visit title="Replaced accounts">
            <div class="head">
                <div>
                    <h1>"Replaced accounts"</h1>
                    <p class="soft">"When the sign-in service was rebuilt or replaced, its accounts are new, and nobody is let in by the old ones. Here a list says which new account belongs to whom. A single person is moved on the page of a tenant, under Manage."</p>
                </div>
            </div>
            {refused}
            {others}
            {found}
            {form}
        </Frame>
    }
    .into_any()
}

/// Issuers whose people are locked out.
fn others(page: &RebindPage) -> AnyView {
    let lines = page.others.iter().map(|(issuer, people)| {
        view! { <p><code>{issuer.clone()}</code>{format!(": {people}")}</p> }
    });
    view! {
        <div class="note" data-s="attention">
            <Icon name="attention" />
            <div class="stack grow">
                <h2>"People of another sign-in service cannot come in"</h2>
                {lines.collect::<Vec<_>>()}
            </div>
        </div>
    }
    .into_any()
}

fn table(report: RebindReport) -> AnyView {
    let (people, done) = (report.people, report.done);
    let said = if done { format!("{people} people were moved") } else { format!("{people} people can be moved") };
    let lines = report.rows.into_iter().map(|row| {
        let (icon, tone) = if row.moves { ("check", "ready") } else { ("attention", "attention") };
        view! {
            <tr>
                <td>{row.line}</td>
                <td><b>{row.who}</b></td>
                <td class="mono">{row.new_subject}</td>
                <td><span class="state" data-s=tone><Icon name=icon />{row.say}</span></td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="lines">
            <div class="cap"><h2 id="lines">{said}</h2></div>
            <div class="wrap">
                <table>
                    <thead><tr>
                        <th scope="col">"Line"</th>
                        <th scope="col">"Person"</th>
                        <th scope="col">"New subject"</th>
                        <th scope="col">"What happens"</th>
                    </tr></thead>
                    <tbody>{lines.collect::<Vec<_>>()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn form(visit: &Visit, page: &RebindPage, typed: RebindForm, ready: Option<u32>) -> AnyView {
    let help = format!("Empty means {}.", page.issuer);
    let verb = if ready.is_some() { "Move them" } else { "Try the list" };
    let confirm = ready.map(|people| {
        let say = format!("Type {people} to continue. Each of them gets an e-mail, and their open sessions end.");
        view! {
            <Field id="typed" label="How many people are to be moved" rules=NUMBER error=visit.complaint("typed") />
            <p class="soft small">{say}</p>
        }
    });
    view! {
        <section class="panel" aria-labelledby="give">
            <div class="cap"><h2 id="give">"The list"</h2></div>
            <form class="form after" method="post" action="/people" data-once="">
                <Field
                    id="from_issuer" label="Issuer of the old subjects" value=typed.from_issuer rules=ISSUER
                    error=visit.complaint("from_issuer")
                ><small>{help}</small></Field>
                <div class="field">
                    <label for="map">"On each line an address or the old subject, a comma, and the new subject"</label>
                    <textarea class="in mono" id="map" name="map" rows="8" required spellcheck="false">{typed.map}</textarea>
                    <small>"For lists longer than 60 kB use the command slipway people rebind."</small>
                </div>
                {confirm}
                <div class="row"><button class="btn main">{verb}</button></div>
            </form>
        </section>
    }
    .into_any()
}
