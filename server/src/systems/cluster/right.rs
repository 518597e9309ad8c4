//! What an account may do on a cluster, as a driver's table of rights names it, and which of it is missing.

use super::Cluster;
use crate::domain::Fault;
use futures::future::try_join_all;
use serde_json::{Value, json};

/// A right to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    /// API group, empty for the core.
    pub group: &'static str,
    /// Resource, `pods/log` for a part of one.
    pub resource: &'static str,
    /// Names of the objects that it is about; without any it is about all.
    pub names: &'static [&'static str],
    /// Verbs.
    pub verbs: &'static [&'static str],
    /// What for.
    pub why: &'static str,
}

/// A line of a table.
pub(in crate::systems) const fn right(
    group: &'static str,
    resource: &'static str,
    verbs: &'static [&'static str],
    why: &'static str,
) -> Right {
    Right { group, resource, names: &[], verbs, why }
}

/// A line about objects of these names alone. What lists them must select one of the names (RBAC, "Referring to resources").
pub(in crate::systems) const fn named(
    group: &'static str,
    resource: &'static str,
    names: &'static [&'static str],
    verbs: &'static [&'static str],
    why: &'static str,
) -> Right {
    Right { group, resource, names, verbs, why }
}

impl Cluster {
    /// "patch secrets", for each right of the table that the account lacks, everywhere or in a namespace.
    pub(in crate::systems) async fn missing_rights(
        &self,
        table: &[Right],
        namespace: Option<&str>,
    ) -> Result<Vec<String>, Fault> {
        let asked = table.iter().flat_map(|right| right.verbs.iter().map(move |verb| (right, *verb)));
        let answers = asked.map(|(right, verb)| async move {
            let (resource, part) = right.resource.split_once('/').unwrap_or((right.resource, ""));
            let attributes = json!({ "group": right.group, "resource": resource, "subresource": part, "verb": verb,
                "namespace": namespace.unwrap_or_default(), "name": right.names.first().unwrap_or(&"") });
            let review = json!({
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": { "resourceAttributes": attributes },
            });
            let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
            let answer: Value = self.ask_for("A review of rights", path, &review).await?;
            let allowed = answer["status"]["allowed"] == true;
            Ok::<_, Fault>((!allowed).then(|| format!("{verb} {}", right.resource)))
        });
        Ok(try_join_all(answers).await?.into_iter().flatten().collect())
    }
}
