//! Runs this project's `install.php`, which installs WordPress or sees that it is.

use super::sheet::Sheet;
use super::tree::Tree;
use super::{Config, log};
use crate::domain::Fault;
use secrecy::{ExposeSecret, SecretString};
use std::process::{Output, Stdio};
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
        .env("SLIPWAY_ADMIN_PASSWORD", password.expose_secret())
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true);
    match tokio::time::timeout(LIMIT, command.output()).await {
        Err(_) => Err(Fault::retry("WordPress's installation did not end within a minute.")),
        Ok(Err(e)) => Err(Fault::fail(
            "php_missing",
            format!("{} cannot be run ({e}).", config.php.display()),
            "Install PHP's command-line program or name it as php in the section [site.process], then press Retry now.",
        )),
        Ok(Ok(output)) => judge(&output),
    }
}

/// The exit codes are part of `install.php`: 0 installed, 1 try again, 2 a setting is missing, 3 the database belongs to
/// a site at another address.
fn judge(output: &Output) -> Result<(), Fault> {
    let said = log::plain(&[output.stdout.as_slice(), b"\n", output.stderr.as_slice()].concat());
    match output.status.code() {
        Some(0) => Ok(()),
        Some(3) => Err(Fault::fail(
            "site_moved",
            said,
            "Order the tenant with the address it had, or remove the database first, then press Retry now.",
        )),
        Some(2) => Err(Fault::fail("site_setting_missing", said, "Report this.")),
        _ => Err(Fault::retry(format!("WordPress's installation did not end well. It said: {said}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn reads_the_exit_codes() {
        let ended = |code: i32| Output {
            status: std::process::ExitStatus::from_raw(code << 8),
            stdout: Vec::new(),
            stderr: b"This database belongs to the site at http://old.".to_vec(),
        };
        assert_eq!(judge(&ended(0)), Ok(()));
        assert!(matches!(judge(&ended(1)), Err(Fault::Retry { .. })));
        assert!(matches!(judge(&ended(2)), Err(Fault::Fail { code: "site_setting_missing", .. })));
        let moved = judge(&ended(3)).expect_err("it moved");
        assert!(moved.to_string().contains("http://old") && moved.to_string().contains("site_moved"), "{moved}");
    }
}
