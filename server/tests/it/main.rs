//! The integration tests, one binary; folders mirror `src`.
#![cfg(test)]

mod store;
mod vault;
