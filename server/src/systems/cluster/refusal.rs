//! What a refusal of the API server means: what heals by itself, and what needs a person, in words.
//!
//! The server answers with a `Status` (API conventions, "Response Status Kind"), but its own overload protection and
//! proxies before it do not. One code, 403, stands for four things, which only its message tells apart.

use crate::domain::{Fault, TlsTrouble};
use http::StatusCode;
use kube::core::Status;
use std::time::Duration;

/// How much of a message people are shown, characters.
const LONGEST: usize = 400;

pub(super) fn fault(what: &str, code: StatusCode, pause: Option<Duration>, body: &[u8]) -> Fault {
    let status: Status = serde_json::from_slice(body).unwrap_or_default();
    let details = status.details.as_ref();
    let named = details.map(|d| d.retry_after_seconds).filter(|s| *s > 0).map(|s| Duration::from_secs(s.into()));
    let after = pause.or(named);
    let said = plain(&status.message);
    match code.as_u16() {
        // What the server does not know it cannot take in ("failed to create typed patch object"); no second try helps.
        500 if said.contains("field not declared in schema") => refused(what, said),
        // The uid in what is applied is another than that of the object that is there by now.
        422 if about_uid(&status) => Fault::retry(format!("{what} was made anew at this moment: {said}")),
        429 => Fault::Retry { why: "The cluster asks to slow down (429).".to_owned(), after },
        408 | 500..=599 if said.is_empty() => {
            Fault::Retry { why: format!("The cluster is not well now ({}).", code.as_u16()), after }
        }
        408 | 500..=599 => Fault::Retry { why: format!("The cluster is not well now: {said}"), after },
        // A pod that is on its way out has lost its token already, and the next portal has one that counts.
        401 => Fault::retry(
            "The cluster does not know the portal's account (401). If it stays so: check kubeconfig in [site.kubernetes], \
             or the account of the portal's pod.",
        ),
        403 => forbidden(what, said),
        404 => Fault::retry(format!("{what}: there is nothing to change or no room for it. {said}")),
        // It has been changed or made in between, or is another one by now.
        409 => {
            held(what, &status).unwrap_or_else(|| Fault::retry(format!("{what} was changed at this moment: {said}")))
        }
        410 => Fault::retry("The cluster has forgotten where a list went on."),
        _ => refused(what, said),
    }
}

/// The words of a `Status`.
pub(super) fn said(body: &[u8]) -> String {
    plain(&serde_json::from_slice::<Status>(body).unwrap_or_default().message)
}

fn about_uid(status: &Status) -> bool {
    status.details.as_ref().is_some_and(|details| details.causes.iter().any(|cause| cause.field == "metadata.uid"))
}

/// Does this 403 speak of rights, and not of quota, rules or a namespace that ends?
pub(super) fn lacks_right(body: &[u8]) -> bool {
    let status: Status = serde_json::from_slice(body).unwrap_or_default();
    matches!(forbidden("", plain(&status.message)), Fault::Fail { code: "cluster_right_missing", .. })
}

fn forbidden(what: &str, said: String) -> Fault {
    let has = |text: &str| said.contains(text);
    if has("because it is being terminated") {
        return Fault::retry(format!("{what} must wait: its namespace is being removed."));
    }
    if has("exceeded quota") {
        return quota(said);
    }
    if has("violates PodSecurity") {
        return pod_security(said);
    }
    if has(" cannot ") && has(" resource ") {
        return Fault::fail(
            "cluster_right_missing",
            said,
            "Give the portal's account the ClusterRole of charts/slipway, then press Retry now.",
        );
    }
    refused(what, said)
}

fn refused(what: &str, said: String) -> Fault {
    Fault::fail(
        "cluster_refused",
        format!("The cluster refused {what}: {said}"),
        "Correct the setting or the rule that is named, then press Retry now.",
    )
}

pub(in crate::systems) fn quota(said: String) -> Fault {
    Fault::fail(
        "quota_exceeded",
        said,
        "Give the tenant a larger plan or remove what is in its namespace and not of Slipway, then press Retry now.",
    )
}

pub(in crate::systems) fn pod_security(said: String) -> Fault {
    Fault::fail(
        "pod_refused",
        said,
        "Look for a rule of the cluster that changes pods; Slipway's own keep to the profile restricted. Then press \
         Retry now.",
    )
}

/// A field that another manager holds at another value (Kubernetes, "Server-Side Apply", section "Conflicts").
fn held(what: &str, status: &Status) -> Option<Fault> {
    let causes = &status.details.as_ref()?.causes;
    let mut held = causes.iter().filter(|c| c.reason == "FieldManagerConflict");
    let first = held.next()?;
    let who = first.message.split('"').nth(1).unwrap_or("somebody else");
    let more = match held.count() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    Some(Fault::fail(
        "field_held",
        format!("{what}: the field {}{more} was set by {who}.", plain(first.field.trim_start_matches('.'))),
        "Take that change back, or remove the object so that Slipway makes it anew, then press Retry now.",
    ))
}

/// No answer at all. What credentials' helpers print may hold a token, so of them nothing is repeated.
pub(super) fn unreached(error: &kube::Error) -> Fault {
    if matches!(error, kube::Error::Auth(_)) {
        return Fault::retry("The portal's credential for the cluster cannot be read or renewed.");
    }
    match TlsTrouble::among(error) {
        None => {}
        Some(TlsTrouble::UnknownAuthority) => {
            return Fault::retry(
                "The certificate of the cluster comes from an authority that the portal does not know. Name that \
                 authority's certificate in certificate-authority-data of the kubeconfig.",
            );
        }
        Some(trouble) => return Fault::retry(trouble.tell("the cluster")),
    }
    let mut root: &dyn std::error::Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    Fault::retry(format!("The cluster cannot be reached ({}).", plain(&root.to_string())))
}

/// One line of bounded length.
pub(in crate::systems) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16, reason: &str, message: &str, details: serde_json::Value) -> Fault {
        let body = serde_json::json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": code, "reason": reason, "message": message, "details": details,
        });
        fault("Deployment wordpress", StatusCode::from_u16(code).unwrap(), None, body.to_string().as_bytes())
    }

    #[test]
    fn tells_who_holds_a_field() {
        let causes = serde_json::json!({ "causes": [
            { "reason": "FieldManagerConflict", "message": "conflict with \"kubectl-edit\" using apps/v1", "field": ".spec.replicas" },
            { "reason": "FieldManagerConflict", "message": "conflict with \"hpa\"", "field": ".spec.strategy" },
        ] });
        let fault = status(409, "Conflict", "Apply failed with 2 conflicts", causes);
        let Fault::Fail { code: "field_held", say, .. } = fault else { panic!("{fault:?}") };
        assert_eq!(say, "Deployment wordpress: the field spec.replicas and 1 more was set by kubectl-edit.");
        assert!(matches!(status(409, "Conflict", "uid mismatch", serde_json::json!({})), Fault::Retry { .. }));
    }

    /// As 1.34 answers: another uid is 422 and heals, a field that the server does not know is 500 and does not.
    #[test]
    fn tells_what_heals_from_what_does_not_whatever_the_code() {
        let uid = serde_json::json!({ "causes": [{ "field": "metadata.uid", "reason": "FieldValueInvalid", "message": "field is immutable" }] });
        assert!(matches!(status(422, "Invalid", "field is immutable", uid), Fault::Retry { .. }));
        let size = serde_json::json!({ "causes": [{ "field": "spec.resources", "message": "must be larger" }] });
        assert!(matches!(status(422, "Invalid", "must be larger", size), Fault::Fail { code: "cluster_refused", .. }));
        let unknown = "failed to create typed patch object (/x; apps/v1): .spec.nonsense: field not declared in schema";
        let none = serde_json::json!({});
        assert!(matches!(status(500, "", unknown, none.clone()), Fault::Fail { code: "cluster_refused", .. }));
        assert!(matches!(status(500, "", "etcd is slow", none.clone()), Fault::Retry { .. }));
        assert!(matches!(status(401, "Unauthorized", "Unauthorized", none), Fault::Retry { .. }));
    }

    #[test]
    fn tells_the_four_meanings_of_403_apart() {
        for (message, code) in [
            ("pods \"x\" is forbidden: exceeded quota: wordpress, requested: pods=1", "quota_exceeded"),
            ("pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot", "pod_refused"),
            (
                "secrets is forbidden: User \"p\" cannot patch resource \"secrets\" in API group \"\"",
                "cluster_right_missing",
            ),
            ("admission webhook \"policy.example.org\" denied the request: no", "cluster_refused"),
        ] {
            let fault = status(403, "Forbidden", message, serde_json::json!({}));
            assert!(
                matches!(&fault, Fault::Fail { code: c, say, .. } if *c == code && say.contains(message)),
                "{fault:?}"
            );
        }
        let ending = "unable to create new content in namespace x because it is being terminated";
        assert!(matches!(status(403, "Forbidden", ending, serde_json::json!({})), Fault::Retry { .. }));
    }

    #[test]
    fn waits_as_long_as_it_was_asked_to() {
        let pause = Some(Duration::from_secs(7));
        let fault =
            fault("A list", StatusCode::TOO_MANY_REQUESTS, pause, b"Too many requests, please try again later.");
        assert!(matches!(fault, Fault::Retry { after, .. } if after == pause));
        let inside = status(503, "ServiceUnavailable", "etcd", serde_json::json!({ "retryAfterSeconds": 3 }));
        assert!(matches!(inside, Fault::Retry { after: Some(s), why } if s.as_secs() == 3 && why.contains("etcd")));
    }
}
