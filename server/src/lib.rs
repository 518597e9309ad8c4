//! Slipway's server. `boot` puts the house together; everything else takes what it needs as parameters.

pub mod domain;
pub mod mcp;
pub mod saga;
pub mod systems;
