//! The one integration-test binary. Folders mirror `src`; `sim` holds the stand-ins for outside systems, `stage` what
//! tests of the house stand on.
#![cfg(test)]

mod alike;
mod architecture;
mod bench;
mod canary;
mod cli;
mod config;
mod connect;
mod mcp;
mod portal;
mod real;
mod saga;
mod sim;
mod stage;
mod store;
mod systems;
mod vault;
mod web;
