//! This machine's name, clock and randomness: the things that everything else takes as parameters.

use crate::domain::{At, Clock, Dice};
use rand::TryRngCore;
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock.
#[derive(Debug)]
pub struct Watch;

impl Clock for Watch {
    #[expect(clippy::disallowed_methods, reason = "the one clock of the house")]
    fn now(&self) -> At {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        At(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// What this machine, or pod, is called; for people.
pub(super) fn name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("the portal on {}", name.trim())
}

/// The operating system's generator.
pub struct Urandom;

impl Dice for Urandom {
    #[expect(
        clippy::expect_used,
        reason = "without randomness no secret may be made: stopping is the only safe answer"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        rand::rngs::OsRng.try_fill_bytes(buffer).expect("the operating system gives random bytes");
    }
}
