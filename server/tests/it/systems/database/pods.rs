//! The Job as a pod on a real node, which reaches the server under the address that pods have for this machine. The
//! portal's account has the rights of the table and no others, and the namespace takes restricted pods alone.

use super::{
    code,
    dump::{bucket, fetched, restored},
    reach::{account, owner},
    root, run, sign_in,
};
use crate::{
    real::{MASTER, Part},
    sim::faults::Trouble,
    systems::kubernetes::real::{Cluster, host_for_pods},
};
use futures::future::join_all;
use serde_json::{Value, json};
use slipway::{
    domain::{Fault, Seen, TenantId},
    systems::{
        cluster,
        database::{
            DatabaseTls, Details,
            reach::{
                Account, Owner, Reach,
                job::{Config, Dumps, Jobs},
            },
            rights::RIGHTS,
        },
    },
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

const HOME: &str = "slipway-tests-databases";
/// Where the dumps of these tests are made.
const DUMPS: &str = "slipway-tests-dumps";

/// Goes on as the engine does until it is over.
async fn over(mut ask: impl AsyncFnMut() -> Result<Seen<()>, Fault>) -> Result<Seen<()>, Fault> {
    let mut last = None;
    for _ in 0..600 {
        match ask().await {
            Ok(Seen::Working { note, .. }) => last = Some(note),
            seen => return seen,
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("it is never over; last: {last:?}");
}

async fn home(cluster: &Cluster, namespace: &str, dumps: Option<Dumps>) -> Jobs {
    cluster.clear(namespace).await;
    let room = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace,
        "labels": { "pod-security.kubernetes.io/enforce": "restricted" } } });
    let (status, answer) = cluster.admin("POST", "/api/v1/namespaces", "application/json", room).await;
    assert_eq!(status, 201, "{answer}");
    let way = cluster::Cluster::new(cluster.config.kubeconfig.as_deref(), None).await.expect("the file can be read");
    let config = Config {
        namespace: namespace.to_owned(),
        image: cluster.config.image.clone(),
        image_pull_policy: cluster.config.image_pull_policy,
        pull_secret_name: None,
        tls: DatabaseTls::Off,
        authorities: None,
        dumps,
    };
    Jobs::new(Arc::new(way), config)
}

/// Jobs, pods and Secrets of the namespace.
async fn all(cluster: &Cluster, namespace: &str) -> Vec<Vec<Value>> {
    let kinds = [("apis/batch/v1", "jobs"), ("api/v1", "pods"), ("api/v1", "secrets")];
    join_all(kinds.map(async |(group, kind)| {
        let (status, list) = cluster.get(&format!("/{group}/namespaces/{namespace}/{kind}")).await;
        assert_eq!(status, 200, "{list}");
        list["items"].as_array().cloned().unwrap_or_default()
    }))
    .await
}

async fn left(cluster: &Cluster, n: usize) {
    let what = format!("there are {n} Jobs, each with its pod and its Secret");
    cluster.until(&what, async || all(cluster, HOME).await.iter().all(|found| found.len() == n)).await;
}

#[tokio::test]
async fn a_job_on_a_real_node_speaks_for_the_portal() {
    let rules = RIGHTS.iter().map(|r| json!({ "apiGroups": [r.group], "resources": [r.resource], "verbs": r.verbs }));
    let Some(cluster) = Cluster::with("databases", rules.collect()).await else { return };
    let Some(host) = host_for_pods() else { return };
    let part = Part::mariadb_at(&host).await;
    let jobs = home(&cluster, HOME, None).await;
    let (owner, acme) = (owner(&part, "root", MASTER), account(1, "acme"));

    assert_eq!(over(async || jobs.look(&owner, &acme).await).await, Ok(Seen::Absent));
    left(&cluster, 0).await;

    // The Job is made, and its Secret is not: the pod waits for it.
    cluster.faults.arm(&format!("PATCH /api/v1/namespaces/{HOME}/secrets"), Trouble::LostRequest, 1);
    let cut = jobs.prepare(&owner, &acme).await;
    assert!(matches!(cut, Err(Fault::Retry { .. })), "{cut:?}");
    assert_eq!(over(async || jobs.prepare(&owner, &acme).await).await, Ok(Seen::Ready(())));
    let (host, port, name, user) = (part.host.clone(), part.port, acme.database.clone(), acme.user.clone());
    sign_in(&Details { host, port, name, user }, &acme.password).await.expect("the site comes in");

    let changes = cluster.changes();
    for _ in 0..2 {
        assert_eq!(jobs.look(&owner, &acme).await, Ok(Seen::Ready(())));
    }
    assert_eq!(cluster.changes(), changes, "a good answer is kept");
    for shown in all(&cluster, HOME).await[..2].iter().flatten().map(Value::to_string) {
        assert!(!shown.contains("canary") && !shown.contains("throw"), "{shown}");
    }

    refuses(&jobs, &owner, &acme).await;
    left(&cluster, 1).await;
    cluster.clear(HOME).await;
}

async fn refuses(jobs: &Jobs, owner: &Owner, acme: &Account) {
    let other = Account { tenant: TenantId(Uuid::from_u128(77)), ..acme.clone() };
    let nobody = Owner { user: "nobody".to_owned(), ..owner.clone() };
    let away = Owner { port: 1, ..owner.clone() };
    for (owner, account, fault) in
        [(owner, &other, "database_not_ours"), (&nobody, acme, "database_owner_refused"), (&away, acme, "retry")]
    {
        assert_eq!(over(async || jobs.look(owner, account).await).await.map_err(code), Err(fault));
    }
}

/// The local cluster's image of a site brings MariaDB's client too, so that it can stand for the image of dumps.
#[tokio::test]
async fn a_dump_by_a_job_on_a_real_node_arrives_once_and_whole() {
    let rules = RIGHTS.iter().map(|r| json!({ "apiGroups": [r.group], "resources": [r.resource], "verbs": r.verbs }));
    let Some(cluster) = Cluster::with("dumps", rules.collect()).await else { return };
    let Some(host) = host_for_pods() else { return };
    let Some(store) = Part::store_at(&host).await else { return };
    let (part, bucket) = (Part::mariadb_at(&host).await, bucket(&store).await);
    let dumps = |bucket: &str| Dumps {
        image: cluster.config.image.clone(),
        endpoint: format!("http://{host}:{}", store.port),
        region: "eu-central-3".to_owned(),
        bucket: bucket.to_owned(),
        key_id: "key".to_owned(),
        secret: "canary".into(),
    };
    let jobs = home(&cluster, DUMPS, Some(dumps("dumps"))).await;
    let (owner, acme) = (owner(&part, "root", MASTER), account(1, "acme"));
    assert_eq!(over(async || jobs.prepare(&owner, &acme).await).await, Ok(Seen::Ready(())));
    let mut root = root(&part).await;
    let database = &acme.database;
    let post = format!("CREATE TABLE {database}.t (word TEXT); INSERT INTO {database}.t VALUES ('it''s 😀')");
    run(&mut root, post).await.expect("made");

    let say = async |jobs: &Jobs, name: &str| over(async || jobs.dump(&owner, &acme, name).await).await;
    assert_eq!(say(&jobs, "last").await, Ok(Seen::Ready(())));
    let url = format!("{bucket}/{}/last.sql.gz", acme.tenant);
    let kept = fetched(&url).await;
    // A Job that is asked for again, after it was taken away with its pod, finds what there is.
    run(&mut root, format!("UPDATE {database}.t SET word = 'later'")).await.expect("changed");
    let (status, answer) = cluster.admin("DELETE", &jobs_of(DUMPS), "application/json", Value::Null).await;
    assert_eq!(status, 200, "{answer}");
    cluster.until("the Jobs are gone", async || all(&cluster, DUMPS).await.iter().all(Vec::is_empty)).await;
    assert_eq!(say(&jobs, "last").await, Ok(Seen::Ready(())));
    assert_eq!(fetched(&url).await, kept, "what was kept is not written over");
    assert_eq!(restored(&part, &url).await, "it's 😀");

    let nowhere = home(&cluster, DUMPS, Some(dumps("no-such-bucket"))).await;
    assert_eq!(say(&nowhere, "last").await.map_err(code), Err("dump_refused"));
    cluster.clear(DUMPS).await;
}

fn jobs_of(namespace: &str) -> String {
    format!("/apis/batch/v1/namespaces/{namespace}/jobs?propagationPolicy=Background")
}
