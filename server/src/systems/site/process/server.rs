//! The server process of a site: starting, recognising, stopping.
//!
//! PHP's server forks its workers, so a site is a process group. Its members are those processes whose environment names
//! this tenant and this folder: that holds for a group whose leader died, and never for a stranger that got an old number.

use super::log;
use super::sheet::Sheet;
use super::tree::Tree;
use crate::domain::Fault;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// How long processes may take to end by themselves.
const POLITELY: Duration = Duration::from_secs(5);

/// A site's leading process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) pid: i32,
    /// Hash of the sheet it was started with.
    pub(super) hash: String,
}

/// The process named by the site's `pid` file, if it lives and is the site's.
pub(super) async fn running(tree: &Tree) -> Result<Option<Running>, Fault> {
    let Ok(text) = tokio::fs::read_to_string(tree.pid()).await else { return Ok(None) };
    let Ok(pid) = text.trim().parse::<i32>() else { return Ok(None) };
    Ok(hash_of(tree, pid).await.map(|hash| Running { pid, hash }))
}

/// All processes of the site, also those of a server that is falling apart and of an installation.
pub(super) async fn members(tree: &Tree) -> Result<Vec<i32>, Fault> {
    let mut found = Vec::new();
    let mut entries = tokio::fs::read_dir("/proc").await.map_err(|e| Fault::retry(format!("/proc: {e}.")))?;
    while let Ok(Some(entry)) = entries.next_entry().await {
        if let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse().ok())
            && environment(tree, pid).await.is_some()
        {
            found.push(pid);
        }
    }
    Ok(found)
}

/// Starts a server. The portal need not live for it to live.
pub(super) async fn start(php: &Path, tree: &Tree, sheet: &Sheet) -> Result<(), Fault> {
    log::bound(&tree.log()).await;
    tree.link_uploads().await?;
    let (mut child, pid) = spawn(php, tree, sheet).map_err(|e| not_run(php, &e))?;
    let site = tree.name();
    tracing::info!(site, pid, address = sheet.address(), "the site's process was started");
    tokio::fs::write(tree.pid(), pid.to_string())
        .await
        .map_err(|e| Fault::retry(format!("The site's process number cannot be kept ({e}).")))?;
    tokio::spawn(async move {
        if let Ok(status) = child.wait().await {
            tracing::info!(site, pid, %status, "the site's process has ended");
        }
    });
    Ok(())
}

/// Why PHP does not run. Only a program that is not there, or none, needs a person; a full disk or a host without room for
/// another process or file heals.
pub(super) fn not_run(php: &Path, error: &io::Error) -> Fault {
    let say = format!("{} cannot be run ({error}).", php.display());
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::NotADirectory => Fault::fail(
            "php_missing",
            say,
            "Install PHP's command-line program or name it as php in the section [site.process], then press Retry now.",
        ),
        _ => Fault::retry(say),
    }
}

fn spawn(php: &Path, tree: &Tree, sheet: &Sheet) -> io::Result<(tokio::process::Child, u32)> {
    use std::os::unix::fs::OpenOptionsExt;
    let log = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(tree.log())?;
    let bytes = u64::from(sheet.upload_mb) * 1_000_000;
    let child = Command::new(php)
        .args(["-d", &format!("upload_max_filesize={bytes}")])
        .args(["-d", &format!("post_max_size={}", bytes + 1_000_000)])
        .args(["-d", "memory_limit=256M", "-d", "expose_php=0", "-d", "display_errors=0", "-d", "log_errors=1"])
        .args(["-S", &format!("{}:{}", sheet.ip, sheet.port), "-t"])
        .arg(tree.htdocs())
        .current_dir(tree.htdocs())
        .env_clear()
        .envs(&sheet.env)
        .env("SLIPWAY_SITE_TREE", tree.root())
        .env("SLIPWAY_SITE_SHEET", sheet.hash())
        .env("PHP_CLI_SERVER_WORKERS", sheet.workers.to_string())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0)
        .spawn()?;
    let pid = child.id().ok_or_else(|| io::Error::other("it ended at once"))?;
    Ok((child, pid))
}

/// Ends all processes of the site and sees that they have ended.
pub(super) async fn stop(tree: &Tree) -> Result<(), Fault> {
    let until = tokio::time::Instant::now() + POLITELY;
    let mut signal = Signal::SIGTERM;
    for round in 0..200_u32 {
        let left = members(tree).await?;
        if left.is_empty() {
            let _ = tokio::fs::remove_file(tree.pid()).await;
            return Ok(());
        }
        if tokio::time::Instant::now() > until {
            signal = Signal::SIGKILL;
        }
        // Each member by its own number: all were just seen to be the site's.
        if round == 0 || signal == Signal::SIGKILL {
            for pid in left {
                let _ = kill(Pid::from_raw(pid), signal);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Fault::retry("The site's processes do not end."))
}

async fn hash_of(tree: &Tree, pid: i32) -> Option<String> {
    let environ = environment(tree, pid).await?;
    variable(&environ, "SLIPWAY_SITE_SHEET").map(str::to_owned)
}

/// The environment of a process that belongs to the site; `None` for any other, and for one that has ended.
async fn environment(tree: &Tree, pid: i32) -> Option<String> {
    let environ = tokio::fs::read(format!("/proc/{pid}/environ")).await.ok()?;
    let environ = String::from_utf8_lossy(&environ).into_owned();
    let ours = variable(&environ, "SLIPWAY_TENANT_ID") == Some(&tree.tenant().to_string())
        && variable(&environ, "SLIPWAY_SITE_TREE") == tree.root().to_str();
    ours.then_some(environ)
}

fn variable<'a>(environ: &'a str, name: &str) -> Option<&'a str> {
    environ.split('\0').find_map(|v| v.strip_prefix(name)?.strip_prefix('='))
}
