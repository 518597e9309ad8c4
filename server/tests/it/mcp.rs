//! The gateway, spoken to over HTTP as OpenWebUI speaks to it.

mod alike;
mod call;
mod change;
mod desk;
mod door;
mod drafts;
pub(crate) mod house;
mod message;
mod real;
mod visit;
