//! How hard the engine works.

use super::section::{Kind, Setting, section};
use std::num::NonZeroU16;

impl Setting for NonZeroU16 {
    const KIND: Kind = Kind::Number;
}

section! {
    /// The engine that sets tenants up.
    Engine at "engine";
    /// Tenants worked on at the same time.
    workers: NonZeroU16 = 8;
    /// Seconds between two looks when nothing wakes the engine.
    look_every_secs: NonZeroU16 = 60;
}
