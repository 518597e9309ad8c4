//! `slipway serve`, started twice, and told to end.

use crate::stage::program::{PROGRAM, config, free, lives, status};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use slipway::{
    boot::ALONE,
    domain::{At, Clock as _, Email, Fact, Slug, Tenant, TenantId, secret::TokenHash, tenant::Status},
    store::{AuditEntry, NewTenant, Store},
};
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

/// A running program, killed when this is dropped.
struct Serving {
    at: SocketAddr,
    child: Child,
}

impl Serving {
    /// Begins with the configuration of this folder, and waits for nothing.
    fn begin(file: &Path, at: SocketAddr) -> Self {
        let mut program = Command::new(PROGRAM);
        program.arg("serve").arg("--config").arg(file).stdin(Stdio::null()).stderr(Stdio::null());
        Self { at, child: program.spawn().expect("it is built") }
    }

    async fn start(folder: &Path) -> Self {
        let (file, at) = written(folder, "first.toml", |text| text);
        let this = Self::begin(&file, at);
        while !lives(at) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        this
    }

    fn send(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("it runs");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// A configuration with ports of its own.
fn written(folder: &Path, name: &str, change: impl Fn(String) -> String) -> (std::path::PathBuf, SocketAddr) {
    let (file, at) = (folder.join(name), free());
    std::fs::write(&file, change(config(folder, at, free()))).expect("there is room");
    (file, at)
}

/// What a program says that ends by itself.
async fn ends(file: &Path) -> (Output, String) {
    let mut program = tokio::process::Command::new(PROGRAM);
    let run = program.arg("serve").arg("--config").arg(file).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(Duration::from_secs(60), run).await.expect("it ends").expect("it is built");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

async fn ordered(store: &Store) -> TenantId {
    let slug = Slug::parse("acme").expect("a good one");
    let tenant = Tenant {
        id: TenantId(uuid::Uuid::from_u128(1)),
        slug: slug.clone(),
        name: "Acme".into(),
        plan: "small".into(),
        language: slipway::domain::SiteLanguage::En,
        time_zone: slipway::domain::TimeZone::utc(),
        site_url: "http://127.0.0.1:9".into(),
        admin: Email::parse("ada@example.org").expect("it is one"),
        ordered_by: "olivia@example.org".into(),
        // Not due in this century.
        ordered_at: At(4_102_444_800_000_000),
        status: Status::Provisioning,
        gone_at: None,
    };
    let entry = AuditEntry {
        at: At(1),
        who: "olivia@example.org".into(),
        what: "tenant.order".into(),
        tenant: Some((tenant.id, slug)),
        allowed: true,
        detail: String::new(),
        before: None,
        after: None,
    };
    let (id, opened) = (tenant.id, Fact::Opened { by: tenant.ordered_by.clone() });
    let new = NewTenant { tenant, key: String::new(), opened, site_hash: TokenHash::of("acme"), secret: None };
    store.order(&new, &entry).await.expect("the store works");
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_portal_on_the_same_file_is_refused_and_ends_no_lease() {
    let folder = tempfile::tempdir().expect("there is room");
    let first = Serving::start(folder.path()).await;
    let store =
        Store::open(&format!("sqlite://{}", folder.path().join("slipway.db").display())).await.expect("it opens");
    let now = slipway::boot::Watch.now();
    let id = ordered(&store).await;
    let lease = store.take(id, ALONE, now.plus(Duration::from_secs(60))).await.expect("it works").expect("it is there");

    let (file, _) = written(folder.path(), "second.toml", |text| text);
    let (output, said) = ends(&file).await;
    assert!(!output.status.success());
    let who = format!("another portal (process {}) runs on", first.child.id());
    assert!(said.contains(&who) && said.contains("stop it first"), "{said}");
    // At the same address it does not even come so far.
    let (output, said) = ends(&folder.path().join("first.toml")).await;
    assert!(!output.status.success() && said.contains("is another portal running?"), "{said}");
    assert!(store.holds(&lease, now).await.expect("it works"), "the first one's lease is as it was");
    assert!(lives(first.at));

    // A portal that is killed leaves no lock, and the next one ends its leases.
    drop(first);
    let _next = Serving::start(folder.path()).await;
    assert!(!store.holds(&lease, now).await.expect("it works"));
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_are_for_one_portal() {
    let folder = tempfile::tempdir().expect("there is room");
    let _first = Serving::start(folder.path()).await;
    let (file, _) = written(folder.path(), "second.toml", |text| text.replace("slipway.db", "other.db"));
    let (output, said) = ends(&file).await;
    assert!(!output.status.success());
    assert!(said.contains("keeps the sites in") && said.contains("need sites on Kubernetes"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_is_told_to_end_answers_until_nobody_asks_it() {
    let folder = tempfile::tempdir().expect("there is room");
    let mut serving = Serving::start(folder.path()).await;
    assert_eq!(status(serving.at, "/health/ready"), Some(200));
    serving.send(Signal::SIGTERM);
    let mut seen = Vec::new();
    while let Some(answer) = status(serving.at, "/health/ready") {
        seen.push(answer);
        assert_eq!(status(serving.at, "/health/live").unwrap_or(200), 200, "it is alive while it closes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(seen.last(), Some(&503), "who asks is told before nobody answers");
    assert!(seen.is_sorted(), "{seen:?}");
    assert!(serving.child.wait().expect("it ends").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_whenever_it_is_told() {
    for wait in [0, 3, 10, 30, 60] {
        let folder = tempfile::tempdir().expect("there is room");
        let (file, at) = written(folder.path(), "first.toml", |text| text);
        let mut serving = Serving::begin(&file, at);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        serving.send(Signal::SIGTERM);
        let ended = tokio::task::spawn_blocking(move || serving.child.wait().map(|_| ()));
        tokio::time::timeout(Duration::from_secs(60), ended)
            .await
            .expect("it ends")
            .expect("no panic")
            .expect("it ran");
    }
}

/// As on a full disk, or when whoever kept the lines has ended.
#[tokio::test(flavor = "multi_thread")]
async fn serves_on_and_ends_well_when_nobody_takes_its_log() {
    let folder = tempfile::tempdir().expect("there is room");
    let (file, at) = written(folder.path(), "first.toml", |text| text);
    let mut program = tokio::process::Command::new(PROGRAM);
    program.arg("serve").arg("--config").arg(file).stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = program.spawn().expect("it is built");
    drop(child.stderr.take());
    while !lives(at) {
        assert!(child.try_wait().expect("its state").is_none(), "it ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status(at, "/welcome"), Some(200));
    kill(Pid::from_raw(child.id().expect("it runs").cast_signed()), Signal::SIGTERM).expect("it runs");
    let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await.expect("it ends").expect("its state");
    assert!(ended.success(), "{ended}");
}
