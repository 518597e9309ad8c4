//! `slipway people …`: what an operator decides about many people at once.

use super::{say, tenant};
use crate::{boot, config::Config};
use anyhow::Context as _;
use app::model::rebind::{RebindForm, RebindReport};
use std::{io::Read as _, path::PathBuf, process::ExitCode};

/// Largest list, in bytes.
const MOST: u64 = 32 * 1024 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Move people to their new accounts after the sign-in service was rebuilt or replaced.
    Rebind {
        /// Issuer of the old subjects; today's when left out.
        #[arg(long, default_value = "")]
        from_issuer: String,
        /// The list: on each line an e-mail address or the old subject, a comma, and the new subject.
        #[arg(long)]
        map: PathBuf,
        /// Only say what would happen.
        #[arg(long, required_unless_present = "confirm")]
        dry_run: bool,
        /// How many people are to be moved, as --dry-run said.
        #[arg(long, conflicts_with = "dry_run")]
        confirm: Option<u32>,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Rebind { from_issuer, map, dry_run: _, confirm, json } = command;
    let map = read(&map).with_context(|| format!("the list {} cannot be read", map.display()))?;
    let typed = confirm.map(|people| people.to_string()).unwrap_or_default();
    let house = boot::house(config).await?.house;
    let portal = house.portal_for_command_line()?;
    let report = portal.rebind(RebindForm { from_issuer, map, typed }).await.map_err(tenant::told)?;
    tell(&report, json)
}

fn read(path: &std::path::Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let bytes = std::fs::File::open(path)?.take(MOST + 1).read_to_string(&mut text)?;
    anyhow::ensure!(bytes as u64 <= MOST, "it is larger than 32 MiB");
    Ok(text)
}

fn tell(report: &RebindReport, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say(&serde_json::to_string_pretty(report)?)?;
    } else {
        for row in &report.rows {
            let mark = if row.moves { "✓" } else { "✗" };
            say(&format!("{mark} line {:<5} {:<40} {:<40} {}", row.line, row.who, row.new_subject, row.say))?;
        }
        let people = report.people;
        say(&if report.done {
            format!("{people} people were moved. Each gets an e-mail, and their sites follow within seconds.")
        } else {
            format!("{people} people can be moved. Nothing was changed; give --confirm {people} to do it.")
        })?;
    }
    Ok(if report.rows.iter().all(|row| row.moves) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
