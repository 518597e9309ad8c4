//! What the clocks of other sides say: an answer carries the time at which it was made, in whole seconds (`Date`, RFC 9110,
//! section 6.6.1).

use jiff::fmt::rfc2822::DateTimeParser;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// More sides than this are not remembered: each site is one.
const MOST: usize = 50;

/// The newest date of each side, by the name that sentences use.
#[derive(Debug, Default)]
pub struct Dates(Mutex<BTreeMap<String, (i64, Instant)>>);

impl Dates {
    pub(super) fn note(&self, what: &str, date: Option<&str>) {
        let parsed = date.and_then(|text| DateTimeParser::new().parse_timestamp(text).ok());
        let Some(date) = parsed else { return };
        let mut sides = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sides.len() < MOST || sides.contains_key(what) {
            sides.insert(what.to_owned(), (date.as_second(), Instant::now()));
        }
    }

    /// What the clocks of other sides said last, in seconds since 1970, and how long ago.
    pub fn all(&self) -> Vec<(String, i64, Duration)> {
        let sides = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sides.iter().map(|(what, (date, heard))| (what.clone(), *date, heard.elapsed())).collect()
    }
}
