//! Where the tenants' databases are made, and how the portal reaches those that only a cluster's network reaches.

use super::{
    ionos::{DatabaseIonosV1, DatabaseIonosV2},
    section::{Setting, WebAddress, choice, section},
    site::PullPolicy,
};
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

choice! {
    /// Where the tenants' databases are made.
    Database at "database", default "server";
    /// databases and users on one MariaDB server;
    Server(DatabaseServer) = "server";
    /// managed servers that Terraform made, one for each tenant;
    Existing(DatabaseExisting) = "existing";
    /// a managed cluster of IONOS for each tenant, by the second version of their API;
    IonosV2(DatabaseIonosV2) = "ionos_v2";
    /// the same by the first version.
    IonosV1(DatabaseIonosV1) = "ionos_v1";
}

section! {
    /// A MariaDB server on which the portal may make databases and users.
    DatabaseServer at "database.server";
    /// Host as the portal sees it.
    host: String;
    /// TCP port.
    port: u16 = 3306;
    /// User who may make databases and users.
    user: String;
    /// Password of that user.
    password: SecretString;
    /// Host as the sites see it; without it the same.
    site_host: Option<String>;
}

section! {
    /// Managed servers that were made elsewhere, handed over by Secrets `tenant-database-<slug>` in the portal's namespace. They are never removed.
    DatabaseExisting at "database.existing";
    /// As whom a site signs in: `own` makes it a user with the least rights; `owner` gives it the account that came with the server, for servers on which that account may make no users.
    site_user: SiteUser = "own";
}

section! {
    /// How the way to the tenants' databases is kept private. Portal, sites and Jobs follow it.
    DatabaseTls at "database.tls";
    /// `off`: sites speak no TLS, and a server that demands it is named by the doctor. `on`: always TLS, without a look at the certificate. `verified`: the certificate must bear the server's name and come from a well-known authority or one of `network.ca_file`.
    mode: TlsMode = "off";
}

/// Whether TLS is spoken with the databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Not by sites.
    Off,
    /// Always.
    On,
    /// Always, with a look at the certificate.
    Verified,
}

impl Setting for TlsMode {}

section! {
    /// How the portal reaches managed databases, which have no public address. Only for drivers of such.
    DatabaseReach at "database.reach";
    /// `job`: a short Job in the cluster speaks for the portal. `direct`: the portal itself stands in their network; it then writes no dumps.
    via: Via = "job";
    /// Kubeconfig file; without one that of `[site.kubernetes]`, or the account of the portal's own pod.
    kubeconfig: Option<PathBuf>;
    /// Context in that file; without one its current one.
    context: Option<String>;
    /// Namespace of Jobs and Secrets; without one that of the portal's pod or of the context.
    namespace: Option<String>;
    /// Image with PHP and its extensions mysqli and curl; without one that of `[site.kubernetes]`.
    image: Option<String>;
    /// `IfNotPresent`, `Always` or `Never`.
    image_pull_policy: PullPolicy = "IfNotPresent";
    /// Name of the Secret (`kubernetes.io/dockerconfigjson`) in that namespace by which nodes sign in at a private registry of the image.
    pull_secret_name: Option<String>;
}

section! {
    /// A bucket (S3) for dumps of managed databases, written before one is removed. Without `bucket` none are written.
    DatabaseDump at "database.dump";
    /// Bucket; it must be there.
    bucket: Option<String>;
    /// Address of the store, such as `https://s3.eu-central-3.ionoscloud.com`.
    endpoint: Option<WebAddress>;
    /// Its region.
    region: Option<String>;
    /// Id of an access key that may read and write objects in the bucket.
    access_key_id: Option<String>;
    /// The access key.
    secret_access_key: Option<SecretString>;
    /// Image with MariaDB's client, bash and gzip, best with a digest.
    image: String = "mariadb:11.4";
}

/// How managed databases are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// A Job in the cluster.
    Job,
    /// The portal itself.
    Direct,
}

impl Setting for Via {}

/// As whom a site signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteUser {
    /// As a user of its own.
    Own,
    /// As the account that came with the server.
    Owner,
}

impl Setting for SiteUser {}
