//! Objects on a real API server: applied, left alone, drifted, repaired, refused.

use super::{drifted, failed, real::Cluster, wanted, working};
use serde_json::{Value, json};
use slipway::{
    domain::{Fault, Seen},
    systems::site::{Sites, Wanted, kubernetes::Reach},
};

/// Path of one of the site's objects.
fn path(site: &Wanted, rest: &str) -> String {
    let (root, rest) = rest.split_once("v1/").expect("group and version");
    format!("{root}v1/namespaces/wordpress-tenant-{}/{rest}", site.slug)
}

/// A site on a cluster without nodes: somebody says that its pod runs.
pub(super) async fn pod_comes_up(cluster: &Cluster, site: &Wanted) {
    let pods = path(site, "/api/v1/pods");
    let mut name = String::new();
    cluster
        .until("there is a pod", async || {
            let (_, list) = cluster.get(&format!("{pods}?labelSelector=app.kubernetes.io/component=site")).await;
            name = list["items"][0]["metadata"]["name"].as_str().unwrap_or_default().to_owned();
            !name.is_empty()
        })
        .await;
    let yes = |kind: &str| json!({ "type": kind, "status": "True" });
    let status = json!({ "status": { "phase": "Running", "conditions": [yes("Initialized"), yes("Ready"), yes("ContainersReady")] } });
    let (code, answer) =
        cluster.admin("PATCH", &format!("{pods}/{name}/status"), "application/merge-patch+json", status).await;
    assert_eq!(code, 200, "{answer}");
}

/// Kinds, names and versions of all objects, except those that controllers keep writing to.
async fn versions(cluster: &Cluster, site: &Wanted) -> Vec<String> {
    let mut all = Vec::new();
    for rest in [
        "/api/v1/configmaps",
        "/api/v1/secrets",
        "/api/v1/services",
        "/api/v1/serviceaccounts",
        "/api/v1/persistentvolumeclaims",
        "/api/v1/limitranges",
        "/apis/networking.k8s.io/v1/networkpolicies",
        "/apis/networking.k8s.io/v1/ingresses",
        "/apis/batch/v1/cronjobs",
        "/apis/apps/v1/deployments",
    ] {
        let (_, list) = cluster.get(&path(site, rest)).await;
        for item in list["items"].as_array().expect("a list") {
            let m = &item["metadata"];
            let version = if m["generation"].is_null() { &m["resourceVersion"] } else { &m["generation"] };
            all.push(format!("{rest} {} {version}", m["name"]));
        }
    }
    all
}

#[tokio::test]
async fn applies_and_applies_again_without_a_write() {
    let Some(cluster) = Cluster::new("applies").await else { return };
    let site = wanted("applies");
    cluster.clear("wordpress-tenant-applies").await;
    assert!(cluster.sites.health().await.ok, "{:?}", cluster.sites.health().await);
    assert_eq!(cluster.sites.look(&site).await, Ok(Seen::Absent));
    working(cluster.sites.ensure(&site).await);
    assert_eq!(cluster.changes(), 15);
    let (_, settings) = cluster.get(&path(&site, "/api/v1/configmaps/wordpress")).await;
    assert_eq!(settings["data"]["SLIPWAY_TENANT_NAME"], "Acme \"Söhne\" 🦀kind: Pod");
    working(cluster.sites.look(&site).await);
    pod_comes_up(&cluster, &site).await;
    cluster.until("it is up", async || matches!(cluster.sites.ensure(&site).await, Ok(Seen::Ready(_)))).await;

    // A look may be three seconds old.
    cluster.until("it is seen up", async || matches!(cluster.sites.look(&site).await, Ok(Seen::Ready(_)))).await;
    let before = versions(&cluster, &site).await;
    for _ in 0..3 {
        assert!(matches!(cluster.sites.ensure(&site).await, Ok(Seen::Ready(_))));
        assert!(matches!(cluster.sites.look(&site).await, Ok(Seen::Ready(_))));
    }
    assert_eq!(cluster.changes(), 15, "nothing to do, so nothing was written");
    assert_eq!(versions(&cluster, &site).await, before);

    let by_ip = slipway::systems::site::kubernetes::Config { reach: Reach::ClusterIp, ..cluster.config.clone() };
    let Ok(Seen::Ready(place)) = super::sites(by_ip).await.look(&site).await else { panic!("it is up") };
    let (_, service) = cluster.get(&path(&site, "/api/v1/services/wordpress")).await;
    assert_eq!(place.address, format!("http://{}", service["spec"]["clusterIP"].as_str().expect("an address")));
    takes_new_settings(&cluster, site).await;
    cluster.clear("wordpress-tenant-applies").await;
}

async fn takes_new_settings(cluster: &Cluster, mut site: Wanted) {
    site.plan.php_workers = 6;
    let what = drifted(cluster.sites.look(&site).await);
    assert_eq!(what, "ConfigMap wordpress has older settings: data.SLIPWAY_PHP_WORKERS is 4, not 6.");
    let before = cluster.changes();
    working(cluster.sites.ensure(&site).await);
    assert_eq!(cluster.changes() - before, 2, "settings, and the pod that reads them");
    working(cluster.sites.look(&site).await);
}

#[tokio::test]
async fn sees_what_others_change_and_repairs_only_what_nobody_holds() {
    let Some(cluster) = Cluster::new("drifts").await else { return };
    let site = wanted("drifts");
    cluster.clear("wordpress-tenant-drifts").await;
    working(cluster.sites.ensure(&site).await);
    let secret = path(&site, "/api/v1/secrets/wordpress");
    let seen = async |said: &str| {
        // A look may be three seconds old.
        cluster
            .until(said, async || matches!(cluster.sites.look(&site).await, Ok(Seen::Drifted { what }) if what == said))
            .await;
    };

    cluster.admin("DELETE", &secret, "application/json", Value::Null).await;
    seen("Secret wordpress is missing.").await;
    working(cluster.sites.ensure(&site).await);
    working(cluster.sites.look(&site).await);

    cluster.edit(&secret, json!({ "data": { "WORDPRESS_DB_PASSWORD": null } })).await;
    seen("Secret wordpress was changed: data.WORDPRESS_DB_PASSWORD.").await;
    working(cluster.sites.ensure(&site).await);
    working(cluster.sites.look(&site).await);

    cluster.edit(&secret, json!({ "data": { "WORDPRESS_DB_PASSWORD": "eA==" } })).await;
    seen("Secret wordpress was changed: data.WORDPRESS_DB_PASSWORD.").await;
    let (code, say) = failed(cluster.sites.ensure(&site).await);
    assert_eq!(
        (code, say.as_str()),
        ("field_held", "Secret wordpress: the field data.WORDPRESS_DB_PASSWORD was set by kubectl-edit.")
    );
    cluster.admin("DELETE", &secret, "application/json", Value::Null).await;
    working(cluster.sites.ensure(&site).await);

    let deployment = path(&site, "/apis/apps/v1/deployments/wordpress");
    cluster.edit(&deployment, json!({ "spec": { "replicas": 0 } })).await;
    seen("Deployment wordpress was changed: spec.replicas is 0, not 1.").await;
    let (code, say) = failed(cluster.sites.ensure(&site).await);
    assert!(code == "field_held" && say.contains("somebody scaled the site"), "{code}: {say}");
    cluster.edit(&deployment, json!({ "spec": { "replicas": 1 } })).await;

    // As `kubectl scale` does: of that the server notes no owner, so no conflict would stop us.
    let scale = json!({ "spec": { "replicas": 0 } });
    let (code, answer) =
        cluster.admin("PATCH", &format!("{deployment}/scale"), "application/merge-patch+json", scale.clone()).await;
    assert_eq!(code, 200, "{answer}");
    assert_eq!(failed(cluster.sites.ensure(&site).await).0, "field_held");
    assert_eq!(cluster.get(&deployment).await.1["spec"]["replicas"], 0, "it stays switched off");
    cluster.edit(&deployment, json!({ "spec": { "replicas": 1 } })).await;
    let taken_back = cluster.sites.ensure(&site).await;
    assert!(!matches!(taken_back, Err(Fault::Fail { .. })), "{taken_back:?}");
    cluster.clear("wordpress-tenant-drifts").await;
}

/// A room that is too small, for the claim and for the pod.
#[tokio::test]
async fn says_that_the_quota_is_used_up() {
    let Some(cluster) = Cluster::new("quota").await else { return };
    let (site, room) = (wanted("quota"), "/api/v1/namespaces/wordpress-tenant-quota");
    cluster.clear("wordpress-tenant-quota").await;
    let marks = json!({ "app.kubernetes.io/managed-by": "slipway", "slipway.dev/tenant-id": site.tenant.to_string() });
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "wordpress-tenant-quota", "labels": marks } });
    cluster.admin("POST", "/api/v1/namespaces", "application/json", namespace).await;
    let quota = json!({ "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "tight" },
        "spec": { "hard": { "requests.storage": "1M", "pods": "0" } } });
    cluster.admin("POST", &format!("{room}/resourcequotas"), "application/json", quota).await;
    cluster
        .until("the quota counts", async || {
            !cluster.get(&format!("{room}/resourcequotas/tight")).await.1["status"]["hard"].is_null()
        })
        .await;
    let (code, say) = failed(cluster.sites.ensure(&site).await);
    assert!(code == "quota_exceeded" && say.contains("tight") && say.contains("requests.storage"), "{say}");
    cluster
        .edit(&format!("{room}/resourcequotas/tight"), json!({ "spec": { "hard": { "requests.storage": "9G" } } }))
        .await;
    cluster.until("it is applied", async || cluster.sites.ensure(&site).await.is_ok()).await;
    cluster
        .until("the pod is refused", async || {
            matches!(cluster.sites.ensure(&site).await, Err(Fault::Fail { code: "quota_exceeded", say, .. }) if say.contains("pods"))
        })
        .await;

    // Widened, the first try must not read what was written down before.
    cluster.edit(&format!("{room}/resourcequotas/tight"), json!({ "spec": { "hard": { "pods": "6" } } })).await;
    cluster
        .until("the quota counts", async || {
            cluster.get(&format!("{room}/resourcequotas/tight")).await.1["status"]["hard"]["pods"] == "6"
        })
        .await;
    cluster
        .until("the pod is made", async || {
            let seen = cluster.sites.ensure(&site).await;
            assert!(!matches!(seen, Err(Fault::Fail { .. })), "{seen:?}");
            let pods = format!("{room}/pods?labelSelector=app.kubernetes.io/component=site");
            cluster.get(&pods).await.1["items"].as_array().is_some_and(|pods| pods.len() == 1)
        })
        .await;
    cluster.clear("wordpress-tenant-quota").await;
}

#[tokio::test]
async fn a_room_takes_only_restricted_pods_and_its_own_are() {
    let Some(cluster) = Cluster::new("guarded").await else { return };
    let (site, room) = (wanted("guarded"), "/api/v1/namespaces/wordpress-tenant-guarded");
    cluster.clear("wordpress-tenant-guarded").await;
    working(cluster.sites.ensure(&site).await);
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "loose" },
        "spec": { "serviceAccountName": "wordpress", "containers": [{ "name": "x", "image": "x", "securityContext": { "privileged": true } }] } });
    let (code, answer) = cluster.admin("POST", &format!("{room}/pods"), "application/json", pod).await;
    assert!(code == 403 && answer["message"].as_str().is_some_and(|m| m.contains("violates PodSecurity")), "{answer}");
    // The site's own pod and wp-cron's, made by the cluster's controllers, came through the same door.
    cluster
        .until("the pod is there", async || {
            let (_, pods) = cluster.get(&format!("{room}/pods?labelSelector=app.kubernetes.io/component=site")).await;
            pods["items"].as_array().is_some_and(|pods| pods.len() == 1)
        })
        .await;
    let (_, cron) = cluster.get(&path(&site, "/apis/batch/v1/cronjobs/wordpress")).await;
    let mut spec = cron["spec"]["jobTemplate"]["spec"]["template"].clone();
    spec["apiVersion"] = json!("v1");
    spec["kind"] = json!("Pod");
    spec["metadata"]["name"] = json!("cron-once");
    let (code, answer) = cluster.admin("POST", &format!("{room}/pods"), "application/json", spec).await;
    assert_eq!(code, 201, "{answer}");
    cluster.clear("wordpress-tenant-guarded").await;
}
