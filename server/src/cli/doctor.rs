//! `slipway doctor`: every outside system, asked.

use super::say;
use crate::{boot, config::Config};
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
            let mark = if s.status == Status::Ready { "✓" } else { "✗" };
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
    let checks = house.house.systems.identity.examine().await;
    if json {
        let rows = checks.iter().map(|c| {
            let h = &c.health;
            serde_json::json!({"what": c.what, "ok": h.ok, "say": h.say, "next": h.next})
        });
        say(&serde_json::to_string_pretty(&rows.collect::<Vec<_>>())?)?;
    } else {
        for check in &checks {
            let mark = if check.health.ok { "✓" } else { "✗" };
            say(&format!("{mark} {:<24} {}", check.what, check.health.say))?;
            if !check.health.next.is_empty() {
                say(&format!("    {}", check.health.next))?;
            }
        }
    }
    Ok(if checks.iter().all(|c| c.health.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
