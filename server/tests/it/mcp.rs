//! The gateway, spoken to over HTTP as OpenWebUI speaks to it.

mod call;
mod change;
mod door;
mod drafts;
pub(crate) mod house;
mod real;
mod visit;
mod words;
