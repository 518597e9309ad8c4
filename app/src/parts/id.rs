//! Exact identifiers: the whole value for the copy button, an ellipsis for the eye.

use super::icon::Icon;
use leptos::prelude::*;

/// An exact id with a button that copies it and says so.
#[component]
pub(crate) fn Id(
    /// The exact value.
    value: String,
    /// What it is, for the button's name: "slug", "cluster id".
    what: &'static str,
) -> impl IntoView {
    view! {
        <span class="id">
            <code>{value.clone()}</code>
            <button type="button" class="copy" data-copy=value aria-label=format!("Copy {what}")>
                <Icon name="copy" />
                <Icon name="check" />
            </button>
        </span>
    }
}

/// The host of an address, as people name a site.
pub(crate) fn host(url: &str) -> &str {
    url.split("://").last().unwrap_or_default().trim_end_matches('/')
}
