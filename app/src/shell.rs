//! The whole document. The theme is on the root before the first byte of content, so nothing flashes.

#![expect(unreachable_pub, reason = "the component macro makes its own items `pub`, whatever the component is")]

use crate::{
    context::{Now, Theme, file, nonce},
    pages::App,
};
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The document around every page.
pub fn shell() -> impl IntoView {
    let theme = use_context::<Theme>().map(|theme| theme.0).filter(|theme| !theme.is_empty());
    let now = use_context::<Now>().map_or(0, |now| now.0 / 1000);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-now=now>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="icon" href=file("favicon.svg") r#type="image/svg+xml" />
                <link rel="stylesheet" href=file("slipway.css") />
                <script r#type="module" src=file("page.js") nonce=nonce()></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The loader of the island; only pages that have one render it, all others load no WASM.
#[component]
pub(crate) fn Loader() -> impl IntoView {
    let (js, wasm) = (file("portal.js"), file("portal.wasm"));
    view! {
        <link rel="modulepreload" href=js.clone() nonce=nonce() />
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script r#type="module" src=file("boot.js") nonce=nonce() data-js=js data-wasm=wasm id="boot"></script>
    }
}
