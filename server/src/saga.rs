//! The saga engine: one log per tenant, three readers (recovery, timeline, fence).

pub mod cx;
pub mod step;
