//! Jobs that speak with managed databases, and databases of Secrets, against a cluster in memory with its bad days.

use super::code;
use crate::{
    sim::{faults::Trouble, kubernetes::ApiServer},
    systems::kubernetes::kubeconfig,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use serde_json::{Value, json};
use slipway::{
    domain::{Fault, Gone, Seen, Slug, TenantId},
    systems::{
        cluster::Cluster,
        database::{
            DatabaseTls, Databases, Wanted,
            existing::ExistingDatabases,
            reach::{
                Account, Owner, Reach, SiteUser,
                job::{Config, Dumps, Jobs},
            },
        },
    },
};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use uuid::Uuid;

const HOME: &str = "admin-apps";

struct Stage {
    server: ApiServer,
    cluster: Arc<Cluster>,
    jobs: Jobs,
    _folder: TempDir,
}

pub(super) fn config() -> Config {
    Config {
        namespace: HOME.to_owned(),
        image: "slipway-wordpress:local".to_owned(),
        image_pull_policy: "Never",
        pull_secret_name: Some("registry".to_owned()),
        tls: DatabaseTls::Off,
        authorities: None,
        dumps: Some(Dumps {
            image: "mariadb:11.4".to_owned(),
            endpoint: "http://store".to_owned(),
            region: "eu-central-3".to_owned(),
            bucket: "dumps".to_owned(),
            key_id: "key".to_owned(),
            secret: SecretString::from("canary-store"),
        }),
    }
}

async fn stage() -> Stage {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = ApiServer::serve().await;
    server.objects.put("namespaces", None, HOME, json!({ "metadata": { "name": HOME } }));
    let folder = tempfile::tempdir().expect("a folder");
    let cluster = Cluster::new(Some(&kubeconfig(folder.path(), &server.wire.url)), None).await.expect("a cluster");
    let cluster = Arc::new(cluster);
    let jobs = Jobs::new(cluster.clone(), config());
    Stage { server, cluster, jobs, _folder: folder }
}

fn owner(password: &str) -> Owner {
    Owner { host: "10.7.222.3".into(), port: 3306, user: "wp_a".into(), password: SecretString::from(password) }
}

fn account() -> Account {
    Account {
        tenant: TenantId(Uuid::from_u128(1)),
        database: "wordpress".into(),
        user: "s_acme".into(),
        password: SecretString::from("canary-site"),
    }
}

impl Stage {
    async fn look(&self) -> Result<Seen<()>, Fault> {
        self.jobs.look(&owner("canary-owner"), &account()).await
    }

    async fn prepare(&self) -> Result<Seen<()>, Fault> {
        self.jobs.prepare(&owner("canary-owner"), &account()).await
    }

    fn count(&self, kind: &str) -> usize {
        self.server.objects.all(kind).len()
    }

    /// The Job ends well with these words.
    fn answers(&self, message: &str) {
        let end = json!({ "exitCode": 0, "message": message });
        self.server
            .objects
            .jobs_are(json!([{ "type": "Complete", "status": "True" }]), pod("errand", "terminated", end));
    }
}

fn pod(container: &str, state: &str, detail: Value) -> Value {
    json!({ "containerStatuses": [{ "name": container, "image": "slipway-wordpress:local", "imageID": "", "ready": false,
        "restartCount": 0, "state": { state: detail } }] })
}

fn working<T: std::fmt::Debug>(seen: Result<Seen<T>, Fault>) -> String {
    match seen {
        Ok(Seen::Working { note, .. }) => note,
        other => panic!("not at work: {other:?}"),
    }
}

#[tokio::test]
async fn a_good_answer_counts_as_long_as_its_job_is_there() {
    let stage = stage().await;
    working(stage.look().await);
    working(stage.look().await);
    assert_eq!((stage.count("jobs"), stage.count("secrets")), (1, 1));
    let (job, secret) = (stage.server.objects.all("jobs").remove(0), stage.server.objects.all("secrets").remove(0));
    assert_eq!(secret["metadata"]["ownerReferences"][0]["uid"], job["metadata"]["uid"], "they end together");
    assert!(!job.to_string().contains("canary"), "a Job is for everybody to read");
    stage.answers(r#"{"seen":"ready"}"#);
    assert_eq!(stage.look().await, Ok(Seen::Ready(())));
    assert_eq!(stage.look().await, Ok(Seen::Ready(())));
    assert_eq!(stage.jobs.look(&owner("canary-renewed"), &account()).await, Ok(Seen::Ready(())), "same Job");
    assert_eq!(stage.count("jobs"), 1);
    working(stage.prepare().await);
    stage.answers(r#"{"seen":"ready"}"#);
    assert_eq!((stage.prepare().await, stage.look().await), (Ok(Seen::Ready(())), Ok(Seen::Ready(()))));
}

#[tokio::test]
async fn any_other_answer_goes_with_its_job() {
    let stage = stage().await;
    let order = |stage: &Stage| {
        let secret = stage.server.objects.all("secrets").remove(0);
        let file = STANDARD.decode(secret["data"]["order.json"].as_str().expect("a file")).expect("base64");
        serde_json::from_slice::<Value>(&file).expect("JSON")
    };
    working(stage.look().await);
    assert_eq!(order(&stage)["act"], "look");
    working(stage.prepare().await);
    assert_eq!(order(&stage)["act"], "look", "a look that is under way is not disturbed");
    stage.answers(r#"{"seen":"drifted","what":"It differs."}"#);
    assert_eq!(stage.look().await, Ok(Seen::Drifted { what: "It differs.".to_owned() }));
    assert_eq!((stage.count("jobs"), stage.count("secrets"), stage.count("pods")), (0, 0, 0));
    working(stage.prepare().await);
    assert_eq!(
        (order(&stage)["act"].as_str(), &order(&stage)["owner"]["password"]),
        (Some("prepare"), &json!("canary-owner"))
    );
    working(stage.look().await);
    assert_eq!(order(&stage)["act"], "prepare", "a look waits for what is being done");
    stage.answers(r#"{"seen":"trouble","whose":"granting","number":1227,"said":"no"}"#);
    assert_eq!(stage.look().await.map_err(code), Err("database_users_refused"), "and tells what came of it");
    assert_eq!(stage.count("jobs"), 0);
}

#[tokio::test]
async fn says_what_befell_a_job_and_begins_another() {
    let failed = json!([{ "type": "Failed", "status": "True", "reason": "DeadlineExceeded",
        "message": "Job was active longer than specified deadline" }]);
    let done = json!([{ "type": "Complete", "status": "True" }]);
    let broke = json!({ "exitCode": 255, "reason": "Error", "message": "PHP Fatal error" });
    for (conditions, pod, words) in [
        (failed.clone(), json!({}), "longer than specified deadline"),
        (failed.clone(), json!({ "reason": "Evicted", "message": "The node was low on memory." }), "Evicted: The node"),
        (failed.clone(), pod("errand", "terminated", broke), "errand ended with 255 (Error). PHP Fatal error"),
        (
            done.clone(),
            pod("errand", "terminated", json!({ "exitCode": 0, "message": "<html>" })),
            "cannot be read: <html>",
        ),
        (done, json!({}), "ended without a word"),
    ] {
        let stage = stage().await;
        working(stage.look().await);
        stage.server.objects.jobs_are(conditions, pod);
        let seen = stage.look().await;
        assert!(matches!(&seen, Err(Fault::Retry { why, .. }) if why.contains(words)), "{words}: {seen:?}");
        assert_eq!(stage.count("jobs"), 0, "{words}");
        working(stage.look().await);
    }
}

#[tokio::test]
async fn says_why_a_job_does_not_begin() {
    let stage = stage().await;
    working(stage.look().await);
    let waiting = |reason: &str| pod("errand", "waiting", json!({ "reason": reason, "message": "not found" }));
    stage.server.objects.jobs_are(json!([]), waiting("ImagePullBackOff"));
    let seen = stage.look().await;
    assert!(matches!(&seen, Err(Fault::Retry { why, .. }) if why.contains("cannot be pulled")), "{seen:?}");
    stage.server.objects.jobs_are(json!([]), waiting("ErrImageNeverPull"));
    assert_eq!(stage.look().await.map_err(code), Err("image_missing"));
    let full =
        json!({ "conditions": [{ "type": "PodScheduled", "status": "False", "message": "Insufficient memory" }] });
    stage.server.objects.jobs_are(json!([]), full);
    assert_eq!(working(stage.look().await), "No node takes the Job: Insufficient memory");
}

#[tokio::test]
async fn goes_on_after_every_kind_of_bad_luck() {
    for call in ["GET /apis/batch", "PATCH /apis/batch", "PATCH /api/v1", "GET /api/v1", "DELETE /apis/batch"] {
        for trouble in [Trouble::LostRequest, Trouble::LostAnswer, Trouble::TooMany(0), Trouble::Unwell, Trouble::Page]
        {
            let stage = stage().await;
            stage.server.faults.arm(call, trouble.clone(), 2);
            let mut tries = 0;
            while stage.look().await != Ok(Seen::Absent) {
                tries += 1;
                assert!(tries < 12, "{trouble:?} at {call}: {:?}", stage.look().await);
                if stage.count("secrets") == 1 {
                    stage.answers(r#"{"seen":"absent"}"#);
                }
            }
        }
    }
    let stage = stage().await;
    stage.server.faults.arm("PATCH", Trouble::TooMany(7), 1);
    let pause = Some(Duration::from_secs(7));
    assert!(matches!(stage.look().await, Err(Fault::Retry { after, .. }) if after == pause));
    stage.server.objects.held_by("kubectl-edit");
    assert_eq!(stage.look().await.map_err(code), Err("field_held"));
}

#[tokio::test]
async fn keeps_a_dump_once_and_says_where_it_cannot() {
    let stage = stage().await;
    let dump = async |name: &str| stage.jobs.dump(&owner("canary-\"owner"), &account(), name).await;
    working(dump("2026-11-23T02-00-00Z").await);
    let (job, secret) = (stage.server.objects.all("jobs").remove(0), stage.server.objects.all("secrets").remove(0));
    let pod = &job["spec"]["template"]["spec"];
    let images: Vec<&Value> = ["initContainers", "containers"]
        .into_iter()
        .flat_map(|k| pod[k].as_array().unwrap())
        .map(|c| &c["image"])
        .collect();
    assert_eq!(images, ["slipway-wordpress:local", "mariadb:11.4", "slipway-wordpress:local"]);
    assert!(!job.to_string().contains("canary"));
    let file =
        |name: &str| String::from_utf8(STANDARD.decode(secret["data"][name].as_str().unwrap()).unwrap()).unwrap();
    assert!(file("client.cnf").contains("password=\"canary-\\\"owner\"\n"), "{}", file("client.cnf"));
    let object = format!("http://store/dumps/{}/2026-11-23T02-00-00Z.sql.gz", Uuid::from_u128(1));
    assert_eq!(serde_json::from_str::<Value>(&file("store.json")).unwrap()["url"], object);
    stage.answers(r#"{"seen":"ready"}"#);
    assert_eq!(dump("2026-11-23T02-00-00Z").await, Ok(Seen::Ready(())));
    assert_eq!(dump("../other").await.map_err(code), Err("dump_name"));
    let nowhere = Jobs::new(stage.cluster.clone(), Config { dumps: None, ..config() });
    let said = nowhere.dump(&owner("x"), &account(), "n").await.map_err(code);
    assert_eq!(said, Err("dump_nowhere"));
}

#[tokio::test]
async fn takes_over_what_a_secret_hands_over_and_leaves_it_in_the_end() {
    let stage = stage().await;
    let databases = |site_user| {
        let reach = Arc::new(Jobs::new(stage.cluster.clone(), config()));
        ExistingDatabases::new(stage.cluster.clone(), HOME.to_owned(), reach, site_user)
    };
    let (own, as_owner) = (databases(SiteUser::Own), databases(SiteUser::Owner));
    let password = SecretString::from("canary-site");
    let slug = Slug::parse("acme").expect("a slug");
    let wanted =
        Wanted { tenant: TenantId(Uuid::from_u128(1)), slug: slug.clone(), password, owner_password: None, plan: None };
    assert_eq!(own.look(&wanted).await, Ok(Seen::Absent));
    assert!(working(own.ensure(&wanted).await).contains("Apply terraform/tenants with a tenant acme"));
    assert!(own.health().await.ok, "{:?}", own.health().await);

    let data: serde_json::Map<String, Value> = [
        ("host", "ma.de"),
        ("port", "3306"),
        ("user", "wp_a"),
        ("password", "canary-owner"),
        ("database", "wordpress"),
    ]
    .map(|(k, v)| (k.to_owned(), STANDARD.encode(v).into()))
    .into_iter()
    .collect();
    let mut secret =
        json!({ "metadata": { "name": "tenant-database-acme", "labels": { "slipway/tenant": "acme" } }, "data": data });
    stage.server.objects.put("secrets", Some(HOME), "tenant-database-acme", secret.clone());
    working(own.ensure(&wanted).await);
    stage.answers(r#"{"seen":"ready"}"#);
    let Ok(Seen::Ready(details)) = own.ensure(&wanted).await else { panic!("not ready") };
    assert_eq!((details.host.as_str(), details.name.as_str(), details.user.len()), ("ma.de", "wordpress", 16));
    assert!(own.given_password(&slug).await.expect("asked").is_none());
    working(as_owner.ensure(&wanted).await);
    assert!(as_owner.given_password(&slug).await.expect("asked").is_some());

    let before = (stage.count("jobs"), stage.count("secrets"));
    let Ok(Gone::Seen { what }) = own.remove(&wanted).await else { panic!("it lets go") };
    assert!(what.contains("stays with its data") && what.contains("Terraform owns it"), "{what}");
    assert_eq!((stage.count("jobs"), stage.count("secrets")), before);
    secret["data"]["host"] = Value::Null;
    stage.server.objects.put("secrets", Some(HOME), "tenant-database-acme", secret);
    assert_eq!(own.look(&wanted).await.map_err(code), Err("database_secret_broken"));
}
