//! One server of the demo: how it is started, seen to be ready, and ended.

use super::{leftovers, probe::Probe};
use anyhow::Context as _;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::process::{Child, Command};

/// Name of the portal among the parts.
pub(super) const PORTAL: &str = "portal";

/// How long a server may take to end by itself.
pub(super) const MAY_TAKE: Duration = Duration::from_secs(10);

/// How long the portal may take: it lets the step it is at come to an end and stops the sites.
pub(super) const PORTAL_MAY_TAKE: Duration = Duration::from_secs(30);

/// Lines of a log that are shown when its server ended.
const LAST_LINES: usize = 20;

/// What to start.
#[derive(Debug)]
pub(super) struct Part {
    /// Short name, also of its log.
    pub(super) name: &'static str,
    /// What people call it.
    pub(super) title: &'static str,
    pub(super) program: PathBuf,
    /// Arguments are visible to everybody on the machine: no secrets.
    pub(super) args: Vec<String>,
    /// Its whole environment.
    pub(super) env: Vec<(String, String)>,
    pub(super) log: PathBuf,
    pub(super) ready: Probe,
    /// How long the start may take.
    pub(super) patience: Duration,
    /// What a person can do when it does not run.
    pub(super) next: String,
}

/// A part that was started.
pub(super) struct Started {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    log: PathBuf,
    next: String,
    child: Child,
    group: Pid,
}

impl Part {
    /// Starts it as the head of a process group: Ctrl-C in the terminal reaches the demo alone, which ends its parts in
    /// the right order.
    pub(super) fn start(&self, root: &Path) -> anyhow::Result<Started> {
        let _there_was_none = std::fs::rename(&self.log, self.log.with_extension("log.1"));
        let log = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&self.log)
            .with_context(|| self.log.display().to_string())?;
        let child = Command::new(&self.program)
            .args(&self.args)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env(leftovers::MARK, root)
            .env(leftovers::PART, self.name)
            .current_dir(root)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started. {}", self.program.display(), self.next))?;
        let number = child.id().and_then(|id| i32::try_from(id).ok()).context("it ended at once")?;
        Ok(Started {
            name: self.name,
            title: self.title,
            log: self.log.clone(),
            next: self.next.clone(),
            child,
            group: Pid::from_raw(number),
        })
    }
}

impl Started {
    /// Waits for its end.
    pub(super) async fn ended(&mut self) -> String {
        self.child.wait().await.map_or_else(|e| e.to_string(), words)
    }

    /// What to show of a part that should run and does not.
    pub(super) fn obituary(&self, how: &str) -> String {
        let lines = last_lines(&self.log).unwrap_or_else(|e| vec![format!("(its log cannot be read: {e})")]);
        let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        format!("{} {how}. The end of {}:\n{lines}Next: {}", self.title, self.log.display(), self.next)
    }

    /// Number of its first process.
    pub(super) fn number(&self) -> i32 {
        self.group.as_raw()
    }

    /// SIGTERM to the group, and SIGKILL to what is left of it after a while.
    pub(super) async fn end(&mut self, patience: Duration) {
        let _it_ended_meanwhile = killpg(self.group, Signal::SIGTERM);
        let _late = tokio::time::timeout(patience, self.child.wait()).await;
        let _nobody_is_left = killpg(self.group, Signal::SIGKILL);
        let _status = self.child.wait().await;
    }
}

fn words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("has ended with status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "has ended".to_owned(),
    }
}

/// The last lines of a log, without reading all of it.
fn last_lines(path: &Path) -> std::io::Result<Vec<String>> {
    const TAIL: u64 = 16 * 1024;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    Ok(lines[lines.len().saturating_sub(LAST_LINES)..].iter().map(|&line| line.to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(dir: &Path, script: &str) -> Part {
        Part {
            name: "toy",
            title: "Toy",
            program: "/bin/sh".into(),
            args: vec!["-c".to_owned(), script.to_owned()],
            env: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            log: dir.join("toy.log"),
            ready: Probe::Page("http://127.0.0.1:9/".to_owned()),
            patience: Duration::from_secs(1),
            next: "look into the box.".to_owned(),
        }
    }

    #[tokio::test]
    async fn says_how_a_part_ended_and_what_it_said_last() {
        let dir = tempfile::tempdir().unwrap();
        let mut toy = part(dir.path(), "seq 1 30; echo 'out of springs' >&2; exit 3").start(dir.path()).unwrap();
        let how = toy.ended().await;
        let said = toy.obituary(&how);
        assert!(said.starts_with("Toy has ended with status 3."), "{said}");
        assert!(said.contains("    out of springs\nNext: look into the box."), "{said}");
        assert_eq!(said.lines().filter(|line| line.starts_with("    ")).count(), LAST_LINES);
    }

    #[tokio::test]
    async fn ends_the_whole_group_by_force_if_it_must() {
        let dir = tempfile::tempdir().unwrap();
        let script = "trap '' TERM; sleep 60 & echo $! > child; while :; do sleep 1; done";
        let mut toy = part(dir.path(), script).start(dir.path()).unwrap();
        while std::fs::read_to_string(dir.path().join("child")).unwrap_or_default().trim().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        toy.end(Duration::from_millis(100)).await;
        let child = std::fs::read_to_string(dir.path().join("child")).unwrap();
        // The signal is sent; the system takes its time to end a process that nobody waits for.
        let alive = || {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
            !state.is_empty() && !state.contains(") Z ")
        };
        let gone = async {
            while alive() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), gone).await.expect("it ends");
    }
}
