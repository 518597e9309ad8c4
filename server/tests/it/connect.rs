//! The pairing protocol over HTTP, with the whole house behind it and a small plugin in front. Each of the eighteen
//! properties that a handshake must have is a test named after it (`p1_` to `p18_`; the seventh is in `canary`); what a
//! plugin has to hold of them is tested in `wordpress/tests`.

mod bodies;
mod codes;
mod consent;
mod cut_short;
mod ending;
pub(crate) mod front;
pub(crate) mod plugin;
mod put_out;
mod rights;
mod rotation;
mod safe_mode;
mod secrets;
mod sign_in;
mod ssrf;
