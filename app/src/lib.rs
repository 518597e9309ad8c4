//! What people see: pages rendered on the server, a few islands that live in the browser, and the contract [`portal`]
//! between the two halves. This crate names no runtime, database or HTTP client: it cannot do anything by itself.

pub mod model;
#[cfg(feature = "ssr")]
pub mod portal;
