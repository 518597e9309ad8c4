//! The command line: `slipway serve | demo | doctor | migrate | tenant … | people … | token … | audit verify`.

mod demo;
mod doctor;
mod people;
mod serve;
mod tasks;
mod tenant;
mod token;

use crate::{boot, config::Config};
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use std::{io::Write as _, path::PathBuf, process::ExitCode};

/// One form instead of a day of set-up: tenants with their own WordPress, signed in by SSO, written to from the chat.
#[derive(Debug, Parser)]
#[command(name = "slipway", version, propagate_version = true, arg_required_else_help = true)]
struct Args {
    /// Configuration file.
    #[arg(long, short, global = true, env = "SLIPWAY_CONFIG", default_value = "slipway.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the portal.
    Serve,
    /// Run a whole Slipway on this machine, with real servers behind it.
    Demo(demo::Args),
    /// Ask every outside system how it is, and say what to do where something is wrong.
    Doctor {
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
        /// Ask only the identity provider, question by question.
        #[arg(long)]
        identity: bool,
        /// Ask only the place where databases are made, question by question. Nothing is ordered, changed or paid for.
        #[arg(long, visible_alias = "ionos", conflicts_with = "identity")]
        databases: bool,
    },
    /// Bring the database to this version and stop.
    Migrate,
    /// Order, watch and remove tenants.
    Tenant {
        #[command(subcommand)]
        command: tenant::Command,
    },
    /// Move people to their new accounts at the sign-in service.
    People {
        #[command(subcommand)]
        command: people::Command,
    },
    /// Make, list and revoke tokens for programs.
    Token {
        #[command(subcommand)]
        command: token::Command,
    },
    /// Check the audit's hash chain.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Recompute every link; names the first entry that was changed.
    Verify,
}

/// Parses, runs, and says in one sentence what went wrong.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.into()),
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(error) => complain(&error),
    }
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = || Config::load(Some(&args.config), std::env::vars()).context("the configuration cannot be used");
    match args.command {
        Command::Demo(demo) => demo::demo(demo, std::env::vars().collect(), &boot::Urandom).await,
        Command::Serve => serve::serve(config).await,
        Command::Doctor { json, identity: true, .. } => doctor::identity(&config()?, json).await,
        Command::Doctor { json, databases: true, .. } => doctor::databases(&config()?, json).await,
        Command::Doctor { json, .. } => doctor::doctor(&config()?, json).await,
        Command::Migrate => {
            boot::open_store(&config()?).await?;
            say("The database is up to date.")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Tenant { command } => tenant::run(&config()?, command).await,
        Command::People { command } => people::run(&config()?, command).await,
        Command::Token { command } => token::run(&config()?, command).await,
        Command::Audit { command: AuditCommand::Verify } => verify(&config()?).await,
    }
}

async fn verify(config: &Config) -> anyhow::Result<ExitCode> {
    let store = boot::open_store(config).await?;
    match store.audit_verify().await? {
        Ok(count) => {
            say(&format!("All {count} entries are as they were written."))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(seq) => {
            say(&format!("Entry {seq} was changed after it was written."))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Prints a line for people.
fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

fn complain(error: &anyhow::Error) -> ExitCode {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let _nobody_reads = writeln!(std::io::stderr(), "slipway: {}", causes.join(": "));
    ExitCode::FAILURE
}
