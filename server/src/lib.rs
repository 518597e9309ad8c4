//! Slipway's server. `boot` puts the house together; everything else takes what it needs as parameters.

pub mod config;
pub mod domain;
pub mod saga;
pub mod store;
pub mod systems;
pub mod vault;
