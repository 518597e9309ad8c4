//! The order: form on the left, what will exist on the right. The same address without a script: Update posts the form
//! and comes back with the preview.

mod place;

use super::asked;
use crate::{
    context::{Visit, query},
    islands::SlugField,
    model::tenant::{OrderForm, OrderPage, PlanChoice, PreviewItem, SlugVerdict},
    parts::{
        field::{Complaint, EMAIL, Field, LINE, Rules},
        frame::Frame,
        icon::{Icon, kind},
        note::Refusal,
    },
    shell::Loader,
};
use leptos::prelude::*;

const IDS: &[(&str, &str)] = &[
    ("name", "name"),
    ("slug", "slug"),
    ("plan", "plans"),
    ("language", "language"),
    ("time_zone", "time_zone"),
    ("admin_email", "admin_email"),
];

const NAME: Rules = Rules { longest: 60, auto: "organization", ..LINE };
const SLUG: Rules =
    Rules { required: false, exact: true, pattern: Some("[a-z][a-z0-9\\-]{1,28}[a-z0-9]"), longest: 30, ..LINE };

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let typed = use_context::<crate::context::Refused>().and_then(|refused| refused.order);
    let form = typed.unwrap_or_else(|| OrderForm {
        name: query("name"),
        slug: query("slug"),
        plan: query("plan"),
        language: query("language"),
        time_zone: query("time_zone"),
        admin_email: query("admin_email"),
        key: String::new(),
    });
    asked(|house| async move { house.order_page(form).await }, show)
}

/// A browser names one mistake at a time, so judging is left to the portal, which names all of them at once.
fn show(mut visit: Visit, page: OrderPage) -> AnyView {
    if visit.refused.is_none() {
        visit.refused = page.refused.clone().map(|oops| crate::context::Refused { oops, order: None });
    }
    let refused = visit.refused.clone().map(|refused| view! { <Refusal oops=refused.oops ids=IDS /> });
    let fields = fields(&visit, &page);
    view! {
        <Frame visit title="New tenant">
            <div class="head">
                <div>
                    <nav class="small soft" aria-label="Breadcrumb"><a href="/tenants">"Tenants"</a>" / New"</nav>
                    <h1>"New tenant"</h1>
                </div>
            </div>
            {refused}
            <form class="split" method="post" action="/tenants/new" data-once="" novalidate>
                <input type="hidden" name="key" value=page.form.key.clone() />
                <div class="panel form">{fields}</div>
                <aside class="stay" aria-labelledby="exist"><Preview items=page.preview /></aside>
            </form>
            <SlugField />
            <Loader />
        </Frame>
    }
    .into_any()
}

fn fields(visit: &Visit, page: &OrderPage) -> AnyView {
    let (verdict, refused) = (page.slug.clone(), visit.complaint("slug").is_some());
    view! {
        <Field
            id="name" label="Name" value=page.form.name.clone() rules=NAME
            error=visit.complaint("name") help="As people know it. It becomes the title of the site."
        />
        <Field
            id="slug" label="Slug" value=page.form.slug.clone() rules=SLUG
            error=visit.complaint("slug") also="slug-live"
            help="3 to 30 letters a–z, digits and hyphens. It names everything that is made and cannot change later. Leave it empty to get one from the name."
        >
            <Verdict verdict refused />
        </Field>
        <Plans plans=page.plans.clone() chosen=page.form.plan.clone() error=visit.complaint("plan") />
        {place::fields(visit, page)}
        <Field
            id="admin_email" label="First admin" value=page.form.admin_email.clone() rules=EMAIL
            error=visit.complaint("admin_email")
            help="E-mail address. Gets the welcome e-mail, and may press Connect and add people."
        />
    }
    .into_any()
}

/// What is known about the slug; the island keeps it current.
#[component]
fn Verdict(verdict: Option<SlugVerdict>, refused: bool) -> impl IntoView {
    let tone = verdict.as_ref().map(|verdict| if verdict.free { "done" } else { "attention" });
    let (say, suggestion) = verdict.map(|verdict| (verdict.say, verdict.suggestion)).unwrap_or_default();
    let (tone, say) = if refused { (Some("refused"), String::new()) } else { (tone, say) };
    let take = suggestion.clone().unwrap_or_default();
    view! {
        <p class="row small verdict" id="slug-live" data-s=tone>
            <Icon name="check" />
            <Icon name="attention" />
            <span role="status">{say}</span>
            <button type="button" class="btn mini scripted" id="slug-take" hidden=suggestion.is_none() data-take=take.clone()>
                "Use "<code>{take.clone()}</code>
            </button>
        </p>
    }
}

#[component]
fn Plans(plans: Vec<PlanChoice>, chosen: String, error: Option<String>) -> impl IntoView {
    let fallback = plans.first().map(|plan| plan.key.clone()).unwrap_or_default();
    let chosen = if chosen.is_empty() { fallback } else { chosen };
    let wrong = error.is_some();
    let choices = plans.into_iter().map(|plan| view! { <Plan on=plan.key == chosen plan /> }).collect::<Vec<_>>();
    view! {
        <fieldset id="plans" aria-describedby=wrong.then_some("plan-error")>
            <legend>"Plan"</legend>
            <div class="choices">{choices}</div>
            {error.map(|say| view! { <Complaint id="plan-error".to_owned() say /> })}
        </fieldset>
    }
}

#[component]
fn Plan(plan: PlanChoice, on: bool) -> impl IntoView {
    let facts = plan
        .facts
        .into_iter()
        .map(|(label, value)| view! { <span><span class="soft">{label}</span><span>{value}</span></span> })
        .collect::<Vec<_>>();
    view! {
        <label class="choice">
            <span class="row"><input type="radio" name="plan" value=plan.key checked=on /><b>{plan.label}</b></span>
            <span class="small soft">{plan.about}</span>
            <span class="pairs small">{facts}</span>
        </label>
    }
}

#[component]
fn Preview(items: Vec<PreviewItem>) -> impl IntoView {
    let none = items.is_empty();
    let list = items.into_iter().map(|item| view! { <Thing item /> }).collect::<Vec<_>>();
    let empty = none.then(|| view! { <p class="soft">"Give it a name, then press Update to see the exact names of everything that will be made."</p> });
    view! {
        <section>
            <div class="cap">
                <h2 id="exist">"What will exist"</h2>
            </div>
            {empty}
            <ul class="list" role="list">{list}</ul>
            <div class="row">
                <button class="btn main grow">"Create tenant"</button>
                <button class="btn" name="preview" value="1" formnovalidate><Icon name="retry" />"Update"</button>
            </div>
            <small>"Exactly this is made, step by step. Each object can be undone."</small>
        </section>
    }
}

/// One thing that will exist or exists.
#[component]
pub(super) fn Thing(item: PreviewItem) -> impl IntoView {
    let icon = kind(&item.what);
    let names = match item.names.as_slice() {
        [(label, name)] if label.is_empty() => view! { <code class="sub">{name.clone()}</code> }.into_any(),
        several => {
            let pairs = several.iter().map(|(label, name)| {
                view! { <div><dt>{label.clone()}</dt><dd><code>{name.clone()}</code></dd></div> }
            });
            view! { <dl class="pairs sub">{pairs.collect::<Vec<_>>()}</dl> }.into_any()
        }
    };
    view! {
        <li>
            <Icon name=icon />
            <b>{item.what}</b>
            {names}
            <small>{item.place}</small>
        </li>
    }
}
