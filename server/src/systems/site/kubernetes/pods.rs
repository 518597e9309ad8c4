//! How a site's pod is, in words. Asked are the deployment's conditions, which the cluster's controllers write, and the
//! states of the newest pod's containers (Kubernetes API, `DeploymentCondition`, `ContainerState`).

use crate::domain::Fault;
use crate::systems::cluster::{cannot_begin, plain, pod_security, quota};
use k8s_openapi::api::{
    apps::v1::{Deployment, DeploymentStatus},
    core::v1::{ContainerStateTerminated, ContainerStatus, Pod, PodStatus},
};

/// Annotation of the deployment, which makes its controllers try a refused pod again.
pub(super) const TRIES: &str = "slipway.dev/tries";

/// What the pod comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// It serves.
    Up,
    /// It is on its way; one plain sentence.
    Coming(String),
    /// It does not go on like this.
    Ill(Fault),
    /// The pod was refused at the door. Nobody writes down when that was last, so it may be long over.
    Refused(Fault),
    /// A container ended by itself: its last words are needed.
    Ended(End),
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    pub(super) pod: String,
    /// `install` or `wordpress`.
    pub(super) container: String,
    pub(super) exit_code: i32,
    /// The cluster's own word for it (`Error`, `OOMKilled`).
    pub(super) reason: String,
    /// The cluster has begun or will begin another one: the words are those of the one before.
    pub(super) before: bool,
}

/// Of the deployment and its newest pod.
pub(super) fn condition(deployment: &Deployment, pod: Option<&Pod>) -> Condition {
    let status = deployment.status.clone().unwrap_or_default();
    if status.observed_generation != deployment.metadata.generation {
        return Condition::Coming("Kubernetes has not looked at the site yet.".to_owned());
    }
    if status.updated_replicas == Some(1) && status.available_replicas == Some(1) && status.replicas == Some(1) {
        return Condition::Up;
    }
    if let Some(refused) = refused(&status) {
        return refused;
    }
    let found = match pod {
        None => return Condition::Coming("Kubernetes makes the site's pod.".to_owned()),
        Some(pod) => match trouble(pod) {
            Condition::Coming(note) if given_up(&status) => Condition::Ill(Fault::retry(note)),
            found => found,
        },
    };
    if serves_still(&status) { consoled(found) } else { found }
}

/// The pod from before serves on, until the new one is ready.
fn serves_still(status: &DeploymentStatus) -> bool {
    status.available_replicas.unwrap_or(0) > 0 && status.replicas > status.updated_replicas
}

/// Nobody need hurry: visitors do not notice.
fn consoled(found: Condition) -> Condition {
    const SO_FAR: &str = "Visitors still get the site as it was before.";
    match found {
        Condition::Coming(note) => Condition::Coming(format!("{note} {SO_FAR}")),
        Condition::Ill(Fault::Retry { why, after }) => {
            Condition::Ill(Fault::Retry { why: format!("{why} {SO_FAR}"), after })
        }
        Condition::Ill(Fault::Fail { code, say, next }) => {
            Condition::Ill(Fault::fail(code, format!("{say} {SO_FAR}"), next))
        }
        found => found,
    }
}

/// The site was up with these settings and is not now, or it did not come up in the time it was given.
fn given_up(status: &DeploymentStatus) -> bool {
    let progress = status.conditions.iter().flatten().find(|c| c.type_ == "Progressing");
    let reason = progress.and_then(|c| c.reason.as_deref()).unwrap_or_default();
    reason == "NewReplicaSetAvailable" || reason == "ProgressDeadlineExceeded"
}

/// The pod could not be made: its maker wrote down why.
fn refused(status: &DeploymentStatus) -> Option<Condition> {
    let failure = status.conditions.iter().flatten().find(|c| c.type_ == "ReplicaFailure" && c.status == "True");
    let said = plain(failure?.message.as_deref().unwrap_or_default());
    Some(Condition::Refused(if said.contains("exceeded quota") {
        quota(said)
    } else if said.contains("violates PodSecurity") {
        pod_security(said)
    } else {
        Fault::retry(format!("The site's pod cannot be made: {said}"))
    }))
}

fn trouble(pod: &Pod) -> Condition {
    let status = pod.status.clone().unwrap_or_default();
    let name = pod.metadata.name.clone().unwrap_or_default();
    let containers = status.init_container_statuses.iter().chain(&status.container_statuses).flatten();
    for container in containers {
        if let Some(found) = ended(&name, container).or_else(|| cannot_begin(container).map(Condition::Ill)) {
            return found;
        }
    }
    waiting_place(&status).unwrap_or_else(|| running(pod, &status))
}

/// It ended and should not have. The cluster waits longer and longer before it starts another one.
fn ended(pod: &str, container: &ContainerStatus) -> Option<Condition> {
    let bad = |t: &ContainerStateTerminated| t.exit_code != 0;
    let state = container.state.clone().unwrap_or_default();
    let last = container.last_state.clone().unwrap_or_default().terminated.filter(bad);
    let now = state.terminated.filter(bad);
    let loops = state.waiting.is_some_and(|w| w.reason.as_deref() == Some("CrashLoopBackOff"));
    let end = now.as_ref().or(last.as_ref().filter(|_| loops))?;
    Some(Condition::Ended(End {
        pod: pod.to_owned(),
        container: container.name.clone(),
        exit_code: end.exit_code,
        reason: end.reason.clone().unwrap_or_default(),
        before: now.is_none(),
    }))
}

/// No node takes it, or its volume is not there yet.
fn waiting_place(status: &PodStatus) -> Option<Condition> {
    let scheduled = status.conditions.iter().flatten().find(|c| c.type_ == "PodScheduled" && c.status == "False")?;
    let said = plain(scheduled.message.as_deref().unwrap_or_default());
    let volume = said.to_lowercase().contains("persistentvolumeclaim") || said.contains("volume");
    let what = if volume { "The site's volume is pending" } else { "No node takes the site" };
    Some(Condition::Coming(format!("{what}: {said}")))
}

fn running(pod: &Pod, status: &PodStatus) -> Condition {
    let site = status.container_statuses.iter().flatten().find(|c| c.name == "wordpress");
    let begun = site.is_some_and(|c| c.started == Some(true));
    let ready = |kind: &str| status.conditions.iter().flatten().any(|c| c.type_ == kind && c.status == "True");
    if begun && site.is_some_and(|c| c.ready) && !ready("Ready") {
        let node = pod.spec.as_ref().and_then(|s| s.node_name.clone()).unwrap_or_default();
        return Condition::Ill(Fault::retry(format!("The node {node}, on which the site runs, does not answer.")));
    }
    if begun && !ready("Ready") {
        return Condition::Ill(Fault::retry(
            "The site's pod runs, but WordPress does not answer as it should: its database, perhaps.",
        ));
    }
    Condition::Coming(if ready("Initialized") && site.is_some() {
        "WordPress is starting.".to_owned()
    } else {
        "WordPress is being installed.".to_owned()
    })
}

#[cfg(test)]
mod tests;
