//! What lives on in the browser. An island renders nothing: the server rendered the elements, the island finds them by
//! their ids and keeps them current. That keeps the WASM small and the page whole when it never loads.

#![expect(unreachable_pub, reason = "the component macro makes its own items `pub`, whatever the component is")]

#[cfg(feature = "hydrate")]
mod dom;
mod slug_field;

pub use slug_field::SlugField;
