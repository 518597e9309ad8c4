//! The use cases behind every page, form and command: who may do what, and what an order or a removal must look like.

mod at_once;
mod authority;
mod cost;
mod invitations;
mod list;
mod local;
mod order;
mod people;
mod rebind;
mod shared;
pub(crate) mod stage;
mod tokens;
mod turning;
