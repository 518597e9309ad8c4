//! The program itself, with nothing around it: how soon it answers, and what it holds while nobody works.

use super::{
    ROUNDS, seed,
    table::{Bar, Table, ms},
    wire::{Ask, Line},
};
use crate::stage::program::{PROGRAM, config, free, lives};
use slipway::{
    domain::{At, Clock},
    store::Store,
};
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Page loads before the second look at its memory.
const LOADS: u32 = 1_000;

pub(super) async fn measure(table: &mut Table) {
    let (mut first, mut again, mut version) = (Vec::new(), Vec::new(), Vec::new());
    let (mut fresh, mut used, mut anonymous) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().expect("there is room");
        let begun = Instant::now();
        assert!(Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).status().is_ok_and(|s| s.success()));
        version.push(ms(begun.elapsed()));
        first.push(Serving::start(folder.path()).took);
        let cookie = prepare(folder.path()).await;
        let serving = Serving::start(folder.path());
        again.push(serving.took);
        tokio::time::sleep(Duration::from_secs(2)).await;
        fresh.push(serving.holds("VmRSS"));
        let mut line = Line::open(&Ask::new(serving.at, "/tenants", &cookie)).await;
        for _ in 0..LOADS {
            assert!(line.ask().await.windows(8).any(|w| w == b"tenant-7"), "it lists tenants");
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        used.push(serving.holds("VmRSS"));
        anonymous.push(serving.holds("RssAnon"));
    }
    table.row("First start, its database to be made, to the first answer", "ms", first, vec![], Bar::None);
    table.row("Start to the first answer (reference: `slipway --version`)", "ms", again, version, Bar::Most(100.0));
    table.row("Memory two seconds after the start", "MB", fresh, vec![], Bar::Most(32.0));
    table.row(format!("Memory after {LOADS} loads of the list of 50"), "MB", used, vec![], Bar::Most(32.0));
    table.row("… of which its own, not the program's file", "MB", anonymous, vec![], Bar::None);
}

/// Fifty tenants for which nothing is due in this century, and an operator.
async fn prepare(folder: &Path) -> String {
    struct Wall;
    impl Clock for Wall {
        #[expect(clippy::disallowed_methods, reason = "the program under measurement has the machine's clock")]
        fn now(&self) -> At {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            At(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
        }
    }
    let url = format!("sqlite://{}", folder.join("slipway.db").display());
    let store = Store::open(&url).await.expect("the program made it");
    seed::tenants(&store, 50, At(4_102_444_800_000_000)).await;
    seed::cookie(&store, Arc::new(Wall)).await
}

/// A running program, ended when this is dropped.
struct Serving {
    at: SocketAddr,
    /// Milliseconds to the first answer.
    took: f64,
    child: Child,
}

impl Serving {
    fn start(folder: &Path) -> Self {
        let [at, aside] = [free(), free()];
        let file = folder.join("slipway.toml");
        std::fs::write(&file, config(folder, at, aside)).expect("there is room");
        let begun = Instant::now();
        let mut child = Command::new(PROGRAM);
        child.arg("serve").arg("--config").arg(&file).stdin(Stdio::null()).stderr(Stdio::null());
        let child = child.spawn().expect("it is built");
        let mut this = Self { at, took: 0.0, child };
        while !lives(at) {
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not answer");
            std::thread::sleep(Duration::from_micros(500));
        }
        this.took = ms(begun.elapsed());
        this
    }

    /// Megabytes (10^6 bytes), by a line of the kernel's account.
    fn holds(&self, what: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':')).expect("Linux says it");
        line.trim().trim_end_matches(" kB").trim().parse::<f64>().expect("a number") * 1024.0 / 1e6
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let pid = nix::unistd::Pid::from_raw(self.child.id().cast_signed());
        let _gone_already = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ended = self.child.wait();
    }
}
