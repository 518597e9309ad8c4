//! The integration tests, one binary; folders mirror `src`.
#![cfg(test)]

mod config;
mod store;
mod vault;
