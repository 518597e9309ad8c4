//! The drivers of the outside systems: against the real thing where this machine has it, and against stand-ins that fail
//! on purpose.

pub(crate) mod database;
mod gateway;
pub(crate) mod identity;
pub(crate) mod kubernetes;
pub(crate) mod mail;
pub(crate) mod openwebui;
mod site;
mod stand_ins;
mod tls;
mod wordpress;
