//! The saga engine: one log per tenant, three readers. Recovery reads it to know where to go on, people read it as the
//! timeline, and its key (tenant, number) is the fence: an engine that lost its lease loses the race for the next number.
//!
//! `state` folds the log, `machine` decides without I/O, `journal` writes facts, `engine` does the rest.

pub mod cx;
pub mod engine;
pub mod journal;
pub mod machine;
pub mod plan;
pub mod state;
pub mod step;

pub use cx::{Cx, Secrets};
pub use step::{AnyStep, Done, Step};
