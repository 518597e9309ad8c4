//! The table: medians over rounds with the least and the most, and whether the bar held.

use std::{
    fmt::{Display, Formatter, Result},
    time::Duration,
};

/// What a row promises.
#[derive(Clone, Copy)]
pub(super) enum Bar {
    /// Nothing; it is there to be known.
    None,
    /// The median of the rounds' ratios is at most this.
    Ratio(f64),
    /// The median is at most this.
    Most(f64),
}

struct Row {
    what: String,
    unit: &'static str,
    ours: Vec<f64>,
    reference: Vec<f64>,
    bar: Bar,
}

/// All rows of a run.
pub(super) struct Table {
    rows: Vec<Row>,
    load: String,
}

impl Table {
    pub(super) fn begin() -> Self {
        Self { rows: Vec::new(), load: load() }
    }

    /// One value for each round; the reference may be missing.
    pub(super) fn row(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        ours: Vec<f64>,
        reference: Vec<f64>,
        bar: Bar,
    ) {
        let row = Row { what: what.into(), unit, ours, reference, bar };
        println!("{row}");
        self.rows.push(row);
    }
}

/// What ran here in the last minute, five and fifteen, in processes that wanted a core.
fn load() -> String {
    let all = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    all.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// The value below which this share of the values is.
pub(super) fn share(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let at = (last as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// In milliseconds.
pub(super) fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}

fn spread(values: &[f64]) -> String {
    if values.is_empty() {
        return "—".to_owned();
    }
    let (least, most) = (share(values, 0.0), share(values, 1.0));
    format!("{} ({}–{})", short(share(values, 0.5)), short(least), short(most))
}

fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let ratios: Vec<f64> = self.ours.iter().zip(&self.reference).map(|(a, b)| a / b).collect();
        let held = |value: f64, most: f64| if value <= most { "held" } else { "MISSED" };
        let bar = match self.bar {
            Bar::None => String::new(),
            Bar::Ratio(most) => format!("≤ {most} × {}", held(share(&ratios, 0.5), most)),
            Bar::Most(most) => format!("≤ {most} {} {}", self.unit, held(share(&self.ours, 0.5), most)),
        };
        let Self { what, unit, ours, reference, .. } = self;
        let (ours, reference, ratios) = (spread(ours), spread(reference), spread(&ratios));
        write!(f, "| {what} | {unit} | {ours} | {reference} | {ratios} | {bar} |")
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(
            f,
            "\nLoad of this machine: {} at the beginning, {} at the end (1, 5, 15 minutes).\n",
            self.load,
            load()
        )?;
        writeln!(f, "| What | Unit | Slipway | Reference | Ratio | Bar |\n|---|---|---|---|---|---|")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}
