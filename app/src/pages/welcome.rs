//! For people who are not signed in: what this is, and one link that starts the sign-in. It is a link and not a form,
//! because the sign-in lives at another origin and forms may only lead to ours.

use crate::{
    context::query,
    parts::{frame::Alone, pager::escape},
};
use leptos::prelude::*;

/// Where to go after the sign-in: a path of this portal, nothing else.
fn safe(to: &str) -> &str {
    let local = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\n', '\r', '\t']);
    if local { to } else { "/tenants" }
}

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    let to = query("to");
    let here = format!("/sign-in?to={}", escape(safe(&to)));
    view! {
        <Alone title="Sign in">
            <section class="panel">
                <super::tenants_empty::Scene />
                <div class="stack">
                    <h1>"A WordPress for each team, and a chat that writes its drafts"</h1>
                    <p class="soft">
                        "Slipway sets up a site with its own database and sign-in, step by step and in the open, and links it with your chat."
                    </p>
                </div>
                <div class="row"><a class="btn main" href=here>"Sign in"</a></div>
                <small>"You sign in where you always do. Slipway never sees your password."</small>
            </section>
        </Alone>
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn leads_only_home() {
        assert_eq!(safe("/tenants/acme"), "/tenants/acme");
        for foreign in ["", "https://example.org", "//example.org", "/\\example.org", "/a\nb"] {
            assert_eq!(safe(foreign), "/tenants");
        }
    }
}
