//! `slipway token …`: tokens for programs where no person is there to make one. They are the command line's own: they
//! rest on nobody's rights, and end by their time or by hand.

use super::{say, tenant};
use crate::{boot, config::Config};
use app::model::token::{TokenForm, TokenScope};
use std::process::ExitCode;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a token and print it; it is not shown again.
    Make {
        /// What uses it, such as "nightly report".
        name: String,
        /// What it may do.
        #[arg(long, value_parser = ["operator", "auditor", "tenant-admin"])]
        scope: String,
        /// Short name of the one tenant, for a tenant admin.
        #[arg(long, default_value = "")]
        tenant: String,
        /// Days until it ends.
        #[arg(long, default_value = "90")]
        days: String,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List all tokens, those that can still be used first.
    List {
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// End a token for ever.
    Revoke {
        /// Its id, from the list.
        id: String,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let house = boot::house(config).await?.house;
    let portal = house.portal_for_command_line()?;
    match command {
        Command::Make { name, scope, tenant, days, json } => {
            let form = TokenForm { name, scope, tenant, days };
            let made = portal.make_token(form).await.map_err(tenant::told)?;
            say(&if json { serde_json::to_string_pretty(&made)? } else { made.text })?;
        }
        Command::List { json } => {
            let page = portal.tokens().await.map_err(tenant::told)?;
            if json {
                say(&serde_json::to_string_pretty(&page.rows)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            for row in page.rows {
                let scope = if row.scope == TokenScope::TenantAdmin { &row.tenant } else { row.scope.word() };
                say(&format!("{} {:<8} {:<20} {:<30} {}", row.id, row.state.word(), scope, row.name, row.maker))?;
            }
        }
        Command::Revoke { id } => {
            portal.revoke_token(id).await.map_err(tenant::told)?;
            say("Revoked.")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
