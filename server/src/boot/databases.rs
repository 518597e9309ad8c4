//! Where the tenants' databases are made and how they are reached: the drivers that the configuration chooses.

use super::{ionos, network::Ways, sites::pull_policy};
use crate::{
    config::{self, Config, Site, SiteKubernetes, Via, Way},
    domain::Clock,
    store::Store,
    systems::{
        cluster::Cluster,
        database::{
            Databases,
            existing::ExistingDatabases,
            reach::{
                Reach, SiteUser,
                direct::Direct,
                job::{self, Jobs},
            },
            server::ServerDatabases,
        },
    },
};
use anyhow::Context as _;
use std::sync::Arc;

/// The chosen driver.
pub(super) async fn databases(
    config: &Config,
    ways: &Ways<'_>,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<dyn Databases>> {
    let http = ways.http(Way::Database)?;
    let hands = |reach, user| ionos::Hands {
        http,
        store: store.clone(),
        clock: clock.clone(),
        reach,
        site_user: site_user(user),
        dumps: config.dump.bucket.is_some(),
    };
    Ok(match &config.database {
        config::Database::Server(s) => {
            let server = ServerDatabases::new(&s.host, s.port, &s.user, &s.password, s.site_host.clone());
            Arc::new(server.with_tls(ways.database()))
        }
        config::Database::Existing(e) => {
            let cluster = cluster(config).await?;
            let namespace = namespace(config, &cluster);
            let reach = reach(config, ways, &cluster)?;
            Arc::new(ExistingDatabases::new(cluster, namespace, reach, site_user(e.site_user)))
        }
        config::Database::IonosV2(c) => Arc::new(ionos::v2(c, hands(way(config, ways).await?, c.site_user))),
        config::Database::IonosV1(c) => Arc::new(ionos::v1(c, hands(way(config, ways).await?, c.site_user))),
    })
}

/// How managed databases are reached; without a Job no cluster is needed.
async fn way(config: &Config, ways: &Ways<'_>) -> anyhow::Result<Arc<dyn Reach>> {
    if config.reach.via == Via::Direct {
        return Ok(Arc::new(Direct { tls: ways.database() }));
    }
    reach(config, ways, &cluster(config).await?)
}

fn site_user(user: config::SiteUser) -> SiteUser {
    match user {
        config::SiteUser::Own => SiteUser::Own,
        config::SiteUser::Owner => SiteUser::Owner,
    }
}

fn site(config: &Config) -> Option<&SiteKubernetes> {
    match &config.site {
        Site::Kubernetes(site) => Some(site),
        Site::Process(_) => None,
    }
}

/// The cluster whose nodes stand in the databases' network: that of the sites, unless another is named.
async fn cluster(config: &Config) -> anyhow::Result<Arc<Cluster>> {
    let (own, site) = (&config.reach, site(config));
    let (file, context) = match &own.kubeconfig {
        Some(file) => (Some(file), own.context.as_deref()),
        None => (
            site.and_then(|s| s.kubeconfig.as_ref()),
            own.context.as_deref().or(site.and_then(|s| s.context.as_deref())),
        ),
    };
    Ok(Arc::new(Cluster::new(file.map(|f| f.as_path()), context).await?))
}

fn namespace(config: &Config, cluster: &Cluster) -> String {
    config.reach.namespace.clone().unwrap_or_else(|| cluster.home().to_owned())
}

/// How managed databases are reached.
fn reach(config: &Config, ways: &Ways<'_>, cluster: &Arc<Cluster>) -> anyhow::Result<Arc<dyn Reach>> {
    let r = &config.reach;
    if r.via == Via::Direct {
        return Ok(Arc::new(Direct { tls: ways.database() }));
    }
    let image = r.image.as_ref().or(site(config).map(|s| &s.image)).cloned();
    let job = job::Config {
        namespace: namespace(config, cluster),
        image: image.context("set image in [database.reach]: there is no [site.kubernetes] to take it from")?,
        image_pull_policy: pull_policy(r.image_pull_policy),
        pull_secret_name: r.pull_secret_name.clone(),
        tls: ways.database(),
        authorities: ways.pem(),
        dumps: dumps(&config.dump)?,
    };
    Ok(Arc::new(Jobs::new(cluster.clone(), job)))
}

fn dumps(d: &config::DatabaseDump) -> anyhow::Result<Option<job::Dumps>> {
    let Some(bucket) = d.bucket.clone() else { return Ok(None) };
    let needed = "set endpoint, region, access_key_id and secret_access_key in [database.dump] too";
    Ok(Some(job::Dumps {
        image: d.image.clone(),
        endpoint: d.endpoint.as_ref().context(needed)?.base().to_owned(),
        region: d.region.clone().context(needed)?,
        bucket,
        key_id: d.access_key_id.clone().context(needed)?,
        secret: d.secret_access_key.clone().context(needed)?,
    }))
}

/// Driver and place, for people.
pub(super) fn driver(database: &config::Database) -> String {
    match database {
        config::Database::Server(d) => format!("MariaDB server at {}:{}", d.host, d.port),
        config::Database::Existing(_) => "MariaDB servers that Terraform made".to_owned(),
        config::Database::IonosV2(c) => {
            format!("Managed MariaDB at IONOS, {}", ionos::place(&c.location.0, c.url.as_ref()))
        }
        config::Database::IonosV1(c) => {
            format!("Managed MariaDB at IONOS, {} (first API)", ionos::place(&c.location.0, c.url.as_ref()))
        }
    }
}
