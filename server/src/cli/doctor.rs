//! `slipway doctor`: every outside system, asked.

use super::say;
use crate::{boot, config::Config, domain::Check};
use app::model::tenant::Status;
use std::process::ExitCode;

pub(super) async fn doctor(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let house = boot::house(config).await?;
    let systems = house.house.examine().await;
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
