//! Wire types: what a page shows and what an event stream carries. Plain data, ready to print: the server has already
//! decided who may see it, so nothing here can leak and nothing here can decide.

pub mod account;
pub mod audit;
pub mod language;
pub mod oops;
pub mod pairing;
pub mod person;
pub mod rebind;
pub mod session;
pub mod slug;
pub mod systems;
pub mod tenant;
pub mod timeline;
pub mod token;
