//! All integration tests in one binary; the folders mirror `src`.

mod saga;
mod stage;
