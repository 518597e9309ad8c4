//! How often something may happen: a rule, and the allowance of each of those it holds for. An allowance is whole at first,
//! gets less with each time, and grows again evenly (the generic cell rate algorithm, ITU-T I.371). All that is kept of it is
//! the moment at which it is whole again, so that several portals can share it in one row.

use super::At;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// More of those than this, and the ones whose allowance is whole again are forgotten.
const CROWD: usize = 10_000;

/// So many times at once, and afterwards once in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// What is counted; a name of its own for each rule.
    pub name: &'static str,
    /// So many times at once.
    pub most: u32,
    /// Then once in this time.
    pub each: Duration,
}

impl Pace {
    /// A rule.
    pub const fn new(name: &'static str, most: u32, each: Duration) -> Self {
        Self { name, most, each }
    }

    /// How long a whole allowance takes to grow.
    pub fn span(&self) -> Duration {
        self.each.saturating_mul(self.most)
    }

    /// When the allowance is whole again after one time more, or how long to wait for that time. A moment that is further
    /// away than the rule can put it comes of a clock that was wrong, and counts for nothing.
    pub fn after(&self, full_at: At, now: At) -> Result<At, Duration> {
        let most = now.plus(self.span());
        let from = if full_at > most { now } else { full_at.max(now) };
        let next = from.plus(self.each);
        if next <= most { Ok(next) } else { Err(next.since(most)) }
    }
}

/// What came of asking: how many were turned away since the last one who was not, or how long to wait.
pub type Paced = Result<u64, Duration>;

#[derive(Debug, Default, Clone, Copy)]
struct Allowance {
    full_at: i64,
    turned_away: u64,
}

/// The allowances that this process knows.
#[derive(Debug, Default)]
pub struct Allowances(Mutex<HashMap<(&'static str, String), Allowance>>);

impl Allowances {
    /// Takes one time from the allowance of `whom`.
    ///
    /// # Errors
    /// Nothing is left of it: how long to wait.
    pub fn take(&self, pace: &Pace, whom: &str, now: At) -> Paced {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > CROWD {
            all.retain(|_, known| known.full_at > now.0);
        }
        let known = all.entry((pace.name, whom.to_owned())).or_default();
        match pace.after(At(known.full_at), now) {
            Ok(At(full_at)) => {
                known.full_at = full_at;
                Ok(std::mem::take(&mut known.turned_away))
            }
            Err(wait) => {
                known.turned_away = known.turned_away.saturating_add(1);
                Err(wait)
            }
        }
    }

    /// Somebody elsewhere took the rest: nothing is left, and `turned_away` more got nothing.
    pub fn used_up(&self, pace: &Pace, whom: &str, now: At, turned_away: u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry((pace.name, whom.to_owned())).or_default();
        known.full_at = now.plus(pace.span()).0;
        known.turned_away = known.turned_away.saturating_add(turned_away);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Pace = Pace::new("test", 3, Duration::from_secs(10));

    fn at(seconds: i64) -> At {
        At(seconds * 1_000_000)
    }

    #[test]
    fn so_many_at_once_and_then_one_in_a_while() {
        let all = Allowances::default();
        let taken: Vec<_> = (0..5).map(|_| all.take(&RULE, "ada", at(100)).ok()).collect();
        assert_eq!(taken, [Some(0), Some(0), Some(0), None, None]);
        assert_eq!(all.take(&RULE, "mia", at(100)), Ok(0), "each has their own");
        assert_eq!(all.take(&RULE, "ada", at(104)), Err(Duration::from_secs(6)));
        assert_eq!(all.take(&RULE, "ada", at(110)), Ok(3), "and hears how many were turned away");
        assert!(all.take(&RULE, "ada", at(111)).is_err());
        assert_eq!((0..9).filter(|_| all.take(&RULE, "ada", at(1_000)).is_ok()).count(), 3);
    }

    #[test]
    fn a_clock_that_was_hours_ahead_locks_nobody_out() {
        let all = Allowances::default();
        while all.take(&RULE, "ada", at(30_000)).is_ok() {}
        assert_eq!(all.take(&RULE, "ada", at(100)), Ok(1));
    }

    #[test]
    fn a_crowd_of_strangers_is_forgotten() {
        let all = Allowances::default();
        for n in 0..=CROWD {
            assert_eq!(all.take(&RULE, &n.to_string(), at(100)), Ok(0));
        }
        assert_eq!(all.take(&RULE, "ada", at(200)), Ok(0));
        assert_eq!(all.0.lock().expect("nobody panicked").len(), 1);
    }
}
