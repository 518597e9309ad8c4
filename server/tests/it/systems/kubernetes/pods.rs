//! Sites as pods on a real node, with a MariaDB on this machine.

use super::{
    failed,
    real::{Cluster, host_for_pods},
    sites, wanted,
};
use crate::{real::Part, sim};
use secrecy::SecretString;
use serde_json::{Value, json};
use slipway::{
    domain::{Fault, Gone, Seen},
    systems::{
        database::{self, Databases, server::ServerDatabases},
        site::{
            Place, Sites, Wanted,
            kubernetes::{Config, KubernetesSites, Reach},
        },
    },
};
use std::time::Duration;

/// Goes on as the engine does until this is the answer.
pub(super) async fn until(
    what: &str,
    sites: &KubernetesSites,
    site: &Wanted,
    right: impl Fn(&Result<Seen<Place>, Fault>) -> bool,
) -> Result<Seen<Place>, Fault> {
    let mut last = None;
    for _ in 0..600 {
        let seen = sites.ensure(site).await;
        if right(&seen) {
            return seen;
        }
        last = Some(seen);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("it never came to this: {what}; last: {last:?}");
}

pub(super) async fn up(sites: &KubernetesSites, site: &Wanted) -> Place {
    match until("it is up", sites, site, |seen| matches!(seen, Ok(Seen::Ready(_)))).await {
        Ok(Seen::Ready(place)) => place,
        other => panic!("{other:?}"),
    }
}

/// A site that fits on a node, with its database.
pub(super) async fn with_database(mut site: Wanted, databases: &ServerDatabases) -> Wanted {
    site.plan.cpu_millicores = 100;
    let (slug, password) = (site.slug.clone(), site.database_password.clone());
    let wanted = database::Wanted { tenant: site.tenant, slug, password, owner_password: None, plan: None };
    let Ok(Seen::Ready(database)) = databases.ensure(&wanted).await else { panic!("no database") };
    Wanted { database, ..site }
}

#[tokio::test]
async fn runs_a_real_wordpress_as_a_pod() {
    let Some(cluster) = Cluster::new("pods").await else { return };
    let Some(host) = host_for_pods() else { return };
    let mariadb = Part::mariadb_at(&host).await;
    let databases = ServerDatabases::new(&mariadb.host, mariadb.port, "root", &Part::master(), None);
    let config = Config { reach: Reach::ClusterIp, ..cluster.config.clone() };
    let on_node = sites(config.clone()).await;
    for room in ["wordpress-tenant-pods", "wordpress-tenant-pods-copy"] {
        cluster.clear(room).await;
    }
    let site = with_database(wanted("pods"), &databases).await;
    let place = up(&on_node, &site).await;
    for path in ["/?rest_route=/wp/v2/types/post", "/wp-includes/images/blank.gif"] {
        let url = format!("{}{path}", place.address);
        let reply = sim::http().call("The site", reqwest::Method::GET, &url).send().await.expect("it answers");
        assert_eq!(reply.status, 200, "{path}");
    }
    its_clock_runs(&cluster).await;
    says_what_the_installer_said(&on_node, &site).await;
    up(&on_node, &site).await;
    says_that_the_image_is_missing_and_serves_on(&config, &site, &place).await;
    up(&on_node, &site).await;

    // A copy must not write into the original's database.
    let copy = Wanted {
        database: site.database.clone(),
        database_password: site.database_password.clone(),
        plan: site.plan.clone(),
        ..wanted("pods-copy")
    };
    let moved = until("it is refused", &on_node, &copy, |seen| matches!(seen, Err(Fault::Fail { .. }))).await;
    let (code, say) = failed(moved);
    assert!(code == "site_moved" && say.contains(&site.site_url), "{code}: {say}");
    for gone in [&copy, &site] {
        cluster
            .until("it is seen gone", async || {
                matches!(on_node.remove(gone.tenant, &gone.slug).await, Ok(Gone::Seen { .. }))
            })
            .await;
    }
}

/// One run of the clock, as an administrator would start it.
async fn its_clock_runs(cluster: &Cluster) {
    let room = "/apis/batch/v1/namespaces/wordpress-tenant-pods";
    let (_, clock) = cluster.get(&format!("{room}/cronjobs/wordpress")).await;
    let job = json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "once" },
        "spec": clock["spec"]["jobTemplate"]["spec"] });
    let (code, answer) = cluster.admin("POST", &format!("{room}/jobs"), "application/json", job).await;
    assert_eq!(code, 201, "{answer}");
    let mut status = Value::Null;
    cluster
        .until("the clock has run", async || {
            status = cluster.get(&format!("{room}/jobs/once")).await.1["status"].clone();
            status["succeeded"] == 1 || status["failed"] == 1
        })
        .await;
    assert_eq!(status["succeeded"], 1, "{status}");
}

async fn says_what_the_installer_said(sites: &KubernetesSites, site: &Wanted) {
    let wrong = Wanted { database_password: SecretString::from("wrong-canary"), ..site.clone() };
    let said = "refuses this user";
    let seen =
        until(said, sites, &wrong, |seen| matches!(seen, Err(Fault::Retry { why, .. }) if why.contains(said))).await;
    assert!(!format!("{seen:?}").contains("canary"));
}

async fn says_that_the_image_is_missing_and_serves_on(config: &Config, site: &Wanted, place: &Place) {
    let image = "slipway-wordpress:none".to_owned();
    let sites = sites(Config { image, image_pull_policy: "Never", ..config.clone() }).await;
    let seen = until("no image", &sites, site, |seen| matches!(seen, Err(Fault::Fail { .. }))).await;
    let (code, say) = failed(seen);
    assert!(code == "image_missing" && say.contains("slipway-wordpress:none"), "{say}");
    assert!(say.ends_with("Visitors still get the site as it was before."), "{say}");
    let url = format!("{}/?rest_route=/wp/v2/types/post", place.address);
    let reply = sim::http().call("The site", reqwest::Method::GET, &url).send().await.expect("it answers");
    assert_eq!(reply.status, 200);
}
