//! The life of one Job: begun if there is none, waited for, read, taken away.

use super::{answer, order::LOOK};
use crate::{
    domain::{Fault, Seen},
    systems::cluster::{Cluster, cannot_begin, plain},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{ContainerStateTerminated, ContainerStatus, Pod},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Pause between two looks at a Job. It takes about five seconds when the image is there.
const SOON: Duration = Duration::from_secs(2);

/// What is to be done.
pub(super) struct Errand {
    pub(super) name: String,
    pub(super) purpose: &'static str,
    pub(super) database: String,
    pub(super) manifest: Value,
    /// Files of its Secret.
    pub(super) files: BTreeMap<&'static str, String>,
}

/// Where Jobs are made.
pub(super) struct Desk {
    pub(super) cluster: Arc<Cluster>,
    pub(super) namespace: String,
}

/// How a Job is.
enum State {
    /// It works, or is about to; one plain sentence.
    AtWork(String),
    /// Its program came to its end, or it did not.
    Ended(Result<Seen<()>, Fault>),
}

impl Desk {
    /// What the errand came to; begins it when it is not under way.
    pub(super) async fn ask(&self, errand: &Errand) -> Result<Seen<()>, Fault> {
        let Some(job) = self.cluster.get::<Job>(&what(errand), &self.path(errand)).await? else {
            return self.begin(errand).await;
        };
        if job.metadata.deletion_timestamp.is_some() {
            return Ok(working("The Job before this one is being removed."));
        }
        let same = job.metadata.labels.as_ref().and_then(|l| l.get("slipway.dev/purpose")).map(String::as_str)
            == Some(errand.purpose);
        match self.state(&job, errand).await? {
            State::AtWork(note) => {
                if same {
                    // The portal may have been cut off between the Job and its Secret.
                    self.tell(errand, uid(&job)).await?;
                }
                Ok(working(&note))
            }
            State::Ended(Ok(Seen::Ready(()))) if same || errand.purpose == LOOK => Ok(Seen::Ready(())),
            State::Ended(verdict) => {
                self.cluster.delete(&what(errand), &self.path(errand), uid(&job)).await?;
                if same || errand.purpose == LOOK { verdict } else { self.begin(errand).await }
            }
        }
    }

    async fn begin(&self, errand: &Errand) -> Result<Seen<()>, Fault> {
        let made = self.cluster.apply(&what(errand), &self.path(errand), &errand.manifest).await?;
        self.tell(errand, made["metadata"]["uid"].as_str().unwrap_or_default()).await?;
        Ok(working("A short Job in the cluster speaks with the database."))
    }

    /// Gives the Job its Secret, which belongs to it and goes with it. The Job is there first, or the Secret would stay
    /// behind when the portal is cut off in between; its pod waits for it.
    async fn tell(&self, errand: &Errand, uid: &str) -> Result<(), Fault> {
        let data: BTreeMap<_, _> = errand.files.iter().map(|(name, text)| (name, STANDARD.encode(text))).collect();
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": data,
            "metadata": {
                "name": errand.name, "namespace": self.namespace, "labels": errand.manifest["metadata"]["labels"],
                "ownerReferences": [{ "apiVersion": "batch/v1", "kind": "Job", "name": errand.name, "uid": uid }],
            },
        });
        let path = format!("/api/v1/namespaces/{}/secrets/{}", self.namespace, errand.name);
        self.cluster.apply(&format!("Secret {}", errand.name), &path, &secret).await.map(drop)
    }

    async fn state(&self, job: &Job, errand: &Errand) -> Result<State, Fault> {
        let conditions = job.status.as_ref().and_then(|s| s.conditions.as_ref());
        let ended = conditions
            .into_iter()
            .flatten()
            .find(|c| c.status == "True" && (c.type_ == "Complete" || c.type_ == "Failed"));
        let pod = self.pod(job).await?;
        let Some(end) = ended else { return coming(pod.as_ref()).map(State::AtWork) };
        let words = pod.as_ref().and_then(|p| last_words(p, "errand"));
        Ok(State::Ended(match (end.type_.as_str(), words) {
            ("Complete", Some(message)) => answer::verdict(&message, &errand.database),
            ("Complete", None) => Err(Fault::retry(format!("{} ended without a word.", what(errand)))),
            _ => {
                let said = end.message.as_deref().unwrap_or_default();
                let why = pod.as_ref().and_then(why_failed).unwrap_or_else(|| plain(said));
                Err(Fault::retry(format!("{} failed: {why}", what(errand))))
            }
        }))
    }

    /// The newest pod of this very Job; one of the same name may have had others.
    async fn pod(&self, job: &Job) -> Result<Option<Pod>, Fault> {
        let path = format!("/api/v1/namespaces/{}/pods", self.namespace);
        let labels = format!("batch.kubernetes.io/controller-uid={}", uid(job));
        let found = self.cluster.list(&path, &labels, false).await?;
        let pods = found.iter().filter_map(|text| serde_json::from_str::<Pod>(text.get()).ok());
        Ok(pods.max_by(|a, b| a.metadata.creation_timestamp.cmp(&b.metadata.creation_timestamp)))
    }

    fn path(&self, errand: &Errand) -> String {
        format!("/apis/batch/v1/namespaces/{}/jobs/{}", self.namespace, errand.name)
    }
}

fn what(errand: &Errand) -> String {
    format!("Job {}", errand.name)
}

fn uid(job: &Job) -> &str {
    job.metadata.uid.as_deref().unwrap_or_default()
}

fn working(note: &str) -> Seen<()> {
    Seen::Working { note: note.to_owned(), again: SOON }
}

fn containers(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    let status = pod.status.as_ref();
    let lists = status.map(|s| [&s.init_container_statuses, &s.container_statuses]);
    lists.into_iter().flatten().flatten().flatten()
}

/// What it waits for.
fn coming(pod: Option<&Pod>) -> Result<String, Fault> {
    let Some(pod) = pod else { return Ok("Kubernetes makes the pod of a short Job.".to_owned()) };
    if let Some(fault) = containers(pod).find_map(cannot_begin) {
        return Err(fault);
    }
    let conditions = pod.status.as_ref().and_then(|s| s.conditions.as_ref());
    let waits = conditions.into_iter().flatten().find(|c| c.type_ == "PodScheduled" && c.status == "False");
    Ok(match waits {
        Some(c) => format!("No node takes the Job: {}", plain(c.message.as_deref().unwrap_or_default())),
        None => "A short Job in the cluster speaks with the database.".to_owned(),
    })
}

fn terminated(container: &ContainerStatus) -> Option<&ContainerStateTerminated> {
    container.state.as_ref()?.terminated.as_ref()
}

fn last_words(pod: &Pod, container: &str) -> Option<String> {
    containers(pod).find(|c| c.name == container).and_then(terminated)?.message.clone()
}

/// Evicted, out of memory, a program that broke.
fn why_failed(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    if let Some(reason) = &status.reason {
        return Some(plain(&format!("{reason}: {}", status.message.as_deref().unwrap_or_default())));
    }
    let (container, end) = containers(pod).find_map(|c| Some((c, terminated(c).filter(|t| t.exit_code != 0)?)))?;
    let (reason, said) = (end.reason.as_deref().unwrap_or_default(), end.message.as_deref().unwrap_or_default());
    Some(plain(&format!("{} ended with {} ({reason}). {said}", container.name, end.exit_code)))
}
