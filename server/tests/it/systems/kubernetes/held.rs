//! What is not made anew without a person, what is, and what is told about others' objects.

use super::{config, drifted, failed, kubeconfig, real::Cluster, sites, wanted, working};
use crate::sim::kubernetes::ApiServer;
use serde_json::{Value, json};
use slipway::{
    domain::{Fault, Seen},
    systems::site::{Sites, Wanted, kubernetes::KubernetesSites},
};
use tempfile::TempDir;

const ROOM: &str = "wordpress-tenant-acme";

/// A site that is up.
async fn stage() -> (ApiServer, KubernetesSites, Wanted, TempDir) {
    let server = ApiServer::serve().await;
    let folder = tempfile::tempdir().expect("a folder");
    let sites = sites(config(&kubeconfig(folder.path(), &server.wire.url))).await;
    let site = wanted("acme");
    working(sites.ensure(&site).await);
    server.objects.pods_come_up();
    assert!(matches!(sites.look(&site).await, Ok(Seen::Ready(_))));
    (server, sites, site, folder)
}

/// A look may be three seconds old.
async fn later() {
    tokio::time::sleep(std::time::Duration::from_millis(3100)).await;
}

#[tokio::test]
async fn a_volume_that_held_files_is_never_replaced_without_a_person() {
    let (server, sites, site, _folder) = stage().await;
    let claim = ("persistentvolumeclaims", "wordpress-uploads");
    server.objects.change(claim.0, Some(ROOM), claim.1, |o| {
        o["metadata"]["deletionTimestamp"] = json!("2026-11-30T00:00:00Z");
    });
    later().await;
    for seen in [sites.look(&site).await, sites.ensure(&site).await] {
        let (code, say) = failed(seen);
        assert!(code == "volume_lost" && say.contains("is being removed") && say.contains("copy the files"), "{say}");
    }
    server.objects.lose(claim.0, ROOM, claim.1);
    later().await;
    // Neither does a missing deployment hide it, nor is one made that could only wait.
    server.objects.lose("deployments", ROOM, "wordpress");
    for seen in [sites.look(&site).await, sites.ensure(&site).await, sites.heal(&site).await] {
        let (code, say) = failed(seen);
        assert!(code == "volume_lost" && say.contains("is gone"), "{say}");
    }
    assert!(server.objects.all("deployments").is_empty() && server.objects.all(claim.0).is_empty());
    let foreign = json!({ "metadata": { "name": claim.1, "namespace": ROOM, "uid": "another", "labels": { "app.kubernetes.io/managed-by": "slipway" } } });
    server.objects.put(claim.0, Some(ROOM), claim.1, foreign);
    assert!(failed(sites.ensure(&site).await).1.contains("is another one than before"));
    server.objects.change("namespaces", None, ROOM, |o| {
        o["metadata"]["annotations"]["slipway.dev/volume"] = json!("new");
    });
    working(sites.ensure(&site).await);
    server.objects.pods_come_up();
    assert!(matches!(sites.ensure(&site).await, Ok(Seen::Ready(_))), "the decision holds for this claim");
    server.objects.lose(claim.0, ROOM, claim.1);
    assert_eq!(failed(sites.ensure(&site).await).0, "volume_lost", "and for no other");
}

#[tokio::test]
async fn what_holds_no_data_comes_back_by_itself_and_what_somebody_changed_waits() {
    let (server, sites, site, _folder) = stage().await;
    assert!(sites.heals());
    for (kind, name) in [
        ("networkpolicies", "default-deny"),
        ("networkpolicies", "wordpress"),
        ("ingresses", "wordpress"),
        ("services", "wordpress"),
        ("secrets", "wordpress"),
    ] {
        server.objects.lose(kind, ROOM, name);
        later().await;
        assert!(drifted(sites.look(&site).await).ends_with("is missing."), "{kind}");
        let healed = sites.heal(&site).await;
        assert!(matches!(healed, Ok(Seen::Ready(_))), "{kind}: {healed:?}");
    }
    server.objects.lose("networkpolicies", ROOM, "default-deny");
    server.objects.change("deployments", Some(ROOM), "wordpress", |o| o["spec"]["replicas"] = json!(0));
    later().await;
    let before = server.faults.calls().len();
    let said = drifted(sites.heal(&site).await);
    assert_eq!(said, "Deployment wordpress was changed: spec.replicas is 0, not 1.");
    let written: Vec<String> =
        server.faults.calls()[before..].iter().filter(|c| c.starts_with("PATCH")).cloned().collect();
    assert!(written.len() == 1 && written[0].contains("default-deny"), "{written:?}");
}

/// A lost room is closed before anything else is put back.
#[tokio::test]
async fn policies_come_back_first() {
    let (server, sites, site, _folder) = stage().await;
    for (kind, name) in [("ingresses", "wordpress"), ("deployments", "wordpress"), ("networkpolicies", "wordpress")] {
        server.objects.lose(kind, ROOM, name);
    }
    later().await;
    let before = server.faults.calls().len();
    working(sites.heal(&site).await);
    let calls = server.faults.calls();
    let written: Vec<&String> = calls[before..].iter().filter(|call| call.starts_with("PATCH")).collect();
    let order = ["networkpolicies", "ingresses", "deployments"];
    assert!(written.len() == 3 && written.iter().zip(order).all(|(call, kind)| call.contains(kind)), "{written:?}");
}

#[tokio::test]
async fn tells_what_others_put_into_a_room_and_what_opens_it() {
    let Some(cluster) = Cluster::new("opened").await else { return };
    let (site, room) = (wanted("opened"), "wordpress-tenant-opened");
    cluster.clear(room).await;
    working(cluster.sites.ensure(&site).await);
    let backend = |name: &str| json!({ "defaultBackend": { "service": { "name": name, "port": { "number": 80 } } } });
    let everybody = json!({ "podSelector": {}, "ingress": [{}], "egress": [{}], "policyTypes": ["Ingress", "Egress"] });
    let binding =
        json!({ "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" } });
    for (group, kind, plural, body, said) in [
        (
            "networking.k8s.io",
            "NetworkPolicy",
            "networkpolicies",
            json!({ "spec": everybody }),
            "can only let more through",
        ),
        ("networking.k8s.io", "Ingress", "ingresses", json!({ "spec": backend("wordpress") }), "another way in"),
        ("rbac.authorization.k8s.io", "RoleBinding", "rolebindings", binding, "lets others work"),
    ] {
        let path = format!("/apis/{group}/v1/namespaces/{room}/{plural}");
        let mut object = body;
        object["apiVersion"] = json!(format!("{group}/v1"));
        object["kind"] = json!(kind);
        object["metadata"] = json!({ "name": "theirs" });
        let (code, answer) = cluster.admin("POST", &path, "application/json", object).await;
        assert_eq!(code, 201, "{answer}");
        let told = async |cluster: &Cluster| match cluster.sites.look(&site).await {
            Ok(Seen::Drifted { what }) => {
                what.starts_with(&format!("{kind} theirs is not of Slipway")) && what.contains(said)
            }
            other => {
                assert!(!matches!(other, Err(Fault::Fail { .. })), "{other:?}");
                false
            }
        };
        cluster.until(said, async || told(&cluster).await).await;
        cluster
            .edit(
                &format!("{path}/theirs"),
                json!({ "metadata": { "annotations": { "slipway.dev/accepted": "by Olivia" } } }),
            )
            .await;
        cluster
            .until("it is accepted", async || matches!(cluster.sites.look(&site).await, Ok(Seen::Working { .. })))
            .await;
        cluster.admin("DELETE", &format!("{path}/theirs"), "application/json", Value::Null).await;
    }
    // The way of cert-manager: an ingress of its own, to a service of its own.
    let solver = json!({ "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": { "name": "solver" }, "spec": backend("solver") });
    let (code, answer) = cluster
        .admin("POST", &format!("/apis/networking.k8s.io/v1/namespaces/{room}/ingresses"), "application/json", solver)
        .await;
    assert_eq!(code, 201, "{answer}");
    later().await;
    working(cluster.sites.look(&site).await);
    cluster.clear(room).await;
}

/// Nothing of a volume's end is only said by a server in memory.
#[tokio::test]
async fn a_claim_that_somebody_deletes_is_told_at_once() {
    let Some(cluster) = Cluster::new("lost").await else { return };
    let (site, room) = (wanted("lost"), "wordpress-tenant-lost");
    cluster.clear(room).await;
    working(cluster.sites.ensure(&site).await);
    let claim = format!("/api/v1/namespaces/{room}/persistentvolumeclaims/wordpress-uploads");
    cluster.admin("DELETE", &claim, "application/json", Value::Null).await;
    cluster
        .until("it is told", async || {
            matches!(cluster.sites.look(&site).await, Err(Fault::Fail { code: "volume_lost", .. }))
        })
        .await;
    assert_eq!(failed(cluster.sites.ensure(&site).await).0, "volume_lost");
    cluster.clear(room).await;
}
