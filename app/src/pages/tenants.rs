//! The list: those that need a person first, with the reason and the button in the row.

use super::{
    asked,
    tenants_empty::{FirstRun, NothingYours},
};
use crate::{
    context::{Visit, query},
    model::{
        person::Standing,
        tenant::{ListQuery, Status, TenantList, TenantRow},
    },
    parts::{
        frame::Frame,
        icon::Icon,
        id::host,
        live::Follows,
        note::{Empty, Refusal},
        pager::{Pager, cut, search},
        state::Badge,
        time::Ago,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let query = ListQuery { q: query("q"), state: query("state"), page: query("page").parse().unwrap_or(1) };
    asked(|house| async move { house.tenants(query).await }, show)
}

fn show(visit: Visit, list: TenantList) -> AnyView {
    let known: u64 = list.counts.iter().map(|(_, count)| count).sum();
    let first = known == 0 && list.query.q.is_empty() && list.query.state.is_empty();
    let order = (list.may_order && !first).then(|| {
        view! { <a class="btn main" href="/tenants/new" data-key="n"><Icon name="plus" />"New tenant"</a> }
    });
    let content = match (first, list.may_order) {
        (true, true) => view! { <FirstRun /> }.into_any(),
        (true, false) => view! { <NothingYours support=visit.support.clone() replaced=list.replaced /> }.into_any(),
        _ => panel(&list, visit.now),
    };
    let lede = (!first).then(|| view! { <p class="soft">{summary(&list.counts)}</p> });
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops /> });
    let follows = follows(&visit, &list);
    view! {
        <Frame visit title="Tenants" follows>
            <div class="head">
                <div><h1>"Tenants"</h1>{lede}</div>
                {order}
            </div>
            {refused}
            {content}
        </Frame>
    }
    .into_any()
}

/// Who sees all follows all; everybody else, whom they see.
fn follows(visit: &Visit, list: &TenantList) -> Follows {
    let all = visit.me.as_ref().is_some_and(|me| me.standing != Standing::Person);
    let slugs = || list.rows.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>().join(" ");
    let ListQuery { q, state, page } = &list.query;
    let page = if *page > 1 { page.to_string() } else { String::new() };
    let tenants = if all { "*".to_owned() } else { slugs() };
    let path = format!("/tenants{}", search(&[("q", q), ("state", state), ("page", &page)]));
    Follows { tenants, path, name: String::new(), looks: !all }
}

/// "24 tenants, 1 needs attention, 2 on their way".
fn summary(counts: &[(Status, u64)]) -> String {
    let of = |wanted: Status| counts.iter().find(|(status, _)| *status == wanted).map_or(0, |(_, count)| *count);
    let all: u64 = counts.iter().filter(|(status, _)| *status != Status::Deleted).map(|(_, count)| count).sum();
    let mut said = vec![if all == 1 { "1 tenant".to_owned() } else { format!("{all} tenants") }];
    match of(Status::NeedsAttention) {
        0 => {}
        1 => said.push("1 needs attention".to_owned()),
        many => said.push(format!("{many} need attention")),
    }
    match of(Status::Provisioning) {
        0 => {}
        many => said.push(format!("{many} on the way")),
    }
    said.join(", ")
}

fn panel(list: &TenantList, now: i64) -> AnyView {
    let body = if list.rows.is_empty() { nothing(list) } else { table(list, now) };
    view! {
        <section class="panel" aria-labelledby="list">
            <div class="cap">
                <h2 class="sr" id="list">{heading(list)}</h2>
                {filters(list)}
                <form class="seek" role="search" action="/tenants">
                    {(!list.query.state.is_empty())
                        .then(|| view! { <input type="hidden" name="state" value=list.query.state.clone() /> })}
                    <input
                        class="in" type="search" name="q" value=list.query.q.clone() aria-label="Search by name or slug"
                        placeholder="Search name or slug" data-key="/" autocapitalize="none"
                    />
                    <kbd aria-hidden="true">"/"</kbd>
                    <button class="btn mini sr">"Search"</button>
                </form>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn heading(list: &TenantList) -> &'static str {
    Status::from_key(&list.query.state).map_or("All tenants", Status::word)
}

fn filters(list: &TenantList) -> AnyView {
    const ORDER: [Status; 8] = [
        Status::NeedsAttention,
        Status::Degraded,
        Status::Provisioning,
        Status::Ready,
        Status::Suspended,
        Status::Draft,
        Status::Deleting,
        Status::Deleted,
    ];
    let of = |wanted: Status| list.counts.iter().find(|(status, _)| *status == wanted).map_or(0, |(_, count)| *count);
    let link = |key: &'static str, word: &'static str, count: u64| {
        let here = (list.query.state == key).then_some("true");
        let to = search(&[("q", &list.query.q), ("state", key)]);
        view! { <a href=to aria-current=here>{word}" "<span class="soft">{count}</span></a> }
    };
    let all = ORDER.into_iter().filter(|status| *status != Status::Deleted).map(of).sum();
    let rest = ORDER
        .into_iter()
        .filter(|status| of(*status) > 0 || list.query.state == status.key())
        .map(|status| link(status.key(), status.word(), of(status)))
        .collect::<Vec<_>>();
    view! { <nav class="filters" aria-label="Filter by state">{link("", "All", all)}{rest}</nav> }.into_any()
}

fn nothing(list: &TenantList) -> AnyView {
    let state = Status::from_key(&list.query.state).map(Status::word);
    let text = match (list.query.q.as_str(), state) {
        ("", Some(state)) => format!("None is in the state “{state}” now."),
        (q, Some(state)) => format!("No name or slug has “{q}” in it and is in the state “{state}”."),
        ("", None) => "This page is past the end of the list.".to_owned(),
        (q, None) => format!("No name or slug has “{q}” in it."),
    };
    view! { <Empty title="No tenant matches".to_owned() text><a class="btn" href="/tenants">"Show all tenants"</a></Empty> }
        .into_any()
}

fn table(list: &TenantList, now: i64) -> AnyView {
    let rows =
        list.rows.iter().cloned().map(|row| view! { <Row row operate=list.may_order now /> }).collect::<Vec<_>>();
    let cut = cut(list.total, list.per_page, list.query.page);
    let to = |page: u32| search(&[("q", &list.query.q), ("state", &list.query.state), ("page", &page.to_string())]);
    let said = match list.total {
        1 => "1 tenant".to_owned(),
        all if all <= u64::from(list.per_page) => format!("{all} tenants, those that need you first"),
        all => format!("{}–{} of {all}, those that need you first", cut.rows.0, cut.rows.1),
    };
    view! {
        <div class="wrap">
            <table>
                <thead><tr>
                    <th scope="col">"Tenant"</th>
                    <th scope="col">"State"</th>
                    <th scope="col" class="wide">"Now"</th>
                    <th scope="col">"Plan"</th>
                    <th scope="col" class="num">"Ordered"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager said back=cut.back.map(to) next=cut.next.map(to) />
    }
    .into_any()
}

#[component]
fn Row(row: TenantRow, operate: bool, now: i64) -> impl IntoView {
    let home = format!("/tenants/{}", row.slug);
    let here = row.stuck_step.as_ref().map_or_else(|| home.clone(), |step| format!("{home}#{step}"));
    let needs = (row.status == Status::NeedsAttention).then_some("");
    let retry = row.stuck_step.clone().filter(|_| operate).map(|step| {
        view! {
            <form class="end" method="post" action=format!("/tenants/{}/steps/{step}/retry", row.slug)>
                <button class="btn mini">"Retry now"<span class="sr">" for "{row.name.clone()}</span></button>
            </form>
        }
    });
    let (done, all) = row.done;
    let moves = matches!(row.status, Status::Provisioning | Status::NeedsAttention | Status::Deleting);
    let bar = (moves && all > 0).then(|| {
        let label = format!("{done} of {all} steps");
        view! { <progress max=all value=done data-s=row.status.key() aria-label=label.clone()>{label.clone()}</progress> }
    });
    let text = if needs.is_some() {
        view! { <a href=here data-needs=needs>{row.now}</a> }.into_any()
    } else if row.status == Status::Ready && row.now.is_empty() {
        let host = host(&row.site_url).to_owned();
        view! { <a class="soft" href=row.site_url>{host}</a> }.into_any()
    } else {
        view! { <span class:soft=!moves && row.status != Status::Degraded>{row.now}</span> }.into_any()
    };
    view! {
        <tr id=format!("t-{}", row.slug)>
            <td><a class="name" href=home>{row.name.clone()}</a><small class="mono">{row.slug.clone()}</small></td>
            <td><Badge status=row.status /></td>
            <td class="wide"><div class="row small">{text}{retry}</div>{bar}</td>
            <td data-l="Plan">{row.plan}</td>
            <td data-l="Ordered" class="num"><Ago at=row.ordered_at now /></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_matters() {
        let counts =
            [(Status::Ready, 20), (Status::NeedsAttention, 1), (Status::Provisioning, 2), (Status::Deleted, 4)];
        assert_eq!(summary(&counts), "23 tenants, 1 needs attention, 2 on the way");
        assert_eq!(summary(&[(Status::Ready, 1)]), "1 tenant");
    }
}
