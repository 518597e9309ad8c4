//! What an earlier demo of the same folder left running, because its watcher was killed.
//!
//! A process is ours when its environment says so: everything that the demo starts carries its folder, and a tenant's
//! PHP carries its own one beneath. Numbers alone prove nothing: the system gives them out again.

use super::part;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{path::Path, time::Duration};
use tokio::time::Instant;

/// The variable by which everything of a demo is recognised. Its value is the demo's folder.
pub(super) const MARK: &str = "SLIPWAY_DEMO";

/// The variable that a tenant's PHP carries: the site's folder, somewhere in the demo's.
const SITE: &str = "SLIPWAY_SITE_TREE";

/// The variable that names the part of the demo.
pub(super) const PART: &str = "SLIPWAY_DEMO_PART";

struct Found {
    pid: i32,
    portal: bool,
}

/// Ends all of them, the portal first so that it can stop its sites itself. Says whether there were any.
///
/// # Errors
/// Something does not end, even by force.
pub(super) async fn end(root: &Path) -> anyhow::Result<bool> {
    let found = all(root);
    if found.is_empty() {
        return Ok(false);
    }
    let portals: Vec<i32> = found.iter().filter(|f| f.portal).map(|f| f.pid).collect();
    if !portals.is_empty() {
        round(&portals, Signal::SIGTERM);
        wait(root, part::PORTAL_MAY_TAKE, |f| f.portal).await;
    }
    for (signal, patience) in [(Signal::SIGTERM, part::MAY_TAKE), (Signal::SIGKILL, Duration::from_secs(5))] {
        round(&all(root).iter().map(|f| f.pid).collect::<Vec<_>>(), signal);
        if wait(root, patience, |_| true).await {
            return Ok(true);
        }
    }
    let left: Vec<String> = all(root).iter().map(|f| f.pid.to_string()).collect();
    anyhow::bail!(
        "These processes of an earlier demo do not end: {}. Stop them by hand, then start again.",
        left.join(", ")
    )
}

fn round(pids: &[i32], signal: Signal) {
    for pid in pids {
        let _it_ended_meanwhile = kill(Pid::from_raw(*pid), signal);
    }
}

/// Waits until none of the chosen is left.
async fn wait(root: &Path, patience: Duration, chosen: impl Fn(&Found) -> bool) -> bool {
    let until = Instant::now() + patience;
    while all(root).iter().any(&chosen) {
        if Instant::now() > until {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    true
}

/// Everything that runs for the folder. Where there is no `/proc`, nothing is found.
fn all(root: &Path) -> Vec<Found> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let environ = std::fs::read(entry.path().join("environ")).ok()?;
            let environ = String::from_utf8_lossy(&environ);
            is_ours(&environ, root).then(|| Found { pid, portal: value(&environ, PART) == Some(part::PORTAL) })
        })
        .collect()
}

fn is_ours(environ: &str, root: &Path) -> bool {
    value(environ, MARK).is_some_and(|folder| Path::new(folder) == root)
        || value(environ, SITE).is_some_and(|folder| Path::new(folder).starts_with(root))
}

fn value<'a>(environ: &'a str, name: &str) -> Option<&'a str> {
    environ.split('\0').find_map(|v| v.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_by_their_environment() {
        let ours = |environ: &str| is_ours(environ, Path::new("/data/demo"));
        assert!(ours("PATH=/bin\0SLIPWAY_DEMO=/data/demo\0"));
        assert!(ours("SLIPWAY_SITE_TREE=/data/demo/sites/acme-1a2b3c\0"));
        assert!(!ours("SLIPWAY_DEMO=/data/demo2\0SLIPWAY_SITE_TREE=/data/demo2/sites/acme-1a2b3c\0"));
        assert!(!ours("XSLIPWAY_DEMO=/data/demo\0"));
        assert!(!ours(""));
    }

    #[tokio::test]
    async fn finds_and_ends_what_was_left() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let mut left =
            tokio::process::Command::new("sleep").arg("60").env(MARK, &root).kill_on_drop(true).spawn().unwrap();
        // A fresh process shows its environment a moment after it was made.
        while all(&root).is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(end(&root).await.unwrap());
        assert!(!left.wait().await.unwrap().success());
        assert!(!end(&root).await.unwrap());
    }
}
