//! After the sign-out.

use crate::parts::frame::Alone;
use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Page() -> impl IntoView {
    view! {
        <Alone title="Signed out">
            <section class="panel">
                <div class="stack">
                    <h1>"You are signed out"</h1>
                    <p class="soft">"This was Slipway. You may still be signed in to the chat and to the sites."</p>
                    // Not every provider ends its own session when it is asked to.
                    <p class="soft">
                        "Does somebody else use this computer? As long as your sign-in service still knows you, “Sign in again” \
                         asks for no password. Sign out there too, or close the browser."
                    </p>
                </div>
                <div class="row"><a class="btn main" href="/sign-in?to=%2Ftenants">"Sign in again"</a></div>
            </section>
        </Alone>
    }
}
