//! Sites of a thousand tenants on a real API server: Slipway's driver next to kubectl, and next to a loop that sends the
//! very same objects with the same number of requests under way and thinks about nothing. Needs `SLIPWAY_KUBECONFIG`, best
//! of a cluster for this alone (`SLIPWAY_CLUSTER_SHAPE=control-plane end2end/cluster/up FOLDER`), which it leaves full.

use super::{
    list::Pair,
    table::{Bar, Table, ms},
};
use crate::{
    sim::Wire,
    systems::kubernetes::{self, real::Cluster},
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri},
};
use futures::{StreamExt as _, stream};
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use slipway::{
    domain::Seen,
    systems::site::{
        Sites, Wanted,
        kubernetes::{Config, KubernetesSites},
    },
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    time::Instant,
};

/// Requests under way at the same time, as the driver bounds itself.
const AT_ONCE: usize = 32;
/// Tenants of one round; five rounds make the thousand.
const TENANTS: usize = 200;
const ROUNDS: usize = 5;

pub(super) async fn measure(table: &mut Table) {
    let Some(file) = std::env::var_os("SLIPWAY_KUBECONFIG").map(PathBuf::from) else {
        println!("!! SLIPWAY_KUBECONFIG names no cluster: sites on Kubernetes are NOT measured.");
        return;
    };
    let config = Config { kubeconfig: Some(file.clone()), ..kubernetes::config(&file) };
    let sites = kubernetes::sites(config.clone()).await;
    let client = client(&file).await;
    let mut first = Pair::default();
    let mut all = Vec::new();
    let before = held();
    for round in 0..ROUNDS {
        let ours = tenants("ours", round);
        first.0[0].push(set_up(&sites, &ours).await);
        all.extend(ours);
        let same = rendered(&config, &tenants("bare", round)).await;
        // Under another label, so that they are not among those that are looked at afterwards.
        first.0[1].push(bare(&client, relabelled(same)).await);
    }
    let ours: f64 = first.0[0].iter().sum();
    let objects = rendered(&config, &all[..1]).await[0].len();
    let what = format!("{TENANTS} sites of {objects} objects set up (reference: bare kube loop, {AT_ONCE} at once)");
    first.row(table, what, "ms", Bar::Ratio(1.18));
    let unchanged: Vec<f64> = [looks(&sites, &all).await, looks(&sites, &all).await, looks(&sites, &all).await].into();
    let (made, same) = kubectl(&file, &config).await;
    let count = all.len();
    table.row(format!("{count} sites set up (reference: kubectl)"), "ms", vec![ours], vec![made], Bar::Ratio(0.08));
    let what = format!("{count} sites looked at, nothing to change (reference: kubectl apply again)");
    table.row(what, "ms", unchanged.clone(), vec![same; unchanged.len()], Bar::Ratio(0.02));
    requests(table, &all).await;
    table.row(format!("Memory that {count} sites leave behind"), "MB", vec![held() - before], vec![], Bar::None);
}

fn tenants(set: &str, round: usize) -> Vec<Wanted> {
    (0..TENANTS).map(|n| kubernetes::wanted(&format!("{set}-{round}-{n}"))).collect()
}

async fn set_up(sites: &KubernetesSites, all: &[Wanted]) -> f64 {
    let begun = Instant::now();
    let made = stream::iter(all).map(|wanted| sites.ensure(wanted)).buffer_unordered(AT_ONCE);
    made.for_each(|seen| async move { assert!(matches!(seen, Ok(Seen::Working { .. })), "{seen:?}") }).await;
    ms(begun.elapsed())
}

/// A health round, as the engine makes it. Pods of these sites never start, so every site is still coming up, or no node
/// takes it.
async fn looks(sites: &KubernetesSites, all: &[Wanted]) -> f64 {
    // A look may be some seconds old; this one is to ask the cluster.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let begun = Instant::now();
    let seen = stream::iter(all).map(|wanted| sites.look(wanted)).buffer_unordered(AT_ONCE);
    let known = |seen: Result<Seen<_>, _>| async move {
        assert!(matches!(seen, Ok(Seen::Working { .. } | Seen::Drifted { .. })), "{seen:?}")
    };
    seen.for_each(known).await;
    ms(begun.elapsed())
}

/// Calls that one round of looks makes, counted on their way.
async fn requests(table: &mut Table, all: &[Wanted]) {
    let Some(cluster) = Cluster::new("bench").await else { return };
    let one = kubernetes::wanted("counted");
    set_up(&cluster.sites, std::slice::from_ref(&one)).await;
    let made = cluster.faults.calls().len();
    table.row("Requests to set up a site", "requests", vec![count(made)], vec![], Bar::None);
    looks(&cluster.sites, all).await;
    let looked = cluster.faults.calls().len() - made;
    table.row(format!("Requests of a look at {} sites", all.len()), "requests", vec![count(looked)], vec![], Bar::None);
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(n: usize) -> f64 {
    n as f64
}

/// The objects of sites as the driver sends them, in its order: collection, name, body.
async fn rendered(config: &Config, all: &[Wanted]) -> Vec<Vec<(String, Bytes)>> {
    let mut every = Vec::new();
    for wanted in all {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let server = Wire::serve(Router::new().fallback(note).with_state(sent.clone())).await;
        let folder = tempfile::tempdir().expect("there is room");
        let file = kubernetes::kubeconfig(folder.path(), &server.url);
        let sites = kubernetes::sites(Config { kubeconfig: Some(file), ..config.clone() }).await;
        assert!(matches!(sites.ensure(wanted).await, Ok(Seen::Working { .. })));
        every.push(std::mem::take(&mut *sent.lock().expect("nobody panics")));
    }
    every
}

fn relabelled(mut sites: Vec<Vec<(String, Bytes)>>) -> Vec<Vec<(String, Bytes)>> {
    for (_, body) in sites.iter_mut().flatten() {
        let text = std::str::from_utf8(body).expect("text");
        let ours = r#""app.kubernetes.io/managed-by":"slipway""#;
        assert!(text.contains(ours), "{text}");
        *body = text.replace(ours, r#""app.kubernetes.io/managed-by":"nobody""#).into();
    }
    sites
}

type Sent = Arc<Mutex<Vec<(String, Bytes)>>>;

/// A server without any object, that takes all.
async fn note(State(sent): State<Sent>, method: Method, uri: Uri, body: Bytes) -> (StatusCode, &'static str) {
    if method == Method::GET {
        return (StatusCode::NOT_FOUND, "{}");
    }
    sent.lock().expect("nobody panics").push((uri.path().to_owned(), body));
    (StatusCode::OK, "{}")
}

async fn client(file: &Path) -> kube::Client {
    let file = kube::config::Kubeconfig::read_from(file).expect("a kubeconfig");
    let config = kube::Config::from_custom_kubeconfig(file, &Default::default()).await.expect("a context");
    kube::Client::try_from(config).expect("a client")
}

/// Server-side apply of all objects; namespaces first, because the others stand in them.
async fn bare(client: &kube::Client, sites: Vec<Vec<(String, Bytes)>>) -> f64 {
    let (rooms, rest): (Vec<_>, Vec<_>) =
        sites.into_iter().flatten().partition(|(path, _)| path.matches('/').count() == 4);
    let begun = Instant::now();
    for wave in [rooms, rest] {
        let sent = stream::iter(wave).map(|(path, body)| patch(client.clone(), path, body)).buffer_unordered(AT_ONCE);
        sent.for_each(|()| async {}).await;
    }
    ms(begun.elapsed())
}

async fn patch(client: kube::Client, path: String, body: Bytes) {
    let object: DynamicObject = serde_json::from_slice(&body).expect("an object");
    let types = object.types.clone().expect("its kind");
    let kind = GroupVersionKind::try_from(&types).expect("a kind");
    let plural = path.rsplit('/').nth(1).expect("a collection").to_owned();
    let resource = ApiResource::from_gvk_with_plural(&kind, &plural);
    let api: Api<DynamicObject> = match &object.metadata.namespace {
        Some(namespace) => Api::namespaced_with(client, namespace, &resource),
        None => Api::all_with(client, &resource),
    };
    let name = object.metadata.name.clone().expect("a name");
    api.patch(&name, &PatchParams::apply("slipway"), &Patch::Apply(&object)).await.expect("it is applied");
}

/// The same number of sites by kubectl, from one file: made, and again with nothing to change.
async fn kubectl(file: &Path, config: &Config) -> (f64, f64) {
    let all: Vec<Wanted> = (0..ROUNDS).flat_map(|round| tenants("kubectl", round)).collect();
    let folder = tempfile::tempdir().expect("there is room");
    let manifests = folder.path().join("sites.yaml");
    let documents: Vec<String> = relabelled(rendered(config, &all).await)
        .into_iter()
        .flatten()
        .map(|(_, body)| String::from_utf8(body.to_vec()).expect("text"))
        .collect();
    std::fs::write(&manifests, documents.join("\n---\n")).expect("there is room");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/cluster/kubectl");
    let cluster = file.parent().expect("a folder").to_owned();
    let apply = || {
        let begun = Instant::now();
        let mut command = Command::new(&script);
        command.arg(&cluster).args(["apply", "--server-side", "--field-manager=slipway", "-f"]).arg(&manifests);
        let done = command.output().expect("it can be run");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        ms(begun.elapsed())
    };
    tokio::task::block_in_place(|| (apply(), apply()))
}

/// What this process holds, MB.
fn held() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|l| l.starts_with("RssAnon")).expect("it does");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1e3
}
