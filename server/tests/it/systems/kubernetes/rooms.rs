//! Rooms and rights on a real API server: what is ours, what is not, and what the portal's account may do.

use super::{failed, real::Cluster, wanted, working};
use serde_json::{Value, json};
use slipway::{
    domain::{Gone, TenantId},
    systems::site::Sites,
};
use uuid::Uuid;

fn waits(gone: Result<Gone, slipway::domain::Fault>) -> String {
    match gone {
        Ok(Gone::Working { note, .. }) => note,
        other => panic!("it does not wait: {other:?}"),
    }
}

#[tokio::test]
async fn removes_a_room_and_names_what_is_in_the_way() {
    let Some(cluster) = Cluster::new("removes").await else { return };
    let (site, room) = (wanted("removes"), "/api/v1/namespaces/wordpress-tenant-removes");
    cluster.edit_stuck(room, Value::Null).await;
    cluster.clear("wordpress-tenant-removes").await;
    working(cluster.sites.ensure(&site).await);
    let stuck = json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": "stuck", "finalizers": ["example.org/keep"] } });
    cluster.admin("POST", &format!("{room}/configmaps"), "application/json", stuck).await;
    waits(cluster.sites.remove(site.tenant, &site.slug).await);
    let mut said = String::new();
    cluster
        .until("the finalizer is named", async || {
            said = waits(cluster.sites.remove(site.tenant, &site.slug).await);
            said.contains("example.org/keep")
        })
        .await;
    assert!(said.contains("configmaps"), "{said}");
    // Setting it up again must wait as well.
    let again = cluster.sites.ensure(&site).await;
    assert!(matches!(&again, Err(slipway::domain::Fault::Retry { why, .. }) if why.contains("removed")), "{again:?}");
    cluster.edit_stuck(room, Value::Null).await;
    cluster
        .until("it is seen gone", async || {
            matches!(cluster.sites.remove(site.tenant, &site.slug).await, Ok(Gone::Seen { .. }))
        })
        .await;
    let gone = Gone::Seen { what: "Namespace wordpress-tenant-removes is gone.".to_owned() };
    assert_eq!(cluster.sites.remove(site.tenant, &site.slug).await, Ok(gone));
}

impl Cluster {
    /// Sets or takes the finalizers of the object that is in the way, if it is there.
    async fn edit_stuck(&self, room: &str, finalizers: Value) {
        let body = json!({ "metadata": { "finalizers": finalizers } });
        self.admin("PATCH", &format!("{room}/configmaps/stuck"), "application/merge-patch+json", body).await;
    }
}

#[tokio::test]
async fn leaves_a_foreign_room_alone() {
    let Some(cluster) = Cluster::new("foreign").await else { return };
    let (site, room) = (wanted("foreign"), "/api/v1/namespaces/wordpress-tenant-foreign");
    cluster.clear("wordpress-tenant-foreign").await;
    let namespace =
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "wordpress-tenant-foreign" } });
    cluster.admin("POST", "/api/v1/namespaces", "application/json", namespace).await;
    let before = cluster.get(room).await.1;
    assert_eq!(failed(cluster.sites.ensure(&site).await).0, "namespace_foreign");
    assert_eq!(failed(cluster.sites.remove(site.tenant, &site.slug).await).0, "namespace_foreign");
    let after = cluster.get(room).await.1;
    assert_eq!(before["metadata"]["resourceVersion"], after["metadata"]["resourceVersion"]);
    cluster.clear("wordpress-tenant-foreign").await;

    // Another tenant's is foreign too.
    working(cluster.sites.ensure(&site).await);
    let mut other = site.clone();
    other.tenant = TenantId(Uuid::from_u128(99));
    assert_eq!(failed(cluster.sites.ensure(&other).await).0, "namespace_foreign");
    assert_eq!(failed(cluster.sites.look(&other).await).0, "namespace_foreign");
    assert_eq!(failed(cluster.sites.remove(other.tenant, &other.slug).await).0, "namespace_foreign");
    assert_eq!(cluster.changes(), 15, "nothing but the first setting up");
    cluster.clear("wordpress-tenant-foreign").await;
}

/// All other tests run with exactly these rights. Here is what they do not allow.
#[tokio::test]
async fn the_rights_are_enough_and_no_more() {
    let Some(cluster) = Cluster::new("rights").await else { return };
    assert!(cluster.sites.health().await.ok, "{:?}", cluster.sites.health().await);
    let relay = cluster.config.kubeconfig.as_deref().expect("a file");
    let file: Value = serde_json::from_slice(&std::fs::read(relay).expect("readable")).expect("JSON");
    let url = file["clusters"][0]["cluster"]["server"].as_str().expect("an address").to_owned();
    for (method, path) in [
        (reqwest::Method::GET, "/api/v1/namespaces/kube-system/secrets/any"),
        // Reading is for the sites' own Secrets alone, wherever.
        (reqwest::Method::GET, "/api/v1/secrets"),
        (reqwest::Method::GET, "/api/v1/namespaces/slipway-tests/secrets"),
        (reqwest::Method::GET, "/api/v1/secrets?fieldSelector=metadata.name%3Dslipway"),
        (reqwest::Method::GET, "/api/v1/nodes"),
        (reqwest::Method::DELETE, "/api/v1/namespaces/kube-system/configmaps/any"),
        (reqwest::Method::POST, "/api/v1/namespaces/kube-system/pods/any/exec"),
        (reqwest::Method::GET, "/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    ] {
        let reply = crate::sim::http().call("The cluster", method, &format!("{url}{path}")).send().await;
        assert_eq!(reply.expect("an answer").status, 403, "{path}");
    }

    let Some(narrow) = Cluster::with("narrow", Vec::new()).await else { return };
    let health = narrow.sites.health().await;
    let said = "The portal's account may not get namespaces and ";
    assert!(!health.ok && health.say.starts_with(said), "{health:?}");
    let site = wanted("narrow");
    let (code, say) = failed(narrow.sites.ensure(&site).await);
    assert!(code == "cluster_right_missing" && say.contains("cannot get resource \"namespaces\""), "{say}");

    let typo =
        slipway::systems::site::kubernetes::Config { storage_class: Some("fast".into()), ..cluster.config.clone() };
    let health = super::sites(typo).await.health().await;
    assert_eq!(health.say, "Volumes cannot be made: the cluster has no class fast.");
}
