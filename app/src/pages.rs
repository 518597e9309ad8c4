//! The pages. Each asks the portal once, waits for the answer on the server, and shows it or the refusal.

#![expect(unreachable_pub, reason = "the component macro makes its own items `pub`, whatever the component is")]

mod account;
mod activity;
mod audit;
mod consent;
mod new_tenant;
mod not_found;
mod rebind;
mod sessions;
mod signed_out;
mod strays;
mod systems;
mod tenant;
mod tenant_facts;
mod tenant_locals;
mod tenant_people;
mod tenants;
mod tenants_empty;
mod tokens;
mod welcome;

use crate::{
    context::Visit,
    portal::{Answer, Portal},
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};
use std::{future::Future, sync::Arc};

/// All pages by their paths.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <FlatRoutes fallback=not_found::Page>
                <Route path=path!("/") view=tenants::Page ssr=SsrMode::Async />
                <Route path=path!("/welcome") view=welcome::Page ssr=SsrMode::Async />
                <Route path=path!("/signed-out") view=signed_out::Page ssr=SsrMode::Async />
                <Route path=path!("/tenants") view=tenants::Page ssr=SsrMode::Async />
                <Route path=path!("/tenants/new") view=new_tenant::Page ssr=SsrMode::Async />
                <Route path=path!("/tenants/:slug") view=tenant::Page ssr=SsrMode::Async />
                <Route path=path!("/people") view=rebind::Page ssr=SsrMode::Async />
                <Route path=path!("/activity") view=activity::Page ssr=SsrMode::Async />
                <Route path=path!("/audit") view=audit::Page ssr=SsrMode::Async />
                <Route path=path!("/systems") view=systems::Page ssr=SsrMode::Async />
                <Route path=path!("/sessions") view=sessions::Page ssr=SsrMode::Async />
                <Route path=path!("/tokens") view=tokens::Page ssr=SsrMode::Async />
                <Route path=path!("/account") view=account::Page ssr=SsrMode::Async />
                <Route path=path!("/connect/:intent") view=consent::Page ssr=SsrMode::Async />
            </FlatRoutes>
        </Router>
    }
}

/// Asks the portal, waits, and shows the answer; a refusal becomes the page that explains it, with its status.
fn asked<T, F>(
    ask: impl FnOnce(Arc<dyn Portal>) -> F,
    show: impl FnOnce(Visit, T) -> AnyView + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
{
    let visit = Visit::read();
    let Some(house) = visit.house.clone() else {
        visit.status(401);
        return view! { <welcome::Page /> }.into_any();
    };
    let answer = ask(house.0);
    Suspend::new(async move {
        match answer.await {
            Ok(found) => show(visit, found),
            Err(oops) => not_found::refused(visit, oops),
        }
    })
    .into_any()
}
