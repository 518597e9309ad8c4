//! Sites behind a Gateway: against a server in memory, against a real API server that has the Gateway API, and, where there
//! is a node, through a real Gateway.

use super::{
    behind, config, drifted, failed, kubeconfig, pods,
    real::{Cluster, host_for_pods, say_once},
    sites, wanted, working,
};
use crate::{
    real::Part,
    sim::{self, kubernetes::ApiServer},
};
use serde_json::{Value, json};
use slipway::{
    domain::{Fault, Gone, Seen},
    systems::{
        database::server::ServerDatabases,
        site::{
            Place, Sites, Wanted,
            kubernetes::{Config, KubernetesSites},
        },
    },
};
use tempfile::TempDir;

const GROUP: &str = "/apis/gateway.networking.k8s.io/v1";
/// Where the Gateways of these tests are.
const HOME: &str = "slipway-tests-gateway";

async fn stage() -> (ApiServer, KubernetesSites, KubernetesSites, TempDir) {
    let server = ApiServer::serve().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(&kubeconfig(folder.path(), &server.wire.url));
    let (before, after) = (sites(config.clone()).await, sites(behind("infra/web", &config)).await);
    (server, before, after, folder)
}

fn listens(from: &str) -> Value {
    let yes = |kind: &str| json!({ "type": kind, "status": "True" });
    json!({
        "spec": { "listeners": [{ "name": "http", "protocol": "HTTP", "port": 80,
            "allowedRoutes": { "namespaces": { "from": from } } }] },
        "status": { "conditions": [yes("Accepted"), yes("Programmed")] },
    })
}

#[tokio::test]
async fn a_site_is_up_when_the_gateway_took_its_route() {
    let (server, _, sites, _folder) = stage().await;
    let site = wanted("acme");
    working(sites.ensure(&site).await);
    assert_eq!((server.objects.count(), server.objects.all("ingresses").len()), (14, 0));
    server.objects.pods_come_up();
    let note = working(sites.ensure(&site).await);
    assert_eq!(note, "The Gateway infra/web has not taken the site's route yet.");

    server.objects.routes_are("False", "NotAllowedByListeners");
    let (code, say) = failed(sites.ensure(&site).await);
    let refused = "The Gateway infra/web refuses the site's route: Said by the controller (NotAllowedByListeners).";
    assert_eq!((code, say.as_str()), ("route_refused", refused));
    assert_eq!(failed(sites.look(&site).await).1, refused);

    server.objects.routes_are("True", "Accepted");
    assert!(matches!(sites.ensure(&site).await, Ok(Seen::Ready(_))));
    assert!(matches!(sites.remove(site.tenant, &site.slug).await, Ok(Gone::Working { .. })));
    assert_eq!(server.objects.count(), 0);
}

#[tokio::test]
async fn an_ingress_from_before_is_told_and_left_to_a_person() {
    let (server, before, after, _folder) = stage().await;
    let site = wanted("acme");
    working(before.ensure(&site).await);
    server.objects.pods_come_up();
    assert!(matches!(before.ensure(&site).await, Ok(Seen::Ready(_))));
    assert!(!server.faults.calls().iter().any(|call| call.contains("gateway")), "{:?}", server.faults.calls());

    assert_eq!(drifted(after.look(&site).await), "HTTPRoute wordpress is missing.");
    working(after.ensure(&site).await);
    server.objects.routes_are("True", "Accepted");
    assert!(matches!(after.ensure(&site).await, Ok(Seen::Ready(_))), "the step is done");
    let what = drifted(after.look(&site).await);
    assert!(what.ends_with("remove it: kubectl -n wordpress-tenant-acme delete ingress wordpress"), "{what}");
    assert_eq!(server.objects.all("ingresses").len(), 1, "visitors may still come by it");
    // The way back: nothing is asked of the Gateway API, so nothing is said of the route.
    assert!(matches!(before.ensure(&site).await, Ok(Seen::Ready(_))));
}

#[tokio::test]
async fn the_doctor_says_whether_the_gateway_lets_sites_in() {
    let (server, before, sites, _folder) = stage().await;
    let health = sites.health().await;
    assert_eq!(health.say, "Nobody brings visitors in: the cluster has no Gateway infra/web.");
    assert!(before.health().await.ok, "nobody else needs one");
    server.objects.put("gateways", Some("infra"), "web", listens("Same"));
    let health = sites.health().await;
    assert!(!health.ok && health.say.contains("from is Same") && health.next.contains("from: Selector"), "{health:?}");
    server.objects.put("gateways", Some("infra"), "web", listens("All"));
    assert!(sites.health().await.ok, "{:?}", sites.health().await);
}

/// A cluster with the Gateway API and the driver behind one of the tests' own Gateways.
async fn cluster(account: &str) -> Option<Cluster> {
    let gateway = format!("{HOME}/{account}");
    let cluster = Cluster::as_configured(account, |config: Config| behind(&gateway, &config)).await?;
    if cluster.get(&format!("{GROUP}/gateways")).await.0 == 404 {
        say_once(
            "!! The cluster has no Gateway API: sites behind a Gateway are NOT tested against a real API server.\n",
        );
        return None;
    }
    cluster.clear(&format!("wordpress-tenant-{account}")).await;
    let room = json!({ "apiVersion": "v1", "kind": "Namespace" });
    cluster.put(&format!("/api/v1/namespaces/{HOME}"), room).await;
    // The cluster may be an old one: what a run before had its controller write down must not speak for this one.
    let left = format!("{GROUP}/namespaces/{HOME}/gateways/{account}");
    let (status, answer) = cluster.admin("DELETE", &left, "application/json", Value::Null).await;
    assert!(status == 200 || status == 404, "{left}: {answer}");
    Some(cluster)
}

impl Cluster {
    /// Makes an object as it is given, whatever was there.
    async fn put(&self, path: &str, mut body: Value) {
        body["metadata"]["name"] = json!(path.rsplit('/').next());
        let path = format!("{path}?fieldManager=tests&force=true");
        let (status, answer) = self.admin("PATCH", &path, "application/apply-patch+yaml", body).await;
        assert!(status < 300, "{path}: {answer}");
    }

    /// A Gateway of this class whose listener takes routes of these namespaces.
    async fn gateway(&self, name: &str, class: &str, from: &str) {
        let spec = json!({ "gatewayClassName": class, "listeners": listens(from)["spec"]["listeners"] });
        let body = json!({ "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "spec": spec });
        self.put(&format!("{GROUP}/namespaces/{HOME}/gateways/{name}"), body).await;
    }

    /// What a controller would write down.
    async fn status(&self, path: &str, status: Value) {
        let kind = "application/merge-patch+json";
        let (code, answer) = self.admin("PATCH", &format!("{path}/status"), kind, json!({ "status": status })).await;
        assert_eq!(code, 200, "{path}: {answer}");
    }
}

fn route_of(site: &Wanted) -> String {
    format!("{GROUP}/namespaces/wordpress-tenant-{0}/httproutes/wordpress", site.slug)
}

fn condition(kind: &str, status: &str, reason: &str, generation: &Value) -> Value {
    json!({ "type": kind, "status": status, "reason": reason, "message": "Said by the test", "observedGeneration": generation,
        "lastTransitionTime": "2026-01-01T00:00:00Z" })
}

/// The test plays the controller of a class that nobody serves, and the site's pod.
#[tokio::test]
async fn a_real_api_server_takes_the_route_and_what_a_controller_says_of_it() {
    let Some(cluster) = cluster("routed").await else { return };
    let site = wanted("routed");
    cluster.gateway("routed", "nobody", "Same").await;
    let health = cluster.sites.health().await;
    assert!(health.say.contains("Accepted is not true: Waiting for controller"), "{health:?}");
    let gateway = format!("{GROUP}/namespaces/{HOME}/gateways/routed");
    let met = ["Accepted", "Programmed"].map(|kind| condition(kind, "True", kind, &json!(1)));
    cluster.status(&gateway, json!({ "conditions": met })).await;
    assert!(cluster.sites.health().await.say.contains("from is Same"), "{:?}", cluster.sites.health().await);
    cluster.gateway("routed", "nobody", "All").await;
    assert!(cluster.sites.health().await.ok, "{:?}", cluster.sites.health().await);

    working(cluster.sites.ensure(&site).await);
    assert_eq!(cluster.changes(), 15);
    let (_, route) = cluster.get(&route_of(&site)).await;
    assert_eq!(route["spec"]["hostnames"], json!(["wordpress-tenant-routed.local"]), "{route}");
    let rule = &route["spec"]["rules"][0];
    assert_eq!(
        (&rule["backendRefs"][0]["name"], &rule["matches"][0]["path"]["value"]),
        (&json!("wordpress"), &json!("/"))
    );
    super::objects::pod_comes_up(&cluster, &site).await;
    let waits = "The Gateway slipway-tests-gateway/routed has not taken the site's route yet.";
    cluster.until(waits, async || working(cluster.sites.ensure(&site).await) == waits).await;

    let parent = |status: &str, reason: &str| {
        let accepted = condition("Accepted", status, reason, &route["metadata"]["generation"]);
        json!({ "parents": [{ "controllerName": "example.org/test", "conditions": [accepted],
            "parentRef": route["spec"]["parentRefs"][0] }] })
    };
    cluster.status(&route_of(&site), parent("False", "NoMatchingListenerHostname")).await;
    let (code, say) = failed(cluster.sites.ensure(&site).await);
    assert!(code == "route_refused" && say.contains("Said by the test (NoMatchingListenerHostname)"), "{say}");
    cluster.status(&route_of(&site), parent("True", "Accepted")).await;
    assert!(matches!(cluster.sites.ensure(&site).await, Ok(Seen::Ready(_))));
    assert!(matches!(cluster.sites.ensure(&site).await, Ok(Seen::Ready(_))));
    assert_eq!(cluster.changes(), 15, "nothing differs from what the server made of it");

    cluster.edit(&route_of(&site), json!({ "spec": { "hostnames": ["other.example.org"] } })).await;
    let (code, say) = failed(cluster.sites.ensure(&site).await);
    let held = "HTTPRoute wordpress: the field spec.hostnames was set by kubectl-edit.";
    assert_eq!((code, say.as_str()), ("field_held", held));
    cluster.clear("wordpress-tenant-routed").await;
}

/// The rights with a Gateway are those of the table and no more: they make no Ingress.
#[tokio::test]
async fn the_rights_behind_a_gateway_make_no_ingress() {
    let Some(cluster) = cluster("narrowed").await else { return };
    cluster.gateway("narrowed", "nobody", "All").await;
    let same = sites(config(cluster.config.kubeconfig.as_deref().expect("a file"))).await;
    let health = same.health().await;
    let said = "The portal's account may not create ingresses and ";
    assert!(health.say.starts_with(said), "{health:?}");
    let narrow = Cluster::new("unrouted").await.expect("there is a cluster");
    let behind = sites(behind(&format!("{HOME}/narrowed"), &narrow.config)).await;
    let health = behind.health().await;
    assert!(health.say.starts_with("The portal's account may not list httproutes and "), "{health:?}");
    let site = wanted("unrouted");
    let (code, say) = failed(behind.ensure(&site).await);
    assert!(code == "cluster_right_missing" && say.contains("httproutes"), "{say}");
    assert!(matches!(behind.look(&site).await, Err(Fault::Fail { .. })));
}

/// The local cluster's own controller, and a site that is a pod.
#[tokio::test]
async fn a_real_site_answers_through_a_real_gateway() {
    let Some(cluster) = cluster("gated").await else { return };
    let Some(host) = host_for_pods() else { return };
    let (_, class) = cluster.get(&format!("{GROUP}/gatewayclasses/slipway-local")).await;
    if class["status"]["conditions"][0]["status"] != "True" {
        return say_once(
            "!! Nobody serves the GatewayClass slipway-local: a site through a real Gateway is NOT tested.\n",
        );
    }
    cluster.gateway("gated", "slipway-local", "Same").await;
    cluster
        .until("the doctor says that it is shut", async || cluster.sites.health().await.say.contains("from is Same"))
        .await;
    let mariadb = Part::mariadb_at(&host).await;
    let databases = ServerDatabases::new(&mariadb.host, mariadb.port, "root", &Part::master(), None);
    let site = pods::with_database(wanted("gated"), &databases).await;
    let refused = |seen: &Result<Seen<Place>, Fault>| matches!(seen, Err(Fault::Fail { code: "route_refused", .. }));
    pods::until("its route is refused", &cluster.sites, &site, refused).await.expect_err("it is");

    cluster.gateway("gated", "slipway-local", "All").await;
    pods::up(&cluster.sites, &site).await;
    assert!(cluster.sites.health().await.ok, "{:?}", cluster.sites.health().await);
    let (_, gateway) = cluster.get(&format!("{GROUP}/namespaces/{HOME}/gateways/gated")).await;
    let address = gateway["status"]["addresses"][0]["value"].as_str().expect("the controller tells its address");
    let url = format!("http://{address}/?rest_route=/");
    let mut said = Value::Null;
    cluster
        .until("it answers by its name", async || {
            let http = sim::http();
            let call = http.call("The Gateway", reqwest::Method::GET, &url);
            let reply = call.header("host", "wordpress-tenant-gated.local").send().await;
            said = reply.ok().and_then(|reply| reply.json().ok()).unwrap_or_default();
            said["url"] == site.site_url
        })
        .await;
    cluster.clear("wordpress-tenant-gated").await;
}
