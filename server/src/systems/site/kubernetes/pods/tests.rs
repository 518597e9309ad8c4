use super::*;
use serde_json::{Value, json};

fn deployment(status: Value) -> Deployment {
    let status = json!({ "metadata": { "generation": 2 }, "status": status });
    serde_json::from_value(status).expect("a deployment")
}

/// A deployment on its way, with the reason of its progress.
fn on_its_way(reason: &str) -> Deployment {
    let conditions = json!([{ "type": "Progressing", "status": "True", "reason": reason }]);
    deployment(json!({ "observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "conditions": conditions }))
}

fn pod(status: Value) -> Pod {
    let pod = json!({ "metadata": { "name": "wordpress-1" }, "spec": { "nodeName": "node-1", "containers": [] }, "status": status });
    serde_json::from_value(pod).expect("a pod")
}

fn container(name: &str, state: Value, last: Value, ready: bool) -> Value {
    json!({ "name": name, "image": "i:1", "imageID": "", "ready": ready, "restartCount": 0, "started": ready || name == "late",
            "state": state, "lastState": last })
}

fn of_pod(status: Value) -> Condition {
    condition(&on_its_way("ReplicaSetUpdated"), Some(&pod(status)))
}

fn retry(found: &Condition) -> &str {
    match found {
        Condition::Ill(Fault::Retry { why, .. }) | Condition::Refused(Fault::Retry { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn is_up_when_the_new_pod_is_and_the_old_one_is_gone() {
    let up = json!({ "observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1 });
    assert_eq!(condition(&deployment(up.clone()), None), Condition::Up);
    let mut older = up;
    older["observedGeneration"] = json!(1);
    assert!(matches!(condition(&deployment(older), None), Condition::Coming(_)));
}

#[test]
fn tells_why_no_pod_can_be_made() {
    let failed = |message: &str| {
        let conditions = json!([{ "type": "ReplicaFailure", "status": "True", "message": message }]);
        condition(&deployment(json!({ "observedGeneration": 2, "conditions": conditions })), None)
    };
    let code = |found: Condition| match found {
        Condition::Refused(Fault::Fail { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(failed("pods \"x\" is forbidden: exceeded quota: wordpress")), "quota_exceeded");
    assert_eq!(code(failed("pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"")), "pod_refused");
    assert!(retry(&failed("serviceaccount \"wordpress\" not found")).contains("not found"));
    assert!(matches!(condition(&deployment(json!({ "observedGeneration": 2 })), None), Condition::Coming(_)));
}

#[test]
fn tells_that_the_image_cannot_be_had() {
    let waiting = |reason: &str| {
        let state = json!({ "waiting": { "reason": reason, "message": "Back-off pulling image \"i:1\"" } });
        of_pod(json!({ "initContainerStatuses": [container("install", state, json!({}), false)] }))
    };
    assert_eq!(retry(&waiting("ImagePullBackOff")), "The image i:1 cannot be pulled: Back-off pulling image \"i:1\"");
    assert!(matches!(waiting("ErrImageNeverPull"), Condition::Ill(Fault::Fail { code: "image_missing", .. })));
    assert!(matches!(waiting("PodInitializing"), Condition::Coming(note) if note.contains("installed")));
}

#[test]
fn tells_that_visitors_do_not_notice_while_the_old_pod_serves() {
    let mut on_its_way = on_its_way("ReplicaSetUpdated");
    let status = on_its_way.status.as_mut().expect("a status");
    (status.replicas, status.updated_replicas, status.available_replicas) = (Some(2), Some(1), Some(1));
    let state = json!({ "waiting": { "reason": "ErrImageNeverPull", "message": "not there" } });
    let pod = pod(json!({ "initContainerStatuses": [container("install", state, json!({}), false)] }));
    let Condition::Ill(Fault::Fail { code: "image_missing", say, .. }) = condition(&on_its_way, Some(&pod)) else {
        panic!("the image is missing")
    };
    assert!(say.ends_with("Visitors still get the site as it was before."), "{say}");
    on_its_way.status.as_mut().expect("a status").available_replicas = Some(0);
    let Condition::Ill(Fault::Fail { say, .. }) = condition(&on_its_way, Some(&pod)) else { panic!("it is missing") };
    assert!(!say.contains("as it was before"), "{say}");
}

#[test]
fn asks_for_the_last_words_of_what_ended() {
    let end = json!({ "terminated": { "exitCode": 3, "reason": "Error" } });
    let loops = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
    let expected = |container: &str, before| {
        let reason = "Error".to_owned();
        Condition::Ended(End { pod: "wordpress-1".into(), container: container.into(), exit_code: 3, reason, before })
    };
    let now = json!({ "initContainerStatuses": [container("install", end.clone(), json!({}), false)] });
    assert_eq!(of_pod(now), expected("install", false));
    let waits = json!({ "initContainerStatuses": [container("install", loops.clone(), end.clone(), false)] });
    assert_eq!(of_pod(waits), expected("install", true));
    // It has begun again: perhaps it goes well this time.
    let again =
        json!({ "initContainerStatuses": [container("install", json!({ "running": {} }), end.clone(), false)] });
    assert!(matches!(of_pod(again), Condition::Coming(_)));
    let site = json!({ "containerStatuses": [container("wordpress", loops, end, false)] });
    assert_eq!(of_pod(site), expected("wordpress", true));
}

#[test]
fn waits_for_a_place_while_it_comes_up_and_complains_when_it_had_one() {
    let message = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
    let status = json!({ "conditions": [{ "type": "PodScheduled", "status": "False", "message": message }] });
    assert_eq!(of_pod(status.clone()), Condition::Coming(format!("The site's volume is pending: {message}")));
    let had = condition(&on_its_way("NewReplicaSetAvailable"), Some(&pod(status.clone())));
    assert!(retry(&had).contains("volume is pending"));
    let late = condition(&on_its_way("ProgressDeadlineExceeded"), Some(&pod(status)));
    assert!(retry(&late).contains("volume is pending"));
}

#[test]
fn tells_a_silent_database_from_a_silent_node() {
    let ready =
        |ready: &str| json!([{ "type": "Initialized", "status": "True" }, { "type": "Ready", "status": ready }]);
    let running = |name: &str, is_ready| container(name, json!({ "running": {} }), json!({}), is_ready);
    let node = of_pod(json!({ "conditions": ready("False"), "containerStatuses": [running("wordpress", true)] }));
    assert_eq!(retry(&node), "The node node-1, on which the site runs, does not answer.");
    let mut unready = running("wordpress", false);
    unready["started"] = json!(true);
    let database = of_pod(json!({ "conditions": ready("False"), "containerStatuses": [unready] }));
    assert!(retry(&database).contains("database"));
    let starting = of_pod(json!({ "conditions": ready("False"), "containerStatuses": [running("wordpress", false)] }));
    assert_eq!(starting, Condition::Coming("WordPress is starting.".to_owned()));
}
