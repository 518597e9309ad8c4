//! All integration tests in one binary; the folders mirror `src`.

mod saga;
mod sim;
mod stage;
mod web;
