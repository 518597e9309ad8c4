//! How long steps usually take here, read off the log itself: nobody has to guess or to configure it.

use super::{
    Result, Store,
    both::{all, statements},
};
use std::collections::BTreeMap;

/// Runs that must be known before anybody calls them usual.
const FEW: usize = 3;

#[derive(sqlx::FromRow)]
struct Run {
    step: String,
    took: i64,
}

statements! {
    // The newest twenty tenants and the beginning of their logs: the cost does not grow with the house. A run that
    // needed a person says nothing about the step, so it does not count.
    RUNS = "SELECT step, MIN(CASE WHEN kind = 'done' THEN at END) - MIN(CASE WHEN kind = 'started' THEN at END) AS took
        FROM event
        WHERE tenant IN (SELECT id FROM tenant ORDER BY ordered_at DESC, id LIMIT 20)
            AND seq <= 100 AND flow = 'tenant' AND kind IN ('started', 'done', 'failed')
        GROUP BY tenant, step
        HAVING MIN(CASE WHEN kind = 'started' THEN at END) <= MIN(CASE WHEN kind = 'done' THEN at END)
            AND COUNT(CASE WHEN kind = 'failed' THEN 1 END) = 0
        ORDER BY step, took";
}

impl Store {
    /// Shortest and longest of nine runs in ten, in microseconds, for each step of which enough runs are known.
    ///
    /// # Errors
    /// The database.
    pub async fn usual(&self) -> Result<BTreeMap<String, (i64, i64)>> {
        let runs: Vec<Run> = all!(&mut self.read().await?, RUNS)?;
        let steps = runs.chunk_by(|a, b| a.step == b.step).filter(|runs| runs.len() >= FEW);
        Ok(steps.map(|runs| (runs[0].step.clone(), middle(runs))).collect())
    }
}

/// The ends of a sorted list without a twentieth at each.
fn middle(runs: &[Run]) -> (i64, i64) {
    let cut = runs.len() / 20;
    (runs[cut].took, runs[runs.len() - 1 - cut].took)
}
