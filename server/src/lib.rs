//! Slipway's server. `boot` puts the house together; everything else takes what it needs as parameters.

pub mod connect;
pub mod domain;
pub mod portal;
pub mod saga;
pub mod steps;
pub mod store;
pub mod systems;
pub mod vault;
