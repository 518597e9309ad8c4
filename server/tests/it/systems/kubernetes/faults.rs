//! Bad luck: overload, lost answers, pages in place of data, other writers. Whatever was begun, the next try ends it.

use super::{config, failed, kubeconfig, sites, wanted, working};
use crate::sim::{faults::Trouble, kubernetes::ApiServer};
use slipway::{
    domain::{Fault, Gone, Peer, Seen},
    systems::site::{Sites, kubernetes::KubernetesSites},
};
use std::time::Duration;
use tempfile::TempDir;

async fn stage() -> (ApiServer, KubernetesSites, TempDir) {
    let server = ApiServer::serve().await;
    let folder = tempfile::tempdir().expect("a folder");
    let sites = sites(config(&kubeconfig(folder.path(), &server.wire.url))).await;
    (server, sites, folder)
}

fn changes(server: &ApiServer) -> usize {
    server.faults.calls().iter().filter(|call| !call.starts_with("GET ")).count()
}

#[tokio::test]
async fn goes_through_all_its_days_and_writes_only_what_differs() {
    let (server, sites, _folder) = stage().await;
    let mut site = wanted("acme");
    assert_eq!(sites.look(&site).await, Ok(Seen::Absent));
    working(sites.ensure(&site).await);
    assert_eq!(
        (server.objects.count(), changes(&server)),
        (14, 15),
        "fourteen objects, and which claim holds the files"
    );
    working(sites.look(&site).await);
    server.objects.pods_come_up();
    let Ok(Seen::Ready(place)) = sites.ensure(&site).await else { panic!("it is up") };
    assert_eq!(place.address, "http://wordpress.wordpress-tenant-acme.svc");
    assert_eq!(place.outside_id, "namespace wordpress-tenant-acme");
    assert_eq!(changes(&server), 15, "nothing to do, so nothing was written");
    site.plan.php_workers = 6;
    working(sites.ensure(&site).await);
    assert_eq!(changes(&server), 17, "settings and the pod that reads them");
    assert!(sites.health().await.ok, "{:?}", sites.health().await);
    assert!(matches!(sites.remove(site.tenant, &site.slug).await, Ok(Gone::Working { .. })));
    assert!(matches!(sites.remove(site.tenant, &site.slug).await, Ok(Gone::Seen { .. })));
    assert_eq!((server.objects.count(), sites.look(&site).await), (0, Ok(Seen::Absent)));
}

#[tokio::test]
async fn waits_as_long_as_it_was_asked_to_and_goes_on_where_it_was() {
    let (server, sites, _folder) = stage().await;
    let site = wanted("acme");
    server.faults.arm("PATCH /apis/apps", Trouble::TooMany(7), 1);
    let stopped = sites.ensure(&site).await;
    let pause = Some(Duration::from_secs(7));
    assert!(matches!(&stopped, Err(Fault::Retry { after, .. }) if *after == pause), "{stopped:?}");
    let before = changes(&server);
    working(sites.ensure(&site).await);
    assert_eq!((server.objects.count(), changes(&server) - before), (14, 1), "only what was missing");
}

#[tokio::test]
async fn a_server_that_starts_is_waited_for() {
    let (server, sites, _folder) = stage().await;
    let site = wanted("acme");
    // Neither does it say that it is ready.
    server.objects.start_anew(2);
    let stopped = sites.ensure(&site).await;
    assert!(matches!(&stopped, Err(Fault::Retry { why, .. }) if why.contains("is starting")), "{stopped:?}");
    // It became ready in between.
    server.objects.start_anew(1);
    working(sites.ensure(&site).await);
    assert_eq!(server.objects.count(), 14);
}

#[tokio::test]
async fn comes_through_storms_of_every_kind() {
    let troubles = [
        Trouble::LostRequest,
        Trouble::LostAnswer,
        Trouble::TooMany(0),
        Trouble::Unwell,
        Trouble::Page,
        Trouble::WrongAnswer,
    ];
    for trouble in troubles {
        for call in ["GET /api/v1/namespaces", "PATCH /api/v1/namespaces", "PATCH /apis", "GET /apis"] {
            let (server, sites, _folder) = stage().await;
            let site = wanted("acme");
            working(sites.ensure(&site).await);
            server.objects.pods_come_up();
            let mut changed = site.clone();
            changed.plan.php_workers = 6;
            server.faults.arm(call, trouble.clone(), 2);
            let mut tries = 0;
            while !matches!(sites.ensure(&changed).await, Ok(Seen::Ready(_))) {
                server.objects.pods_come_up();
                tries += 1;
                assert!(tries < 8, "{trouble:?} at {call}: {:?}", sites.ensure(&changed).await);
            }
            assert_eq!(server.objects.count(), 14, "{trouble:?} at {call}");
        }
    }
}

#[tokio::test]
async fn leaves_a_field_to_whoever_set_it() {
    let (server, sites, _folder) = stage().await;
    let site = wanted("acme");
    working(sites.ensure(&site).await);
    server.objects.held_by("kubectl-edit");
    let mut changed = site;
    changed.plan.memory_mb = 1024;
    let (code, say) = failed(sites.ensure(&changed).await);
    assert!(code == "field_held" && say.contains("spec.replicas was set by kubectl-edit"), "{say}");
}

#[tokio::test]
async fn never_removes_the_namespace_of_somebody_who_came_in_between() {
    let (server, sites, _folder) = stage().await;
    let site = wanted("acme");
    working(sites.ensure(&site).await);
    server.objects.replace_before_removal();
    let raced = sites.remove(site.tenant, &site.slug).await;
    assert!(matches!(raced, Err(Fault::Retry { .. })), "{raced:?}");
    assert_eq!(failed(sites.remove(site.tenant, &site.slug).await).0, "namespace_foreign");
    assert_eq!(failed(sites.ensure(&site).await).0, "namespace_foreign");
    assert!(server.objects.count() > 0);
}

#[tokio::test]
async fn says_when_pods_are_not_guarded_or_the_database_is_shut_out() {
    let (server, sites, folder) = stage().await;
    assert!(sites.health().await.ok);
    assert_eq!(server.objects.count(), 0, "asking leaves nothing behind");
    server.objects.stop_guarding_pods();
    assert!(sites.health().await.say.contains("Pod Security"), "{:?}", sites.health().await);

    let server = ApiServer::serve().await;
    for (host, egress, fine) in [
        ("localhost", "10.0.0.0/24", false),
        ("localhost", "127.0.0.0/8:3306,::1/128", true),
        ("localhost", "127.0.0.0/8:3307,::1/128:3307", false),
        ("10.7.222.3", "10.0.0.0/24", true),
        ("db.admin-apps.svc", "namespace:admin-apps", true),
    ] {
        let mut config = config(&kubeconfig(folder.path(), &server.wire.url));
        (config.database, config.egress) = (Some((host.to_owned(), 3306)), Peer::list(egress).expect("peers"));
        let health = super::sites(config).await.health().await;
        assert_eq!(health.ok, fine, "{host} {egress}: {health:?}");
    }
}

/// A health round over many tenants asks for each kind once, and once only when the server is away, too.
#[tokio::test]
async fn many_looks_are_one_list_of_each_kind() {
    let (server, sites, _folder) = stage().await;
    let tenants: Vec<_> = (0..40).map(|n| wanted(&format!("acme-{n}"))).collect();
    for site in &tenants[..3] {
        working(sites.ensure(site).await);
    }
    let before = server.faults.calls().len();
    let seen = futures::future::join_all(tenants.iter().map(|site| sites.look(site))).await;
    let at_work = seen.iter().filter(|s| matches!(s, Ok(Seen::Working { .. }))).count();
    assert_eq!((at_work, seen.len()), (3, 40));
    assert_eq!(
        server.faults.calls().len() - before,
        16,
        "twelve kinds, of them Secrets by each of three names, the pods, and bindings"
    );

    // A list that takes longer than its answer is good for: those who waited for it do not ask again.
    tokio::time::sleep(Duration::from_millis(3100)).await;
    server.faults.latency(Duration::from_millis(3500));
    let before = server.faults.calls().len();
    let seen = futures::future::join_all(tenants.iter().map(|site| sites.look(site))).await;
    assert_eq!(seen.iter().filter(|s| matches!(s, Ok(Seen::Working { .. }))).count(), 3);
    assert!(sites.look(&tenants[0]).await.is_ok());
    assert_eq!(server.faults.calls().len() - before, 16);
    server.faults.calm();

    tokio::time::sleep(Duration::from_millis(3600)).await;
    server.faults.arm("GET", Trouble::Unwell, 1000);
    let before = server.faults.calls().len();
    let seen = futures::future::join_all(tenants.iter().map(|site| sites.look(site))).await;
    assert!(seen.iter().all(|s| matches!(s, Err(Fault::Retry { .. }))));
    assert!(server.faults.calls().len() - before <= 16);
}
