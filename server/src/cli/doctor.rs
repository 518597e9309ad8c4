//! `slipway doctor`: every outside system, asked.

use super::say;
use crate::{
    boot,
    config::Config,
    domain::{At, Check},
};
use app::model::{systems::SystemView, tenant::Status};
use std::{process::ExitCode, time::Duration};

pub(super) async fn doctor(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let house = boot::house(config).await?;
    let mut systems = house.house.examine().await;
    systems.push(clocks(house.house.clock.now(), house.dates.all()));
    let well = systems.iter().all(|s| s.status == Status::Ready);
    if json {
        say(&serde_json::to_string_pretty(&systems)?)?;
    } else {
        for s in &systems {
            let mark = mark(s.status == Status::Ready);
            say(&format!("{mark} {:<9} {:<48} {} ({} ms)", s.name, s.driver, s.say, s.ms))?;
            if !s.next.is_empty() {
                say(&format!("    {}", s.next))?;
            }
        }
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How far clocks may be apart, seconds: passes and sign-ins allow as much.
const APART: i64 = 60;

/// This machine's clock beside what the others said with their answers.
fn clocks(now: At, dates: Vec<(String, i64, Duration)>) -> SystemView {
    let apart = |(who, date, ago): (String, i64, Duration)| {
        let ahead = date + i64::try_from(ago.as_secs()).unwrap_or(0) - now.unix();
        (ahead.abs() > APART).then(|| match ahead > 0 {
            true => format!("{who} is {ahead} seconds ahead of this machine."),
            false => format!("{who} is {} seconds behind this machine.", -ahead),
        })
    };
    let asked = dates.len();
    let wrong: Vec<_> = dates.into_iter().filter_map(apart).collect();
    let (status, say, next) = match (wrong.is_empty(), asked) {
        (true, 0) => (Status::Ready, "Nobody's answer carried a date to compare with.".to_owned(), ""),
        (true, _) => (Status::Ready, format!("Nobody is more than {APART} seconds apart."), ""),
        // Where all others agree it is this one that is wrong.
        (false, 2..) if wrong.len() == asked => (Status::NeedsAttention, wrong.join(" "), THIS),
        (false, _) => (Status::NeedsAttention, wrong.join(" "), OTHERS),
    };
    SystemView {
        name: "Clock".into(),
        driver: "This machine, beside the dates of answers".into(),
        status,
        say,
        next: next.into(),
        ms: 0,
    }
}

const THIS: &str = "Everybody differs, so set this machine's clock: timedatectl shows whether a time server sets it.";
const OTHERS: &str =
    "Let a time server set the clock of each machine (timedatectl); until then sign-ins and the chat's passes fail.";

/// The identity provider, question by question.
pub(super) async fn identity(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let house = boot::house(config).await?;
    tell(&house.house.systems.identity.examine().await, json)
}

/// The place where databases are made, question by question.
pub(super) async fn databases(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let house = boot::house(config).await?;
    tell(&house.house.systems.databases.examine().await, json)
}

/// Answers, one a line; an open question is no failure.
fn tell(checks: &[Check], json: bool) -> anyhow::Result<ExitCode> {
    if json {
        let rows = checks.iter().map(|Check { what, health: h, open }| {
            serde_json::json!({"what": what, "ok": (!open).then_some(h.ok), "say": h.say, "next": h.next})
        });
        say(&serde_json::to_string_pretty(&rows.collect::<Vec<_>>())?)?;
    } else {
        for Check { what, health, open } in checks {
            let mark = if *open { "?" } else { mark(health.ok) };
            say(&format!("{mark} {what:<24} {}", health.say))?;
            if !health.next.is_empty() {
                say(&format!("    {}", health.next))?;
            }
        }
    }
    Ok(if checks.iter().all(|c| c.health.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn mark(ok: bool) -> &'static str {
    if ok { "✓" } else { "✗" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_differ_are_named() {
        let now = At(1_790_000_000_000_000);
        let at = |who: &str, off: i64| (who.to_owned(), now.unix() + off - 5, Duration::from_secs(5));
        assert_eq!(clocks(now, vec![]).status, Status::Ready);
        assert_eq!(clocks(now, vec![at("OpenWebUI", 60), at("The provider", -60)]).status, Status::Ready);
        let one = clocks(now, vec![at("OpenWebUI", 3_600), at("The provider", 1)]);
        assert_eq!((one.status, one.next.as_str()), (Status::NeedsAttention, OTHERS));
        assert_eq!(one.say, "OpenWebUI is 3600 seconds ahead of this machine.");
        let all = clocks(now, vec![at("OpenWebUI", -3_600), at("The provider", -3_601)]);
        assert_eq!(all.next, THIS);
        assert!(all.say.contains("The provider is 3601 seconds behind this machine."), "{}", all.say);
    }
}
