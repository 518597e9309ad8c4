//! Way: a short Job in the cluster speaks for the portal, because only the cluster's nodes stand in the databases' network.
//!
//! A Job has a name that follows from what it is about, so a repeated call finds it. Look and preparation of one database
//! share the name and never run side by side. A good answer is kept as long as the Job is (ten minutes), so that looks cost
//! a pod in ten minutes; any other answer is taken away with its Job. The login lies in a Secret that belongs to the Job and
//! goes with it.

use super::{Account, Owner, Reach};
use crate::{
    domain::{Fault, Seen},
    systems::{cluster::Cluster, database::DatabaseTls},
};
use async_trait::async_trait;
use errand::{Desk, Errand};
use std::sync::Arc;

mod answer;
mod errand;
mod order;

/// How Jobs are made.
#[derive(Debug, Clone)]
pub struct Config {
    /// Namespace of the Jobs: the portal's own.
    pub namespace: String,
    /// Image with PHP and its extensions mysqli and curl: that of the sites.
    pub image: String,
    /// `IfNotPresent`, `Always` or `Never`.
    pub image_pull_policy: &'static str,
    /// Secret of that namespace by which nodes sign in at the image's registry, where it is a private one.
    pub pull_secret_name: Option<String>,
    /// How connections to databases are kept private.
    pub tls: DatabaseTls,
    /// Certificates (PEM) of authorities to trust besides the well-known ones.
    pub authorities: Option<String>,
    /// Where dumps go; without it none are written.
    pub dumps: Option<Dumps>,
}

/// A bucket for dumps.
#[derive(Debug, Clone)]
pub struct Dumps {
    /// Image with MariaDB's client, bash and gzip.
    pub image: String,
    /// Address of the store, without trailing slash.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Id of the access key.
    pub key_id: String,
    /// The access key.
    pub secret: secrecy::SecretString,
}

/// Sends Jobs.
pub struct Jobs {
    desk: Desk,
    config: Config,
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Jobs {
    /// Jobs on this cluster. Nothing is asked of it yet.
    pub fn new(cluster: Arc<Cluster>, config: Config) -> Self {
        Self { desk: Desk { cluster, namespace: config.namespace.clone() }, config }
    }

    async fn ask(&self, errand: Result<Errand, Fault>) -> Result<Seen<()>, Fault> {
        self.desk.ask(&errand?).await
    }
}

#[async_trait]
impl Reach for Jobs {
    async fn look(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        self.ask(order::account(&self.config, order::LOOK, owner, account)).await
    }

    async fn prepare(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        self.ask(order::account(&self.config, order::PREPARE, owner, account)).await
    }

    async fn dump(&self, owner: &Owner, account: &Account, name: &str) -> Result<Seen<()>, Fault> {
        self.ask(order::dump(&self.config, owner, account, name)).await
    }
}
