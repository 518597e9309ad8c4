//! Runs this project's `install.php`, which installs WordPress or sees that it is.

use super::Config;
use super::sheet::Sheet;
use super::tree::Tree;
use crate::domain::Fault;
use crate::systems::site::contract;
use secrecy::{ExposeSecret, SecretString};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// How long it may take; on an empty database it takes one or two seconds.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn run(config: &Config, tree: &Tree, sheet: &Sheet, password: &SecretString) -> Result<(), Fault> {
    let mut command = Command::new(&config.php);
    command
        .arg(config.wordpress.join("install.php"))
        .arg(tree.htdocs())
        .current_dir(tree.htdocs())
        .env_clear()
        .envs(&sheet.env)
        .env("SLIPWAY_SITE_TREE", tree.root())
        .env(contract::ADMIN_PASSWORD, password.expose_secret())
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true);
    match tokio::time::timeout(LIMIT, command.output()).await {
        Err(_) => Err(Fault::retry("WordPress's installation did not end within a minute.")),
        Ok(Err(e)) => Err(super::server::not_run(&config.php, &e)),
        Ok(Ok(output)) => {
            let said = contract::last_words(&[output.stdout.as_slice(), b"\n", output.stderr.as_slice()].concat());
            contract::judge(output.status.code(), said)
        }
    }
}
