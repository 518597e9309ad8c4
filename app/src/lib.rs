//! What people see: pages rendered on the server, an island that lives in the browser, and the contract [`portal`]
//! between the two halves. This crate names no runtime, database or HTTP client: it cannot do anything by itself.
//!
//! A page is server-rendered and works without a script. One thing lives on as an island: the verdict beside the slug field
//! ([`islands`]); other pages load no WASM at all. Pages that show tenants stay current by a small script that asks for the
//! page again (`parts/live.rs`).

#[cfg(feature = "ssr")]
pub mod context;
pub mod islands;
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
pub mod portal;
#[cfg(feature = "ssr")]
pub mod render;
#[cfg(feature = "ssr")]
mod shell;

#[cfg(feature = "ssr")]
pub use shell::shell;

/// Wakes the islands of the page; called once by the loader script.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
