//! Pages that stay current: what a page tells its script (`app/assets/static/live.js`), and what the page says when it does not.

use super::icon::Icon;
use crate::context::{file, nonce};
use leptos::prelude::*;

/// Which changes concern a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Follows {
    /// Slugs with blanks between them; `*` for all tenants, for those who see all.
    pub(crate) tenants: String,
    /// The page's own address, without what is said once. The page may be the answer to a form, whose address is another.
    pub(crate) path: String,
    /// What the title of the window says before the state word; empty when it says none.
    pub(crate) name: String,
    /// Somebody may come into sight of whom no change tells: the page asks once a minute.
    pub(crate) looks: bool,
}

/// Says that the page stands still. The script shows it, and says why.
#[component]
pub(crate) fn Paused() -> impl IntoView {
    view! {
        <div class="note" data-s="degraded" id="paused" hidden>
            <Icon name="degraded" />
            <div class="stack">
                <h2>"Live updates are paused: "<span data-why=""></span></h2>
                <p><span data-next=""></span>" What you see is from "<time data-tick="ago"></time>"."</p>
            </div>
        </div>
    }
}

/// The script that keeps the page current, and the address of the worker that all tabs share.
#[component]
pub(crate) fn Current() -> impl IntoView {
    view! { <script r#type="module" src=file("live.js") nonce=nonce() data-worker=file("worker.js") id="current"></script> }
}
