//! Slipway's server. `boot` puts the house together; everything else takes what it needs as parameters.

pub mod boot;
pub mod cli;
pub mod config;
pub mod connect;
pub mod domain;
pub mod mcp;
pub mod portal;
pub mod saga;
pub mod steps;
pub mod store;
pub mod systems;
pub mod vault;
pub mod web;
