//! Times as people read them. Everything here is pure: the clock comes in as a parameter, and the script that ticks in
//! the browser follows the same words.

use leptos::prelude::*;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Year, month (1 to 12) and day of a time in microseconds since 1970, by the civil calendar, UTC.
fn date(at: i64) -> (i64, usize, i64) {
    let days = at.div_euclid(DAY) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), usize::try_from(month).unwrap_or(1), day)
}

/// "14:09:27".
pub(crate) fn clock(at: i64) -> String {
    let seconds = at.rem_euclid(DAY) / SECOND;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// "22 Nov", with the year when it is not this one.
pub(crate) fn day(at: i64, now: i64) -> String {
    let ((year, month, day), this) = (date(at), date(now).0);
    let month = MONTHS[month - 1];
    if year == this { format!("{day} {month}") } else { format!("{day} {month} {year}") }
}

/// "22 Nov 2026, 14:09:27 UTC".
pub(crate) fn exact(at: i64) -> String {
    let (year, month, day) = date(at);
    format!("{day} {} {year}, {} UTC", MONTHS[month - 1], clock(at))
}

/// "2026-11-22T14:09:27Z".
pub(crate) fn iso(at: i64) -> String {
    let (year, month, day) = date(at);
    format!("{year:04}-{month:02}-{day:02}T{}Z", clock(at))
}

/// A length: "7 min 12 s", "2 h 4 min", "3 days 2 h".
pub(crate) fn span(length: i64) -> String {
    let seconds = length.max(0) / SECOND;
    match seconds {
        0 => "< 1 s".to_owned(),
        1..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => {
            let days = seconds / 86_400;
            two(days, if days == 1 { "day" } else { "days" }, seconds % 86_400 / 3600, "h")
        }
    }
}

/// A length that is over and does not tick: below ten seconds with its tenths, "2.4 s", for there they are the news.
pub(crate) fn took(length: i64) -> String {
    let tenths = (length + SECOND / 20).max(0) / (SECOND / 10);
    match tenths {
        0 => "< 0.1 s".to_owned(),
        1..100 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ => span(length + SECOND / 2),
    }
}

fn two(big: i64, unit: &str, small: i64, sub: &str) -> String {
    if small == 0 { format!("{big} {unit}") } else { format!("{big} {unit} {small} {sub}") }
}

/// A usual range: "6–24 min", "40–90 s".
pub(crate) fn range(low: i64, high: i64) -> String {
    let (low, high) = (low.max(0) / SECOND, (high.max(0) + SECOND - 1) / SECOND);
    match high {
        0 | 1 => "under 1 s".to_owned(),
        2..120 if low == high => format!("{high} s"),
        2..120 if low == 0 => format!("up to {high} s"),
        2..120 => format!("{low}–{high} s"),
        _ if low < 60 => format!("{}–{}", span(low * SECOND), span(high / 60 * 60 * SECOND)),
        _ if low / 60 == high / 60 => format!("{} min", high / 60),
        _ => format!("{}–{} min", low / 60, high / 60),
    }
}

/// "12 s ago", "yesterday", "9 Nov".
pub(crate) fn past(at: i64, now: i64) -> String {
    let (seconds, days) = ((now - at).max(0) / SECOND, now.div_euclid(DAY) - at.div_euclid(DAY));
    match (seconds, days) {
        (0, _) => "just now".to_owned(),
        (1..60, _) => format!("{seconds} s ago"),
        (60..3600, _) => format!("{} min ago", seconds / 60),
        (3600..86_400, _) => format!("{} h ago", seconds / 3600),
        (_, 1) => "yesterday".to_owned(),
        (_, 2..7) => format!("{days} days ago"),
        _ => day(at, now),
    }
}

/// "in 18 s", or "now" when it is due.
pub(crate) fn coming(at: i64, now: i64) -> String {
    if at - now < SECOND { "now".to_owned() } else { format!("in {}", span(at - now)) }
}

fn moment(at: i64, text: String, tick: Option<&'static str>) -> AnyView {
    let ticking = tick.map(|_| at / 1000);
    view! { <time datetime=iso(at) title=exact(at) data-tick=tick data-at=ticking>{text}</time> }.into_any()
}

/// How long ago something was; ticks.
#[component]
pub(crate) fn Ago(
    /// When, microseconds since 1970.
    at: i64,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    moment(at, past(at, now), (now - at < DAY).then_some("ago"))
}

/// When something comes; ticks down.
#[component]
pub(crate) fn In(
    /// When, microseconds since 1970.
    at: i64,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    moment(at, coming(at, now), Some("in"))
}

/// The day of something that is not near.
#[component]
pub(crate) fn Day(
    /// When, microseconds since 1970.
    at: i64,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    moment(at, day(at, now), None)
}

/// How long something runs or ran; ticks while it has no end.
#[component]
pub(crate) fn Took(
    /// When it began, microseconds since 1970.
    from: i64,
    /// When it ended.
    until: Option<i64>,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    match until {
        Some(until) => took(until - from).into_any(),
        None => moment(from, span(now - from), Some("for")),
    }
}

/// The time of day; with the date when it was another day.
#[component]
pub(crate) fn At(
    /// When, microseconds since 1970.
    at: i64,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    let today = at.div_euclid(DAY) == now.div_euclid(DAY);
    let text = if today { clock(at) } else { format!("{}, {}", day(at, now), clock(at)) };
    moment(at, text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_356_567 * SECOND; // 22 Nov 2026, 14:09:27 UTC

    #[test]
    fn calendar() {
        assert_eq!(exact(NOW), "22 Nov 2026, 14:09:27 UTC");
        assert_eq!(iso(NOW), "2026-11-22T14:09:27Z");
        assert_eq!(exact(0), "1 Jan 1970, 00:00:00 UTC");
        assert_eq!(exact(1_709_164_800 * SECOND), "29 Feb 2024, 00:00:00 UTC");
        assert_eq!(exact(-SECOND), "31 Dec 1969, 23:59:59 UTC");
    }

    #[test]
    fn lengths() {
        let said = [0, 59, 60, 432, 3600, 7440, 86_400, 266_400].map(|s| span(s * SECOND));
        assert_eq!(said, ["< 1 s", "59 s", "1 min", "7 min 12 s", "1 h", "2 h 4 min", "1 day", "3 days 2 h"]);
        assert_eq!(span(-5), "< 1 s");
    }

    #[test]
    fn lengths_that_are_over() {
        let said = [0, 40_000, 2_449_000, 9_940_000, 9_960_000, 12_499_999, 432_600_000].map(took);
        assert_eq!(said, ["< 0.1 s", "< 0.1 s", "2.4 s", "9.9 s", "10 s", "12 s", "7 min 13 s"]);
    }

    #[test]
    fn ranges() {
        assert_eq!(range(360 * SECOND, 1440 * SECOND), "6–24 min");
        assert_eq!(range(40 * SECOND, 90 * SECOND), "40–90 s");
        assert_eq!(range(2 * SECOND, 2 * SECOND), "2 s");
        assert_eq!(range(30 * SECOND, 250 * SECOND), "30 s–4 min");
        assert_eq!(range(SECOND / 2, 5 * SECOND / 2), "up to 3 s");
        assert_eq!(range(0, 1000), "under 1 s");
    }

    #[test]
    fn distances() {
        assert_eq!(past(NOW - 12 * SECOND, NOW), "12 s ago");
        assert_eq!(past(NOW + 5 * SECOND, NOW), "just now");
        assert_eq!(past(NOW - 23 * 3600 * SECOND, NOW), "23 h ago");
        assert_eq!(past(NOW - 26 * 3600 * SECOND, NOW), "yesterday");
        assert_eq!(past(NOW - 3 * DAY, NOW), "3 days ago");
        assert_eq!(past(NOW - 13 * DAY, NOW), "9 Nov");
        assert_eq!(past(NOW - 400 * DAY, NOW), "18 Oct 2025");
        assert_eq!(coming(NOW + 18 * SECOND, NOW), "in 18 s");
        assert_eq!(coming(NOW - SECOND, NOW), "now");
    }
}
