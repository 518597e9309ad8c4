//! Driver: sites on a Kubernetes cluster, each in a namespace of its own.
//!
//! What a site is made of stands in `templates/manifests`. It is applied by the server (server-side apply), never by
//! force, and only where it differs: one list for each kind tells what is there. The tenant's id is a label of the
//! namespace; a namespace without it is never touched. Nothing is remembered here that the cluster does not know.

use super::{Place, Sites, Trust, Wanted, contract};
use crate::domain::{Fault, Gone, Health, Peer, Seen, Slug, TenantId};
use crate::systems::cluster::Cluster;
use async_trait::async_trait;
use futures::future::join_all;
use kind::Kind;
use manifest::Manifest;
use pods::Condition;
use room::Room;
use serde_json::Value;
use snapshot::Snapshots;
use std::{path::PathBuf, time::Duration};
use verified::Verified;

mod address;
mod drift;
mod entrance;
mod health;
pub mod kind;
mod manifest;
mod pods;
mod remove;
pub mod rights;
mod room;
mod route;
mod snapshot;
mod verified;

pub use entrance::Entrance;

/// Pause between two looks at a site that is coming up. It takes about five seconds when the image is there.
const SOON: Duration = Duration::from_secs(2);

/// How sites are put on the cluster.
#[derive(Debug, Clone)]
pub struct Config {
    /// Kubeconfig file; without one the account of the portal's own pod.
    pub kubeconfig: Option<PathBuf>,
    /// Context in that file; without one its current one.
    pub context: Option<String>,
    /// Image of the sites.
    pub image: String,
    /// `IfNotPresent`, `Always` or `Never`.
    pub image_pull_policy: &'static str,
    /// Class of the volumes; without one the cluster's default.
    pub storage_class: Option<String>,
    /// How visitors come in.
    pub entrance: Entrance,
    /// Public address with `{slug}` and perhaps `{ip}`.
    pub address: String,
    /// Address of the ingress controller or the Gateway.
    pub ingress_ip: Option<std::net::IpAddr>,
    /// How the portal reaches sites.
    pub reach: Reach,
    /// Who may connect to sites: the ingress controller or the Gateway's pods, the portal.
    pub callers: Vec<Peer>,
    /// To whom sites may connect.
    pub egress: Vec<Peer>,
    /// Host and port of the database server that all sites share, where there is one.
    pub database: Option<(String, u16)>,
    /// The portal as browsers reach it, without trailing slash.
    pub portal_url: String,
    /// The portal as sites reach it, without trailing slash.
    pub portal_api_url: String,
    /// Whom sites trust, and how they speak to their databases.
    pub trust: Trust,
    /// `app_id` of the chat's application passwords.
    pub app_id: uuid::Uuid,
}

/// How the portal reaches a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// By the Service's name: the portal runs in the cluster.
    Service,
    /// By the Service's address: the portal runs on a node of the cluster.
    ClusterIp,
    /// As everybody does, by the site's public address.
    Public,
}

/// Sites on a cluster.
pub struct KubernetesSites {
    config: Config,
    cluster: Cluster,
    snapshots: Snapshots,
    verified: Verified,
}

/// The tenant's namespace.
fn namespace(slug: &Slug) -> String {
    format!("wordpress-tenant-{slug}")
}

impl KubernetesSites {
    /// Sites as `config` says. Nothing is asked of the cluster yet.
    ///
    /// # Errors
    /// The kubeconfig cannot be read, or names no such context.
    pub async fn new(config: Config) -> anyhow::Result<Self> {
        let cluster = Cluster::new(config.kubeconfig.as_deref(), config.context.as_deref()).await?;
        Ok(Self { config, cluster, snapshots: Snapshots::default(), verified: Verified::default() })
    }

    /// The tenant's room as it is at this moment; an empty one when there is no namespace.
    async fn room(&self, wanted: &Wanted) -> Result<(Room, Option<Value>), Fault> {
        let name = namespace(&wanted.slug);
        let path = format!("{}/{name}", Kind::Namespace.collection(None));
        let Some(found) = self.cluster.get::<Value>(&format!("Namespace {name}"), &path).await? else {
            return Ok((Room::default(), None));
        };
        room::ours(&name, &found, wanted.tenant)?;
        if room::ending(&found) {
            return Err(Fault::retry(format!("The namespace {name} is still being removed.")));
        }
        let room =
            room::rooms(&self.cluster, &self.config.entrance, Some(&name)).await?.remove(&name).unwrap_or_default();
        Ok((room.with_namespace(&name, &found), Some(found)))
    }

    /// Applies in three waves: the namespace, what pods need, pods.
    async fn apply(&self, wanted: &Wanted, stale: Vec<Manifest>, before: Option<Value>) -> Result<(), Fault> {
        let (room, rest): (Vec<_>, Vec<_>) = stale.into_iter().partition(|m| m.kind == Kind::Namespace);
        let (pods, needed): (Vec<_>, Vec<_>) = rest.into_iter().partition(|m| m.kind.starts_pods());
        for mut wave in [room, needed, pods] {
            for manifest in wave.iter_mut().filter(|m| m.kind == Kind::Namespace) {
                // The one that was looked at, or none: a namespace that somebody made anew meanwhile is refused.
                if let Some(uid) = before.as_ref().map(|b| b["metadata"]["uid"].clone()) {
                    manifest.body["metadata"]["uid"] = uid;
                }
            }
            let applied = join_all(wave.iter().map(|m| {
                let path = format!("{}/{}", m.kind.collection(Some(&namespace(&wanted.slug))), m.name);
                async move { self.cluster.apply(&format!("{} {}", m.kind, m.name), &path, &m.body).await }
            }));
            applied.await.into_iter().collect::<Result<Vec<Value>, Fault>>()?;
        }
        Ok(())
    }

    /// What pods and way in of a room without differences come to.
    async fn condition(&self, room: &Room, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        let Some(deployment) = room.deployment() else { return Ok(Seen::Absent) };
        let condition = match pods::condition(&deployment, room.pod().as_ref()) {
            Condition::Up => self.config.entrance.condition(room),
            not_up => not_up,
        };
        match condition {
            Condition::Up => self.place(room, wanted).map(Seen::Ready),
            Condition::Coming(note) => Ok(Seen::Working { note, again: SOON }),
            Condition::Ill(fault) => Err(fault),
            Condition::Ended(end) => Err(self.last_words(&namespace(&wanted.slug), end).await),
        }
    }

    /// Why a container ended.
    async fn last_words(&self, namespace: &str, end: pods::End) -> Fault {
        if end.reason == "OOMKilled" {
            let say = "The site needs more memory than its plan has, and was ended by the cluster.";
            return Fault::fail(
                "memory_exceeded",
                say,
                "Give the plan more memory_mb or fewer php_workers, restart, then press Retry now.",
            );
        }
        let log = self.cluster.log(namespace, &end.pod, &end.container, end.before).await;
        let said = log.map_or_else(|_| "nothing".to_owned(), |log| contract::last_words(&log));
        if end.container == "install" {
            return contract::judge(Some(end.exit_code), said).err().unwrap_or_else(|| Fault::retry("It ended well."));
        }
        Fault::retry(format!("The site's container ends again and again ({}). It said: {said}", end.exit_code))
    }

    fn place(&self, room: &Room, wanted: &Wanted) -> Result<Place, Fault> {
        let name = namespace(&wanted.slug);
        let address = match self.config.reach {
            Reach::Service => format!("http://wordpress.{name}.svc"),
            Reach::Public => wanted.site_url.clone(),
            Reach::ClusterIp => {
                let service = room.object(Kind::Service, "wordpress").unwrap_or_default();
                let ip = service["spec"]["clusterIP"].as_str().unwrap_or_default().to_owned();
                let none = || Fault::retry("The site's Service has no address yet.");
                ip.parse().map(address::of_ip).map_err(|_| none())?
            }
        };
        Ok(Place { address, outside_id: format!("namespace {name}") })
    }

    fn first_drift(room: &Room, manifests: &[Manifest]) -> Option<String> {
        manifests.iter().find_map(|manifest| room.drift(manifest))
    }
}

#[async_trait]
impl Sites for KubernetesSites {
    fn address(&self, _tenant: TenantId, slug: &Slug) -> String {
        address::public(&self.config, slug)
    }

    async fn look(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        let rooms = self.snapshots.rooms(&self.cluster, &self.config.entrance, wanted.tenant).await?;
        let name = namespace(&wanted.slug);
        let Some((room, found)) = rooms.get(&name).and_then(|r| Some((r, r.object(Kind::Namespace, &name)?))) else {
            return Ok(Seen::Absent);
        };
        room::ours(&name, &found, wanted.tenant)?;
        if room::ending(&found) {
            return Ok(Seen::Drifted { what: format!("The namespace {name} is being removed.") });
        }
        let all = manifest::all(&self.config, wanted)?;
        let print = self.verified.print((&all, room.objects()));
        if !self.verified.holds(wanted.tenant, print) {
            let drift = Self::first_drift(room, &all.manifests()?);
            if let Some(what) = drift.or_else(|| self.config.entrance.leftover(&name, room)) {
                return Ok(Seen::Drifted { what });
            }
            self.verified.note(wanted.tenant, print);
        }
        match self.condition(room, wanted).await {
            Err(Fault::Retry { why, after: None }) => Ok(Seen::Drifted { what: why }),
            seen => seen,
        }
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Place>, Fault> {
        let mut manifests = manifest::all(&self.config, wanted)?.manifests()?;
        let (room, before) = self.room(wanted).await?;
        manifests.retain(|manifest| room.drift(manifest).is_some());
        if manifests.is_empty() {
            return self.condition(&room, wanted).await;
        }
        let applied = self.apply(wanted, manifests, before).await;
        self.snapshots.changed(wanted.tenant);
        applied?;
        Ok(Seen::Working { note: "Kubernetes is starting the site.".to_owned(), again: SOON })
    }

    async fn remove(&self, tenant: TenantId, slug: &Slug) -> Result<Gone, Fault> {
        let gone = remove::remove(&self.cluster, &namespace(slug), tenant).await;
        self.snapshots.changed(tenant);
        self.verified.forget(tenant);
        gone
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (namespace(slug), "a namespace of the cluster".to_owned())
    }

    fn hint(&self, slug: &Slug) -> Option<String> {
        address::hosts_line(&self.config, slug)
    }

    async fn health(&self) -> Health {
        health::health(&self.cluster, &self.config).await
    }
}
